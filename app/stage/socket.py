"""The WebSocket of a session: commands in, events out.

Its address is the credential. Several sockets may be open at once and all hear the same; a socket
that goes away ends nothing, and one that is never read blocks nobody.
"""

import asyncio
from collections import deque

import msgspec
from litestar import WebSocket, websocket
from litestar.datastructures import State
from litestar.di import NamedDependency
from litestar.exceptions import WebSocketDisconnect
from litestar.params import FromPath

from app.settings import StageSettings
from app.stage.commands import PACKET_BYTES, obey
from app.stage.events import AudioBufferAppended, Event
from app.stage.session import Listener, StageSession
from app.stage.sessions import Sessions

Socket = WebSocket[object, object, State]

_NORMAL, _TOO_LONG, _BROKEN, _UNKNOWN = 1000, 1009, 1011, 4404
_LENGTH = 500


class Outbox:
    """Events on their way to one controller. If it reads too slowly, acknowledgements go first."""

    def __init__(self) -> None:
        self._events: deque[Event | None] = deque()
        self._filled = asyncio.Event()

    def put(self, event: Event | None) -> None:
        """Queue an event, or None: the last one has been said."""
        if len(self._events) >= _LENGTH:
            spared = next((e for e in self._events if isinstance(e, AudioBufferAppended)), None)
            self._events.remove(spared or self._events[0])
        self._events.append(event)
        self._filled.set()

    async def get(self) -> Event | None:
        while not self._events:
            self._filled.clear()
            await self._filled.wait()
        return self._events.popleft()


@websocket("/v1/live/{ticket:str}")
async def live(
    socket: Socket,
    ticket: FromPath[str],
    sessions: NamedDependency[Sessions],
    settings: NamedDependency[StageSettings],
) -> None:
    """Serve one controller until it goes, or the session ends."""
    session = sessions.at(ticket)
    if session is not None and session.faults.refused_sockets > 0:
        session.faults.refused_sockets -= 1
        await socket.close()
        return
    await socket.accept()
    if session is None:
        await socket.close(_UNKNOWN, "no such session")
        return
    await _serve(socket, session, PACKET_BYTES if settings.strict else None)


async def _serve(socket: Socket, session: StageSession, most: int | None) -> None:
    outbox, cut = Outbox(), asyncio.Event()
    unlisten = session.listen(Listener(outbox.put, cut.set))
    tasks = [
        asyncio.create_task(_write(socket, outbox)),
        asyncio.create_task(_read(socket, session, most)),
        asyncio.create_task(_break(socket, cut)),
    ]
    try:
        await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    finally:
        unlisten()
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


async def _read(socket: Socket, session: StageSession, most: int | None) -> None:
    try:
        while True:
            message = await socket.receive_text()
            if most is not None and len(message) > most:
                await socket.close(_TOO_LONG, f"a packet holds at most {most} bytes")
                return
            obey(session, message)
            # Minutes of speech may come at once: what is played meanwhile keeps its turn.
            await asyncio.sleep(0)
    except WebSocketDisconnect:
        return


async def _write(socket: Socket, outbox: Outbox) -> None:
    while (event := await outbox.get()) is not None:
        await socket.send_text(msgspec.json.encode(event).decode())
    await socket.close(_NORMAL, "the session has ended")


async def _break(socket: Socket, cut: asyncio.Event) -> None:
    await cut.wait()
    await socket.close(_BROKEN)
