"""How runs have gone, in figures, for whoever watches."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select

from ingest.catalog.rows import Rows
from ingest.catalog.runs import RunState
from ingest.catalog.tables import RUN


@dataclass(frozen=True, slots=True, kw_only=True)
class RunsNow:
    """The runs that are remembered, by state, and when one of each kb was last done."""

    states: Mapping[RunState, int]
    done_at: Mapping[str, datetime]


class Tally(Rows):
    """Counts runs. Raises CatalogUnavailable."""

    async def now(self) -> RunsNow:
        """How things stand."""
        by_state = select(RUN.c.state, func.count()).group_by(RUN.c.state)
        last_done = (
            select(RUN.c.kb, func.max(RUN.c.ended_at))
            .where(RUN.c.state == "done", RUN.c.ended_at.is_not(None))
            .group_by(RUN.c.kb)
        )
        async with self._transaction() as connection:
            states: dict[RunState, int] = dict((await connection.execute(by_state)).all())
            done_at = dict((await connection.execute(last_done)).all())
        return RunsNow(states=states, done_at=done_at)
