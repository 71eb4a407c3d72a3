"""A client of LITE, the protocol of LiveAvatar and of our own stage: REST, then one WebSocket.

Speech is PCM: 24 kHz, 16 bit, little endian, mono. Knows nothing of LiveKit but the address, the
room and the token that it hands on. A session that was ever asked for is always stopped: it is paid
by the minute.
"""

import asyncio
import base64
import contextlib
import logging
from collections.abc import AsyncIterator
from typing import Self
from uuid import uuid4

import httpx
import msgspec
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, InvalidHandshake, InvalidMessage, InvalidURI

from app.avatar.rest import LiteCalls, Started, Terms
from app.errors import StageUnavailable
from app.settings import AvatarSettings

logger = logging.getLogger(__name__)

SAMPLE_RATE = 24_000
_BYTES_PER_S = 2 * SAMPLE_RATE

_MOST = _BYTES_PER_S  # far below the limit of a packet
_FIRST_CODE = 4000
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
    end_reason: str | None = None
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
    def over(self) -> bool:
        """Whether the stage has ended the session: no connection will bring it back."""
        return self.type == "session.stopped" or (
            self.type == "session.state_updated" and self.state in ("closed", "disconnected")
        )

    @property
    def _pose(self) -> str | None:
        return (self.new_state or self.state) if self.type == "agent.state_updated" else None


class LiteClient:
    """Opens sessions on the stage that the settings name."""

    def __init__(
        self, settings: AvatarSettings, *, transport: httpx.AsyncBaseTransport | None = None
    ) -> None:
        self.calls = LiteCalls(settings, transport)

    async def start(self, terms: Terms) -> "LiteSession":
        """Start the session of these terms, and connect to it. If that fails, it is stopped."""
        try:
            started = await self.calls.start(terms)
            socket = await _connect(started.socket_url)
        except BaseException:
            await self.calls.stop(terms)
            raise
        return LiteSession(terms, started, self.calls, socket)


async def _connect(url: str) -> ClientConnection:
    try:
        # The service answers pings late under load; the client would take it for dead.
        return await connect(url, ping_interval=None, close_timeout=1, max_size=2**22)
    except (OSError, EOFError, InvalidHandshake, InvalidMessage, InvalidURI) as error:
        raise StageUnavailable(f"the stage's WebSocket does not answer: {error}") from error


class LiteSession:
    """An avatar in a room. Iterate for what the stage reports; `aclose` takes the avatar away.

    Every method raises StageUnavailable when the connection is gone; `reconnect` makes another.
    """

    def __init__(
        self, terms: Terms, started: Started, calls: LiteCalls, socket: ClientConnection
    ) -> None:
        self._terms = terms
        self.longest_s = started.longest_s
        """After how many seconds the stage ends the session by itself, where it says."""
        self._url = started.socket_url
        self._calls = calls
        self._socket = socket
        self._sending = asyncio.Lock()
        self._utterance: str | None = None
        self._keeping_alive = asyncio.create_task(self._keep_alive(), name="keep-alive")

    @property
    def id(self) -> str:
        return self._terms.session_id

    async def wait_connected(self) -> None:
        """Wait until the stage says that the avatar is in its room; speech before may be lost."""
        async for event in self:
            if event.error is not None:
                raise StageUnavailable(f"the stage failed: {event.error.message}")
            if event.type == "session.state_updated" and event.state == "connected":
                return
        raise StageUnavailable("the stage ended the session before the avatar was in the room")

    async def reconnect(self) -> None:
        """Connect to the same session again. What was being said is over, and said to its end."""
        await self._socket.close()
        self._utterance = None
        self._socket = await _connect(self._url)
        with contextlib.suppress(StageUnavailable):  # whoever reads next is told
            await self._send({"type": "agent.speak_end", "event_id": str(uuid4())})

    async def speak(self, pcm: bytes) -> None:
        """Say this after what was said before; may be far ahead of real time."""
        if self._utterance is None:
            self._utterance = str(uuid4())
        utterance = self._utterance
        for begin in range(0, len(pcm), _MOST):
            if self._utterance != utterance:
                return  # interrupted meanwhile
            audio = base64.b64encode(pcm[begin : begin + _MOST]).decode()
            await self._send({"type": "agent.speak", "event_id": utterance, "audio": audio})

    async def speak_end(self) -> None:
        """The utterance is complete. Without one, nothing happens."""
        utterance, self._utterance = self._utterance, None
        if utterance is not None:
            await self._send({"type": "agent.speak_end", "event_id": utterance})

    async def interrupt(self) -> None:
        """Fall silent now, and forget what was still to be said."""
        self._utterance = None
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
            # An application's own code is an answer: there is no such session any more.
            if error.rcvd is None or error.rcvd.code < _FIRST_CODE:
                raise StageUnavailable("the connection to the stage broke") from error

    async def aclose(self) -> None:
        """Stop the session, which takes the avatar out of the room; never raises."""
        self._keeping_alive.cancel()
        await self._calls.stop(self._terms)
        await self._socket.close()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.aclose()

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
            # Whoever reads or speaks next is told of a lost connection.
            with contextlib.suppress(StageUnavailable):
                await self.keep_alive()
