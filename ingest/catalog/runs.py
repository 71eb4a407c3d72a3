"""Runs over sources: which goes on, how far it is, and how it ended."""

import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields
from datetime import UTC, datetime
from typing import Any, Literal

from sqlalchemy import ColumnElement, select, update
from sqlalchemy.exc import IntegrityError

from ingest.catalog.rows import Rows
from ingest.catalog.tables import RUN

RunState = Literal["running", "done", "failed", "interrupted", "cancelled", "held"]
"""Held: it would remove too much, so it stopped before it changed anything."""
Phase = Literal["start", "gather", "settle", "publish", "finish", "done"]
Kind = Literal["crawl", "upload", "rollback", "withdrawal"]


@dataclass(frozen=True, slots=True, kw_only=True)
class SeenRun:
    """A run as the catalog remembers it; `report` is there once it has ended."""

    id: str
    kb: str
    source: str
    kind: Kind
    state: RunState
    phase: Phase
    phase_at: datetime | None = None
    definition: Mapping[str, Any]
    secrets: str | None
    sites: tuple[str, ...]
    common: tuple[int, ...]
    forced: bool
    reason: str
    started_at: datetime
    ended_at: datetime | None
    report: dict[str, Any] | None
    complete: bool = True


_COLUMNS = [RUN.c[field.name] for field in fields(SeenRun)]


class RunLog(Rows):
    """The runs of all sources."""

    async def open(
        self,
        kb: str,
        source: str,
        *,
        kind: Kind,
        definition: Mapping[str, Any],
        secrets: str | None = None,
        phase: Phase = "start",
        forced: bool = False,
    ) -> str | None:
        """A new run that goes on from now; None if one over the same source already does."""
        run = uuid.uuid4().hex
        row: dict[str, Any] = {
            "id": run, "kb": kb, "source": source, "kind": kind, "state": "running",
            "phase": phase, "definition": dict(definition), "secrets": secrets, "sites": [],
            "common": [], "forced": forced, "complete": True, "asked": 0, "reason": "",
            "started_at": datetime.now(UTC),
        }  # fmt: skip
        # The unique index over running runs decides between two who come at the same time.
        added = self._insert(RUN).values(row).on_conflict_do_nothing()
        async with self._transaction() as connection:
            return run if (await connection.execute(added)).rowcount else None

    async def get(self, run: str) -> SeenRun | None:
        """A run, or None if there is none of that id."""
        return next(iter(await self._select(RUN.c.id == run, 1)), None)

    async def latest(self, limit: int = 20) -> list[SeenRun]:
        """The latest runs, the newest first."""
        return await self._select(RUN.c.id.is_not(None), limit)

    async def unfinished(self) -> list[SeenRun]:
        """Every run that goes on, or should, the newest first."""
        return await self._select(RUN.c.state == "running", 1000)

    async def last_of(self, kb: str, source: str) -> SeenRun | None:
        """The latest run over a source."""
        found = await self._select((RUN.c.kb == kb) & (RUN.c.source == source), 1)
        return next(iter(found), None)

    async def state(self, run: str) -> tuple[RunState, Phase]:
        """Where a run stands; a run that is not known (any more) counts as cancelled."""
        where = select(RUN.c.state, RUN.c.phase).where(RUN.c.id == run)
        async with self._transaction() as connection:
            row = (await connection.execute(where)).one_or_none()
        return (row.state, row.phase) if row else ("cancelled", "done")

    async def resume(self, run: str, *, forced: bool) -> bool:
        """Have a run that was cut off, failed or held go on; False if another goes on meanwhile."""
        again: dict[str, Any] = {"state": "running", "ended_at": None, "reason": ""}
        again |= {"forced": True, "phase": "settle"} if forced else {}
        try:
            async with self._engine.begin() as connection:
                await connection.execute(update(RUN).where(RUN.c.id == run).values(again))
        except IntegrityError:
            return False
        return True

    async def claim(self, run: str, phase: Phase, holder: str) -> bool:
        """Take a phase that one worker carries out for all; False if another has it."""
        free = (
            (RUN.c.id == run)
            & (RUN.c.phase == phase)
            & (RUN.c.state == "running")
            & ((RUN.c.holder == holder) | RUN.c.holder.is_(None))
        )
        return await self._update(free, {"holder": holder})

    async def advance(self, run: str, before: Phase, after: Phase, **values: Any) -> bool:
        """Go on to the next phase; False if it has gone on already."""
        there = (RUN.c.id == run) & (RUN.c.phase == before) & (RUN.c.state == "running")
        begun = {"phase": after, "phase_at": datetime.now(UTC), "holder": None}
        return await self._update(there, begun | values)

    async def add_sites(self, run: str, sites: Iterable[str]) -> None:
        """Note that the run may enter these sites, too."""
        async with self._transaction() as connection:
            held = select(RUN.c.sites).where(RUN.c.id == run).with_for_update()
            known = list(await connection.scalar(held) or ())
            merged = sorted({*known, *sites})
            await connection.execute(update(RUN).where(RUN.c.id == run).values(sites=merged))

    async def interrupt(self, run: str) -> None:
        """Note that nobody carries a run out any more."""
        ended = {"state": "interrupted", "ended_at": datetime.now(UTC)}
        await self._update((RUN.c.id == run) & (RUN.c.state == "running"), ended)

    async def close(
        self, run: str, state: RunState, *, reason: str = "", report: Mapping[str, Any]
    ) -> bool:
        """Note how a run that went on has ended; False if it had ended before."""
        ended = {"state": state, "reason": reason, "ended_at": datetime.now(UTC)}
        ended |= {"report": dict(report)}
        return await self._update((RUN.c.id == run) & (RUN.c.state == "running"), ended)

    async def _update(self, where: ColumnElement[bool], values: Mapping[str, Any]) -> bool:
        async with self._transaction() as connection:
            return bool(
                (await connection.execute(update(RUN).where(where).values(values))).rowcount
            )

    async def _select(self, where: ColumnElement[bool], limit: int) -> list[SeenRun]:
        newest = select(*_COLUMNS).where(where).order_by(RUN.c.started_at.desc()).limit(limit)
        async with self._transaction() as connection:
            rows = [dict(row) for row in (await connection.execute(newest)).mappings()]
        lists = ("sites", "common")
        return [SeenRun(**row | {name: tuple(row[name]) for name in lists}) for row in rows]
