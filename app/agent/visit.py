"""One visit as the agent lives it: join, show the face, greet, answer, leave, report."""

import asyncio
import logging
from collections.abc import Coroutine
from contextlib import AsyncExitStack
from typing import Any

import msgspec
from livekit import rtc
from livekit.agents import AgentSession, CloseEvent, JobContext

from app.agent.addressee import write_only_to
from app.agent.api import Api, open_api
from app.agent.captions import Captions, open_captions, to_page
from app.agent.grounded_llm import GroundedLLM, Visit
from app.agent.session import new_session, room_options, speak_oneself
from app.agent.speech import Models, open_speech
from app.agent.turns import Turns
from app.agent.voice import Voice
from app.avatar.session import LiteAvatar
from app.errors import AnswerUnavailable, StageError
from app.phrases import phrase
from app.settings import Settings

# The stage's own calls before the avatar's way into the room begins.
START_S = 20.0
REPORTS_S = 5.0

logger = logging.getLogger(__name__)


class _Dispatch(msgspec.Struct):
    """The job's metadata, as POST /v1/visits writes it."""

    visit: str
    visitor: str
    kb: str | None = None
    lang: str = "en"


def read_visit(metadata: str) -> Visit:
    """The visit that a job's metadata names. Raises ValueError."""
    try:
        job = msgspec.json.decode(metadata, type=_Dispatch)
    except msgspec.MsgspecError as error:
        raise ValueError(
            f"the job's metadata names no visit ({error}); visits are opened with POST /v1/visits"
        ) from error
    return Visit(id=job.visit, kb=job.kb, lang=job.lang, visitor=job.visitor)


async def attend(ctx: JobContext, settings: Settings, models: Models) -> None:
    """Attend the visit that the job was dispatched for; it goes on after this returns."""
    visit = read_visit(ctx.job.metadata)
    logger.info("visit begins", extra={"visit": visit.id})
    house = AsyncExitStack()
    ended = _Ending()
    ctx.add_shutdown_callback(lambda reason: ended.leave(house, reason))
    timeout = settings.agent.answer_timeout_s
    api = await house.enter_async_context(open_api(settings.api, answer_timeout_s=timeout))
    log = VisitLog(api, visit.id)
    house.push_async_callback(lambda: log.close(ended.reason))
    await ctx.connect()
    write_only_to(visit.visitor, ctx.room.local_participant)
    if not await _arrives(ctx, visit, settings.agent.visitor_timeout_s):
        ctx.shutdown("visitor_did_not_come")
        return
    _leave_with(ctx, visit, settings.agent.visitor_timeout_s)
    captions = await house.enter_async_context(open_captions(to_page(ctx.room)))
    speech = open_speech(settings.speech, models, visit.lang)
    grounded = GroundedLLM(api, Turns(captions.publish), visit, speech)
    session = new_session(grounded, speech, answer_timeout_s=timeout)
    session.on("close", lambda event: _on_close(ctx, ended, event))
    await _show_face(ctx, session, settings, captions, log)
    await session.start(
        Voice(grounded), room=ctx.room, room_options=room_options(visit.visitor), record=False
    )
    # Not part of the history: it would cost prompt tokens in every turn and answer nothing.
    session.say(phrase("opening", visit.lang), add_to_chat_ctx=False)


class _Ending:
    """Why the visit ended: the first reason given counts."""

    def __init__(self) -> None:
        self.reason = ""

    async def leave(self, house: AsyncExitStack, reason: str) -> None:
        self.reason = self.reason or reason
        await house.aclose()


class VisitLog:
    """What the API is told about the visit; a report that fails is logged, the visit goes on."""

    def __init__(self, api: Api, visit: str) -> None:
        self._api = api
        self._visit = visit
        self._seconds = 0.0
        self._beside: set[asyncio.Task[None]] = set()

    def stage_session(self, session: str | None) -> None:
        """The stage's own id of the session it bills."""
        self.start(self._report(stage_session=session))

    def stage_seconds(self, total: float) -> None:
        """So many seconds of speech have gone to the stage in this visit."""
        self._seconds = total
        self.start(self._report(stage_seconds=total))

    async def close(self, reason: str) -> None:
        """The visit is over; returns when the API knows, or cannot be told."""
        if self._beside:
            await asyncio.wait(self._beside, timeout=REPORTS_S)
        logger.info("visit ends", extra={"visit": self._visit, "reason": reason})
        await self._report(state="ended", ended_reason=reason, stage_seconds=self._seconds)

    def start(self, work: Coroutine[Any, Any, None]) -> None:
        """Do this beside the conversation, and before the visit's end is reported."""
        task = asyncio.create_task(work)
        self._beside.add(task)
        task.add_done_callback(self._beside.discard)

    async def _report(self, **facts: Any) -> None:
        try:
            await self._api.report(self._visit, facts)
        except AnswerUnavailable as error:
            logger.warning("visit not reported", extra={"visit": self._visit, "reason": str(error)})


async def _show_face(
    ctx: JobContext,
    session: AgentSession[None],
    settings: Settings,
    captions: Captions,
    log: VisitLog,
) -> None:
    """Bring the avatar into the room; without one the agent speaks itself, and says that it does.

    Before the session starts: it would publish its own sound otherwise.
    """

    def sent(total: float) -> None:
        captions.publish({"type": "stage", "seconds": round(total, 3)})
        log.stage_seconds(total)

    def lost(error: StageError) -> None:
        faceless(str(error))
        log.start(speak_oneself(session, ctx.room))

    def faceless(reason: str) -> None:
        logger.warning("visit without a face", extra={"reason": reason})
        seconds = round(avatar.seconds_sent, 3)
        captions.publish({"type": "stage", "seconds": seconds, "unavailable": reason})

    avatar = LiteAvatar(settings.avatar, settings.livekit, on_seconds=sent, on_lost=lost)
    limit = settings.avatar.join_timeout_s + START_S
    try:
        await asyncio.wait_for(avatar.start(session, ctx.room), limit)
    except StageError as error:
        faceless(str(error))
    except TimeoutError:
        faceless(f"the stage did not bring the avatar within {limit:g} s")
    else:
        log.stage_session(avatar.stage_session)


async def _arrives(ctx: JobContext, visit: Visit, timeout_s: float) -> bool:
    """Whether the visitor joins in time: nothing that costs by the minute starts before."""
    try:
        await asyncio.wait_for(ctx.wait_for_participant(identity=visit.visitor), timeout_s)
    except TimeoutError:
        return False
    return True


def _leave_with(ctx: JobContext, visit: Visit, timeout_s: float) -> None:
    """End the visit when the visitor was cut off and does not come back in time."""

    def check() -> None:
        if visit.visitor not in ctx.room.remote_participants:
            ctx.shutdown("visitor_lost")

    def left(participant: rtc.RemoteParticipant) -> None:
        if participant.identity == visit.visitor:
            asyncio.get_running_loop().call_later(timeout_s, check)

    ctx.room.on("participant_disconnected", left)


def _on_close(ctx: JobContext, ended: _Ending, event: CloseEvent) -> None:
    """The session closed by itself (the visitor left, or it failed too often): so does the job."""
    ended.reason = ended.reason or event.reason.value
    ctx.shutdown(event.reason.value)
