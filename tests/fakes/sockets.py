"""Servers that speak less than HTTP ought to be, or HTTP/2, byte by byte as a test wants it."""

import asyncio
import contextlib
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from h2.config import H2Configuration
from h2.connection import H2Connection
from h2.events import ConnectionTerminated, RequestReceived, StreamReset, WindowUpdated

Talk = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


@dataclass
class Listening:
    """A server on loopback and what came to it."""

    port: int = 0
    scheme: str = "http"
    connections: int = 0
    asked: list[dict[str, str]] = field(default_factory=list)

    def url(self, path: str = "/", host: str = "127.0.0.1") -> str:
        return f"{self.scheme}://{host}:{self.port}{path}"


@asynccontextmanager
async def listening(talk: Talk, tls: ssl.SSLContext | None = None) -> AsyncIterator[Listening]:
    """A server that has each connection talked to."""
    here = Listening(scheme="https" if tls else "http")
    talks: set[asyncio.Task[None] | None] = set()

    async def meet(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        here.connections += 1
        talks.add(asyncio.current_task())
        with contextlib.suppress(OSError, asyncio.IncompleteReadError, asyncio.CancelledError):
            await talk(reader, writer)
        writer.transport.abort()

    server = await asyncio.start_server(meet, "127.0.0.1", 0, ssl=tls)
    here.port = server.sockets[0].getsockname()[1]
    try:
        yield here
    finally:
        server.close()
        for task in talks:
            if task:
                task.cancel()
        await asyncio.gather(*(task for task in talks if task), return_exceptions=True)


def saying(*parts: bytes, endless: bytes = b"", pause_s: float = 0.0) -> Talk:
    """Reads a request, answers it with these bytes, then `endless` for ever, and hangs up."""

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        for part in parts:
            writer.write(part)
            await writer.drain()
            await asyncio.sleep(pause_s)
        while endless:
            writer.write(endless)
            await writer.drain()
            await asyncio.sleep(pause_s)

    return talk


@dataclass(frozen=True, kw_only=True)
class Answer:
    """What a path answers over HTTP/2; `raw` is written to the socket instead of it."""

    body: bytes = b""
    headers: Mapping[str, str] = field(default_factory=lambda: {"content-type": "text/html"})
    status: str = "200"
    raw: bytes = b""


@asynccontextmanager
async def http2(answers: Mapping[str, Answer], tls: ssl.SSLContext) -> AsyncIterator[Listening]:
    """A server that speaks HTTP/2 only, each answer sent as far as flow control lets it."""
    tls.set_alpn_protocols(["h2"])

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await _Conversation(answers, here, reader, writer).go_on()

    async with listening(talk, tls) as here:
        yield here


class _Conversation:
    def __init__(
        self,
        answers: Mapping[str, Answer],
        here: Listening,
        reader: asyncio.StreamReader,
        writer: asyncio.StreamWriter,
    ) -> None:
        self._answers, self._here = answers, here
        self._reader, self._writer = reader, writer
        config = H2Configuration(client_side=False, validate_outbound_headers=False)
        self._state = H2Connection(config)
        self._left: dict[int, bytes] = {}

    async def go_on(self) -> None:
        self._state.initiate_connection()
        while True:
            self._writer.write(self._state.data_to_send())
            await self._writer.drain()
            data = await self._reader.read(65536)
            if not data:
                return
            for event in self._state.receive_data(data):
                if isinstance(event, RequestReceived):
                    self._answer(event)
                elif isinstance(event, WindowUpdated):
                    self._send()
                elif isinstance(event, StreamReset):
                    self._left.pop(event.stream_id, None)
                elif isinstance(event, ConnectionTerminated):
                    return

    def _answer(self, event: RequestReceived) -> None:
        asked = {bytes(name).decode(): bytes(text).decode() for name, text in event.headers or []}
        self._here.asked.append(asked)
        answer = self._answers[asked[":path"]]
        if answer.raw:
            self._writer.write(answer.raw)
            return
        stream = event.stream_id or 0
        self._state.send_headers(stream, [(":status", answer.status), *answer.headers.items()])
        self._left[stream] = answer.body
        self._send()

    def _send(self) -> None:
        for stream, left in list(self._left.items()):
            while room := min(
                self._state.local_flow_control_window(stream),
                self._state.max_outbound_frame_size,
            ):
                self._state.send_data(stream, left[:room], end_stream=len(left) <= room)
                left = left[room:]
                self._left[stream] = left
                if not left:
                    del self._left[stream]
                    break
