"""How much of what was sent has been heard by now, by the clock."""

import time
from collections.abc import Callable


class Playhead:
    """Moves in real time from `start` on, and never past what was sent.

    `now` is a monotonic clock in seconds.
    """

    def __init__(self, now: Callable[[], float] = time.monotonic) -> None:
        self._now = now
        self._began: float | None = None
        self.unheard_s = 0.0
        """How much at its end seemed heard, and was not."""
        self.sent_s = 0.0
        self.first_sent: float | None = None

    @property
    def started(self) -> bool:
        return self._began is not None

    @property
    def heard_s(self) -> float:
        """Seconds heard."""
        if self._began is None:
            return 0.0
        return min(self.sent_s, self._now() - self._began)

    @property
    def ahead_s(self) -> float:
        """Seconds that were sent and not heard yet."""
        return self.sent_s - self.heard_s

    @property
    def overdue_s(self) -> float:
        """Since when all that was sent should have been heard; before the start, should start."""
        if self.first_sent is None:
            return 0.0
        if self._began is None:
            return self._now() - self.first_sent
        return self._now() - self._began - self.sent_s

    def send(self, length_s: float) -> None:
        """So much more was sent. What comes too late is heard from now on."""
        now = self._now()
        if self.first_sent is None:
            self.first_sent = now
        if self._began is not None:
            self._began = max(self._began, now - self.sent_s)
        self.sent_s += length_s

    def take_back(self, length_s: float) -> None:
        """The last of what should have been heard was not; of several lengths the longest holds."""
        self.unheard_s = max(self.unheard_s, min(length_s, self.heard_s))

    def start(self) -> None:
        """The first of it is heard now."""
        if self._began is None:
            self._began = self._now()
