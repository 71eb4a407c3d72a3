"""LITE sessions: from the token that opens one to the avatar's leaving of the room."""

import asyncio
import logging
import secrets
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Literal
from uuid import uuid4

from app.errors import StageUnavailable
from app.settings import StageSettings
from app.stage.events import Error, Event, SessionState, SessionStateUpdated, Trouble
from app.stage.face import Expression, face_of
from app.stage.performer import FRAME_S, Performer
from app.stage.room import OpenRoom, Place, Room

logger = logging.getLogger(__name__)

Reason = Literal[
    "UNKNOWN",
    "USER_DISCONNECTED",
    "SERVER_ERROR",
    "IDLE_TIMEOUT",
    "NO_CREDITS",
    "USER_CLOSED",
    "AVATAR_DELETED",
    "MAX_DURATION_REACHED",
    "ZOMBIE_SESSION_REAP",
    "AGENT_HANG_UP",
]
"""Why a session ended, in LITE's words."""

_ENTER_S = 20.0
_UNSTARTED_S = 600.0
_LATE_S = 0.2


class StageSession:
    """One avatar in one room. Commands may come before the room is entered: they wait for it."""

    def __init__(self, place: Place, longest_s: float, idle_s: float) -> None:
        self.id = str(uuid4())
        self.ticket = secrets.token_urlsafe(24)
        self.place = place
        self.longest_s = longest_s
        self.performer = Performer(self.report)
        self.state: SessionState | Literal["new"] = "new"
        self.created_at = _now()
        self._idle_s = idle_s
        self._touched = _now()
        self._listeners: list[Callable[[Event | None], None]] = []
        self._room: Room | None = None
        self._asked: asyncio.Future[Reason] = asyncio.get_running_loop().create_future()
        self._running: asyncio.Task[None] | None = None

    def listen(self, listener: Callable[[Event | None], None]) -> Callable[[], None]:
        """Tell `listener` every event from now on, None at the end; returns how to stop."""
        self._listeners.append(listener)
        if self.state != "new":
            listener(SessionStateUpdated(state=self.state))
        return lambda: self._listeners.remove(listener)

    def report(self, event: Event | None) -> None:
        for listener in tuple(self._listeners):
            listener(event)

    def touch(self) -> None:
        """Put off the idle timeout."""
        self._touched = _now()

    def interrupt(self, event_id: str | None) -> None:
        """Fall silent within a frame."""
        self.performer.interrupt(event_id)
        if self._room is not None:
            self._room.hush()

    def start(self, open_room: OpenRoom) -> None:
        """Send the avatar into its room; starting twice changes nothing."""
        if self._running is None:
            self.touch()
            self._turn("connecting")
            self._running = asyncio.create_task(self._run(open_room), name=f"stage-{self.id}")

    async def end(self, reason: Reason) -> None:
        """Take the avatar out of the room; returns when it has left."""
        if not self._asked.done():
            self._asked.set_result(reason)
        if self._running is not None:
            await asyncio.shield(self._running)

    def when_over(self, forget: Callable[[], None]) -> None:
        """Call `forget` when a started session has ended, whatever ended it."""
        if self._running is not None:
            self._running.add_done_callback(lambda _: forget())

    async def _run(self, open_room: OpenRoom) -> None:
        reason: Reason = "SERVER_ERROR"
        try:
            reason = await _first(self._perform_in(open_room), self._expired(), self._asked)
        except (StageUnavailable, TimeoutError) as error:
            logger.warning("the avatar cannot enter its room", extra={"session": self.id})
            message = str(error) or f"the room was not entered within {_ENTER_S:.0f} s"
            self.report(Error(error=Trouble("server_error", message)))
        except Exception:
            # A door: whatever broke ends this session and no other.
            logger.exception("a session broke", extra={"session": self.id})
            self.report(Error(error=Trouble("server_error", "the stage broke; see its log")))
        finally:
            self._turn("closed")
            self.report(None)
            logger.info("session ended", extra={"session": self.id, "reason": reason})

    async def _perform_in(self, open_room: OpenRoom) -> Reason:
        face = await asyncio.to_thread(face_of, self.place.size)
        expression = Expression()
        async with AsyncExitStack() as leaving:
            async with asyncio.timeout(_ENTER_S):
                room = await leaving.enter_async_context(open_room(self.place))

            def show(loudness: float) -> None:
                room.show(face.picture(expression.advance(loudness)))

            self._room = room
            self._turn("connected")
            try:
                return await _first(perform(room, self.performer, show), self._removed(room))
            finally:
                self._turn("closing")
                self._room = None

    async def _removed(self, room: Room) -> Reason:
        await room.left()
        return "USER_DISCONNECTED"

    async def _expired(self) -> Reason:
        end = _now() + self.longest_s
        while True:
            now = _now()
            if now >= end:
                return "MAX_DURATION_REACHED"
            if now >= self._touched + self._idle_s:
                return "IDLE_TIMEOUT"
            await asyncio.sleep(min(end, self._touched + self._idle_s) - now)

    def _turn(self, state: SessionState) -> None:
        self.state = state
        self.report(SessionStateUpdated(state=state))


async def perform(room: Room, performer: Performer, show: Callable[[float], None]) -> Reason:
    """Play and show frame after frame in real time; ends only by being cancelled.

    A late frame is made up for at once, and no sound is dropped; after a stall time starts anew.
    """
    due = _now()
    while True:
        frame = performer.next_frame()
        if frame.sound:
            await room.play(frame.sound)
        show(frame.loudness)
        due = max(due + FRAME_S, _now() - _LATE_S)
        await asyncio.sleep(max(0.0, due - _now()))


async def _first(*endings: Awaitable[Reason]) -> Reason:
    """What the first of them says; the others are cancelled and waited for."""
    tasks = [asyncio.ensure_future(ending) for ending in endings]
    try:
        done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        return done.pop().result()
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


def _now() -> float:
    return asyncio.get_running_loop().time()


class Sessions:
    """The sessions that live: minted and not yet started, or performing."""

    def __init__(self, settings: StageSettings, open_room: OpenRoom) -> None:
        self._settings = settings
        self._open_room = open_room
        self._by_id: dict[str, StageSession] = {}

    def mint(self, place: Place, longest_s: float) -> StageSession:
        """A session that may be started; one that nobody starts is forgotten after ten minutes."""
        for old in list(self._by_id.values()):
            if old.state == "new" and _now() - old.created_at > _UNSTARTED_S:
                del self._by_id[old.id]
        session = StageSession(place, longest_s, self._settings.idle_s)
        self._by_id[session.id] = session
        return session

    def find(self, session_id: str) -> StageSession | None:
        return self._by_id.get(session_id)

    def at(self, ticket: str) -> StageSession | None:
        """The session whose WebSocket has this ticket in its address."""
        found = (s for s in self._by_id.values() if secrets.compare_digest(s.ticket, ticket))
        return next(found, None)

    def start(self, session: StageSession) -> None:
        session.start(self._open_room)
        session.when_over(lambda: self._forget(session))

    async def end(self, session: StageSession, reason: Reason) -> None:
        await session.end(reason)
        self._forget(session)

    def _forget(self, session: StageSession) -> None:
        self._by_id.pop(session.id, None)

    async def end_all(self) -> None:
        """Take every avatar out of its room."""
        await asyncio.gather(*(self.end(s, "SERVER_ERROR") for s in list(self._by_id.values())))


@asynccontextmanager
async def open_sessions(settings: StageSettings, open_room: OpenRoom) -> AsyncIterator[Sessions]:
    """Sessions that all end with the block."""
    sessions = Sessions(settings, open_room)
    try:
        yield sessions
    finally:
        await sessions.end_all()
