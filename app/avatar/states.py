"""The states of an avatar session, the ways between them, and how long a step may take.

The same picture stands in the README, where a test compares it with this table.
"""

import logging
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum

logger = logging.getLogger(__name__)


class State(StrEnum):
    """Where an avatar session is."""

    CREATING = "creating"
    STARTING = "starting"
    JOINING = "joining"
    READY = "ready"
    SPEAKING = "speaking"
    INTERRUPTED = "interrupted"
    DEGRADED = "degraded"
    RECONNECTING = "reconnecting"
    STOPPING = "stopping"
    ENDED = "ended"


_S = State
_PERFORMING = frozenset({_S.READY, _S.SPEAKING, _S.INTERRUPTED})

WAYS: Mapping[State, frozenset[State]] = {
    _S.CREATING: frozenset({_S.STARTING, _S.DEGRADED, _S.STOPPING}),
    _S.STARTING: frozenset({_S.JOINING, _S.DEGRADED, _S.STOPPING}),
    _S.JOINING: frozenset({_S.READY, _S.DEGRADED, _S.STOPPING}),
    _S.READY: frozenset({_S.SPEAKING, _S.RECONNECTING, _S.STOPPING}),
    _S.SPEAKING: frozenset({_S.READY, _S.INTERRUPTED, _S.RECONNECTING, _S.STOPPING}),
    _S.INTERRUPTED: frozenset({_S.READY, _S.SPEAKING, _S.RECONNECTING, _S.STOPPING}),
    _S.RECONNECTING: frozenset({_S.READY, _S.DEGRADED, _S.STOPPING}),
    _S.DEGRADED: frozenset({_S.CREATING, _S.STOPPING}),
    _S.STOPPING: frozenset({_S.ENDED}),
    _S.ENDED: frozenset(),
}

DEADLINES_S: Mapping[State, float] = {
    _S.CREATING: 10.0,
    _S.STARTING: 15.0,
    # Its clients wait up to 45 s; the agent speaks itself meanwhile.
    _S.JOINING: 45.0,
    # LiveAvatar acknowledges an interruption after 0.19 s.
    _S.INTERRUPTED: 1.0,
    _S.RECONNECTING: 10.0,
    _S.STOPPING: 8.0,
}
"""Seconds after which a step has failed. The other states last as long as they last."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Transition:
    """One step of an avatar session; `at` is seconds since 1970."""

    before: State | None
    state: State
    reason: str
    at: float


class States:
    """The state of one avatar session. Every change is logged and told to `on_change`."""

    def __init__(self, on_change: Callable[[Transition], None] | None = None) -> None:
        self._on_change = on_change
        self.now: State | None = None

    @property
    def performing(self) -> bool:
        """Whether the avatar is there and takes speech."""
        return self.now in _PERFORMING

    @property
    def over(self) -> bool:
        """Whether it has been stopped, or is being stopped."""
        return self.now in (State.STOPPING, State.ENDED)

    def move(self, state: State, reason: str) -> None:
        """Go there, or raise ValueError where no way leads."""
        if self.now is not None and state not in WAYS[self.now]:
            raise ValueError(f"no way leads from {self.now} to {state} ({reason})")
        if self.now is None and state not in (State.CREATING, State.STOPPING):
            raise ValueError(f"an avatar session begins with creating, not {state}")
        change = Transition(before=self.now, state=state, reason=reason, at=time.time())
        self.now = state
        extra = {"before": change.before, "state": state.value, "reason": reason}
        logger.info("avatar session changed", extra=extra)
        if self._on_change is not None:
            self._on_change(change)

    def move_from(self, before: State, state: State, reason: str) -> None:
        """Go there if this is where we are; the stage's reports may come late."""
        if self.now is before:
            self.move(state, reason)


def drawing() -> str:
    """The table as a mermaid state diagram."""
    lines = ["stateDiagram-v2", f"    [*] --> {State.CREATING}"]
    lines += [f"    {a} --> {b}" for a in State for b in State if b in WAYS[a]]
    return "\n".join([*lines, f"    {State.ENDED} --> [*]"])
