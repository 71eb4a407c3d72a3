"""What a run changes in the index: one row a page, carried out by one worker at a time."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from typing import Any, Literal

from sqlalchemy import delete, exists, func, select, update

from ingest.catalog.rows import Rows
from ingest.catalog.tables import CHANGE, RUN

Action = Literal["put", "alias", "retire"]
# What is new is there before anything is taken away.
_RANK = {"put": 0, "alias": 1, "retire": 2}


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """A page's way from one article to another (None: not in the index).

    `state` and `embedded` (passages whose vectors were made anew) are kept by the catalog.
    """

    url: str
    action: Action
    before: str | None = None
    after: str | None = None
    alias_of: str = ""
    reason: str = ""
    attempts: int = 0
    state: str = "waiting"
    embedded: int = 0


_COLUMNS = [CHANGE.c[name] for name in Change.__dataclass_fields__]
_AT_ONCE = 500


class Changes(Rows):
    """The changes of all runs."""

    async def plan(self, run: str, changes: Sequence[Change], **values: Any) -> None:
        """Write down what the run will change, over any earlier plan, and begin to publish it.

        `values` are set on the run in the same transaction.
        """
        rows = [asdict(c) | {"run": run, "rank": _RANK[c.action], "holder": None} for c in changes]
        async with self._transaction() as connection:
            await connection.execute(delete(CHANGE).where(CHANGE.c.run == run))
            for start in range(0, len(rows), _AT_ONCE):
                await connection.execute(CHANGE.insert(), rows[start : start + _AT_ONCE])
            begun = {"phase": "publish", "phase_at": datetime.now(UTC), "holder": None} | values
            await connection.execute(update(RUN).where(RUN.c.id == run).values(begun))

    async def lease(self, run: str, holder: str) -> Change | None:
        """The next change, now this worker's; None if none may begin yet, or none is left.

        Nothing is taken away while something that comes before it is still being put.
        """
        open_rank = select(func.min(CHANGE.c.rank)).where(
            CHANGE.c.run == run, CHANGE.c.state != "done"
        )
        next_one = (
            select(CHANGE.c.url)
            .where(
                CHANGE.c.run == run,
                CHANGE.c.state == "waiting",
                CHANGE.c.rank == open_rank.scalar_subquery(),
            )
            .order_by(CHANGE.c.url)
            .limit(1)
            .with_for_update(skip_locked=True)
            .scalar_subquery()
        )
        taken = {"state": "leased", "holder": holder, "attempts": CHANGE.c.attempts + 1}
        async with self._transaction() as connection:
            found = await connection.execute(
                update(CHANGE)
                .where(CHANGE.c.run == run, CHANGE.c.url == next_one)
                .values(taken)
                .returning(*_COLUMNS)
            )
            row = found.mappings().one_or_none()
        return Change(**row) if row else None

    async def finish(self, run: str, url: str, embedded: int) -> None:
        """Note that a change is carried out, and how many passages had to be embedded for it."""
        values: dict[str, Any] = {"state": "done", "holder": None, "embedded": embedded}
        async with self._transaction() as connection:
            await connection.execute(
                update(CHANGE).where(CHANGE.c.run == run, CHANGE.c.url == url).values(values)
            )

    async def counts(self, run: str) -> dict[str, int]:
        """How many changes there are by state, and the passages `embedded` for them."""
        counted = (
            select(CHANGE.c.state, func.count(), func.sum(CHANGE.c.embedded))
            .where(CHANGE.c.run == run)
            .group_by(CHANGE.c.state)
        )
        async with self._transaction() as connection:
            rows = (await connection.execute(counted)).all()
        embedded = sum(int(row[2]) for row in rows)
        return {state: count for state, count, _ in rows} | {"embedded": embedded}

    async def left(self, run: str) -> bool:
        """Whether some change is not carried out yet."""
        left = exists().where(CHANGE.c.run == run, CHANGE.c.state != "done")
        async with self._transaction() as connection:
            return bool(await connection.scalar(select(left)))

    async def of(self, run: str) -> list[Change]:
        """All changes of a run, in order of URL."""
        all_of_them = select(*_COLUMNS).where(CHANGE.c.run == run).order_by(CHANGE.c.url)
        async with self._transaction() as connection:
            rows = (await connection.execute(all_of_them)).mappings().all()
        return [Change(**row) for row in rows]
