"""One LITE session: from the token that opens it to the avatar's leaving of the room."""

import asyncio
import logging
import secrets
from collections import Counter, deque
from collections.abc import Callable
from contextlib import AsyncExitStack
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Literal

from app.errors import StageUnavailable
from app.race import first
from app.settings import StageSettings
from app.stage.billing import Bill
from app.stage.deadlines import Deadlines
from app.stage.events import (
    AudioBufferAppended,
    Error,
    Event,
    Reason,
    SessionState,
    SessionStateUpdated,
    SessionStopped,
    Trouble,
)
from app.stage.face import face_of
from app.stage.faults import Faults
from app.stage.likeness import likeness_of
from app.stage.performer import Performer
from app.stage.performing import Performance
from app.stage.room import OpenRoom, Room
from app.stage.terms import Terms

logger = logging.getLogger(__name__)

_ENTER_S = 20.0
_REMEMBERED = 1000


@dataclass(frozen=True, slots=True)
class Listener:
    """One controller's socket: `hear` takes events and at last None, `cut` closes it roughly."""

    hear: Callable[[Event | None], None]
    cut: Callable[[], None]


class StageSession:
    """One avatar in one room. Commands may come before the room is entered: they wait for it."""

    def __init__(self, terms: Terms, settings: StageSettings, faults: Faults) -> None:
        self.id = terms.session_id
        self.ticket = secrets.token_urlsafe(24)
        self.terms = terms
        self.faults = faults
        self.performer = Performer(
            self.report, waits_s=settings.speaks_after_s, flapping=settings.flapping
        )
        self.state: SessionState | Literal["new"] = "new"
        self.created_at = self.changed_at = datetime.now(UTC)
        self.reason: Reason | None = None
        self.bill: Bill | None = None
        self.commands: Counter[str] = Counter()
        self.told: deque[tuple[datetime, str]] = deque(maxlen=_REMEMBERED)
        self.performance: Performance | None = None
        self._settings = settings
        self._began: float | None = None
        self._lasted_s = 0.0
        self._deadlines = Deadlines(settings, terms.longest_s)
        self._listeners: list[Listener] = []
        self._room: Room | None = None
        self._asked: asyncio.Future[Reason] = asyncio.get_running_loop().create_future()
        self._running: asyncio.Task[None] | None = None

    @property
    def started(self) -> bool:
        return self._running is not None

    @property
    def sockets(self) -> int:
        """How many controllers are connected."""
        return len(self._listeners)

    @property
    def played_s(self) -> float:
        """Seconds of speech that went into the room."""
        return self.performance.played_s if self.performance else 0.0

    @property
    def age_s(self) -> float:
        """Seconds from its start to now, or to its end."""
        return self._lasted_s if self._began is None else _now() - self._began

    def listen(self, listener: Listener) -> Callable[[], None]:
        """Tell every event from now on; returns how to stop."""
        self._listeners.append(listener)
        self._deadlines.count(len(self._listeners))
        if self.state != "new":
            listener.hear(SessionStateUpdated(state=self.state))

        def unlisten() -> None:
            self._listeners.remove(listener)
            self._deadlines.count(len(self._listeners))

        return unlisten

    def cut(self) -> None:
        """Close every socket as a broken network would; the session lives on."""
        for listener in tuple(self._listeners):
            listener.cut()

    def report(self, event: Event) -> None:
        if not isinstance(event, AudioBufferAppended):  # one for every packet: too many to keep
            self.told.append((datetime.now(UTC), event.kind))
        for _ in range(self.faults.copies(event.kind)):
            for listener in tuple(self._listeners):
                listener.hear(event)

    def touch(self) -> None:
        """Put off the idle timeout."""
        self._deadlines.touch()

    def takes(self, command: str) -> bool:
        """Whether a command is obeyed; the others are dropped without a word."""
        self.commands[command] += 1
        if self._settings.strict and self.state != "connected":
            return False
        return not self.faults.deaf

    def interrupt(self, event_id: str | None) -> None:
        """Fall silent within a frame."""
        self.performer.interrupt(event_id)
        if self._room is not None:
            self._room.hush()

    def order(self, faults: Faults) -> None:
        """Have other faults from now on."""
        self.faults = faults
        if self.performance is not None:
            self.performance.renew()

    def start(self, open_room: OpenRoom, bill: Bill) -> None:
        """Send the avatar into its room, at most once."""
        if self._running is None:
            self.touch()
            self.bill = bill
            self._began = _now()
            self._turn("connecting")
            self._running = asyncio.create_task(self._run(open_room, bill), name=f"stage-{self.id}")

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

    async def _run(self, open_room: OpenRoom, bill: Bill) -> None:
        reason: Reason = "SERVER_ERROR"
        try:
            reason = await first(
                self._perform_in(open_room),
                self._deadlines.passed(self._visited),
                self._billed(bill),
                self._asked,
            )
        except (StageUnavailable, TimeoutError) as error:
            logger.warning("the avatar cannot enter its room", extra={"session": self.id})
            message = str(error) or f"the room was not entered within {_ENTER_S:.0f} s"
            self.report(Error(error=Trouble("server_error", message)))
        except Exception:
            # A door: whatever broke ends this session and no other.
            logger.exception("a session broke", extra={"session": self.id})
            self.report(Error(error=Trouble("server_error", "the stage broke; see its log")))
        finally:
            self._close(reason, bill)

    async def _perform_in(self, open_room: OpenRoom) -> Reason:
        await asyncio.sleep(self.faults.enter_delay_s)
        if self.faults.never_enters:
            await asyncio.Event().wait()
        face = await asyncio.to_thread(face_of, self.terms.place.size, likeness_of(self._settings))
        async with AsyncExitStack() as leaving:
            faults = self.faults
            place = replace(
                self.terms.place, face_delay_s=faults.face_delay_s, voiceless=faults.voiceless
            )
            async with asyncio.timeout(_ENTER_S):
                self._room = room = await leaving.enter_async_context(open_room(place))
            self.performance = Performance(room, self.performer, face, self)
            self._turn("connected")
            try:
                return await first(self.performance.run(), self._removed(room))
            finally:
                self._turn("closing")
                self._room = None

    async def _removed(self, room: Room) -> Reason:
        await room.left()
        return "USER_DISCONNECTED"

    async def _billed(self, bill: Bill) -> Reason:
        """Charge every minute until the account is empty."""
        minute = 0
        while True:
            minute += 1
            await asyncio.sleep(minute * self._settings.minute_s - self.age_s)
            if not bill.charge(self.age_s / self._settings.minute_s):
                return "NO_CREDITS"

    def _visited(self) -> bool:
        return self._room is not None and self._room.visited()

    def _close(self, reason: Reason, bill: Bill) -> None:
        self._lasted_s, self._began = self.age_s, None
        if self.performance is None:
            bill.refund()
        else:
            bill.charge(self._lasted_s / self._settings.minute_s)
        self.reason = reason
        self.performer.forget()
        self.report(SessionStopped(end_reason=reason, stop_reason=reason))
        self._turn("closed")
        for listener in tuple(self._listeners):
            listener.hear(None)
        logger.info("session ended", extra={"session": self.id, "reason": reason})

    def _turn(self, state: SessionState) -> None:
        self.state = state
        self.changed_at = datetime.now(UTC)
        self.report(SessionStateUpdated(state=state))


def _now() -> float:
    return asyncio.get_running_loop().time()
