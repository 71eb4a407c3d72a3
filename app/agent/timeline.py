"""When what happened in one turn, from the end of the visitor's speech to our first sound.

The marks belong to the answer that was spoken: each answer that is begun has a time line of its
own, and that of one thrown away goes with it.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

Mark = Literal["asked", "sentence", "sound", "stage", "heard", "filler"]
"""The API was asked; its first sentence came; its first sound was synthesised; that sound went to
the carrier of our voice; the visitor heard it. `filler`: the visitor heard one, before that."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Beginning:
    """What a time line counts from, on the clock of `time.monotonic`.

    `began_at` is the end of the visitor's speech; for typed words, when they came to us, since
    the visitor's own clock may be another. `turn_at` is when it was certain that the turn is over.
    """

    began_at: float
    turn_at: float
    spoken: bool

    @classmethod
    def since(cls, wall: float, *, spoken: bool) -> "Beginning":
        """It began at this wall time (seconds since 1970), and the turn is over now."""
        now = time.monotonic()
        return cls(began_at=now - (time.time() - wall), turn_at=now, spoken=spoken)


class Timeline:
    """The marks of one answer; only the first of each kind counts."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._at: dict[Mark, float] = {}
        self.beginning: Beginning | None = None
        """Known once LiveKit has committed to the answer."""

    def mark(self, what: Mark) -> None:
        """This happens now."""
        self._at.setdefault(what, self._clock())

    def report(self) -> dict[str, int | bool] | None:
        """Milliseconds from the beginning, as PATCH /v1/visits takes them; None before the end.

        Those before it are negative: an answer may be begun before the speech has ended.
        """
        if self.beginning is None or "heard" not in self._at:
            return None
        began_at, turn_at = self.beginning.began_at, self.beginning.turn_at
        report: dict[str, int | bool] = {"spoken": self.beginning.spoken}
        for what, at in (("turn", turn_at), *self._at.items()):
            report[f"{what}_ms"] = round((at - began_at) * 1000)
        return report
