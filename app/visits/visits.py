"""Opening and ending visits: a row, a room, an agent sent into it, and a token for the visitor."""

import asyncio
import json
import logging
import secrets
from collections.abc import AsyncIterator, Collection, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Protocol

from sqlalchemy.ext.asyncio import AsyncEngine

from app.avatar.rest import LiteCalls
from app.errors import NoSuchVisit, RoomUnavailable, TooManyVisitors, TooManyVisits, VisitOver
from app.settings import VISITOR, AvatarSettings
from app.visits.happenings import Tell, tell_nobody
from app.visits.ledger import Ledger, charged_s
from app.visits.outbox import Outbox
from app.visits.reaper import Reaper, Stop, reaping
from app.visits.records import Change, SpokenTurn, Visit, VisitsNow
from app.visits.store import VisitStore

logger = logging.getLogger(__name__)

MIGRATIONS = Path(__file__).parent / "migrations"


class Rooms(Protocol):
    """Where visits take place. Raises RoomUnavailable when that cannot be had.

    Rooms that were opened here go by their name, those of calls by the id that LiveKit gave them.
    """

    async def open(self, room: str, job: str) -> None:
        """Create a room, and send an agent into it with `job` as its metadata."""
        ...

    async def close(self, room: str) -> None:
        """End a room; one that is gone already is no error."""
        ...

    async def standing(self, rooms: Collection[str]) -> set[str]:
        """Those of the rooms that still exist."""
        ...

    async def visitors(self, room: str) -> set[str]:
        """The identities of the visitors in the room; nobody is in one that is gone."""
        ...

    def token(self, room: str, identity: str) -> str:
        """What lets this visitor, and nobody else, into the room."""
        ...

    async def ready(self) -> None:
        """Return when rooms can be had."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class JoinedVisit:
    """A visit under way, and what lets a further visitor join its room within ten minutes."""

    visit: Visit
    identity: str
    token: str


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenedVisit:
    """A new visit, and the token with which its visitor joins the room within ten minutes."""

    visit: Visit
    token: str


class Visits:
    """All visits of this installation."""

    def __init__(
        self,
        store: VisitStore,
        rooms: Rooms,
        at_once: int,
        ledger: Ledger,
        lease_s: float,
        visitors_at_once: int,
    ) -> None:
        self._store = store
        self._rooms = rooms
        self._lease = timedelta(seconds=lease_s)
        self.ledger = ledger
        self._at_once = at_once
        self._visitors_at_once = visitors_at_once
        # Counting and taking the last place is one step, or two visitors would both get it.
        self._door = asyncio.Lock()

    async def open(self, kb: str, lang: str, *, lang_pinned: bool = False) -> OpenedVisit:
        """A new visit with its room, and an agent on its way there.

        Raises:
            TooManyVisits: as many visits are open as this installation carries.
            RoomUnavailable: LiveKit cannot be reached, or refused.
            VisitsUnavailable: the database does not answer.
        """
        name = secrets.token_hex(8)
        visit = Visit(
            id=name,
            room=f"visit-{name}",
            identity=_identity(),
            kb=kb,
            lang=lang,
            lang_pinned=lang_pinned,
            state="open",
            opened_at=datetime.now(UTC),
        )
        async with self._door:
            await self._require_place()
            await self._store.add(visit)  # first: the agent may report before the room is ours
            await self._open_room(visit)
        logger.info("visit opened", extra={"visit": visit.id, "kb": kb, "lang": lang})
        return OpenedVisit(visit=visit, token=self._rooms.token(visit.room, visit.identity))

    async def join(self, visit: str) -> JoinedVisit:
        """Let a further visitor into a visit that is under way.

        Raises:
            NoSuchVisit: no visit has this id.
            VisitOver: it has ended.
            TooManyVisitors: as many are in its room as may be.
            RoomUnavailable: LiveKit cannot be reached, or refused.
        """
        found = await self.find(visit)
        if found.state == "ended":
            raise VisitOver(
                f"The visit {visit!r} has ended. Open another one with POST /v1/visits."
            )
        if len(await self._rooms.visitors(found.room)) >= self._visitors_at_once:
            raise TooManyVisitors(
                f"All {self._visitors_at_once} places in this visit are taken. Try again when "
                "somebody has left, or raise GROUNDLING_API__VISITORS_AT_ONCE."
            )
        identity = _identity()
        token = self._rooms.token(found.room, identity)
        logger.info("visitor let in", extra={"visit": visit, "visitor": identity})
        return JoinedVisit(visit=found, identity=identity, token=token)

    async def open_call(self, room: str, kb: str, lang: str) -> Visit:
        """A visit for the caller who is in the room of this id; the one of before, if there is one.

        Of the caller nothing is kept: the room's name and their identity hold their number.

        Raises:
            NoSuchVisit: the call in this room has ended.
            TooManyVisits: as many visits are open as this installation carries.
            VisitsUnavailable: the database does not answer.
        """
        async with self._door:
            visit = await self._store.in_room(room)
            if visit is None:
                await self._require_place()
                visit = _new_call(room, kb, lang)
                await self._store.add(visit)
                logger.info("call opened", extra={"visit": visit.id, "kb": kb, "lang": lang})
        if visit.state == "ended":
            raise NoSuchVisit("The call in this room has ended. A new one has a room of its own.")
        return visit

    async def end(self, visit: str, reason: str) -> None:
        """End a visit and its room; ending an ended one changes nothing.

        Raises:
            NoSuchVisit: no visit has this id.
            RoomUnavailable: LiveKit cannot be reached; the visit stays open.
        """
        found = await self.find(visit)
        if found.state == "ended":
            return
        await self._rooms.close(found.room)
        await self._store.end([visit], reason)
        logger.info("visit ended", extra={"visit": visit, "reason": reason})

    async def find(self, visit: str) -> Visit:
        """The visit of this id, or NoSuchVisit."""
        found = await self._store.find(visit)
        if found is None:
            raise _no_such(visit)
        return found

    async def turns(self, visit: str) -> Sequence[SpokenTurn]:
        """What was said in it, in order."""
        return await self._store.turns(visit)

    async def report(self, visit: str, change: Change) -> None:
        """Note what the agent says of a visit, or raise NoSuchVisit.

        An ended visit's room is left to end by itself: the agent may still be leaving it.
        """
        if not await self._store.change(visit, change):
            raise _no_such(visit)

    async def renew(self, visit: str) -> float | None:
        """The agent lives. Gives the seconds it may still use the stage, None without a budget.

        Raises NoSuchVisit, also when the visit has ended: the agent is to leave.
        """
        if not await self._store.renew(visit, datetime.now(UTC) + self._lease):
            raise _no_such(visit)
        return await self.ledger.seconds_left(visit)

    async def record(self, visit: str, turn: SpokenTurn) -> None:
        """Keep a turn of the visit; one of the same name is replaced."""
        await self._store.put_turn(visit, turn)

    async def time(self, visit: str, turn: str, line: Mapping[str, Any]) -> SpokenTurn | None:
        """Note when what happened in a turn, as the agent saw it.

        None if the turn was not kept, or was told of before.
        """
        return await self._store.put_line(visit, turn, line)

    async def repair(self) -> int:
        """End the open visits whose room is gone, and say how many there were."""
        visits = await self._store.open_visits()
        standing = await self._rooms.standing([visit.room for visit in visits])
        gone = [visit.id for visit in visits if visit.room not in standing]
        if gone:
            await self._store.end(gone, "the room was gone")
            logger.info("visits without a room ended", extra={"visits": len(gone)})
        return len(gone)

    async def now(self) -> VisitsNow:
        """How things stand, or VisitsUnavailable."""
        now = datetime.now(UTC)
        month = await self.ledger.of_month(now)
        return VisitsNow(
            visits=await self._store.count_open(),
            sessions=sum(session.closed_at is None for session in month),
            month_s=sum(charged_s(session, now) for session in month),
            month_cents=self.ledger.cents(month, now),
            untold=await self._store.count_untold(),
        )

    async def rooms_ready(self) -> None:
        """Return when rooms can be had, or raise RoomUnavailable."""
        await self._rooms.ready()

    async def store_ready(self) -> None:
        """Return when the database answers, or raise VisitsUnavailable."""
        await self._store.ready()

    async def _require_place(self) -> None:
        taken = await self._store.count_open()
        if taken >= self._at_once:
            taken -= await self.repair()
        if taken >= self._at_once:
            raise TooManyVisits(
                f"All {self._at_once} places are taken. Try again when a visit has ended, "
                "or raise GROUNDLING_API__VISITS_AT_ONCE."
            )

    async def _open_room(self, visit: Visit) -> None:
        job = {
            "visit": visit.id,
            "kb": visit.kb,
            "lang": visit.lang,
            "visitor": visit.identity,
        }
        try:
            await self._rooms.open(visit.room, json.dumps(job))
        except BaseException:  # also when the caller is gone: nobody will come to this room
            await asyncio.shield(self._store.end([visit.id], "no room could be had"))
            raise


def _identity() -> str:
    return f"{VISITOR}{secrets.token_hex(6)}"


def _new_call(room: str, kb: str, lang: str) -> Visit:
    return Visit(
        id=secrets.token_hex(8),
        room=room,
        identity="caller",
        kb=kb,
        lang=lang,
        state="open",
        opened_at=datetime.now(UTC),
    )


def _no_such(visit: str) -> NoSuchVisit:
    return NoSuchVisit(f"There is no visit {visit!r}. Open one with POST /v1/visits.")


@asynccontextmanager
async def open_visits(
    engine: AsyncEngine,
    rooms: Rooms,
    *,
    at_once: int,
    visitors_at_once: int = 4,
    avatar: AvatarSettings | None = None,
    stop: Stop | None = None,
    tell: Tell = tell_nobody,
    outbox: Outbox | None = None,
) -> AsyncIterator[Visits]:
    """The visits of this database, after those that ended without saying so were closed.

    `engine` has the tables of MIGRATIONS; `at_once` is how many visits may be open together,
    `visitors_at_once` how many visitors may be in one.
    `stop` ends sessions of the stage whose agent is gone; that of `avatar` when left out.
    `tell` is told what happens in visits; it is written into the `outbox`, too.
    """
    avatar = avatar or AvatarSettings()
    store, ledger = VisitStore(engine, tell, outbox), Ledger(engine, avatar)
    visits = Visits(store, rooms, at_once, ledger, avatar.lease_s, visitors_at_once)
    reaper = Reaper(store, ledger, stop or LiteCalls(avatar).stop_lost, avatar.lease_s)
    try:
        await visits.repair()
    except RoomUnavailable as error:
        logger.warning("open visits could not be checked", extra={"reason": str(error)})
    async with reaping(reaper, every_s=avatar.lease_s / 6):
        yield visits
