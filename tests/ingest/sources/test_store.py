"""Sources in SQL: unique by name, their secrets kept, each due time given out once."""

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr
from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncEngine

from ingest.catalog.catalog import MIGRATIONS
from ingest.catalog.tables import SOURCE
from ingest.database import open_database
from ingest.errors import NoSuchSource, SecretsUnavailable, SourceExists, SourceRefused
from ingest.settings import DatabaseSettings, SecretsSettings
from ingest.sources.source import Source, source_from
from ingest.sources.store import Sources
from ingest.sources.vault import Vault


@pytest.fixture
async def engine(tmp_path: Path) -> AsyncIterator[AsyncEngine]:
    url = SecretStr(f"sqlite+aiosqlite:///{tmp_path}/g.db")
    async with open_database(DatabaseSettings(url=url), MIGRATIONS) as engine:
        yield engine


@pytest.fixture
def sources(engine: AsyncEngine, tmp_path: Path) -> Sources:
    return Sources(engine, Vault(SecretsSettings(), tmp_path))


def museum(**fields: Any) -> Source:
    return source_from({"name": "museum", "urls": ["https://m.example/"]} | fields)


HUSH = {"kind": "bearer", "secret": "hush"}


async def test_a_source_is_kept_with_its_secrets(sources: Sources, engine: AsyncEngine) -> None:
    added = await sources.add(museum(kb="m", credentials=HUSH, headers={"X-Key": "quiet"}))

    assert await sources.source(added.id) == museum(
        kb="m", credentials=HUSH, headers={"X-Key": "quiet"}
    )
    assert [known.id for known in await sources.all("m")] == [added.id]
    assert await sources.find("museum", "m") == added
    async with engine.connect() as connection:
        stored = str((await connection.execute(select(SOURCE))).all())
    for secret in ("hush", "quiet"):
        assert secret not in stored + str(added)


async def test_a_name_is_unique_in_its_knowledge_base(sources: Sources) -> None:
    await sources.add(museum())
    with pytest.raises(SourceExists, match="museum"):
        await sources.add(museum(depth=3))
    await sources.add(museum(kb="other"))
    assert [(known.kb, known.name) for known in await sources.all()] == [
        ("default", "museum"),
        ("other", "museum"),
    ]


async def test_putting_replaces_what_has_the_name(sources: Sources) -> None:
    first = await sources.put(museum(credentials=HUSH))
    second = await sources.put(museum(depth=3))
    assert (second.id, second.created_at) == (first.id, first.created_at)
    assert await sources.source(first.id) == museum(depth=3)


async def test_what_is_not_changed_stays(sources: Sources) -> None:
    added = await sources.add(museum(credentials=HUSH, depth=2))
    changed = await sources.change(added.id, {"limit": 9})
    assert changed.definition["limit"] == 9
    assert await sources.source(added.id) == museum(credentials=HUSH, depth=2, limit=9)
    await sources.change(added.id, {"credentials": None})
    assert (await sources.source(added.id)).credentials is None


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"name": "other"}, "name"),
        ({"kb": "other"}, "kb"),
        ({"limit": 0}, "limit"),
        ({"urls": []}, "urls"),
        ({"urls": ["https://m.example/", "https://elsewhere.example/"]}, "credentials"),
    ],
)
async def test_what_may_not_change_is_refused(
    sources: Sources, values: dict[str, Any], field: str
) -> None:
    added = await sources.add(museum(credentials=HUSH))
    with pytest.raises(SourceRefused) as refused:
        await sources.change(added.id, values)
    assert refused.value.field == field
    assert await sources.get(added.id) == added


async def test_other_sites_come_with_credentials_of_their_own(sources: Sources) -> None:
    added = await sources.add(museum(credentials=HUSH))
    there = {"urls": ["https://elsewhere.example/"], "credentials": HUSH}
    assert (await sources.change(added.id, there)).definition["urls"] == there["urls"]


async def test_what_is_removed_is_gone(sources: Sources) -> None:
    added = await sources.add(museum())
    assert await sources.remove(added.id) == added
    for asked in (sources.get(added.id), sources.source(added.id), sources.remove(added.id)):
        with pytest.raises(NoSuchSource):
            await asked
    with pytest.raises(NoSuchSource, match="no source museum"):
        await sources.find("museum", "default")


async def test_a_lost_key_spoils_no_list(
    sources: Sources, engine: AsyncEngine, tmp_path: Path
) -> None:
    added = await sources.add(museum(credentials=HUSH, schedule="0 3 * * *"))
    keyless = Sources(engine, Vault(SecretsSettings(), tmp_path / "elsewhere"))
    assert await keyless.all() == [added]
    assert await keyless.due(added.created_at + timedelta(days=1))
    with pytest.raises(SecretsUnavailable, match="GROUNDLING_SECRETS__KEY"):
        await keyless.source(added.id)
    # Giving the secrets again mends it.
    await keyless.change(added.id, {"credentials": HUSH})
    assert (await keyless.source(added.id)).credentials is not None


async def test_what_is_due_is_given_to_one_of_several(sources: Sources) -> None:
    for name in ("a", "b"):
        await sources.add(museum(name=name, schedule="0 3 * * *"))
    await sources.add(museum(name="unscheduled"))
    assert await sources.due(datetime.now(UTC) - timedelta(minutes=1)) == []

    then = datetime.now(UTC) + timedelta(days=3)
    given = await asyncio.gather(*(sources.due(then) for _ in range(5)))
    assert sorted(known.name for some in given for known in some) == ["a", "b"]
    assert await sources.due(then) == []
    coming = {known.next_at for known in await sources.all() if known.next_at}
    assert len(coming) == 1
    assert then < coming.pop() <= then + timedelta(days=1)


async def test_a_new_schedule_counts_from_now_and_an_old_one_goes_on(sources: Sources) -> None:
    added = await sources.add(museum(schedule="0 3 * * *"))
    assert (await sources.change(added.id, {"limit": 9})).next_at == added.next_at
    assert (await sources.change(added.id, {"schedule": "59 23 31 12 *"})).next_at != added.next_at
    assert (await sources.change(added.id, {"schedule": None})).next_at is None


async def test_a_schedule_that_is_none_any_more_is_not_kept(
    sources: Sources, engine: AsyncEngine
) -> None:
    added = await sources.add(museum(schedule="0 3 * * *"))
    async with engine.begin() as connection:
        broken = {**added.definition, "schedule": "whenever"}
        await connection.execute(update(SOURCE).values(definition=broken))
    then = datetime.now(UTC) + timedelta(days=3)
    assert await sources.due(then) == []
    assert (await sources.get(added.id)).next_at is None
