"""What happens in visits, for whoever counts it or wants to be told; never what was said."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from app.visits.causes import Cause, cause_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Happening:
    """`visit.opened`, `visit.ended`, `turn.answered` or `avatar.<state>`, in a visit.

    `reason` says why, for people; "" where there was nothing to explain. `facts` are the further
    ones of its kind, in fixed words.
    """

    kind: str
    at: datetime
    visit: str
    kb: str
    room: str
    reason: str = ""
    facts: Mapping[str, str] = field(default_factory=dict)

    @property
    def cause(self) -> Cause | None:
        """The class of the reason; None where there is none."""
        return cause_of(self.reason) if self.reason else None


Tell = Callable[[Happening], None]
"""Takes what happened, once it is written down. Never waits, never fails."""


def tell_nobody(_: Happening) -> None:
    """Nobody wants to know."""
