"""Visits in SQL: reading and writing them, and nothing more."""

from collections.abc import AsyncIterator, Collection, Mapping
from contextlib import asynccontextmanager
from dataclasses import asdict, replace
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import case, insert, select, update
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine
from sqlalchemy.sql.dml import Update

from app.errors import VisitsUnavailable
from app.visits.ledger import note_stage
from app.visits.records import LINE, Change, SpokenTurn, Visit
from app.visits.tables import TurnRow, VisitRow

_VISIT = tuple(getattr(VisitRow, name) for name in Visit.__dataclass_fields__)
_TURN = tuple(getattr(TurnRow, name) for name in SpokenTurn.__dataclass_fields__)


class VisitStore:
    """The two tables. Every method raises VisitsUnavailable when the database does not answer."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine

    async def add(self, visit: Visit) -> None:
        async with self._begin() as connection:
            await connection.execute(insert(VisitRow).values(**asdict(visit)))

    async def find(self, visit: str) -> Visit | None:
        async with self._begin() as connection:
            row = (await connection.execute(select(*_VISIT).where(VisitRow.id == visit))).first()
        return None if row is None else Visit(**row._mapping)

    async def open_visits(self) -> list[Visit]:
        """Those not ended, oldest first."""
        wanted = select(*_VISIT).where(VisitRow.state == "open").order_by(VisitRow.opened_at)
        async with self._begin() as connection:
            return [Visit(**row._mapping) for row in await connection.execute(wanted)]

    async def end(self, visits: Collection[str], reason: str) -> None:
        """Close these; those already ended keep their time and reason."""
        async with self._begin() as connection:
            await connection.execute(_ending(visits, reason))

    async def change(self, visit: str, change: Change) -> bool:
        """Note what the agent reports; False when there is no such visit.

        Seconds never go back, since reports may arrive twice or out of order.
        """
        values: dict[str, object] = {}
        if change.stage_session is not None:
            values["stage_session"] = change.stage_session
        if change.stage_seconds is not None:
            seconds = change.stage_seconds
            values["stage_seconds"] = case(
                (VisitRow.stage_seconds > seconds, VisitRow.stage_seconds), else_=seconds
            )
        async with self._begin() as connection:
            known = await connection.scalar(select(VisitRow.id).where(VisitRow.id == visit))
            if known is not None and values:
                await connection.execute(
                    update(VisitRow).where(VisitRow.id == visit).values(values)
                )
            if known is not None:
                await note_stage(connection, visit, change)
            if known is not None and change.ended_reason is not None:
                await connection.execute(_ending([visit], change.ended_reason))
        return known is not None

    async def renew(self, visit: str, until: datetime) -> bool:
        """The agent of an open visit lives; False when there is no such visit, or it has ended."""
        wanted = update(VisitRow).where(VisitRow.id == visit, VisitRow.state == "open")
        async with self._begin() as connection:
            renewed = await connection.execute(wanted.values(lease_until=until))
        return bool(renewed.rowcount)

    async def put_turn(self, visit: str, turn: SpokenTurn) -> None:
        """Keep a turn; one of the same name is replaced, but for what the agent said of it."""
        values = asdict(turn)
        async with self._begin() as connection:
            before = await _locked(connection, visit, turn.name)
            if before is None:
                await connection.execute(insert(TurnRow).values(**values, visit_id=visit))
                return
            if LINE in before.timings:
                values["timings"] = {**turn.timings, LINE: before.timings[LINE]}
            await connection.execute(_of_turn(visit, turn.name).values(**values))

    async def put_line(self, visit: str, name: str, line: Mapping[str, Any]) -> SpokenTurn | None:
        """Add to a turn when what happened in it, as the agent saw it; None if it is not kept."""
        async with self._begin() as connection:
            turn = await _locked(connection, visit, name)
            if turn is None:
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
    async def _begin(self) -> AsyncIterator[AsyncConnection]:
        try:
            async with self._engine.begin() as connection:
                yield connection
        except (DBAPIError, OSError) as error:
            shown = self._engine.url.render_as_string(hide_password=True)
            cause = getattr(error, "orig", None) or error
            raise VisitsUnavailable(
                f"The database {shown} does not answer ({cause}). "
                "Check that it runs and that GROUNDLING_DATABASE__URL names it."
            ) from error


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


def _ending(visits: Collection[str], reason: str) -> Update:
    return (
        update(VisitRow)
        .where(VisitRow.id.in_(visits), VisitRow.state == "open")
        .values(state="ended", ended_at=datetime.now(UTC), ended_reason=reason[:200])
    )
