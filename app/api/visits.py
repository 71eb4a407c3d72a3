"""`/v1/visits`: opening, reading, ending, and what the agent reports."""

from datetime import UTC, datetime
from typing import Annotated, Any, Literal

import msgspec
from litestar import delete, get, patch, post
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody
from msgspec import Meta

from app.api.entrance import Errands
from app.api.ports import House
from app.api.timeline import ReportedTurn, WireSpan
from app.api.wire import KbName, Lang
from app.settings import AgentSettings, GroundingSettings, LiveKitSettings
from app.visits.records import AvatarState, AvatarStep, Change, SpokenTurn, Visit
from app.visits.timeline import steps


class VisitRequest(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    """What to talk about, and the visitor's language; the installation's own when left out.

    With `lang_pinned` it is answered in that language, whichever the visitor speaks.
    """

    kb: KbName | None = None
    lang: Lang | None = None
    lang_pinned: bool = False


class OpenedVisitResponse(msgspec.Struct, kw_only=True):
    """All that a visitor's page needs to join the room, within ten minutes."""

    id: str
    room: str
    livekit_url: str
    token: str
    identity: str
    agent_name: str
    lang: str
    opened_at: datetime


class JoinedVisitResponse(msgspec.Struct, kw_only=True):
    """All that a further visitor's page needs to join the room, within ten minutes."""

    id: str
    room: str
    livekit_url: str
    token: str
    identity: str
    lang: str


class WireTurn(msgspec.Struct, kw_only=True):
    """One thing the visitor said, and the answer; `reason` says why there was none in the pages.

    `line` is when what happened, once the answer was heard: from the end of speech to its sound.
    """

    turn: str
    asked_at: datetime
    question: str
    answer: str
    lang: str
    abstained: bool
    reason: str | None
    citations: list[dict[str, Any]]
    timings: dict[str, Any]
    line: list[WireSpan]

    @classmethod
    def of(cls, turn: SpokenTurn) -> "WireTurn":
        """The turn on the wire."""
        return cls(
            turn=turn.name,
            asked_at=turn.asked_at,
            question=turn.question,
            answer=turn.answer,
            lang=turn.lang,
            abstained=bool(turn.abstained),
            reason=turn.abstained or None,
            citations=[dict(citation) for citation in turn.citations],
            timings=dict(turn.timings),
            line=[WireSpan.of(step) for step in steps(turn.timings)],
        )


class WireStep(msgspec.Struct, kw_only=True):
    """The avatar came into a state, for a reason."""

    at: datetime
    state: str
    reason: str


class WireStage(msgspec.Struct, kw_only=True):
    """A session on the stage; open where `closed_at` is null."""

    session: str
    opened_at: datetime
    closed_at: datetime | None
    closed_by: str


class VisitResponse(msgspec.Struct, kw_only=True):
    """A visit with its turns; `stage_seconds` of speech went to the video stage.

    `avatar` is what its avatar went through, `stage` what was paid for, `cents` what it cost.
    """

    id: str
    state: Literal["open", "ended"]
    kb: str
    lang: str
    lang_pinned: bool
    opened_at: datetime
    ended_at: datetime | None
    ended_reason: str
    stage_seconds: float
    cents: int
    stage: list[WireStage]
    avatar: list[WireStep]
    turns: list[WireTurn]


class ReportedStep(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    """A step of the avatar; `at` is seconds since 1970."""

    at: float
    state: AvatarState
    reason: Annotated[str, Meta(max_length=2000)]

    def step(self) -> AvatarStep:
        """The step in the house's own words."""
        at = datetime.fromtimestamp(self.at, UTC)
        return AvatarStep(at=at, state=self.state, reason=self.reason)


class LeaseResponse(msgspec.Struct, kw_only=True):
    """How many seconds the visit may still use the stage; null where no budget is set."""

    stage_s: float | None


class VisitReport(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    """What the agent tells of a visit; seconds are the total so far."""

    stage_closed: Annotated[str, Meta(max_length=128)] | None = None
    stage_unused: bool = False
    avatar: ReportedStep | None = None
    stage_session: Annotated[str, Meta(max_length=128)] | None = None
    stage_seconds: Annotated[float, Meta(ge=0)] | None = None
    turn: ReportedTurn | None = None
    state: Literal["ended"] | None = None
    ended_reason: Annotated[str, Meta(max_length=200)] | None = None

    def change(self) -> Change:
        """The report in the house's own words; a reason counts only with the end it explains."""
        ended = (self.ended_reason or "the agent ended it") if self.state == "ended" else None
        return Change(
            stage_session=self.stage_session,
            stage_closed=self.stage_closed,
            stage_unused=self.stage_unused,
            avatar=self.avatar.step() if self.avatar else None,
            stage_seconds=self.stage_seconds,
            ended_reason=ended,
        )


@post("/visits", tags=["visits"])
async def open_visit(
    data: JSONBody[VisitRequest],
    house: NamedDependency[House],
    errands: NamedDependency[Errands],
    defaults: NamedDependency[GroundingSettings],
    livekit: NamedDependency[LiveKitSettings],
    agent: NamedDependency[AgentSettings],
) -> OpenedVisitResponse:
    """Open a visit: a room, an agent on its way there, and a token for the visitor."""
    kb, lang = data.kb or defaults.kb, data.lang or defaults.language
    opened = await house.visits.open(kb, lang, lang_pinned=data.lang_pinned)
    errands.start(house.answerer.prepare(kb, lang), "reading ahead")
    visit = opened.visit
    return OpenedVisitResponse(
        id=visit.id,
        room=visit.room,
        livekit_url=livekit.public_url or livekit.url,
        token=opened.token,
        identity=visit.identity,
        agent_name=agent.name,
        lang=visit.lang,
        opened_at=visit.opened_at,
    )


@post("/visits/{visit:str}/visitors", tags=["visits"])
async def join_visit(
    visit: FromPath[str],
    house: NamedDependency[House],
    livekit: NamedDependency[LiveKitSettings],
) -> JoinedVisitResponse:
    """Let a further visitor into a visit under way. Its id is all that joining it needs."""
    joined = await house.visits.join(visit)
    return JoinedVisitResponse(
        id=joined.visit.id,
        room=joined.visit.room,
        livekit_url=livekit.public_url or livekit.url,
        token=joined.token,
        identity=joined.identity,
        lang=joined.visit.lang,
    )


@get("/visits/{visit:str}", tags=["visits"])
async def read_visit(visit: FromPath[str], house: NamedDependency[House]) -> VisitResponse:
    """What was said in a visit, and what became of it. Its id is all that reading it needs."""
    found: Visit = await house.visits.find(visit)
    turns = await house.visits.turns(visit)
    ledger = house.visits.ledger
    sessions = await ledger.of_visit(visit)
    return VisitResponse(
        id=found.id,
        state=found.state,
        kb=found.kb,
        lang=found.lang,
        lang_pinned=found.lang_pinned,
        opened_at=found.opened_at,
        ended_at=found.ended_at,
        ended_reason=found.ended_reason,
        stage_seconds=found.stage_seconds,
        cents=ledger.cents(sessions, datetime.now(UTC)),
        stage=[
            WireStage(
                session=one.id,
                opened_at=one.opened_at,
                closed_at=one.closed_at,
                closed_by=one.closed_by,
            )
            for one in sessions
        ],
        avatar=[
            WireStep(at=step.at, state=step.state, reason=step.reason)
            for step in await ledger.steps(visit)
        ],
        turns=[WireTurn.of(turn) for turn in turns],
    )


@patch("/visits/{visit:str}", status_code=204, tags=["visits"])
async def report_visit(
    visit: FromPath[str], data: JSONBody[VisitReport], house: NamedDependency[House]
) -> None:
    """Take the agent's report of a visit."""
    await house.visits.report(visit, data.change())
    if data.turn is not None:
        turn = await house.visits.time(visit, data.turn.name, data.turn.line())
        if turn is not None:
            house.tracing.turn(turn)
            house.metrics.heard(turn)
    if data.state == "ended":
        house.ahead.forget(visit)


@post("/visits/{visit:str}/lease", status_code=200, tags=["visits"])
async def renew_lease(visit: FromPath[str], house: NamedDependency[House]) -> LeaseResponse:
    """Take note that the agent lives; 404 when the visit has ended: it is to leave."""
    return LeaseResponse(stage_s=await house.visits.renew(visit))


@delete("/visits/{visit:str}", tags=["visits"])
async def end_visit(visit: FromPath[str], house: NamedDependency[House]) -> None:
    """End a visit and its room; ending an ended one changes nothing."""
    await house.visits.end(visit, "ended by the visitor")
    house.ahead.forget(visit)
