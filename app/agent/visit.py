"""One visit as the agent lives it: join, show the face, greet, answer, leave, report."""

import asyncio

import msgspec
from livekit import rtc
from livekit.agents import JobContext

from app.agent.addressee import write_only_to
from app.agent.captions import open_captions, to_page
from app.agent.grounded_llm import Visit
from app.agent.session import room_options
from app.agent.speech import Models
from app.agent.stay import Stay
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
    write_only_to(visit.visitor, ctx.room.local_participant)
    if not await _arrives(ctx, visit, settings.agent.visitor_timeout_s):
        stay.end("visitor_did_not_come")
        return
    _leave_with(ctx, visit, settings.agent.visitor_timeout_s)
    captions = await stay.house.enter_async_context(open_captions(to_page(ctx.room)))
    options = room_options(visit.visitor)
    await stay.converse(visit, api, log, tell=captions.publish, options=options)


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
