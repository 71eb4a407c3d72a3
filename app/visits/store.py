"""Visits in SQL: reading and writing them, and nothing more."""

from collections.abc import AsyncIterator, Collection, Mapping
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import asdict, replace
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import case, func, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine
from sqlalchemy.sql.dml import Update

from app.visits.database import transaction
from app.visits.happenings import Happening, Tell, tell_nobody
from app.visits.ledger import note_stage
from app.visits.outbox import Outbox
from app.visits.records import LINE, Change, SpokenTurn, Visit
from app.visits.tables import OutboxRow, TurnRow, VisitRow

_VISIT = tuple(getattr(VisitRow, name) for name in Visit.__dataclass_fields__)
_TURN = tuple(getattr(TurnRow, name) for name in SpokenTurn.__dataclass_fields__)


class VisitStore:
    """The two tables. Every method raises VisitsUnavailable when the database does not answer.

    What happened is written into the `outbox` with it; `tell` is told once it is written.
    """

    def __init__(
        self, engine: AsyncEngine, tell: Tell = tell_nobody, outbox: Outbox | None = None
    ) -> None:
        self._engine = engine
        self._tell = tell
        self._outbox = outbox or Outbox()

    async def add(self, visit: Visit) -> None:
        async with self._telling() as (connection, happened):
            await connection.execute(insert(VisitRow).values(**asdict(visit)))
            happened.append(_happening("visit.opened", visit, visit.opened_at))

    async def find(self, visit: str) -> Visit | None:
        async with self._begin() as connection:
            row = (await connection.execute(select(*_VISIT).where(VisitRow.id == visit))).first()
        return None if row is None else Visit(**row._mapping)

    async def in_room(self, room: str) -> Visit | None:
        """The visit that takes place, or took place, in this room."""
        async with self._begin() as connection:
            row = (await connection.execute(select(*_VISIT).where(VisitRow.room == room))).first()
        return None if row is None else Visit(**row._mapping)

    async def open_visits(self) -> list[Visit]:
        """Those not ended, oldest first."""
        wanted = select(*_VISIT).where(VisitRow.state == "open").order_by(VisitRow.opened_at)
        async with self._begin() as connection:
            return [Visit(**row._mapping) for row in await connection.execute(wanted)]

    async def count_open(self) -> int:
        """How many are not ended."""
        wanted = select(func.count()).where(VisitRow.state == "open")
        async with self._begin() as connection:
            return await connection.scalar(wanted) or 0

    async def count_untold(self) -> int:
        """How many messages wait to be taken to their receivers."""
        wanted = select(func.count()).where(OutboxRow.state == "waiting")
        async with self._begin() as connection:
            return await connection.scalar(wanted) or 0

    async def end(self, visits: Collection[str], reason: str) -> None:
        """Close these; those already ended keep their time and reason."""
        async with self._telling() as (connection, happened):
            happened += await _end(connection, visits, reason)

    async def change(self, visit: str, change: Change) -> bool:
        """Note what the agent reports; False when there is no such visit.

        Seconds never go back, since reports may arrive twice or out of order.
        """
        async with self._telling() as (connection, happened):
            known = await _changed(connection, visit, change)
            if known is None:
                return False
            if await note_stage(connection, visit, change) and change.avatar is not None:
                step = change.avatar
                happened.append(_happening(f"avatar.{step.state}", known, step.at, step.reason))
            if change.ended_reason is not None:
                happened += await _end(connection, [visit], change.ended_reason)
        return True

    async def renew(self, visit: str, until: datetime) -> bool:
        """The agent of an open visit lives; False when there is no such visit, or it has ended."""
        wanted = update(VisitRow).where(VisitRow.id == visit, VisitRow.state == "open")
        async with self._begin() as connection:
            renewed = await connection.execute(wanted.values(lease_until=until))
        return bool(renewed.rowcount)

    async def put_turn(self, visit: str, turn: SpokenTurn) -> None:
        """Keep a turn; one of the same name is replaced, but for what the agent said of it."""
        values = asdict(turn)
        async with self._telling() as (connection, happened):
            before = await _locked(connection, visit, turn.name)
            if before is None:
                await connection.execute(insert(TurnRow).values(**values, visit_id=visit))
                row = await connection.execute(select(*_VISIT).where(VisitRow.id == visit))
                happened.append(_answered(Visit(**row.one()._mapping), turn))
                return
            if LINE in before.timings:
                values["timings"] = {**turn.timings, LINE: before.timings[LINE]}
            await connection.execute(_of_turn(visit, turn.name).values(**values))

    async def put_line(self, visit: str, name: str, line: Mapping[str, Any]) -> SpokenTurn | None:
        """Add to a turn when what happened in it, as the agent saw it.

        None if the turn is not kept, or has its line: the first report counts.
        """
        async with self._begin() as connection:
            turn = await _locked(connection, visit, name)
            if turn is None or LINE in turn.timings:
                return None
            turn = replace(turn, timings={**turn.timings, LINE: dict(line)})
            await connection.execute(_of_turn(visit, name).values(timings=turn.timings))
        return turn

    async def turns(self, visit: str) -> list[SpokenTurn]:
        """The visit's turns in the order in which they were asked."""
        wanted = (
            select(*_TURN).where(TurnRow.visit_id == visit).order_by(TurnRow.asked_at, TurnRow.id)
        )
        async with self._begin() as connection:
            return [SpokenTurn(**row._mapping) for row in await connection.execute(wanted)]

    async def ready(self) -> None:
        """Return when the database answers."""
        async with self._begin() as connection:
            await connection.execute(select(VisitRow.id).limit(1))

    @asynccontextmanager
    async def _telling(self) -> AsyncIterator[tuple[AsyncConnection, list[Happening]]]:
        """A transaction, and what happens by it: told when it is written, and only then."""
        happened: list[Happening] = []
        async with self._begin() as connection:
            yield connection, happened
            await self._outbox.put(connection, happened)
        for one in happened:
            self._tell(one)
        if happened:
            self._outbox.wake()

    def _begin(self) -> AbstractAsyncContextManager[AsyncConnection]:
        return transaction(self._engine)


def _of_turn(visit: str, name: str) -> Update:
    return update(TurnRow).where(TurnRow.visit_id == visit, TurnRow.name == name)


async def _locked(connection: AsyncConnection, visit: str, name: str) -> SpokenTurn | None:
    """A turn as it stands, which nobody else changes before this transaction ends.

    Writing comes first: who only reads holds no lock in SQLite, and an old state in Postgres.
    """
    await connection.execute(_of_turn(visit, name).values(name=name))
    wanted = select(*_TURN).where(TurnRow.visit_id == visit, TurnRow.name == name)
    row = (await connection.execute(wanted)).first()
    return None if row is None else SpokenTurn(**row._mapping)


async def _changed(connection: AsyncConnection, visit: str, change: Change) -> Visit | None:
    """The visit with what is new of its stage; None when there is no such visit.

    It is always written to: nobody else then changes the visit before this transaction ends.
    """
    values: dict[str, object] = {"id": visit}
    if change.stage_session is not None:
        values["stage_session"] = change.stage_session
    if change.stage_seconds is not None:
        seconds = change.stage_seconds
        values["stage_seconds"] = case(
            (VisitRow.stage_seconds > seconds, VisitRow.stage_seconds), else_=seconds
        )
    changing = update(VisitRow).where(VisitRow.id == visit).values(values)
    row = (await connection.execute(changing.returning(*_VISIT))).first()
    return None if row is None else Visit(**row._mapping)


async def _end(
    connection: AsyncConnection, visits: Collection[str], reason: str
) -> list[Happening]:
    """End those of the visits that are open."""
    now, reason = datetime.now(UTC), reason[:200]
    ending = (
        update(VisitRow)
        .where(VisitRow.id.in_(visits), VisitRow.state == "open")
        .values(state="ended", ended_at=now, ended_reason=reason)
        .returning(*_VISIT)
    )
    ended = [Visit(**row._mapping) for row in await connection.execute(ending)]
    return [_happening("visit.ended", visit, now, reason) for visit in ended]


def _happening(kind: str, visit: Visit, at: datetime, reason: str = "", **facts: str) -> Happening:
    return Happening(
        kind=kind, at=at, visit=visit.id, kb=visit.kb, room=visit.room, reason=reason, facts=facts
    )


def _answered(visit: Visit, turn: SpokenTurn) -> Happening:
    facts = {"turn": turn.name, "lang": turn.lang, "abstained": turn.abstained}
    return _happening("turn.answered", visit, datetime.now(UTC), **facts)
