"""The nouns of a visit: Visit, Turn, and what the agent reports."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal

State = Literal["open", "ended"]

AvatarState = Literal[
    "creating", "starting", "joining", "ready", "speaking", "interrupted", "degraded",
    "reconnecting", "stopping", "ended",
]  # fmt: skip

LINE = "line"
"""Under this name the timings of a turn hold what the agent saw of it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Visit:
    """One conversation of one visitor with one avatar.

    `room` is its LiveKit room, `identity` the visitor's name in it; of a call, which has numbers in
    both, `room` is LiveKit's id and `identity` "caller". `lang` is ISO 639-1; with
    `lang_pinned` it is answered in that language, whichever is spoken. `stage_seconds` is the
    speech that went to the video stage. An agent that has not reported itself by `lease_until` is
    taken for dead.
    """

    id: str
    room: str
    identity: str
    kb: str
    lang: str
    state: State
    opened_at: datetime
    lang_pinned: bool = False
    ended_at: datetime | None = None
    ended_reason: str = ""
    stage_session: str = ""
    stage_seconds: float = 0.0
    lease_until: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SpokenTurn:
    """One thing the visitor said and the whole answer to it.

    `name` is the asker's own name for the turn, unique in its visit; `abstained` is the reason why
    the pages gave no answer, or ""; `citations` name the passages that the answer rests on;
    `timings` say how the answer came about (see `app.visits.timeline`).
    """

    name: str
    asked_at: datetime
    question: str
    answer: str
    lang: str
    abstained: str = ""
    citations: Sequence[Mapping[str, Any]] = ()
    timings: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class StageSession:
    """A paid session on the stage, open until `closed_at`; a line of the ledger.

    `unused` = its avatar never came, which costs nothing.
    """

    id: str
    visit_id: str
    opened_at: datetime
    closed_at: datetime | None = None
    closed_by: str = ""
    unused: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class AvatarStep:
    """The avatar of a visit has come into a state, for a reason."""

    at: datetime
    state: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class VisitsNow:
    """How many visits and sessions on the stage are open, and what the stage took this month.

    The calendar month (UTC): the seconds that it charges, and what they cost. `untold` messages
    wait to be taken to their receivers.
    """

    visits: int
    sessions: int
    month_s: float
    month_cents: int
    untold: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """What the agent reports of a visit; None = nothing new.

    `stage_session` is about to be started, `stage_closed` was stopped, `stage_unused` if its
    avatar never came.
    """

    stage_session: str | None = None
    stage_closed: str | None = None
    stage_unused: bool = False
    avatar: AvatarStep | None = None
    stage_seconds: float | None = None
    ended_reason: str | None = None
