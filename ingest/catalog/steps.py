"""The frontier of a run, and then its report: one row a URL, taken by one worker at a time."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import exists, func, select, update

from ingest.catalog.rows import Rows
from ingest.catalog.tables import RUN, STEP

ATTEMPTS = 4
"""A page that is still not done when so many workers have died over it is left alone."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One URL of a run, on its way."""

    run: str
    url: str
    depth: int = 0
    via: str = "seed"
    lastmod: datetime | None = None
    shape: str = ""
    attempts: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Done:
    """What became of a URL: an outcome with its reason, and what the catalog is to know of it."""

    url: str
    outcome: str
    reason: str = ""
    article: str | None = None
    passages: int = 0
    found: Mapping[str, Any] = field(default_factory=dict)


class Steps(Rows):
    """The steps of all runs."""

    async def add(self, steps: Sequence[Step], most_of_a_shape: int = 0) -> list[Step]:
        """Put URLs at the end of the line, those that the run has not met.

        With `most_of_a_shape`, those of a shape that has so many already are left out; they are
        given back.
        """
        left_out: list[Step] = []
        async with self._transaction() as connection:
            for shape in sorted({step.shape for step in steps if step.shape}):
                those = [step for step in steps if step.shape == shape]
                held = select(func.count()).where(
                    STEP.c.run == those[0].run,
                    STEP.c.shape == shape,
                    STEP.c.outcome != "refused",
                )
                room = max(0, most_of_a_shape - int(await connection.scalar(held) or 0))
                left_out += sorted(those, key=lambda step: step.url)[room:]
            wanted = [step for step in steps if step not in left_out]
            rows = [_row(step, "waiting") for step in wanted]
            if rows:
                add = self._insert(STEP).on_conflict_do_nothing()
                await connection.execute(add, rows)
        return left_out

    async def note(self, run: str, done: Sequence[Done], *, anew: bool = False) -> None:
        """Add URLs of which it is known already what became; met ones stay, unless `anew`."""
        if not done:
            return
        rows = [_row(Step(run=run, url=each.url), "done") | _values(each) for each in done]
        add = self._insert(STEP)
        if anew:
            changed = ("state", "outcome", "reason", "passages", "article", "found")
            values = {name: add.excluded[name] for name in changed} | {"holder": None}
            add = add.on_conflict_do_update(index_elements=["run", "url"], set_=values)
        else:
            add = add.on_conflict_do_nothing()
        async with self._transaction() as connection:
            await connection.execute(add, rows)

    async def lease(self, run: str, holder: str, limit: int) -> Step | None:
        """The next URL, now this worker's; None if none waits, or `limit` have been asked for."""
        next_one = (
            select(STEP.c.url)
            .where(STEP.c.run == run, STEP.c.state == "waiting")
            .order_by(STEP.c.depth, STEP.c.url)
            .limit(1)
            .with_for_update(skip_locked=True)
            .scalar_subquery()
        )
        taken = {"state": "leased", "holder": holder, "attempts": STEP.c.attempts + 1}
        columns = [STEP.c[name] for name in Step.__dataclass_fields__]
        # Not counted again when its first worker died.
        within = (RUN.c.id == run) & (RUN.c.asked < limit)
        async with self._transaction() as connection:
            found = await connection.execute(
                update(STEP)
                .where(STEP.c.run == run, STEP.c.url == next_one)
                .values(taken)
                .returning(*columns)
            )
            row = found.mappings().one_or_none()
            if row is None:
                return None
            if row["attempts"] == 1:
                counted = update(RUN).where(within).values(asked=RUN.c.asked + 1)
                if not (await connection.execute(counted)).rowcount:
                    back = {"state": "waiting", "holder": None, "attempts": 0}
                    where = (STEP.c.run == run, STEP.c.url == row["url"])
                    await connection.execute(update(STEP).where(*where).values(back))
                    return None
        return Step(**row)

    async def finish(self, run: str, done: Done) -> None:
        """Note what became of a URL; one that was refused does not count towards the limit."""
        async with self._transaction() as connection:
            values = _values(done) | {"state": "done", "holder": None}
            await connection.execute(
                update(STEP).where(STEP.c.run == run, STEP.c.url == done.url).values(values)
            )
            if done.outcome == "refused":
                fewer = update(RUN).where(RUN.c.id == run).values(asked=RUN.c.asked - 1)
                await connection.execute(fewer)

    async def settle(self, run: str, done: Sequence[Done]) -> None:
        """Give many URLs their outcome for the report."""
        async with self._transaction() as connection:
            for each in done:
                values = {"outcome": each.outcome, "reason": each.reason, "passages": each.passages}
                where = (STEP.c.run == run, STEP.c.url == each.url)
                await connection.execute(update(STEP).where(*where).values(values))

    async def over_the_limit(self, run: str, reason: str) -> None:
        """Note of what still waits that the run's limit was reached before."""
        waiting = (STEP.c.run == run) & (STEP.c.state == "waiting")
        values = {"state": "done", "outcome": "over", "reason": reason}
        async with self._transaction() as connection:
            await connection.execute(update(STEP).where(waiting).values(values))

    async def busy(self, run: str, limit: int) -> bool:
        """Whether a worker is at a URL of the run, or one can still be taken."""
        leased = exists().where(STEP.c.run == run, STEP.c.state == "leased")
        waiting = exists().where(STEP.c.run == run, STEP.c.state == "waiting")
        room = exists().where(RUN.c.id == run, RUN.c.asked < limit)
        async with self._transaction() as connection:
            return bool(await connection.scalar(select(leased | (waiting & room))))

    async def counts(self, run: str) -> dict[tuple[str, str], int]:
        """How many URLs there are, by state and outcome."""
        counted = (
            select(STEP.c.state, STEP.c.outcome, func.count())
            .where(STEP.c.run == run)
            .group_by(STEP.c.state, STEP.c.outcome)
        )
        async with self._transaction() as connection:
            return {(s, o): n for s, o, n in (await connection.execute(counted)).all()}

    async def done(self, run: str, *, limit: int = 1_000_000, after: str = "") -> list[Done]:
        """What became of the run's URLs, in order of URL; of where they led only `canonical`."""
        columns = [STEP.c[name] for name in Done.__dataclass_fields__]
        some = (
            select(*columns)
            .where(STEP.c.run == run, STEP.c.state == "done", STEP.c.url > after)
            .order_by(STEP.c.url)
            .limit(limit)
        )
        async with self._transaction() as connection:
            rows = (await connection.execute(some)).mappings().all()
        return [Done(**dict(row) | {"found": _light(row["found"])}) for row in rows]

    async def one(self, run: str, url: str) -> Done | None:
        """What became of one URL, with all that was found; None if the run did not meet it."""
        columns = [STEP.c[name] for name in Done.__dataclass_fields__]
        one = select(*columns).where(STEP.c.run == run, STEP.c.url == url)
        async with self._transaction() as connection:
            row = (await connection.execute(one)).mappings().one_or_none()
        return Done(**row) if row else None


def _light(found: Mapping[str, Any]) -> dict[str, Any]:
    """Without the links, of which a page may have thousands."""
    canonical = found.get("ways", {}).get("canonical", "")
    return {**found, "ways": {"canonical": canonical}}


def _values(done: Done) -> dict[str, Any]:
    values = {name: getattr(done, name) for name in Done.__dataclass_fields__ if name != "url"}
    return values | {"found": dict(done.found)}


def _row(step: Step, state: str) -> dict[str, Any]:
    nothing = {"outcome": "", "reason": "", "passages": 0, "article": None, "found": {}}
    return asdict(step) | {"state": state, "holder": None} | nothing
