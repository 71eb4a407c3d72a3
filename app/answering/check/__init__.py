"""Whether the evidence says what a sentence says, and in which words."""
