"""The port to a model that reads whether one text follows from another."""

from typing import Protocol


class Entailment(Protocol):
    """A model of natural language inference."""

    def entails(self, premise: str, hypothesis: str) -> float:
        """How likely it is, from 0 to 1, that the hypothesis follows. Blocks for a while."""
