"""A small LITE server that fails when it is told to: REST, WebSocket, a clock for its speech."""

import asyncio
import base64
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from litestar import Litestar, Request, Response, WebSocket, post, websocket
from litestar.exceptions import WebSocketDisconnect
from litestar.params import FromPath

from tests.fakes.house import serving

_BYTES_PER_S = 48_000


@dataclass
class Lite:
    """What it was asked and told, and what it does wrong."""

    url: str = ""
    minted: int = 0
    started: list[str] = field(default_factory=list)
    stopped: list[str] = field(default_factory=list)
    heard: bytearray = field(default_factory=bytearray)
    kinds: list[str] = field(default_factory=list)
    sockets: list[WebSocket[Any, Any, Any]] = field(default_factory=list)
    start_status: int = 201
    mint_delay_s: float = 0.0
    joins: bool = True
    refuses: bool = False
    silent: bool = False
    acknowledges: bool = True
    ends: bool = True
    _playing: asyncio.Task[None] | None = None
    _waiting: bytearray = field(default_factory=bytearray)
    _ended: bool = False

    async def drop(self) -> None:
        """Break every connection; what was said goes on."""
        sockets, self.sockets = self.sockets, []
        for socket in sockets:
            await socket.close(1011)

    async def tell(self, **event: Any) -> None:
        for socket in self.sockets:
            await socket.send_text(json.dumps(event))

    async def take(self, message: dict[str, Any]) -> None:
        kind = message["type"]
        self.kinds.append(kind)
        if kind == "agent.speak":
            self._waiting += base64.b64decode(message["audio"])
            if self._playing is None and not self.silent:
                self._ended = False
                self._playing = asyncio.create_task(self._play())
        elif kind == "agent.speak_end":
            self._ended = True
        elif kind == "agent.interrupt":
            playing, self._playing = self._playing, None
            if playing is not None:
                playing.cancel()
            self._waiting.clear()
            if self.acknowledges:
                await self.tell(type="agent.audio_buffer_cleared")

    async def _play(self) -> None:
        await self.tell(type="agent.speak_started")
        while self._waiting or not self._ended:
            piece = bytes(self._waiting[:960])
            del self._waiting[:960]
            self.heard += piece
            await asyncio.sleep(0.02 if piece else 0.005)
        self._playing = None
        if self.ends:
            await self.tell(type="agent.speak_ended")

    async def attend(self, socket: WebSocket[Any, Any, Any], session: str) -> None:
        """Serve one connection until it goes."""
        if self.refuses:
            await socket.close(1013)
            return
        await socket.accept()
        if session in self.stopped:
            await socket.close(4404)
            return
        self.sockets.append(socket)
        if self.joins:
            await self.tell(type="session.state_updated", state="connected")
        try:
            while True:
                await self.take(json.loads(await socket.receive_text()))
        except WebSocketDisconnect:
            if socket in self.sockets:
                self.sockets.remove(socket)


def _envelope(data: Any, status: int) -> Response[bytes]:
    body = {"code": 1000, "data": data, "message": ""}
    return Response(json.dumps(body).encode(), status_code=status)


@asynccontextmanager
async def open_lite(**faults: Any) -> AsyncIterator[Lite]:
    """The server on a real socket."""
    lite = Lite(**faults)

    @post("/v1/sessions/token")
    async def token() -> Response[bytes]:
        await asyncio.sleep(lite.mint_delay_s)
        lite.minted += 1
        return _envelope({"session_id": f"s{lite.minted}", "session_token": f"t{lite.minted}"}, 200)

    @post("/v1/sessions/start")
    async def start(request: Request[Any, Any, Any]) -> Response[bytes]:
        lite.started.append((await request.json())["session_id"])
        where = lite.url.replace("http", "ws") + f"/live/{lite.started[-1]}"
        return _envelope({"ws_url": where, "max_session_duration": 60}, lite.start_status)

    @post("/v1/sessions/stop")
    async def stop(request: Request[Any, Any, Any]) -> Response[bytes]:
        asked = (await request.json())["session_id"]
        known = asked not in lite.stopped
        lite.stopped.append(asked)
        return _envelope(None, 200 if known else 404)

    @websocket("/live/{session:str}")
    async def live(socket: WebSocket[Any, Any, Any], session: FromPath[str]) -> None:
        await lite.attend(socket, session)

    app = Litestar([token, start, stop, live], logging_config=None, openapi_config=None)
    async with serving(app) as lite.url:
        yield lite
