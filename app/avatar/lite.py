"""A client of LITE, the protocol of LiveAvatar and of our own stage: REST, then one WebSocket.

Speech is PCM: 24 kHz, 16 bit, little endian, mono. Knows nothing of LiveKit but the address, the
room and the token that it hands on. A session that was ever asked for is always stopped: it is paid
by the minute.
"""

import asyncio
import base64
import logging
from collections.abc import AsyncIterator
from typing import Self
from uuid import uuid4

import httpx
import msgspec
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, InvalidHandshake, InvalidURI

from app.avatar.rest import LiteCalls, Started, Terms
from app.errors import StageUnavailable
from app.settings import AvatarSettings

logger = logging.getLogger(__name__)

SAMPLE_RATE = 24_000
_BYTES_PER_S = 2 * SAMPLE_RATE

# A small first piece is heard early; the next are larger, and far below the limit of a packet.
_FIRST, _NEXT, _MOST = int(0.3 * _BYTES_PER_S), int(0.5 * _BYTES_PER_S), _BYTES_PER_S
_SEND_S = 5.0
_KEEP_ALIVE_S = 60.0


class Trouble(msgspec.Struct, frozen=True):
    type: str = ""
    message: str = ""


class ServerEvent(msgspec.Struct, frozen=True):
    """Anything that the stage reports; a field that its kind of event lacks is None."""

    type: str
    state: str | None = None
    new_state: str | None = None
    event_id: str | None = None
    source_event_id: str | None = None
    error: Trouble | None = None
    warning: Trouble | None = None

    @property
    def started(self) -> bool:
        """Whether the avatar has begun to talk."""
        return self.type == "agent.speak_started" or self._pose == "talking"

    @property
    def finished(self) -> bool:
        """Whether the avatar has fallen silent."""
        return self.type == "agent.speak_ended" or self._pose in ("idle", "listening")

    @property
    def cleared(self) -> bool:
        """Whether an interruption was obeyed."""
        return self.type in ("agent.audio_buffer_cleared", "agent.speak_interrupted")

    @property
    def _pose(self) -> str | None:
        return (self.new_state or self.state) if self.type == "agent.state_updated" else None


class LiteClient:
    """Opens sessions on the stage that the settings name."""

    def __init__(
        self, settings: AvatarSettings, *, transport: httpx.AsyncBaseTransport | None = None
    ) -> None:
        self._calls = LiteCalls(settings, transport)
        self._join_s = settings.join_timeout_s

    async def create(self, livekit_url: str, room: str, token: str) -> "LiteSession":
        """Send an avatar into a room and wait until it is there.

        Raises StageRefused when trying again is of no use (key, credits, concurrency), else
        StageUnavailable. Whatever goes wrong, a cancellation included, the session is stopped.
        """
        try:
            async with asyncio.timeout(self._join_s):
                terms = await self._calls.mint(livekit_url, room, token)
                return await self._enter(terms)
        except TimeoutError as error:
            raise StageUnavailable(
                f"the avatar was not in the room after {self._join_s:.0f} s: "
                "can the stage reach the LiveKit server at that address?"
            ) from error

    async def _enter(self, terms: Terms) -> "LiteSession":
        try:
            started = await self._calls.start(terms)
            socket = await _connect(started.socket_url)
            session = LiteSession(terms, started, self._calls, socket)
            try:
                await session.wait_connected()
            except BaseException:
                await socket.close()
                raise
        except BaseException:
            await self._calls.stop(terms)
            raise
        return session


async def _connect(url: str) -> ClientConnection:
    try:
        # The service answers pings late under load; the client would take it for dead.
        return await connect(url, ping_interval=None, close_timeout=1, max_size=2**22)
    except (OSError, InvalidHandshake, InvalidURI) as error:
        raise StageUnavailable(f"the stage's WebSocket does not answer: {error}") from error


class LiteSession:
    """An avatar in a room. Iterate for what the stage reports; `aclose` takes the avatar away.

    Every method raises StageUnavailable when the connection is gone.
    """

    def __init__(
        self, terms: Terms, started: Started, calls: LiteCalls, socket: ClientConnection
    ) -> None:
        self._terms = terms
        self.longest_s = started.longest_s
        """After how many seconds the stage ends the session by itself, where it says."""
        self._calls = calls
        self._socket = socket
        self._sending = asyncio.Lock()
        self._utterance: str | None = None
        self._first = True
        self._held = bytearray()
        self._keeping_alive: asyncio.Task[None] | None = None

    @property
    def id(self) -> str:
        return self._terms.session_id

    async def wait_connected(self) -> None:
        """Wait until the avatar is in its room; what is said before may be lost."""
        async for event in self:
            if event.error is not None:
                raise StageUnavailable(f"the stage failed: {event.error.message}")
            if event.type == "session.state_updated" and event.state == "connected":
                self._keeping_alive = asyncio.create_task(self._keep_alive(), name="keep-alive")
                return
        raise StageUnavailable("the stage ended the session before the avatar was in the room")

    async def speak(self, pcm: bytes) -> None:
        """Say this after what was said before; may be far ahead of real time."""
        if self._utterance is None:
            self._utterance, self._first = str(uuid4()), True
        self._held += pcm
        await self._flush(at_least=_FIRST if self._first else _NEXT)

    async def speak_end(self) -> None:
        """The utterance is complete. Without one, nothing happens."""
        utterance = self._utterance
        await self._flush(at_least=1)
        if utterance is not None and self._utterance == utterance:
            self._utterance = None
            await self._send({"type": "agent.speak_end", "event_id": utterance})

    async def interrupt(self) -> None:
        """Fall silent now, and forget what was still to be said."""
        self._utterance = None
        self._held.clear()
        await self._send({"type": "agent.interrupt", "event_id": str(uuid4())})

    async def start_listening(self) -> None:
        """Take the pose of one who listens."""
        await self._send({"type": "agent.start_listening", "event_id": str(uuid4())})

    async def stop_listening(self) -> None:
        """Leave the pose of one who listens."""
        await self._send({"type": "agent.stop_listening", "event_id": str(uuid4())})

    async def keep_alive(self) -> None:
        """Put off the stage's idle timeout. Done every minute anyway."""
        await self._send({"type": "session.keep_alive", "event_id": str(uuid4())})

    async def __aiter__(self) -> AsyncIterator[ServerEvent]:
        """What the stage reports, until it closes the connection."""
        try:
            async for message in self._socket:
                try:
                    yield msgspec.json.decode(message, type=ServerEvent)
                except msgspec.MsgspecError:
                    logger.warning("the stage sent something that is no event")
        except ConnectionClosed as error:
            raise StageUnavailable("the connection to the stage broke") from error

    async def aclose(self) -> None:
        """Stop the session, which takes the avatar out of the room; never raises."""
        if self._keeping_alive is not None:
            self._keeping_alive.cancel()
        await self._calls.stop(self._terms)
        await self._socket.close()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.aclose()

    async def _flush(self, at_least: int) -> None:
        utterance = self._utterance
        while utterance is not None and self._utterance == utterance:
            if len(self._held) < at_least:
                return
            most = _FIRST if self._first else _MOST
            piece = bytes(self._held[:most])
            del self._held[:most]
            self._first = False
            audio = base64.b64encode(piece).decode()
            await self._send({"type": "agent.speak", "event_id": utterance, "audio": audio})

    async def _send(self, message: dict[str, str]) -> None:
        try:
            async with asyncio.timeout(_SEND_S), self._sending:
                await self._socket.send(msgspec.json.encode(message).decode())
        except (ConnectionClosed, TimeoutError) as error:
            raise StageUnavailable(
                "the stage takes no more speech: the connection broke"
            ) from error

    async def _keep_alive(self) -> None:
        while True:
            await asyncio.sleep(_KEEP_ALIVE_S)
            try:
                await self.keep_alive()
            except StageUnavailable:
                # Whoever reads or speaks next is told.
                return
