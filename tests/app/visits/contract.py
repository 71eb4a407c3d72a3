"""What visits promise of what happens in them, on whichever database; `engine` is a fixture."""

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any

from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Connection, delete, select, update
from sqlalchemy.ext.asyncio import AsyncEngine

from app.visits.happenings import Happening
from app.visits.outbox import LEASE, Letters, Outbox
from app.visits.records import AvatarStep, Change, SpokenTurn
from app.visits.tables import Base, OutboxRow, VisitRow
from app.visits.visits import Visits, open_visits
from tests.fakes.rooms import PaperRooms

AT = datetime(2026, 11, 23, 12, 0, 0, 250_001, tzinfo=UTC)
STEP = AvatarStep(at=AT, state="degraded", reason="the avatar left the room")
TURN = SpokenTurn(name="t1", asked_at=AT, question="When?", answer="At six.", lang="en")


async def rows(engine: AsyncEngine) -> list[dict[str, Any]]:
    """The outbox."""
    async with engine.connect() as connection:
        columns = OutboxRow.__table__.columns
        found = await connection.execute(select(*columns).order_by(OutboxRow.id))
        return [dict(row._mapping) for row in found]


class VisitsContract:
    async def test_the_migrations_make_the_tables_that_the_code_reads(
        self, engine: AsyncEngine
    ) -> None:
        async with engine.connect() as connection:
            assert await connection.run_sync(_differences) == []

    async def test_what_is_reported_at_the_same_time_happens_once(
        self, engine: AsyncEngine
    ) -> None:
        told: list[Happening] = []
        outbox = Outbox(["us"])
        async with open_visits(
            engine, PaperRooms(), at_once=9, tell=told.append, outbox=outbox
        ) as visits:
            visit = (await visits.open("museum", "en")).visit.id
            await visits.record(visit, TURN)
            ended = Change(avatar=STEP, stage_seconds=9.5, ended_reason="error")
            await asyncio.gather(*(visits.report(visit, ended) for _ in range(6)))
            await visits.report(visit, Change(stage_seconds=3.0))
            line = {"spoken": True, "turn_ms": 1, "heard_ms": 2}
            lines = await asyncio.gather(*(visits.time(visit, "t1", line) for _ in range(4)))
            found, steps = await visits.find(visit), await visits.ledger.steps(visit)
        kinds = ["visit.opened", "turn.answered", "avatar.degraded", "visit.ended"]
        assert [one.kind for one in told] == kinds
        assert [row["kind"] for row in await rows(engine)] == kinds
        assert steps == [STEP]
        assert sum(one is not None for one in lines) == 1
        assert (found.state, found.stage_seconds) == ("ended", 9.5)

    async def test_a_letter_is_taken_by_one_until_its_lease_is_over(
        self, engine: AsyncEngine
    ) -> None:
        await self._write(engine, 3)
        one, another, now = Letters(engine), Letters(engine), datetime.now(UTC)
        assert await one.take("them", now, 5) == []
        first = await one.take("us", now, 2)
        second = await another.take("us", now, 5)
        assert [letter.attempts for letter in (*first, *second)] == [1, 1, 1]
        assert len({letter.id for letter in (*first, *second)}) == 3
        assert await another.next_due("us") == now + LEASE
        # Who took them died; the last one was delivered.
        await another.delivered(second[0].id, now)
        again = await another.take("us", now + LEASE, 5)
        assert [(letter.message, letter.attempts) for letter in again] == [
            (letter.message, 2) for letter in first
        ]

    async def test_who_comes_at_the_same_time_takes_other_letters(
        self, engine: AsyncEngine
    ) -> None:
        await self._write(engine, 12)
        now = datetime.now(UTC)
        taken = await asyncio.gather(*(Letters(engine).take("us", now, 3) for _ in range(8)))
        numbers = [letter.id for letters in taken for letter in letters]
        assert len(numbers) == len(set(numbers))
        assert len(await Letters(engine).take("us", now, 99)) == 12 - len(numbers)

    async def test_old_letters_are_removed_and_those_of_an_erased_visit(
        self, engine: AsyncEngine
    ) -> None:
        erased, kept, old = await self._write(engine, 3)
        long_ago = datetime.now(UTC) - timedelta(days=31)
        async with engine.begin() as connection:
            await connection.execute(delete(VisitRow).where(VisitRow.id == erased))
            await connection.execute(
                update(OutboxRow).where(OutboxRow.visit_id == old).values(created_at=long_ago)
            )
        await Letters(engine).sweep(datetime.now(UTC) - timedelta(days=30))
        assert [row["visit_id"] for row in await rows(engine)] == [kept]

    async def _write(self, engine: AsyncEngine, visits: int) -> list[str]:
        """Open visits that somebody is to be told of; their ids."""
        outbox = Outbox(["us"])
        opened: Visits
        async with open_visits(engine, PaperRooms(), at_once=99, outbox=outbox) as opened:
            return [(await opened.open("museum", "en")).visit.id for _ in range(visits)]


def _differences(connection: Connection) -> list[object]:
    context = MigrationContext.configure(
        connection,
        opts={
            "version_table": "alembic_visits",
            "compare_type": True,
            "include_name": lambda name, kind, _: kind != "table" or name in Base.metadata.tables,
        },
    )
    return list(compare_metadata(context, Base.metadata))
