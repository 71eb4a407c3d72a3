"""What of a file was not taken in, and why."""

from collections import Counter
from dataclasses import dataclass, field

MOST_EXAMPLES = 100


@dataclass(slots=True)
class Skipped:
    """Counts by reason, and the first examples as "where: reason" (a line, or a URL)."""

    reasons: Counter[str] = field(default_factory=Counter)
    examples: list[str] = field(default_factory=list)

    def note(self, where: str, reason: str) -> None:
        """Count one that is left out."""
        self.reasons[reason] += 1
        if len(self.examples) < MOST_EXAMPLES:
            self.examples.append(f"{where}: {reason}")

    @property
    def total(self) -> int:
        """How many were left out."""
        return self.reasons.total()
