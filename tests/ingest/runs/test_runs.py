"""Starting, watching, ending and taking back runs; what is settled before anything is published."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from datetime import UTC, datetime
from typing import Any

import pytest

from ingest.catalog.changes import Change, Changes
from ingest.documents import Page
from ingest.errors import CatalogUnavailable, NoSuchRun, RunGoesOn
from ingest.settings import RunSettings
from tests.fakes.web import Reply, page, robots, serve
from tests.ingest.runs.house import HOURS, House, html, source_over, states

ROOM = (
    "<h1>Room {n}</h1><p>Room number {n} of the harbour museum shows {what}, and it lies on floor "
    "{n} of the old warehouse.</p>"
)
WHATS = ("anchors", "compasses", "sails", "charts", "figureheads", "cannons", "lanterns", "ropes",
         "rudders", "models", "uniforms", "flags")  # fmt: skip
FOOT = "<p>Harbour Museum Foundation, registered charity since the great flood.</p>"


def rooms(count: int, foot: str = "") -> dict[str, Reply]:
    """A site of rooms that its front page links to."""
    routes = {
        f"/room/{n}": page(html(ROOM.format(n=n, what=WHATS[n]) + foot, f"Room {n}"))
        for n in range(count)
    }
    links = "".join(f'<li><a href="/room/{n}">Room {n} of the house</a></li>' for n in range(count))
    return routes | {"/": page(html(f"<h1>Rooms</h1><ul>{links}</ul>{foot}", "Rooms"))}


async def test_a_run_that_would_remove_too_much_is_held_before_it_changes_anything(
    house: House,
) -> None:
    cautious = RunSettings(most_removed=0.3, always_removable=1)
    with serve(rooms(8)) as web:
        await house.run(web, settings=cautious)
        count = await house.parts.index.count("k")
        for n in range(5):
            web.routes[f"/room/{n}"] = Reply(status=410)
        web.routes["/room/7"] = page(html(ROOM.format(n=7, what="gold"), "Room 7"))
        report = await house.run(web, settings=cautious)
        assert report.state == "held"
        assert "would remove 5 of" in report.reason
        assert await house.parts.index.count("k") == count
        assert not await house.find("gold") or "gold" not in (await house.find("gold"))[0]
        told = {diff.what for diff in await house.runs().diff(report.run)}
        assert told == {"retired", "changed"}

        forced = await house.run(web, settings=cautious, force=True)
        assert forced.run == report.run
        assert forced.state == "done"
        assert states(forced, web)["/room/1"] == "retired"
        assert await house.parts.index.count("k") == count - 5


async def test_a_run_in_which_most_pages_fail_removes_nothing(house: House) -> None:
    with serve(rooms(6)) as web:
        await house.run(web)
        web.routes["/room/0"] = Reply(status=410)
        for n in range(1, 6):
            web.routes[f"/room/{n}"] = Reply(status=500)
        report = await house.run(web)
    assert report.state == "held"
    assert "5 of 7 pages could not be had" in report.reason
    assert any("anchors" in text for text in await house.find("anchors"))


async def test_a_page_that_nothing_leads_to_is_retired_the_second_time(house: House) -> None:
    with serve(rooms(4)) as web:
        await house.run(web)
        web.routes["/"] = rooms(3)["/"]
        assert "/room/3" not in states(await house.run(web), web)
        assert any("charts" in text for text in await house.find("charts"))
        report = await house.run(web)
        assert states(report, web)["/room/3"] == "retired"
        assert not any("charts" in text for text in await house.find("charts"))


class FailsOnce(Changes):
    """A catalog that fails at the very end of settling, as when the process is killed there."""

    failed = False

    async def plan(self, run: str, changes: Sequence[Change], **values: Any) -> None:
        if not self.failed:
            self.failed = True
            raise CatalogUnavailable("killed")
        await super().plan(run, changes, **values)


async def test_a_run_that_is_cut_off_while_it_settles_is_settled_as_if_for_the_first_time(
    house: House,
) -> None:
    with serve(rooms(4)) as web:
        await house.run(web)
        web.routes["/"] = rooms(3)["/"]
        web.routes["/room/0"] = page(html(ROOM.format(n=0, what="pearls"), "Room 0"))
        changes = house.parts.records.changes
        house.parts.records.changes = FailsOnce(changes._engine)
        with pytest.raises(CatalogUnavailable):
            await house.run(web)
        found = states(await house.run(web), web)
        assert found == {
            "/": "indexed", "/room/0": "indexed", "/room/1": "unchanged", "/room/2": "unchanged"
        }  # fmt: skip
        assert any("pearls" in text for text in await house.find("pearls"))
        assert any("charts" in text for text in await house.find("charts")), "missed once only"


async def test_a_page_that_comes_back_in_between_is_not_missed(house: House) -> None:
    with serve(rooms(4)) as web:
        for front in (4, 3, 4, 3):
            web.routes["/"] = rooms(front)["/"]
            await house.run(web)
    assert any("charts" in text for text in await house.find("charts"))


async def test_a_page_that_fails_today_still_leads_where_it_led(house: House) -> None:
    with serve(rooms(3)) as web:
        await house.run(web)
        web.routes["/"] = Reply(status=503)
        for _ in range(2):
            found = states(await house.run(web), web)
    assert found["/room/2"] == "unchanged"


async def test_the_sites_own_lines_stay_on_its_front_page_alone(house: House) -> None:
    with serve(rooms(12, FOOT)) as web:
        await house.run(web)
        found = await house.find("registered charity great flood")
        assert sum("charity" in text for text in found) == 1
        embedded = house.embedder.passages
        assert set(states(await house.run(web), web).values()) == {"unchanged"}
    assert house.embedder.passages == embedded


async def test_one_changed_paragraph_costs_its_own_passages_only(house: House) -> None:
    paragraphs = [f"<h2>Part {n}</h2><p>{f'word{n} ' * 90}</p>" for n in range(6)]
    with serve({"/": page(html("".join(paragraphs)))}) as web:
        await house.run(web)
        embedded = house.embedder.passages
        paragraphs[3] = "<h2>Part 3</h2><p>Quite another thing is said here now.</p>"
        web.routes["/"] = page(html("".join(paragraphs)))
        report = await house.run(web)
    assert house.embedder.passages - embedded == report.embedded == 1


async def test_a_canonical_link_names_the_page_that_is_indexed(house: House) -> None:
    named = f'<link rel=canonical href="/hours">{html(HOURS)}'
    with serve({"/print": page(named), "/hours": page(html(HOURS + "<p>Welcome.</p>"))}) as web:
        report = await house.run(web, "/print")
        assert states(report, web) == {"/print": "duplicate", "/hours": "indexed"}
        web.routes["/hours"] = Reply(status=404)
        assert states(await house.run(web, "/print"), web)["/print"] == "indexed"


async def test_a_diff_shows_the_sentences_and_a_rollback_takes_them_back(house: House) -> None:
    runs = house.runs()
    with serve(rooms(3)) as web:
        await house.run(web)
        web.routes["/room/1"] = page(
            html(ROOM.format(n=1, what="whales") + "<p>Also a boat.</p>", "Room 1")
        )
        web.routes["/room/2"] = Reply(status=404)
        web.routes["/new"] = page(html(HOURS, "Hours"))
        web.routes["/"] = page(html('<p>To <a href="/new">hours</a></p>', "Rooms"))
        report = await house.run(web, "/", "/room/1", "/room/2")
        diffs = {diff.url.removeprefix(web.url("")): diff for diff in await runs.diff(report.run)}
        assert diffs["/new"].what == "added"
        assert diffs["/room/2"].what == "retired"
        assert "Also a boat." in diffs["/room/1"].new
        assert any("compasses" in sentence for sentence in diffs["/room/1"].gone)

        back = await runs.carry_out(await runs.rollback(report.run))
        assert states(back, web)["/new"] == "retired"
        assert any("compasses" in text for text in await house.find("compasses"))
        assert any("sails" in text for text in await house.find("sails"))
        assert not any("nine in the morning" in text for text in await house.find("morning"))
        assert await runs.diff(await runs.rollback(report.run)) == []


async def test_what_is_taken_back_is_without_the_sites_own_lines_as_it_was(house: House) -> None:
    def changed(path: str) -> Reply:
        return page(str(web.routes[path].body).replace("</main>", "<p>It is new.</p></main>"))  # type: ignore[union-attr]

    runs = house.runs()
    with serve(rooms(12, FOOT)) as web:
        await house.run(web)
        before = {hit.url: hit.revision for hit in await house.pages.of_source("k", "s")}
        for path in ("/", "/room/1"):
            web.routes[path] = changed(path)
        report = await house.run(web)
        assert report.as_json()["pages"]["indexed"] == 2
        await runs.carry_out(await runs.rollback(report.run))
    after = {hit.url: hit.revision for hit in await house.pages.of_source("k", "s")}
    assert after == before


async def test_a_withdrawn_source_leaves_nothing_behind(house: House) -> None:
    runs = house.runs()
    with serve(rooms(3)) as web:
        await house.run(web)
        await runs.carry_out(await runs.withdraw("k", "s"))
    assert await house.parts.index.count("k") == 0
    assert await house.pages.languages("k") == []


async def test_pages_that_are_handed_in_are_indexed_and_stay(house: House) -> None:
    def handed(n: int) -> Page:
        url = f"https://m.example/{n}"
        body = html(ROOM.format(n=n, what=WHATS[n]), f"Room {n}").encode()
        return Page(
            url=url, requested=url, content_type="text/html", charset="utf-8", body=body,
            fetched_at=datetime.now(UTC),
        )  # fmt: skip

    async def some(*numbers: int) -> AsyncIterator[Page]:
        for n in numbers:
            yield handed(n)

    runs = house.runs()
    report = await runs.carry_out(await runs.take_in("uploads", "k", some(0, 1)))
    assert [outcome.state for outcome in report.outcomes] == ["indexed", "indexed"]
    report = await runs.carry_out(await runs.take_in("uploads", "k", some(1, 2)))
    assert [outcome.state for outcome in report.outcomes] == ["unchanged", "indexed"]
    assert await house.parts.index.count("k") == 3


async def test_two_workers_share_a_run_and_a_third_is_told_that_it_goes_on(house: House) -> None:
    with serve(rooms(8) | {"/slow": Reply(body=html(HOURS), wait_s=0.8)}) as web:
        source = source_over(web, "/", "/slow")
        run = await house.runs().start(source)
        first, second = house.runs(), house.runs()
        sharing = asyncio.gather(first.carry_out(run), second.carry_out(run))
        await asyncio.sleep(0.3)
        with pytest.raises(RunGoesOn, match=run):
            await house.runs().start(source)
        reports = await sharing
    assert reports[0].outcomes == reports[1].outcomes
    assert states(reports[0], web)["/slow"] == "indexed"
    pages = [path for path in web.paths if path != "/robots.txt"]
    assert len(pages) == len(set(pages))


async def test_a_cancelled_run_ends_and_the_next_begins_anew(house: House) -> None:
    with serve(rooms(3) | {"/slow": Reply(body=html(HOURS), wait_s=1.5)}) as web:
        source, runs = source_over(web, "/", "/slow"), house.runs()
        run = await runs.start(source)
        carrying = asyncio.create_task(runs.carry_out(run))
        await asyncio.sleep(0.4)
        await runs.cancel(run)
        assert (await carrying).state == "cancelled"
        assert await house.parts.index.count("k") == 0
        assert await runs.start(source) != run


async def test_a_run_that_nobody_knows_is_named(house: House) -> None:
    for ask in (house.runs().report, house.runs().diff, house.runs().cancel, house.runs().rollback):
        with pytest.raises(NoSuchRun, match="no-such"):
            await ask("no-such")


async def test_runs_that_were_left_over_can_be_taken_up(house: House) -> None:
    with serve(rooms(2)) as web:
        run = await house.runs().start(source_over(web))
        assert await house.runs().left_over() == [run]
        report = await house.runs().carry_out(run)
    assert report.state == "done"
    assert await house.runs().left_over() == []


async def test_the_limit_and_the_rules_are_in_the_report(house: House) -> None:
    rules = robots("User-agent: *\nDisallow: /room/1\n")
    with serve(rooms(5) | {"/robots.txt": rules}) as web:
        report = await house.run(web, of={"limit": 3, "exclude": ["*/room/0"]})
    by_url = {o.url.removeprefix(web.url("")): o for o in report.outcomes}
    assert {url: o.state for url, o in by_url.items()} == {
        "/": "indexed",
        "/room/0": "refused",
        "/room/1": "refused",
        "/room/2": "indexed",
        "/room/3": "indexed",
        "/room/4": "refused",
    }
    assert "robots.txt" in by_url["/room/1"].reason
    assert "over the limit of 3 pages" in by_url["/room/4"].reason


async def test_what_the_source_now_leaves_out_is_retired(house: House) -> None:
    with serve(rooms(3)) as web:
        await house.run(web)
        report = await house.run(web, of={"exclude": ["*/room/2"]})
        assert states(report, web)["/room/2"] == "retired"
        assert states(await house.run(web), web)["/room/2"] == "indexed"


async def test_a_page_that_another_source_has_brought_is_not_indexed_anew(house: House) -> None:
    with serve(rooms(3)) as web:
        await house.run(web)
        embedded = house.embedder.passages
        again = await house.run(web, of={"name": "other"})
        assert set(states(again, web).values()) == {"unchanged"}
        assert await house.parts.index.count("k") == embedded == house.embedder.passages


async def test_what_another_source_says_already_is_its_alias(house: House) -> None:
    with serve({"/": page(html(HOURS)), "/a-copy": page(html(HOURS))}) as web:
        await house.run(web)
        again = await house.run(web, "/a-copy", of={"name": "other"})
    assert states(again, web) == {"/a-copy": "duplicate"}


async def test_a_copy_of_a_page_that_nothing_leads_to_takes_its_place(house: House) -> None:
    linked = page(html('<p>To the <a href="/a">hours</a> of the house.</p>', "Front"))
    with serve({"/": linked, "/a": page(html(HOURS)), "/the-copy": page(html(HOURS))}) as web:
        await house.run(web, "/", "/the-copy")
        web.routes["/"] = page(html("<p>Nothing is linked from here any more.</p>", "Front"))
        for _ in range(2):
            found = states(await house.run(web, "/", "/the-copy"), web)
    assert (found["/a"], found["/the-copy"]) == ("retired", "indexed")
    assert any("nine in the morning" in text for text in await house.find("morning"))


async def test_a_sitemap_that_cannot_be_read_today_makes_nothing_missing(house: House) -> None:
    def listing(*paths: str) -> Reply:
        urls = "".join(f"<url><loc>{web.url(path)}</loc></url>" for path in paths)
        return Reply(body=f"<urlset>{urls}</urlset>", content_type="application/xml")

    with serve(
        {"/": page(html(HOURS)), "/listed": page(html(ROOM.format(n=1, what="eels")))}
    ) as web:
        web.routes["/sitemap.xml"] = listing("/listed")
        await house.run(web)
        web.routes["/sitemap.xml"] = Reply(status=500)
        for _ in range(3):
            await house.run(web)
        assert any("eels" in text for text in await house.find("eels"))
        web.routes["/sitemap.xml"] = listing("/")
        for _ in range(2):
            await house.run(web)
        assert not any("eels" in text for text in await house.find("eels"))
