"""What a controller may ask over the WebSocket, as lenient as LITE's own service.

Unknown fields, missing ids and the names of the older protocol are accepted; what cannot be obeyed
is answered with an `error` event, and the socket stays open.
"""

import base64
import binascii
from collections.abc import Callable

import msgspec

from app.stage.events import Error, Trouble
from app.stage.session import StageSession
from app.stage.visemes import SAMPLE_RATE

PACKET_BYTES = 1_000_000
_LONGEST_WAIT_S = 900.0


class Command(msgspec.Struct):
    """One message of the controller."""

    type: str
    event_id: str | None = None
    audio: str | None = None
    sample_rate: int = SAMPLE_RATE
    channels: int = 1


class _Impossible(Exception):
    """The command cannot be obeyed; the message says why."""


def obey(session: StageSession, message: str | bytes) -> None:
    """Do what the message says, or report why not."""
    event_id = None
    try:
        command = _read(message)
        event_id = command.event_id
        command_of = _COMMANDS[command.type]
        if session.takes(command.type):
            command_of(session, command)
    except KeyError:
        _refuse(session, event_id, f"no command of this stage: {command.type!r}")
    except _Impossible as reason:
        _refuse(session, event_id, str(reason))
    else:
        session.touch()


def _refuse(session: StageSession, event_id: str | None, message: str) -> None:
    session.report(Error(error=Trouble("invalid_request_error", message, event_id)))


def _read(message: str | bytes) -> Command:
    if len(message) > PACKET_BYTES:
        raise _Impossible(f"a packet holds at most {PACKET_BYTES} bytes; send shorter pieces")
    try:
        return msgspec.json.decode(message, type=Command)
    except msgspec.MsgspecError as error:
        raise _Impossible(f"not a command: {error}") from error


def _pcm(command: Command) -> bytes:
    try:
        return base64.b64decode(command.audio or "", validate=True)
    except (binascii.Error, ValueError) as error:
        raise _Impossible(f"audio is not base64: {error}") from error


def _speak(session: StageSession, command: Command) -> None:
    if command.audio is None:
        raise _Impossible("agent.speak needs audio: base64 of 24 kHz 16-bit mono PCM")
    pcm = _pcm(command)
    if session.performer.waiting_s > _LONGEST_WAIT_S:
        raise _Impossible(f"more than {_LONGEST_WAIT_S:.0f} s of speech are waiting; send slower")
    session.performer.speak(command.event_id, pcm)


def _end(session: StageSession, command: Command) -> None:
    if command.audio:
        _speak(session, command)
    session.performer.end(command.event_id)


def _start(_session: StageSession, command: Command) -> None:
    if command.sample_rate != SAMPLE_RATE or command.channels != 1:
        raise _Impossible(f"speech must come at {SAMPLE_RATE} samples a second, in one channel")


_COMMANDS: dict[str, Callable[[StageSession, Command], None]] = {
    "agent.speak": _speak,
    "agent.speak_end": _end,
    "agent.interrupt": lambda session, command: session.interrupt(command.event_id),
    "agent.start_listening": lambda session, _: session.performer.listen(),
    "agent.stop_listening": lambda session, _: session.performer.rest(),
    "session.keep_alive": lambda *_: None,
    "start": _start,
    "agent.audio_buffer_append": _speak,
    "agent.audio_buffer_commit": _end,
    "agent.audio_buffer_clear": lambda session, command: session.interrupt(command.event_id),
}
