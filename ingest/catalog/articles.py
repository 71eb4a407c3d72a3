"""What pages said, revision by revision: for the index, for what changed, and for the way back."""

import zlib
from collections.abc import AsyncIterator, Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import ColumnElement, Row, delete, exists, select, tuple_

from ingest.catalog.rows import Rows
from ingest.catalog.tables import ARTICLE, CHANGE, PAGE, RUN, STEP
from ingest.documents import Article

_AT_ONCE = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class Likeness:
    """An article as it is compared with others: the hashes of its lines, and of the whole."""

    url: str
    lang: str
    lines: NDArray[np.uint64]
    simhash: int


class Articles(Rows):
    """Articles by knowledge base, URL and revision."""

    async def put(
        self, kb: str, revision: str, article: Article, lines: Iterable[int], simhash: int
    ) -> None:
        """Keep an article; one that is kept already stays as it is."""
        row = {
            "kb": kb,
            "url": article.url,
            "revision": revision,
            "title": article.title,
            "lang": article.lang,
            "text": zlib.compress(article.text.encode(), 3),
            "anchors": [[list(path), anchor] for path, anchor in article.anchors.items()],
            "description": article.description,
            "page_date": article.page_date and article.page_date.isoformat(),
            "method": article.method,
            "coverage": article.coverage,
            "lines": np.asarray(list(lines), dtype=np.uint64).tobytes(),
            # Databases know signed numbers only.
            "simhash": simhash - 2**64 if simhash >= 2**63 else simhash,
            "created_at": datetime.now(UTC),
        }
        kept = self._insert(ARTICLE).values(row).on_conflict_do_nothing()
        async with self._transaction() as connection:
            await connection.execute(kept)

    async def get(self, kb: str, url: str, revision: str | None) -> Article | None:
        """An article, or None if it is not kept (any more)."""
        if revision is None:
            return None
        one = select(ARTICLE).where(
            ARTICLE.c.kb == kb, ARTICLE.c.url == url, ARTICLE.c.revision == revision
        )
        async with self._transaction() as connection:
            row = (await connection.execute(one)).one_or_none()
        return _article(row) if row else None

    async def has(self, kb: str, url: str, revision: str | None) -> bool:
        """Whether an article is kept."""
        one = (ARTICLE.c.kb == kb, ARTICLE.c.url == url, ARTICLE.c.revision == (revision or ""))
        async with self._transaction() as connection:
            return bool(await connection.scalar(select(exists().where(*one))))

    async def likenesses(
        self, kb: str, revisions: Iterable[tuple[str, str]]
    ) -> AsyncIterator[Likeness]:
        """How these articles (URL, revision) are compared, those that are kept, in any order."""
        wanted = list(revisions)
        columns = (ARTICLE.c.url, ARTICLE.c.lang, ARTICLE.c.lines, ARTICLE.c.simhash)
        for start in range(0, len(wanted), _AT_ONCE):
            some = tuple_(ARTICLE.c.url, ARTICLE.c.revision).in_(wanted[start : start + _AT_ONCE])
            async with self._transaction() as connection:
                rows = (
                    await connection.execute(select(*columns).where(ARTICLE.c.kb == kb, some))
                ).all()
            for row in rows:
                lines = np.frombuffer(row.lines, dtype=np.uint64)
                simhash = row.simhash % 2**64
                yield Likeness(url=row.url, lang=row.lang, lines=lines, simhash=simhash)

    async def current(self, kb: str | None = None) -> AsyncIterator[tuple[str, Article]]:
        """Every article that pages are answered from, with its knowledge base, in order of URL."""
        after = ("", "")
        columns = [column for column in ARTICLE.c if column.name not in ("lines", "simhash")]
        joined = (
            (PAGE.c.kb == ARTICLE.c.kb)
            & (PAGE.c.url == ARTICLE.c.url)
            & (PAGE.c.article == ARTICLE.c.revision)
            & (PAGE.c.state == "indexed")
        )
        while True:
            some = (
                select(*columns)
                .join(PAGE, joined)
                .where(tuple_(ARTICLE.c.kb, ARTICLE.c.url) > after)
                .order_by(ARTICLE.c.kb, ARTICLE.c.url)
                .limit(_AT_ONCE // 10)
            )
            if kb is not None:
                some = some.where(ARTICLE.c.kb == kb)
            async with self._transaction() as connection:
                rows = (await connection.execute(some)).all()
            for row in rows:
                yield row.kb, _article(row)
            if not rows:
                return
            after = (rows[-1].kb, rows[-1].url)

    async def prune(self, kb: str, source: str, keep_runs: int) -> None:
        """Forget what all but the latest runs of a source did.

        The articles that neither a page nor a change needs any more go with it.
        """
        latest = (
            select(RUN.c.id)
            .where(RUN.c.kb == kb, RUN.c.source == source)
            .order_by(RUN.c.started_at.desc())
            .limit(keep_runs)
        )
        async with self._transaction() as connection:
            kept = list(await connection.scalars(latest))
            old = select(RUN.c.id).where(
                RUN.c.kb == kb, RUN.c.source == source, RUN.c.id.not_in(kept)
            )
            for table in (STEP, CHANGE):
                await connection.execute(delete(table).where(table.c.run.in_(old)))
            await connection.execute(delete(ARTICLE).where(ARTICLE.c.kb == kb, ~_needed()))

    async def forget(self, kb: str, url: str) -> None:
        """Strike every revision of a page."""
        async with self._transaction() as connection:
            await connection.execute(
                delete(ARTICLE).where(ARTICLE.c.kb == kb, ARTICLE.c.url == url)
            )


def _needed() -> ColumnElement[bool]:
    page = exists().where(
        PAGE.c.kb == ARTICLE.c.kb, PAGE.c.url == ARTICLE.c.url, PAGE.c.article == ARTICLE.c.revision
    )
    change = exists().where(
        CHANGE.c.url == ARTICLE.c.url,
        (CHANGE.c.before == ARTICLE.c.revision) | (CHANGE.c.after == ARTICLE.c.revision),
    )
    step = exists().where(
        STEP.c.url == ARTICLE.c.url,
        STEP.c.article == ARTICLE.c.revision,
        STEP.c.run.in_(select(RUN.c.id).where(RUN.c.phase != "done")),
    )
    return page | change | step


def _article(row: Row[tuple[object, ...]]) -> Article:
    return Article(
        url=row.url,
        title=row.title,
        lang=row.lang,
        text=zlib.decompress(row.text).decode(),
        anchors={tuple(path): anchor for path, anchor in row.anchors},
        description=row.description,
        page_date=date.fromisoformat(row.page_date) if row.page_date else None,
        method=row.method,
        coverage=row.coverage,
    )
