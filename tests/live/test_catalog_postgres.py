"""The catalog on a real Postgres: its migration, and writers that meet."""

import asyncio
import os
import shutil
import socket
import subprocess
import tempfile
from collections.abc import AsyncIterator, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from pydantic import SecretStr
from sqlalchemy.ext.asyncio import AsyncEngine

from ingest.catalog.catalog import MIGRATIONS, Catalog
from ingest.catalog.tables import METADATA
from ingest.database import open_database
from ingest.settings import DatabaseSettings
from tests.ingest.test_catalog import LARGE, PAGE

# Postgres refuses to run as root, so it runs as the user its package made.
AS_POSTGRES = ["runuser", "-u", "postgres", "--"] if os.geteuid() == 0 else []


def tool(name: str) -> str:
    found = shutil.which(name) or next(
        (str(path) for path in Path("/usr/lib/postgresql").glob(f"*/bin/{name}")), None
    )
    assert found, f"{name} is missing: install postgresql"
    return found


@pytest.fixture(scope="module")
def cluster() -> Iterator[str]:
    """The URL of a Postgres of its own, on loopback."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    with tempfile.TemporaryDirectory(prefix="groundling-pg-") as folder:
        if AS_POSTGRES:
            shutil.chown(folder, "postgres")
        data = f"{folder}/data"
        pg_ctl = [*AS_POSTGRES, tool("pg_ctl"), "-D", data, "-w"]
        options = f"-p {port} -c listen_addresses=127.0.0.1 -k {folder} -c fsync=off"
        initdb = [*AS_POSTGRES, tool("initdb"), "-D", data, "-U", "groundling", "-A", "trust"]
        subprocess.run(initdb, check=True, stdout=subprocess.DEVNULL, cwd="/")
        start = [*pg_ctl, "-l", f"{folder}/log", "-o", options, "start"]
        subprocess.run(start, check=True, stdout=subprocess.DEVNULL, cwd="/")
        try:
            yield f"postgresql+asyncpg://groundling@127.0.0.1:{port}/postgres"
        finally:
            stop = [*pg_ctl, "-m", "immediate", "stop"]
            subprocess.run(stop, check=True, stdout=subprocess.DEVNULL, cwd="/")


@pytest.fixture
async def engine(cluster: str) -> AsyncIterator[AsyncEngine]:
    async with open_database(DatabaseSettings(url=SecretStr(cluster)), MIGRATIONS) as opened:
        async with opened.begin() as connection:
            for table in METADATA.sorted_tables:
                await connection.execute(table.delete())
        yield opened


async def test_migrations_make_the_tables_that_the_code_knows(engine: AsyncEngine) -> None:
    async with engine.connect() as connection:
        differences = await connection.run_sync(
            lambda sync: compare_metadata(
                MigrationContext.configure(sync, opts={"version_table": "alembic_ingest"}), METADATA
            )
        )
    assert differences == []


async def test_pages_runs_and_counts_are_remembered(engine: AsyncEngine) -> None:
    catalog = Catalog(engine)
    run = await catalog.open_run("k", "s")
    await catalog.begin(PAGE)
    await catalog.finish(PAGE, ["https://m.example/b"], {1: 2, LARGE: 1})
    await catalog.touch(replace(PAGE, etag='"2"'))
    await catalog.close_run(run, "done", {"pages": {"indexed": 1}})
    assert await catalog.page("k", PAGE.url) == replace(PAGE, etag='"2"')
    counted = await catalog.frequencies("k", [1, LARGE, 5])
    assert (counted.passages, counted.containing) == ({"en": 2}, {1: 2, LARGE: 1})
    assert [(s.kb, s.pages, s.passages) for s in await catalog.shelves()] == [("k", 1, 2)]
    assert [(r.state, r.report) for r in await catalog.runs()] == [
        ("done", {"pages": {"indexed": 1}})
    ]
    await catalog.forget("k", PAGE.url)
    counted = await catalog.frequencies("k", [1])
    assert counted.passages == counted.containing == {}


async def test_writers_that_meet_count_each_page_once(engine: AsyncEngine) -> None:
    catalog = Catalog(engine)
    pages = [replace(PAGE, url=f"https://m.example/{n}", passages=1) for n in range(8)]
    terms = [dict.fromkeys(range(n % 3, 200, n % 3 + 1), 1) for n in range(24)]
    finishing = [
        catalog.finish(page, terms=some) for page, some in zip(pages * 3, terms, strict=True)
    ]
    await asyncio.gather(*finishing)
    await asyncio.gather(*(catalog.finish(page, terms={7: 1}) for page in pages))
    counted = await catalog.frequencies("k", range(200))
    assert (counted.passages, counted.containing) == ({"en": 8}, {7: 8})
