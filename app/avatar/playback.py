"""What the avatar was given to say, and how much of it has been heard by now.

Pure bookkeeping on a clock, so that a turn can never wait for a stage that has stopped reporting.
"""

import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass

GRACE_S = 5.0
_STALE_S = 1.0


@dataclass(slots=True)
class _Segment:
    sent_s: float = 0.0
    complete: bool = False
    begun_at: float = 0.0
    completed_at: float = 0.0
    started: bool = False
    silent: bool = False


class Playback:
    """Segments in the order in which they were sent; the first is the one being heard.

    `now` is a monotonic clock in seconds.
    """

    def __init__(self, now: Callable[[], float] = time.monotonic) -> None:
        self._now = now
        self._segments: deque[_Segment] = deque()
        self._deaf_until = 0.0
        self.total_s = 0.0
        """Seconds of speech sent in all."""

    @property
    def pending(self) -> bool:
        return bool(self._segments)

    def sent(self, seconds: float) -> None:
        """So much more of the open segment went out; the first of it opens one."""
        if not self._segments or self._segments[-1].complete:
            self._segments.append(_Segment(begun_at=self._now()))
        self._segments[-1].sent_s += seconds
        self._segments[-1].silent = False
        self.total_s += seconds

    def complete(self) -> float | None:
        """The open segment has been sent whole. Gives the seconds heard if all of it has been."""
        if not self._segments or self._segments[-1].complete:
            return None
        last = self._segments[-1]
        last.complete, last.completed_at = True, self._now()
        return self._pop() if last.silent else None

    def started(self) -> bool:
        """The stage says it talks. True when that is the beginning of a segment."""
        if self._deaf or not self._segments:
            return False
        first = self._segments[0]
        first.silent = False
        if first.started:
            return False
        first.started, first.begun_at = True, self._now()
        return True

    def finished(self) -> float | None:
        """The stage says it is silent. Gives the seconds heard when that ends a segment.

        A stage may fall silent within a segment, when speech comes too slowly: that ends nothing.
        """
        if self._deaf or not self._segments:
            return None
        first = self._segments[0]
        if not first.started and self._now() < first.begun_at + first.sent_s / 2:
            # Said of what came before: nobody has heard this one yet.
            return None
        first.silent = True
        return self._pop() if first.complete else None

    def abandon(self) -> float:
        """Forget all segments, and be deaf to what is said of them. Gives the seconds heard."""
        if not self._segments:
            return 0.0
        heard = 0.0
        if self._segments[0].started:
            first = self._segments[0]
            heard = min(first.sent_s, self._now() - first.begun_at)
        self._segments.clear()
        self._deaf_until = self._now() + _STALE_S
        return heard

    def acknowledged(self) -> None:
        """The stage has obeyed an interruption: what it reports from here on is new."""
        self._deaf_until = 0.0

    @property
    def overdue(self) -> bool:
        """Whether the first segment should long have been heard, and the stage has not said so."""
        if not self._segments or not self._segments[0].complete:
            return False
        first = self._segments[0]
        return self._now() > max(first.begun_at, first.completed_at) + first.sent_s + GRACE_S

    def _pop(self) -> float:
        heard = self._segments.popleft().sent_s
        if self._segments:
            self._segments[0].begun_at = self._now()
        return heard

    @property
    def _deaf(self) -> bool:
        return self._now() < self._deaf_until
