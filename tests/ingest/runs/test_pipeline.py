"""The whole path, from a web server on loopback to what a search finds."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path

import pytest
from pydantic import SecretStr
from qdrant_client import AsyncQdrantClient

from ingest.catalog.catalog import MIGRATIONS, Catalog
from ingest.chunking.chunk import Chunker
from ingest.database import open_database
from ingest.errors import IndexUnavailable
from ingest.indexing.index import PassageIndex, open_index
from ingest.runs.pipeline import Parts, forget, ingest
from ingest.runs.report import Outcome, Report
from ingest.settings import ChunkSettings, DatabaseSettings, FetchSettings, QdrantSettings
from ingest.web.fetch import open_fetcher
from ingest.wiring import search
from tests.fakes.embedder import WordHashEmbedder
from tests.fakes.reader import HereReader
from tests.fakes.web import Reply, Web, page, serve

FETCH = FetchSettings.model_validate({"allow_private": True, "delay_s": 0.0})
CHUNK = ChunkSettings.model_validate({})


def html(body: str, title: str = "Museum") -> str:
    return (
        f"<html lang=en><head><title>{title}</title></head><body><main>{body}</main></body></html>"
    )


TICKETS = "<h1>Tickets</h1><p>A ticket for the harbour museum costs eight euros for adults.</p>"
HOURS = "<h1>Hours</h1><p>The harbour museum opens every day at nine in the morning.</p>"
LINKED = page(html(TICKETS + '<p><a href="/hours">Opening hours of the museum</a></p>'))


class House:
    """The parts of a run that last for a test, and what they were asked."""

    def __init__(self, parts: Parts, embedder: WordHashEmbedder, reader: HereReader) -> None:
        self.parts = parts
        self.embedder = embedder
        self.reader = reader

    async def run(self, web: Web, *paths: str, depth: int = 1, **changed: object) -> Report:
        seeds = [web.url(path) for path in paths or ("/",)]
        parts = replace(self.parts, **changed)  # type: ignore[arg-type]
        async with open_fetcher(FETCH) as fetcher:
            return await ingest(
                seeds, kb="k", source="s", parts=parts, fetcher=fetcher, depth=depth, limit=50
            )

    async def find(self, words: str) -> list[str]:
        parts = self.parts
        hits = await search(words, "k", 3, parts.catalog, parts.embedder, parts.index)
        return [hit.passage.text for hit in hits]


@asynccontextmanager
async def open_house(folder: Path) -> AsyncIterator[House]:
    embedder, reader = WordHashEmbedder(), HereReader()
    client = AsyncQdrantClient(":memory:")
    settings = QdrantSettings()
    url = SecretStr(f"sqlite+aiosqlite:///{folder}/g.db")
    try:
        async with (
            open_database(DatabaseSettings(url=url), MIGRATIONS) as engine,
            open_index(settings, embedder, client=client) as index,
        ):
            parts = Parts(
                extractor=reader,
                chunker=Chunker(CHUNK, embedder.count_tokens),
                embedder=embedder,
                index=index,
                catalog=Catalog(engine),
                collection=settings.collection,
            )
            yield House(parts, embedder, reader)
    finally:
        await client.close()


@pytest.fixture
async def house(tmp_path: Path) -> AsyncIterator[House]:
    async with open_house(tmp_path) as opened:
        yield opened


def states(report: Report, web: Web) -> dict[str, str]:
    return {o.url.removeprefix(web.url("")) or "/": o.state for o in report.outcomes}


async def test_pages_come_in_and_are_found(house: House) -> None:
    told: list[Outcome] = []
    with serve({"/": LINKED, "/hours": page(html(HOURS))}) as web:
        async with open_fetcher(FETCH) as fetcher:
            report = await ingest(
                [web.url("/")], kb="k", source="s", parts=house.parts, fetcher=fetcher,
                progress=told.append,
            )  # fmt: skip
    assert states(report, web) == {"/": "indexed", "/hours": "indexed"}
    assert tuple(told) == report.outcomes
    assert report.useful
    assert report.as_json()["pages"] == {"indexed": 2}
    assert "nine in the morning" in (await house.find("when does it open in the morning"))[0]
    [run] = await house.parts.catalog.runs()
    assert (run.id, run.state, run.report) == (report.run, "done", report.as_json())


async def test_running_twice_changes_nothing_and_embeds_nothing(house: House) -> None:
    with serve({"/": LINKED, "/hours": page(html(HOURS))}) as web:
        await house.run(web)
        passages, read = house.embedder.passages, house.reader.read
        count = await house.parts.index.count("k")
        report = await house.run(web)
    assert states(report, web) == {"/": "unchanged", "/hours": "unchanged"}
    assert (house.embedder.passages, house.reader.read) == (passages, read)
    assert await house.parts.index.count("k") == count == sum(o.passages for o in report.outcomes)


async def test_not_modified_keeps_the_page_and_goes_on_to_its_links(house: House) -> None:
    etag = {"ETag": '"1"'}
    routes = {"/": replace(LINKED, headers=etag), "/hours": page(html(HOURS), ETag='"2"')}
    with serve(routes) as web:
        await house.run(web)
        embedded = house.embedder.passages
        report = await house.run(web)
        assert web.asked[-1].headers["If-None-Match"] == '"2"'
    assert states(report, web) == {"/": "unchanged", "/hours": "unchanged"}
    assert house.embedder.passages == embedded


async def test_another_body_with_the_same_text_embeds_nothing(house: House) -> None:
    with serve({"/": page(html(HOURS))}) as web:
        await house.run(web)
        embedded = house.embedder.passages
        web.routes["/"] = page(html(HOURS + "<!-- built today -->"))
        assert states(await house.run(web), web) == {"/": "unchanged"}
        read = house.reader.read
        assert states(await house.run(web), web) == {"/": "unchanged"}
    assert house.embedder.passages == embedded
    assert house.reader.read == read


async def test_a_changed_page_replaces_the_old_one(house: House) -> None:
    with serve({"/": page(html(HOURS))}) as web:
        await house.run(web)
        web.routes["/"] = page(html(HOURS.replace("nine", "eleven")))
        assert states(await house.run(web), web) == {"/": "indexed"}
    [text] = await house.find("morning")
    assert "eleven in the morning" in text
    assert await house.parts.index.count("k") == 1
    [shelf] = await house.parts.catalog.shelves()
    assert shelf.passages == 1
    assert (await house.parts.catalog.frequencies("k", [])).passages == {"en": 1}


@pytest.mark.parametrize("status", [404, 410])
async def test_a_page_that_is_gone_is_retired(house: House, status: int) -> None:
    with serve({"/": page(html(HOURS))}) as web:
        await house.run(web)
        web.routes["/"] = Reply(status=status, body="gone")
        report = await house.run(web)
        assert states(report, web) == {"/": "retired"}
        assert not report.useful
        assert states(await house.run(web), web) == {"/": "unavailable"}
        assert await house.find("morning") == []
        assert await house.parts.catalog.languages("k") == []
        web.routes["/"] = page(html(HOURS))
        assert states(await house.run(web), web) == {"/": "indexed"}


async def test_a_page_that_fails_today_stays_as_it_was(house: House) -> None:
    with serve({"/": page(html(HOURS))}) as web:
        await house.run(web)
        web.routes["/"] = Reply(status=500, body="oops")
        report = await house.run(web)
    [outcome] = report.outcomes
    assert (outcome.state, outcome.passages) == ("unavailable", 1)
    assert "500" in outcome.reason
    assert len(await house.find("morning")) == 1


async def test_a_page_that_says_nothing_any_more_is_not_answered_from(house: House) -> None:
    with serve({"/": page(html(HOURS))}) as web:
        await house.run(web)
        web.routes["/"] = page("<html><body></body></html>")
        [outcome] = (await house.run(web)).outcomes
    assert outcome.state == "empty"
    assert outcome.reason
    assert await house.find("morning") == []


async def test_every_bad_page_is_a_row_with_its_reason_and_the_run_goes_on(house: House) -> None:
    latin = "<main><p>Das Café öffnet früh am Morgen.</p></main>".encode("latin-1")
    paths = {
        "/missing": Reply(status=404),
        "/broken": Reply(status=500),
        "/binary": Reply(body=bytes(range(256)), content_type="application/octet-stream"),
        "/empty": page(""),
        "/torn": page("<main><p>The museum <b>opens at <table><tr><td>nine</main>"),
        "/latin": Reply(body=latin, content_type="text/html"),
        "/" + "x" * 2500: page(html(HOURS)),
        "/good": page(html(HOURS)),
    }
    with serve(paths) as web:
        report = await house.run(web, *paths)
        found = states(report, web)
    assert len(found) == len(paths)
    assert all(o.reason for o in report.outcomes if o.state != "indexed")
    assert [path for path, state in found.items() if state == "indexed"] == [
        "/torn",
        "/latin",
        "/good",
    ]
    assert any("Café öffnet früh" in text for text in await house.find("café früh"))


async def test_the_same_text_at_two_addresses_is_indexed_twice(house: House) -> None:
    with serve({"/a": page(html(HOURS)), "/b": page(html(HOURS))}) as web:
        report = await house.run(web, "/a", "/b")
    assert states(report, web) == {"/a": "indexed", "/b": "indexed"}
    assert await house.parts.index.count("k") == 2


class BreakingIndex(PassageIndex):
    """A shelf that breaks at one call, as when the process is killed there."""

    def __init__(self, real: PassageIndex, at: str, broken: Callable[[], BaseException]) -> None:
        self.__dict__.update(real.__dict__)
        self._at = at
        self._broken = broken

    async def put(self, *args: object) -> None:
        if self._at == "before put":
            raise self._broken()
        await super().put(*args)  # type: ignore[arg-type]
        if self._at == "after put":
            raise self._broken()

    async def retire(self, kb: str, url: str, keep: str | None) -> None:
        await super().retire(kb, url, keep)
        if self._at == "after retire":
            raise self._broken()


@pytest.mark.parametrize("at", ["before put", "after put", "after retire"])
@pytest.mark.parametrize("broken", [lambda: IndexUnavailable("gone"), asyncio.CancelledError])
async def test_a_run_that_was_cut_off_is_completed_by_the_next(
    house: House, at: str, broken: Callable[[], BaseException]
) -> None:
    index = BreakingIndex(house.parts.index, at, broken)
    with serve({"/": page(html(HOURS), ETag='"1"')}) as web:
        await house.run(web)
        web.routes["/"] = page(html(HOURS.replace("nine", "eleven")), ETag='"2"')
        with pytest.raises((IndexUnavailable, asyncio.CancelledError)):
            await house.run(web, index=index)
        assert await house.parts.index.count("k") >= 1
        assert states(await house.run(web), web) == {"/": "indexed"}
        assert states(await house.run(web), web) == {"/": "unchanged"}
    [text] = await house.find("morning")
    assert "eleven" in text
    assert [run.state for run in await house.parts.catalog.runs()][2] in ("failed", "interrupted")
    assert (await house.parts.catalog.frequencies("k", [])).passages == {"en": 1}


async def test_a_cut_off_retirement_is_completed_by_the_next(house: House) -> None:
    index = BreakingIndex(house.parts.index, "after retire", lambda: IndexUnavailable("gone"))
    with serve({"/": page(html(HOURS), ETag='"1"')}) as web:
        await house.run(web)
        before = web.routes["/"]
        web.routes["/"] = Reply(status=410)
        with pytest.raises(IndexUnavailable):
            await house.run(web, index=index)
        web.routes["/"] = before
        assert states(await house.run(web), web) == {"/": "indexed"}
    assert len(await house.find("morning")) == 1


async def test_an_index_that_lost_its_points_is_filled_again(house: House) -> None:
    with serve({"/": page(html(HOURS), ETag='"1"')}) as web:
        await house.run(web)
        await house.parts.index.retire("k", web.url("/"), keep=None)
        assert states(await house.run(web), web) == {"/": "indexed"}
    assert len(await house.find("morning")) == 1


async def test_another_recipe_makes_the_same_page_anew(house: House) -> None:
    sizes = ChunkSettings.model_validate({"target_tokens": 16})
    smaller = Chunker(sizes, house.embedder.count_tokens)
    with serve({"/": page(html(HOURS + TICKETS), ETag='"1"')}) as web:
        await house.run(web)
        assert states(await house.run(web, chunker=smaller), web) == {"/": "indexed"}
        assert states(await house.run(web, chunker=smaller), web) == {"/": "unchanged"}


async def test_a_forgotten_page_is_gone_until_it_is_met_again(house: House) -> None:
    parts = house.parts
    with serve({"/": page(html(HOURS), ETag='"1"')}) as web:
        await house.run(web)
        assert await forget(web.url("/"), "k", parts.index, parts.catalog)
        assert not await forget(web.url("/"), "k", parts.index, parts.catalog)
        assert await parts.index.count("k") == 0
        assert await parts.catalog.languages("k") == []
        assert states(await house.run(web), web) == {"/": "indexed"}
