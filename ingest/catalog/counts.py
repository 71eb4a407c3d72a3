"""How many passages each knowledge base holds, by language and by term: what an idf is made of.

The counts change with a page's row, in the transaction that the caller has opened, and are never
counted anew: each page remembers its own share.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, TypeVar

from sqlalchemy import Table, delete, select
from sqlalchemy.ext.asyncio import AsyncConnection

from ingest.catalog.tables import LANGUAGE, PAGE, TERM

Key = TypeVar("Key", int, str)
Insert = Callable[[Table], Any]
"""The database's own `insert`, which knows what to do on a conflict."""

# Databases take some 32,000 parameters a statement.
_AT_ONCE = 5_000


async def recount(
    connection: AsyncConnection,
    insert: Insert,
    *,
    kb: str,
    url: str,
    lang: str,
    passages: int,
    terms: Mapping[int, int],
) -> None:
    """Take the page's old share off and add its new one; its row must still hold the old."""
    row = select(PAGE.c.lang, PAGE.c.passages, PAGE.c.terms).where(
        PAGE.c.kb == kb, PAGE.c.url == url
    )
    old_lang, old_passages, old_terms = (await connection.execute(row)).one()
    old = {int(term): count for term, count in old_terms.items()}
    await _add(connection, insert, TERM, kb, "term", _difference(old, dict(terms)))
    languages = _difference({old_lang: old_passages}, {lang: passages})
    await _add(connection, insert, LANGUAGE, kb, "lang", languages)


async def passages_by_language(connection: AsyncConnection, kb: str) -> dict[str, int]:
    """The knowledge base's passages by language; one without passages is not among them."""
    found = await connection.execute(
        select(LANGUAGE.c.lang, LANGUAGE.c.passages).where(LANGUAGE.c.kb == kb)
    )
    return {row.lang: row.passages for row in found}


async def passages_containing(
    connection: AsyncConnection, kb: str, terms: Iterable[int]
) -> dict[int, int]:
    """How many of the knowledge base's passages contain each term; unknown terms are left out."""
    containing: dict[int, int] = {}
    for some in _slices(sorted(set(terms))):
        found = await connection.execute(
            select(TERM.c.term, TERM.c.passages).where(TERM.c.kb == kb, TERM.c.term.in_(some))
        )
        containing |= {row.term: row.passages for row in found}
    return containing


async def _add(
    connection: AsyncConnection,
    insert: Insert,
    table: Table,
    kb: str,
    key: str,
    changes: Mapping[Key, int],
) -> None:
    if not changes:
        return
    # In one order for all, so that two pages sharing terms cannot wait for one another.
    rows = [{"kb": kb, key: each, "passages": changes[each]} for each in sorted(changes)]
    added = insert(table)
    total = table.c.passages + added.excluded.passages
    await connection.execute(
        added.on_conflict_do_update(index_elements=["kb", key], set_={"passages": total}), rows
    )
    for some in _slices(sorted(each for each, change in changes.items() if change < 0)):
        none_left = (table.c.kb == kb, table.c[key].in_(some), table.c.passages <= 0)
        await connection.execute(delete(table).where(*none_left))


def _difference(old: dict[Key, int], new: dict[Key, int]) -> dict[Key, int]:
    keys: set[Key] = set(old) | set(new)
    changes = {key: new.get(key, 0) - old.get(key, 0) for key in keys}
    return {key: change for key, change in changes.items() if change}


def _slices(values: list[Key]) -> Iterator[list[Key]]:
    for start in range(0, len(values), _AT_ONCE):
        yield values[start : start + _AT_ONCE]
