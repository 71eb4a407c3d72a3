"""What became of each URL of a run."""

from collections import Counter
from dataclasses import asdict, dataclass
from typing import Any, Literal

State = Literal["indexed", "unchanged", "retired", "empty", "unavailable"]
"""Indexed: its passages are new or replaced. Unchanged: they stand as they were, nothing was
embedded. Retired: it is gone and so are its passages. Empty: nothing to read there. Unavailable: it
could not be had, or may not be; what was indexed before stays."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What became of one URL, with the reason if it was not indexed, and its passages now."""

    url: str
    state: State
    reason: str = ""
    passages: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """One run over a source, as far as it came; `run` is its id in the catalog."""

    run: str
    kb: str
    source: str
    outcomes: tuple[Outcome, ...]
    took_s: float

    @property
    def useful(self) -> bool:
        """Whether at least one page was indexed, or found as it was."""
        return any(outcome.state in ("indexed", "unchanged") for outcome in self.outcomes)

    def as_json(self) -> dict[str, Any]:
        """The report as JSON has it, with how many URLs came to each state."""
        states = Counter(outcome.state for outcome in self.outcomes)
        embedded = sum(o.passages for o in self.outcomes if o.state == "indexed")
        return {
            "run": self.run,
            "kb": self.kb,
            "source": self.source,
            "took_s": round(self.took_s, 3),
            "pages": dict(states),
            "passages_embedded": embedded,
            "outcomes": [asdict(outcome) for outcome in self.outcomes],
        }
