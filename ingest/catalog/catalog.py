"""What was seen, when, and what became of it; and how often each term occurs, for BM25.

A page's row and the term statistics change in one transaction, so that they cannot drift apart. A
page that is being replaced in Qdrant is `writing` until both are done: if the process dies in
between, the next run finds it so and does it again.
"""

import uuid
from collections.abc import AsyncIterator, Iterable, Mapping
from contextlib import asynccontextmanager
from dataclasses import asdict, dataclass, fields
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Literal

from sqlalchemy import delete, func, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from ingest.catalog.counts import passages_by_language, passages_containing, recount
from ingest.catalog.tables import PAGE, RUN
from ingest.errors import CatalogUnavailable
from ingest.indexing.sparse import Frequencies

MIGRATIONS = Path(__file__).parents[1] / "migrations"
"""What `open_database` must be given for the catalog's tables."""

PageState = Literal["writing", "indexed", "empty", "retired", "unavailable"]
RunState = Literal["running", "done", "failed", "interrupted"]


@dataclass(frozen=True, slots=True, kw_only=True)
class SeenPage:
    """A page as the catalog remembers it, without its links and terms."""

    kb: str
    url: str
    source: str
    state: PageState
    reason: str = ""
    etag: str | None = None
    last_modified: str | None = None
    body_hash: str | None = None
    revision: str | None = None
    recipe: str = ""
    lang: str = ""
    passages: int = 0
    fetched_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SeenRun:
    """A run as the catalog remembers it; `report` is there once it has ended."""

    id: str
    kb: str
    source: str
    state: RunState
    started_at: datetime
    ended_at: datetime | None
    report: dict[str, Any] | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Shelf:
    """How much a knowledge base holds."""

    kb: str
    pages: int
    passages: int


_NEW = {"chrome": "", "title": "", "alias_of": "", "missed": 0}
_RUN_COLUMNS = [RUN.c[field.name] for field in fields(SeenRun)]
_PAGE_COLUMNS = [PAGE.c[field.name] for field in fields(SeenPage)]


class Catalog:
    """The ingest path's memory in SQL; every method raises CatalogUnavailable if that fails."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine
        self._insert: Any = (
            postgresql.insert if engine.dialect.name == "postgresql" else sqlite.insert
        )

    async def open_run(self, kb: str, source: str) -> str:
        """Note that a run begins; one over the same source that never ended was interrupted."""
        run, now = uuid.uuid4().hex, datetime.now(UTC)
        same = (RUN.c.kb == kb) & (RUN.c.source == source) & (RUN.c.state == "running")
        async with self._transaction() as connection:
            await connection.execute(
                update(RUN).where(same).values(state="interrupted", ended_at=now)
            )
            begun = {"id": run, "kb": kb, "source": source, "state": "running", "started_at": now}
            begun |= {"kind": "crawl", "phase": "gather", "definition": {}, "sites": []}
            begun |= {"forced": False, "asked": 0, "reason": ""}
            await connection.execute(RUN.insert().values(begun))
        return run

    async def close_run(self, run: str, state: RunState, report: Mapping[str, Any]) -> None:
        """Note how a run ended, with its report."""
        ended = {"state": state, "ended_at": datetime.now(UTC), "report": dict(report)}
        async with self._transaction() as connection:
            await connection.execute(update(RUN).where(RUN.c.id == run).values(ended))

    async def runs(self, limit: int = 20) -> list[SeenRun]:
        """The latest runs, the newest first."""
        newest = select(*_RUN_COLUMNS).order_by(RUN.c.started_at.desc()).limit(limit)
        async with self._transaction() as connection:
            rows = (await connection.execute(newest)).mappings().all()
        return [SeenRun(**row) for row in rows]

    async def page(self, kb: str, url: str) -> SeenPage | None:
        """What is known of a page, or None if it was never seen."""
        async with self._transaction() as connection:
            found = await connection.execute(select(*_PAGE_COLUMNS).where(_is(kb, url)))
            row = found.mappings().one_or_none()
        return SeenPage(**row) if row else None

    async def pages(self, kb: str, recipe: str) -> dict[str, tuple[SeenPage, tuple[str, ...]]]:
        """The pages indexed by this recipe, by URL, each with the links it had."""
        those = (PAGE.c.kb == kb) & (PAGE.c.recipe == recipe) & (PAGE.c.state == "indexed")
        async with self._transaction() as connection:
            found = await connection.execute(select(*_PAGE_COLUMNS, PAGE.c.links).where(those))
            rows = [dict(row) for row in found.mappings()]
        links = [tuple(row.pop("links")) for row in rows]
        return {row["url"]: (SeenPage(**row), to) for row, to in zip(rows, links, strict=True)}

    async def begin(self, page: SeenPage) -> None:
        """Note that the page's passages are about to change in the index."""
        async with self._transaction() as connection:
            await self._lock(connection, page)

    async def finish(
        self, page: SeenPage, links: Iterable[str] = (), terms: Mapping[int, int] | None = None
    ) -> None:
        """Note what became of the page, its term counts (passages by term) in place of the old."""
        terms = terms or {}
        async with self._transaction() as connection:
            await self._lock(connection, page)
            await recount(
                connection,
                self._insert,
                kb=page.kb,
                url=page.url,
                lang=page.lang,
                passages=page.passages,
                terms=terms,
            )
            values = asdict(page) | {"links": list(links), "terms": terms}
            await connection.execute(update(PAGE).where(_is(page.kb, page.url)).values(values))

    async def touch(self, page: SeenPage, links: Iterable[str] | None = None) -> None:
        """Note that the page was looked at again; its terms stay, and its links unless given."""
        values = asdict(page) | ({} if links is None else {"links": list(links)})
        async with self._transaction() as connection:
            await connection.execute(
                self._insert(PAGE)
                .values({"links": [], "terms": {}, **_NEW} | values)
                .on_conflict_do_update(index_elements=["kb", "url"], set_=values)
            )

    async def forget(self, kb: str, url: str) -> None:
        """Strike the page from the catalog, its terms with it."""
        async with self._transaction() as connection:
            gone = SeenPage(kb=kb, url=url, source="", state="retired")
            await self._lock(connection, gone)
            nothing: dict[int, int] = {}
            await recount(
                connection, self._insert, kb=kb, url=url, lang="", passages=0, terms=nothing
            )
            await connection.execute(delete(PAGE).where(_is(kb, url)))

    async def kbs_of(self, url: str) -> list[str]:
        """The knowledge bases that have seen this URL."""
        async with self._transaction() as connection:
            found = await connection.scalars(
                select(PAGE.c.kb).where(PAGE.c.url == url).order_by(PAGE.c.kb)
            )
            return list(found)

    async def shelves(self, recipe: str | None = None) -> list[Shelf]:
        """How much each knowledge base holds, of one recipe or of all."""
        those = PAGE.c.state == "indexed"
        if recipe is not None:
            those &= PAGE.c.recipe == recipe
        sums = (
            select(PAGE.c.kb, func.count(), func.sum(PAGE.c.passages))
            .where(those)
            .group_by(PAGE.c.kb)
            .order_by(PAGE.c.kb)
        )
        async with self._transaction() as connection:
            rows = (await connection.execute(sums)).all()
        return [Shelf(kb=kb, pages=pages, passages=int(passages)) for kb, pages, passages in rows]

    async def languages(self, kb: str) -> list[str]:
        """The languages of the knowledge base's passages, in alphabetical order."""
        async with self._transaction() as connection:
            return sorted(await passages_by_language(connection, kb))

    async def frequencies(self, kb: str, terms: Iterable[int]) -> Frequencies:
        """How many passages there are by language, and how many contain each of the terms."""
        async with self._transaction() as connection:
            passages = await passages_by_language(connection, kb)
            containing = await passages_containing(connection, kb, terms)
        return Frequencies(passages=passages, containing=containing)

    @asynccontextmanager
    async def _transaction(self) -> AsyncIterator[AsyncConnection]:
        try:
            async with self._engine.begin() as connection:
                yield connection
        except (SQLAlchemyError, OSError) as error:
            raise CatalogUnavailable(
                f"The database does not answer as it should: {error}. Check "
                "GROUNDLING_DATABASE__URL, and that the database is running and not full."
            ) from error

    async def _lock(self, connection: AsyncConnection, page: SeenPage) -> None:
        """Mark the row as being written, which also keeps other writers out until the commit.

        The write comes before any read: SQLite would refuse to turn a reader into a writer, and
        two processes would otherwise subtract the same old terms twice.
        """
        values = asdict(page) | {
            "state": "writing",
            "links": [],
            "terms": {},
            **_NEW,
            "passages": 0,
        }
        await connection.execute(
            self._insert(PAGE)
            .values(values)
            .on_conflict_do_update(index_elements=["kb", "url"], set_={"state": "writing"})
        )


def _is(kb: str, url: str) -> Any:
    return (PAGE.c.kb == kb) & (PAGE.c.url == url)
