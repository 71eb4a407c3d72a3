"""One visit as the agent lives it: join, show the face, greet, answer, leave, report."""

import asyncio
from functools import partial

import msgspec
from livekit.agents import JobContext

from app.agent.addressee import write_only_to
from app.agent.captions import open_captions, to_pages
from app.agent.company import Company
from app.agent.grounded_llm import Visit
from app.agent.session import room_options
from app.agent.speech import Models
from app.agent.stay import Stay
from app.agent.visitors import Leaving, first_visitor, visitors_in
from app.settings import Settings


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
    stay = Stay(ctx, settings, models)
    api = await stay.open_api()
    log = stay.open_log(api, visit)
    await ctx.connect()
    visitors = partial(visitors_in, ctx.room)
    write_only_to(lambda: visitors() or [visit.visitor], ctx.room.local_participant)
    if (first := await _arrives(ctx, settings.agent.visitor_timeout_s)) is None:
        stay.end("visitor_did_not_come")
        return
    Leaving(ctx.room, stay.end, settings.agent.visitor_timeout_s)
    captions = await stay.house.enter_async_context(open_captions(to_pages(ctx.room), visitors))
    ctx.room.on("participant_active", lambda _: captions.greet())
    company = Company(ctx.room, first)
    company.read()
    stay.house.push_async_callback(company.aclose)
    options = room_options(first)
    session = await stay.converse(visit, api, log, tell=captions.publish, options=options)
    company.hear(session)


async def _arrives(ctx: JobContext, timeout_s: float) -> str | None:
    """The first visitor to join in time: nothing that costs by the minute starts before."""
    try:
        return await asyncio.wait_for(first_visitor(ctx.room), timeout_s)
    except TimeoutError:
        return None
