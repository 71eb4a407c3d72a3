"""One visit as the agent lives it: join, show the face, greet, answer, leave, report."""

import asyncio
import logging
from contextlib import AsyncExitStack
from functools import partial

import msgspec
from livekit.agents import CloseEvent, JobContext

from app.agent.addressee import write_only_to
from app.agent.captions import open_captions, to_pages
from app.agent.company import Company
from app.agent.face import Face, asked_after_s
from app.agent.grounded_llm import GroundedLLM, Visit
from app.agent.http_api import open_api
from app.agent.session import new_session, room_options
from app.agent.speech import Models, open_speech
from app.agent.turns import Turns
from app.agent.visit_log import VisitLog
from app.agent.visitors import Leaving, first_visitor, visitors_in
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
    visitors = partial(visitors_in, ctx.room)
    write_only_to(lambda: visitors() or [visit.visitor], ctx.room.local_participant)
    if (first := await _arrives(ctx, settings.agent.visitor_timeout_s)) is None:
        ctx.shutdown("visitor_did_not_come")
        return
    Leaving(ctx.room, partial(_leave, ctx, ended), settings.agent.visitor_timeout_s)
    captions = await house.enter_async_context(open_captions(to_pages(ctx.room), visitors))
    ctx.room.on("participant_active", lambda _: captions.greet())
    company = Company(ctx.room, first)
    company.read()
    house.push_async_callback(company.aclose)
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
        Voice(grounded), room=ctx.room, room_options=room_options(first), record=False
    )
    company.hear(session)
    # Not part of the history: it would cost prompt tokens in every turn and answer nothing.
    session.say(phrase("opening", visit.lang), add_to_chat_ctx=False)


class _Ending:
    """Why the visit ended: the first reason given counts."""

    def __init__(self) -> None:
        self.reason = ""

    async def leave(self, house: AsyncExitStack, reason: str) -> None:
        self.reason = self.reason or reason
        await house.aclose()


async def _arrives(ctx: JobContext, timeout_s: float) -> str | None:
    """The first visitor to join in time: nothing that costs by the minute starts before."""
    try:
        return await asyncio.wait_for(first_visitor(ctx.room), timeout_s)
    except TimeoutError:
        return None


def _leave(ctx: JobContext, ended: _Ending, reason: str) -> None:
    """End the visit; the session, which closes first, knows no reason."""
    ended.reason = ended.reason or reason
    ctx.shutdown(reason)


def _on_close(ctx: JobContext, ended: _Ending, event: CloseEvent) -> None:
    """The session closed by itself, having failed too often: so does the job."""
    ended.reason = ended.reason or event.reason.value
    ctx.shutdown(event.reason.value)
