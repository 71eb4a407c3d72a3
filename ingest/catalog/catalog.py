"""What was seen, when, and what became of it; and how often each term occurs, for BM25.

A page's row and the term statistics change in one transaction, so that they cannot drift apart. A
page that is being replaced in Qdrant is `writing` until both are done: if the process dies in
between, the next run finds it so and does it again.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, fields
from datetime import date, datetime
from pathlib import Path
from typing import Any, Literal

from sqlalchemy import ColumnElement, delete, func, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from ingest.catalog.counts import passages_by_language, passages_containing, recount
from ingest.catalog.rows import Rows
from ingest.catalog.tables import PAGE
from ingest.indexing.sparse import Frequencies

MIGRATIONS = Path(__file__).parents[1] / "migrations"
"""What `open_database` must be given for the catalog's tables."""

PageState = Literal["writing", "indexed", "duplicate", "empty", "retired", "refused", "unavailable"]


@dataclass(frozen=True, slots=True, kw_only=True)
class SeenPage:
    """A page as the catalog remembers it, without its links and terms.

    `article` is the revision of the article it is answered from, `chrome` a digest of the lines
    that were left out of it, `alias_of` the URL under which a duplicate is indexed, and `missed`
    how many runs in a row found no way to it any more.
    """

    kb: str
    url: str
    source: str
    state: PageState
    reason: str = ""
    etag: str | None = None
    last_modified: str | None = None
    body_hash: str | None = None
    revision: str | None = None
    article: str | None = None
    chrome: str = ""
    recipe: str = ""
    title: str = ""
    lang: str = ""
    page_date: date | None = None
    alias_of: str = ""
    missed: int = 0
    passages: int = 0
    fetched_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Ways:
    """Where a page led: its links, its other languages beside it, and the URL it names its own."""

    links: tuple[str, ...] = ()
    beside: tuple[str, ...] = ()
    canonical: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Shelf:
    """How much a knowledge base holds."""

    kb: str
    pages: int
    passages: int


# Databases take some 32,000 parameters a statement.
_AT_ONCE = 5_000
_COLUMNS = [PAGE.c[field.name] for field in fields(SeenPage)]


class Catalog(Rows):
    """The pages of every knowledge base, and the counts of their terms."""

    async def page(self, kb: str, url: str) -> SeenPage | None:
        """What is known of a page, or None if it was never seen."""
        return next(iter(await self._select(_is(kb, url), 1)), None)

    async def ways(self, kb: str, url: str) -> Ways:
        """Where a page led when it was read last."""
        async with self._transaction() as connection:
            found = await connection.scalar(select(PAGE.c.links).where(_is(kb, url)))
        if not isinstance(found, dict):  # as written by the first version: links alone
            return Ways(links=tuple(found or ()))
        return ways_of(found)

    async def of_source(self, kb: str, source: str) -> list[SeenPage]:
        """Every page that a source has brought into a knowledge base, in order of URL."""
        return await self._select((PAGE.c.kb == kb) & (PAGE.c.source == source))

    async def these(self, kb: str, urls: Sequence[str]) -> list[SeenPage]:
        """What is known of some pages, whatever source brought them."""
        found: list[SeenPage] = []
        for start in range(0, len(urls), _AT_ONCE):
            some = PAGE.c.url.in_(urls[start : start + _AT_ONCE])
            found += await self._select((PAGE.c.kb == kb) & some)
        return found

    async def indexed_elsewhere(self, kb: str, source: str) -> list[tuple[str, str]]:
        """URL and article of the knowledge base's indexed pages that other sources brought."""
        those = (PAGE.c.kb == kb) & (PAGE.c.source != source) & (PAGE.c.state == "indexed")
        pairs = select(PAGE.c.url, PAGE.c.article).where(those, PAGE.c.article.is_not(None))
        async with self._transaction() as connection:
            return [(url, article) for url, article in (await connection.execute(pairs)).all()]

    async def find(
        self, kb: str, *, containing: str = "", state: str = "", limit: int = 50, after: str = ""
    ) -> list[SeenPage]:
        """Pages whose URL contains some text, in a state, in order of URL, after one of them."""
        those = (PAGE.c.kb == kb) & (PAGE.c.url > after)
        if containing:
            those &= PAGE.c.url.contains(containing, autoescape=True)
        if state:
            those &= PAGE.c.state == state
        return await self._select(those, limit)

    async def begin(self, page: SeenPage) -> None:
        """Note that the page's passages are about to change in the index."""
        async with self._transaction() as connection:
            await self._lock(connection, page)

    async def finish(
        self, page: SeenPage, ways: Ways | None = None, terms: Mapping[int, int] | None = None
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
            values = _values(page) | {"links": asdict(ways or Ways()), "terms": terms}
            await connection.execute(update(PAGE).where(_is(page.kb, page.url)).values(values))

    async def touch(self, pages: Sequence[tuple[SeenPage, Ways | None]]) -> None:
        """Note that pages were looked at again; terms stay, and ways where None is given."""
        same = [_values(page) for page, ways in pages if ways is None]
        led = [_values(page) | {"links": asdict(ways)} for page, ways in pages if ways is not None]
        async with self.together():
            await self._write(same)
            await self._write(led)

    async def _write(self, rows: Sequence[dict[str, Any]]) -> None:
        """Write these columns of pages, all rows having the same; a new page has no other."""
        if not rows:
            return
        insert = self._insert(PAGE)
        statement = insert.on_conflict_do_update(
            index_elements=["kb", "url"], set_={name: insert.excluded[name] for name in rows[0]}
        )
        new: dict[str, Any] = {"links": [], "terms": {}}
        async with self._transaction() as connection:
            for start in range(0, len(rows), _AT_ONCE):
                some = [new | row for row in rows[start : start + _AT_ONCE]]
                await connection.execute(statement, some)

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

    async def shelves(self) -> list[Shelf]:
        """How much each knowledge base holds."""
        sums = (
            select(PAGE.c.kb, func.count(), func.sum(PAGE.c.passages))
            .where(PAGE.c.state == "indexed")
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

    async def _select(self, where: ColumnElement[bool], limit: int | None = None) -> list[SeenPage]:
        found = select(*_COLUMNS).where(where).order_by(PAGE.c.kb, PAGE.c.url).limit(limit)
        async with self._transaction() as connection:
            rows = [dict(row) for row in (await connection.execute(found)).mappings()]
        for row in rows:
            row["page_date"] = row["page_date"] and date.fromisoformat(row["page_date"])
        return [SeenPage(**row) for row in rows]

    async def _lock(self, connection: AsyncConnection, page: SeenPage) -> None:
        """Mark the row as being written, which also keeps other writers out until the commit.

        The write comes before any read: SQLite would refuse to turn a reader into a writer, and
        two processes would otherwise subtract the same old terms twice.
        """
        values = _values(page) | {"state": "writing", "links": [], "terms": {}, "passages": 0}
        await connection.execute(
            self._insert(PAGE)
            .values(values)
            .on_conflict_do_update(index_elements=["kb", "url"], set_={"state": "writing"})
        )


def ways_of(found: Mapping[str, Any]) -> Ways:
    """Ways as they were kept in JSON."""
    links, beside = tuple(found.get("links", ())), tuple(found.get("beside", ()))
    return Ways(links=links, beside=beside, canonical=found.get("canonical", ""))


def _is(kb: str, url: str) -> ColumnElement[bool]:
    return (PAGE.c.kb == kb) & (PAGE.c.url == url)


def _values(page: SeenPage) -> dict[str, Any]:
    return asdict(page) | {"page_date": page.page_date and page.page_date.isoformat()}
