"""One visit as the agent lives it: join, show the face, greet, answer, leave, report."""

import asyncio
import logging
from contextlib import AsyncExitStack

import msgspec
from livekit import rtc
from livekit.agents import CloseEvent, JobContext

from app.agent.addressee import write_only_to
from app.agent.captions import open_captions, to_page
from app.agent.face import Face, asked_after_s
from app.agent.grounded_llm import GroundedLLM, Visit
from app.agent.http_api import open_api
from app.agent.session import new_session, room_options
from app.agent.speech import Models, open_speech
from app.agent.turns import Turns
from app.agent.visit_log import VisitLog
from app.agent.voice import Voice
from app.phrases import phrase
from app.settings import Settings

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
    speech = open_speech(settings.speech, models, visit.lang, visit.kb or settings.grounding.kb)
    filler_s = settings.agent.filler_s
    turns = Turns(captions.publish, log.turn)
    grounded = GroundedLLM(api, turns, visit, speech, filler_s=filler_s)
    away_s = asked_after_s(settings.avatar.away_s)
    session = new_session(grounded, speech, answer_timeout_s=timeout, away_s=away_s)
    session.on("close", lambda event: _on_close(ctx, ended, event))
    face = Face(settings, captions, log, lang=lambda: grounded.lang, leave=ctx.shutdown)
    await face.show(session, ctx.room, house)
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
