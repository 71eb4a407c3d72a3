"""The sessions of a stage: minted and not yet started, performing, or over."""

import asyncio
import secrets
from collections import deque
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta

from app.settings import StageSettings
from app.stage.billing import Account
from app.stage.events import Reason
from app.stage.faults import Faults
from app.stage.room import OpenRoom
from app.stage.session import StageSession
from app.stage.terms import Terms

_UNSTARTED = timedelta(minutes=10)
_REMEMBERED = 500


class Crowded(Exception):
    """As many sessions run as may."""


class Sessions:
    """Every session by its id, the account that pays for all, and the faults that were ordered."""

    def __init__(self, settings: StageSettings, open_room: OpenRoom) -> None:
        self.account = Account(settings.credits, overage=settings.overage)
        self.over: deque[StageSession] = deque(maxlen=_REMEMBERED)
        self._ordered: deque[Faults] = deque()
        self._settings = settings
        self._open_room = open_room
        self._by_id: dict[str, StageSession] = {}

    @property
    def running(self) -> list[StageSession]:
        """Those that have started, the newest first."""
        return [s for s in reversed(self._by_id.values()) if s.started]

    def order(self, faults: Faults) -> None:
        """Have these faults in the session that is minted next."""
        self._ordered.append(faults)

    def next_faults(self) -> Faults:
        """What was ordered for the session that is about to be minted."""
        return self._ordered.popleft() if self._ordered else Faults()

    def mint(self, terms: Terms, faults: Faults) -> StageSession:
        """A session that may be started; one that nobody starts is forgotten after ten minutes."""
        for old in list(self._by_id.values()):
            if old.state == "new" and datetime.now(UTC) - old.created_at > _UNSTARTED:
                del self._by_id[old.id]
        session = StageSession(terms, self._settings, faults)
        self._by_id[session.id] = session
        return session

    def find(self, session_id: str) -> StageSession | None:
        """A session that is not over."""
        return self._by_id.get(session_id)

    def remembered(self, session_id: str) -> StageSession | None:
        """A session that has started, over or not."""
        known = (s for s in (*self.running, *self.over) if s.id == session_id)
        return next(known, None)

    def at(self, ticket: str) -> StageSession | None:
        """The session whose WebSocket has this ticket in its address."""
        found = (s for s in self._by_id.values() if secrets.compare_digest(s.ticket, ticket))
        return next(found, None)

    def start(self, session: StageSession) -> None:
        """Start a session; starting twice changes nothing. Raises Crowded and NoCredits."""
        if session.started:
            return
        if len(self.running) >= self._settings.concurrency:
            raise Crowded("Session concurrency limit reached")
        session.start(self._open_room, self.account.open_bill(free=session.terms.sandbox))
        session.when_over(lambda: self._forget(session))

    async def end(self, session: StageSession, reason: Reason) -> None:
        await session.end(reason)
        self._forget(session)

    def _forget(self, session: StageSession) -> None:
        if self._by_id.pop(session.id, None) is not None and session.started:
            self.over.appendleft(session)

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
