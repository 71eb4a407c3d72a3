"""A call as the agent lives it: wait for the caller, have a visit opened, converse, hang up.

LiveKit's SIP server has put the caller into a room, and a dispatch rule has sent us there. The
names that it gives to room and caller hold the caller's number: neither is told to the API, which
knows the room by LiveKit's id.
"""

import asyncio
import logging
from typing import Annotated

import msgspec
from livekit import rtc
from livekit.agents import Agent, AgentSession, JobContext, room_io
from msgspec import Meta

from app.agent.api import Api
from app.agent.grounded_llm import Visit
from app.agent.speech import Models
from app.agent.stay import Stay
from app.agent.turns import Caption
from app.avatar.unseen import Unseen
from app.errors import AnswerUnavailable
from app.phrases import phrase
from app.settings import Settings

# A sentence takes about this long to say; a caller is not kept longer to be told to call again.
LAST_WORDS_S = 15.0

logger = logging.getLogger(__name__)


class Call(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What a dispatch rule says of its calls; the installation's own where it says nothing."""

    kb: Annotated[str, Meta(min_length=1, max_length=64)] | None = None
    lang: Annotated[str, Meta(pattern="^[a-z]{2}$")] | None = None


class _Rule(msgspec.Struct):
    call: Call


class _Named(msgspec.Struct):
    call: msgspec.Raw | msgspec.UnsetType = msgspec.UNSET


def is_call(metadata: str) -> bool:
    """Whether a job's metadata names a call, rightly or not."""
    try:
        return msgspec.json.decode(metadata, type=_Named).call is not msgspec.UNSET
    except msgspec.MsgspecError:
        return False


def read_call(metadata: str) -> Call:
    """The call that a dispatch rule's metadata names. Raises ValueError."""
    try:
        return msgspec.json.decode(metadata, type=_Rule).call
    except msgspec.MsgspecError as error:
        raise ValueError(
            f"the dispatch rule's metadata names no call that can be read ({error}); "
            'it is to be like {"call": {"kb": "museum", "lang": "en"}}'
        ) from error


async def attend_call(ctx: JobContext, settings: Settings, models: Models) -> None:
    """Attend the call that the job was dispatched for; it goes on after this returns.

    However it ends, the room is closed: nobody is left on the line.
    """
    stay = Stay(ctx, settings, models)
    api = await stay.open_api()
    stay.house.push_async_callback(_hang_up, ctx)
    await ctx.connect()
    caller = await _calls(ctx, settings.agent.visitor_timeout_s)
    if caller is None:
        stay.end("nobody called")
        return
    _end_with(stay, caller)
    try:
        visit = await _open(ctx, api, caller)
    except (AnswerUnavailable, ValueError) as error:
        logger.warning("call turned away", extra={"reason": str(error)})
        await _turn_away(stay)
        return
    log = stay.open_log(api, visit)
    options = _only_sound(caller.identity)
    await stay.converse(visit, api, log, tell=_untold, options=options, avatar=Unseen())


async def _calls(ctx: JobContext, timeout_s: float) -> rtc.RemoteParticipant | None:
    """The caller, once there is one; they are mostly in the room before us."""
    kind = rtc.ParticipantKind.PARTICIPANT_KIND_SIP
    try:
        return await asyncio.wait_for(ctx.wait_for_participant(kind=kind), timeout_s)
    except TimeoutError:
        return None


def _end_with(stay: Stay, caller: rtc.RemoteParticipant) -> None:
    """Who has hung up does not come back into this room."""

    def left(participant: rtc.RemoteParticipant) -> None:
        if participant.identity == caller.identity:
            stay.end("visitor_hung_up")

    stay.ctx.room.on("participant_disconnected", left)


async def _open(ctx: JobContext, api: Api, caller: rtc.RemoteParticipant) -> Visit:
    """The visit that the API has opened for this room."""
    call = read_call(ctx.job.metadata)
    opened = await api.open_call(await ctx.room.sid, kb=call.kb, lang=call.lang)
    return Visit(id=opened.id, kb=opened.kb, lang=opened.lang, visitor=caller.identity)


async def _turn_away(stay: Stay) -> None:
    """Say that we cannot talk now, and hang up."""
    lang = _lang(stay.ctx.job.metadata) or stay.settings.grounding.language
    try:
        session = AgentSession[None](
            tts=stay.open_speech(lang, None).tts,
            vad=None,
            turn_handling={"turn_detection": None, "interruption": {"mode": "vad"}},
        )
        await session.start(
            Agent(instructions=""), room=stay.ctx.room, room_options=_SPEAKS, record=False
        )
        speech = session.say(phrase("call_again", lang), allow_interruptions=False)
        await asyncio.wait_for(speech.wait_for_playout(), LAST_WORDS_S)
    except TimeoutError:
        logger.warning("a caller was not told to call again")
    finally:
        stay.end("the call could not be taken")


def _lang(metadata: str) -> str | None:
    try:
        return read_call(metadata).lang
    except ValueError:
        return None


_SPEAKS = room_io.RoomOptions(
    audio_input=False, text_input=False, text_output=False, delete_room_on_close=False
)


def _only_sound(caller: str) -> room_io.RoomOptions:
    return room_io.RoomOptions(
        participant_identity=caller,
        text_input=False,
        audio_output=False,  # the mouth's
        text_output=False,
        video_input=False,
        close_on_disconnect=False,  # `_end_with` does, and says why
        delete_room_on_close=False,
    )


async def _hang_up(ctx: JobContext) -> None:
    """Whoever is in the room is put out of it; one that is gone already is no error."""
    await ctx.delete_room(ctx.job.room.name)


def _untold(_: Caption) -> None:
    """A telephone shows nothing."""
