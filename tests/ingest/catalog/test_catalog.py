"""The catalog's memory, and the term counts that change with it."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from pydantic import SecretStr
from sqlalchemy.ext.asyncio import AsyncEngine

from ingest.catalog.catalog import MIGRATIONS, Catalog, SeenPage
from ingest.catalog.tables import METADATA
from ingest.database import open_database
from ingest.errors import CatalogUnavailable
from ingest.settings import DatabaseSettings

PAGE = SeenPage(
    kb="k",
    url="https://m.example/a",
    source="s",
    state="indexed",
    etag='"1"',
    body_hash="b" * 64,
    revision="r" * 16,
    recipe="recipe",
    lang="en",
    passages=2,
    fetched_at=datetime(2026, 11, 22, 12, tzinfo=timezone(timedelta(hours=1))),
)
LARGE = 2**32 - 1


@pytest.fixture
async def engine(tmp_path: Path) -> AsyncIterator[AsyncEngine]:
    url = SecretStr(f"sqlite+aiosqlite:///{tmp_path}/state/g.db")
    async with open_database(DatabaseSettings(url=url), MIGRATIONS) as opened:
        yield opened


@pytest.fixture
async def catalog(engine: AsyncEngine) -> Catalog:
    return Catalog(engine)


async def test_migrations_make_the_tables_that_the_code_knows(engine: AsyncEngine) -> None:
    async with engine.connect() as connection:
        differences = await connection.run_sync(
            lambda sync: compare_metadata(
                MigrationContext.configure(sync, opts={"version_table": "alembic_ingest"}), METADATA
            )
        )
    assert differences == []


async def test_a_page_is_remembered_as_it_was_noted(catalog: Catalog) -> None:
    assert await catalog.page("k", PAGE.url) is None
    await catalog.finish(PAGE, ["https://m.example/b"], {1: 2})
    assert await catalog.page("k", PAGE.url) == PAGE
    assert await catalog.pages("k", "recipe") == {PAGE.url: (PAGE, ("https://m.example/b",))}
    assert await catalog.pages("k", "another") == {}
    assert await catalog.pages("other", "recipe") == {}
    seen = await catalog.page("k", PAGE.url)
    assert seen is not None
    assert seen.fetched_at is not None
    assert seen.fetched_at.tzinfo is UTC


async def test_term_counts_follow_the_pages(catalog: Catalog) -> None:
    other = replace(PAGE, url="https://m.example/b", lang="fr", passages=3)
    await catalog.finish(PAGE, terms={1: 2, LARGE: 1})
    await catalog.finish(other, terms={1: 1, 7: 3})
    counted = await catalog.frequencies("k", [1, 7, LARGE, 99])
    assert counted.passages == {"en": 2, "fr": 3}
    assert counted.containing == {1: 3, 7: 3, LARGE: 1}
    assert await catalog.languages("k") == ["en", "fr"]

    await catalog.finish(replace(PAGE, passages=1), terms={1: 1, 8: 1})
    counted = await catalog.frequencies("k", [1, 7, 8, LARGE])
    assert counted.passages == {"en": 1, "fr": 3}
    assert counted.containing == {1: 2, 7: 3, 8: 1}

    await catalog.finish(replace(other, lang="en"), terms={7: 3})
    assert (await catalog.frequencies("k", [])).passages == {"en": 4}

    await catalog.finish(replace(other, state="retired", passages=0))
    await catalog.forget("k", PAGE.url)
    counted = await catalog.frequencies("k", [1, 7, 8, LARGE])
    assert counted.passages == counted.containing == {}
    assert await catalog.languages("k") == []


async def test_knowledge_bases_are_counted_apart(catalog: Catalog) -> None:
    await catalog.finish(PAGE, terms={1: 2})
    await catalog.finish(replace(PAGE, kb="other"), terms={1: 1})
    assert (await catalog.frequencies("k", [1])).containing == {1: 2}
    assert await catalog.kbs_of(PAGE.url) == ["k", "other"]


async def test_a_page_being_written_keeps_its_counts_until_it_is_finished(catalog: Catalog) -> None:
    await catalog.finish(PAGE, terms={1: 2})
    await catalog.begin(replace(PAGE, revision="new"))
    seen = await catalog.page("k", PAGE.url)
    assert seen == replace(PAGE, state="writing")
    assert await catalog.pages("k", "recipe") == {}
    assert (await catalog.frequencies("k", [1])).containing == {1: 2}
    await catalog.finish(replace(PAGE, revision="new"), terms={1: 1})
    assert (await catalog.frequencies("k", [1])).containing == {1: 1}


async def test_finishing_at_the_same_time_counts_each_page_once(catalog: Catalog) -> None:
    pages = [replace(PAGE, url=f"https://m.example/{n}", passages=1) for n in range(8)]
    finishing = [catalog.finish(page, terms=dict.fromkeys(range(50), 1)) for page in pages * 3]
    await asyncio.gather(*finishing)
    counted = await catalog.frequencies("k", range(50))
    assert counted.passages == {"en": 8}
    assert set(counted.containing.values()) == {8}


async def test_touching_keeps_terms_and_links(catalog: Catalog) -> None:
    await catalog.finish(PAGE, ["https://m.example/b"], {1: 2})
    await catalog.touch(replace(PAGE, etag='"2"'))
    [(seen, links)] = (await catalog.pages("k", "recipe")).values()
    assert (seen.etag, links) == ('"2"', ("https://m.example/b",))
    await catalog.touch(PAGE, ["https://m.example/c"])
    [(_, links)] = (await catalog.pages("k", "recipe")).values()
    assert links == ("https://m.example/c",)
    assert (await catalog.frequencies("k", [1])).containing == {1: 2}


async def test_ten_thousand_terms_can_be_asked_for(catalog: Catalog) -> None:
    await catalog.finish(PAGE, terms=dict.fromkeys(range(12_000), 1))
    counted = await catalog.frequencies("k", range(40_000))
    assert len(counted.containing) == 12_000
    await catalog.forget("k", PAGE.url)
    assert (await catalog.frequencies("k", range(40_000))).containing == {}


async def test_runs_end_with_a_report_or_are_interrupted_by_the_next(catalog: Catalog) -> None:
    first = await catalog.open_run("k", "s")
    second = await catalog.open_run("k", "s")
    other = await catalog.open_run("k", "another")
    await catalog.close_run(second, "done", {"pages": {"indexed": 1}})
    runs = {run.id: run for run in await catalog.runs()}
    assert {run.id: run.state for run in runs.values()} == {
        first: "interrupted",
        second: "done",
        other: "running",
    }
    assert runs[second].report == {"pages": {"indexed": 1}}
    assert runs[other].ended_at is None
    assert len(await catalog.runs(limit=1)) == 1


async def test_shelves_count_what_is_indexed(catalog: Catalog) -> None:
    await catalog.finish(PAGE)
    await catalog.finish(replace(PAGE, url="https://m.example/e", state="empty", passages=0))
    await catalog.finish(replace(PAGE, kb="other", recipe="another", passages=5))
    assert [(s.kb, s.pages, s.passages) for s in await catalog.shelves()] == [
        ("k", 1, 2),
        ("other", 1, 5),
    ]


async def test_a_database_that_fails_is_named_with_the_remedy(
    catalog: Catalog, engine: AsyncEngine
) -> None:
    async with engine.begin() as connection:
        await connection.run_sync(METADATA.drop_all)
    with pytest.raises(CatalogUnavailable, match="GROUNDLING_DATABASE__URL"):
        await catalog.page("k", PAGE.url)
