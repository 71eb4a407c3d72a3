"""From a grounding to sentences that can be spoken, each with its sources."""
