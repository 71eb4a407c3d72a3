"""The whole path, from a web server on loopback to what a search finds."""

import asyncio
from dataclasses import replace
from typing import Any

import pytest

from ingest.chunking.chunk import Chunker
from ingest.errors import IndexUnavailable
from ingest.indexing.index import PassageIndex
from ingest.runs.report import RunProgress
from ingest.settings import (
    ChunkSettings,
)
from tests.fakes.web import Reply, Web, page, serve
from tests.ingest.runs.house import (
    HOURS,
    LINKED,
    TICKETS,
    House,
    html,
    states,
)


async def test_pages_come_in_and_are_found(house: House) -> None:
    told: list[RunProgress] = []
    with serve({"/": LINKED, "/hours": page(html(HOURS))}) as web:
        report = await house.run(web, told=told.append)
    assert states(report, web) == {"/": "indexed", "/hours": "indexed"}
    assert (told[-1].found, told[-1].indexed, told[-1].waiting) == (2, 2, 0)
    assert (told[-1].state, told[-1].phase) == ("done", "done")
    assert report.useful
    assert report.as_json()["pages"] == {"indexed": 2}
    assert "nine in the morning" in (await house.find("when does it open in the morning"))[0]
    [run] = await house.runs().runs()
    assert (run.id, run.state) == (report.run, "done")
    assert run.report
    assert (run.report["pages"], run.report["passages_embedded"]) == ({"indexed": 2}, 2)


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
    [shelf] = await house.pages.shelves()
    assert shelf.passages == 1
    assert (await house.pages.frequencies("k", [])).passages == {"en": 1}


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
        assert await house.pages.languages("k") == []
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
        "/good": page(html(HOURS)),
    }
    with serve(paths) as web:
        report = await house.run(web, *paths)
        found = states(report, web)
    assert len(found) == len(paths)
    assert all(o.reason for o in report.outcomes if o.state != "indexed")
    assert [path for path, state in found.items() if state == "indexed"] == [
        "/good",
        "/latin",
        "/torn",
    ]
    assert any("Café öffnet früh" in text for text in await house.find("café früh"))


async def test_the_same_text_at_two_addresses_is_indexed_once(house: House) -> None:
    with serve({"/a": page(html(HOURS)), "/long": page(html(HOURS))}) as web:
        report = await house.run(web, "/a", "/long")
        assert states(report, web) == {"/a": "indexed", "/long": "duplicate"}
        assert await house.parts.index.count("k") == 1
        assert states(await house.run(web, "/a", "/long"), web)["/long"] == "duplicate"
        web.routes["/a"] = Reply(status=410)
        report = await house.run(web, "/a", "/long")
    assert states(report, web) == {"/a": "retired", "/long": "indexed"}
    assert await house.parts.index.count("k") == 1


class BreakingIndex(PassageIndex):
    """A shelf that at one call fails, or never comes back, as when the process is killed there."""

    def __init__(self, real: PassageIndex, at: str, *, fails: bool) -> None:
        self.__dict__.update(real.__dict__)
        self._at = at
        self._fails = fails
        self.reached = asyncio.Event()

    async def _break(self, at: str) -> None:
        if at == self._at:
            self.reached.set()
            if self._fails:
                raise IndexUnavailable("gone")
            await asyncio.Event().wait()

    async def put(self, *args: Any) -> None:
        await self._break("before put")
        await super().put(*args)
        await self._break("after put")

    async def retire(self, kb: str, url: str, keep: str | None) -> None:
        await super().retire(kb, url, keep)
        await self._break("after retire")


async def cut_off(house: House, web: Web, index: BreakingIndex) -> None:
    """Run until the shelf breaks; then the run ends by itself or is ended."""
    running = asyncio.create_task(house.run(web, index=index))
    await asyncio.wait(
        {running, asyncio.create_task(index.reached.wait())}, return_when="FIRST_COMPLETED"
    )
    running.cancel() if not index._fails else None
    with pytest.raises((IndexUnavailable, asyncio.CancelledError)):
        await running


@pytest.mark.parametrize("at", ["before put", "after put", "after retire"])
@pytest.mark.parametrize("fails", [True, False])
async def test_a_run_that_was_cut_off_is_completed_by_the_next(
    house: House, at: str, fails: bool
) -> None:
    with serve({"/": page(html(HOURS), ETag='"1"')}) as web:
        await house.run(web)
        web.routes["/"] = page(html(HOURS.replace("nine", "eleven")), ETag='"2"')
        await cut_off(house, web, BreakingIndex(house.parts.index, at, fails=fails))
        assert await house.parts.index.count("k") >= 1
        [last, _] = await house.runs().runs()
        assert last.state == ("failed" if fails else "interrupted")
        assert states(await house.run(web), web) == {"/": "indexed"}
        assert states(await house.run(web), web) == {"/": "unchanged"}
    [text] = await house.find("morning")
    assert "eleven" in text
    assert [run.state for run in await house.runs().runs()] == ["done"] * 3
    assert (await house.pages.frequencies("k", [])).passages == {"en": 1}


async def test_a_cut_off_retirement_is_completed_by_the_next(house: House) -> None:
    index = BreakingIndex(house.parts.index, "after retire", fails=True)
    with serve({"/": page(html(HOURS), ETag='"1"')}) as web:
        await house.run(web)
        before = web.routes["/"]
        web.routes["/"] = Reply(status=410)
        with pytest.raises(IndexUnavailable):
            await house.run(web, index=index)
        web.routes["/"] = before
        assert states(await house.run(web), web) == {"/": "retired"}
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
    with serve({"/": page(html(HOURS), ETag='"1"')}) as web:
        await house.run(web)
        assert await house.runs().forget("k", web.url("/"))
        assert not await house.runs().forget("k", web.url("/"))
        assert await house.parts.index.count("k") == 0
        assert await house.pages.languages("k") == []
        assert states(await house.run(web), web) == {"/": "indexed"}
