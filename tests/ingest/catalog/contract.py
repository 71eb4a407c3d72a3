"""What the catalog promises, on whichever database: `engine` is the fixture of who derives."""

import asyncio
from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta, timezone

from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import update
from sqlalchemy.ext.asyncio import AsyncEngine

from ingest.catalog.articles import Articles
from ingest.catalog.catalog import Catalog, SeenPage, Ways
from ingest.catalog.changes import Change, Changes
from ingest.catalog.pace import SharedPace
from ingest.catalog.runs import RunLog
from ingest.catalog.steps import Done, Step, Steps
from ingest.catalog.tables import METADATA, WORKER
from ingest.catalog.tally import RunsNow, Tally
from ingest.catalog.workers import Workers
from ingest.documents import Article

PAGE = SeenPage(
    kb="k",
    url="https://m.example/a",
    source="s",
    state="indexed",
    etag='"1"',
    body_hash="b" * 64,
    revision="r" * 16,
    article="a" * 16,
    recipe="recipe",
    title="A",
    lang="en",
    page_date=date(2026, 5, 1),
    passages=2,
    fetched_at=datetime(2026, 11, 22, 12, tzinfo=timezone(timedelta(hours=1))),
)
LARGE = 2**32 - 1
WAYS = Ways(links=("https://m.example/b",), canonical="https://m.example/c")


async def begun(engine: AsyncEngine, source: str = "s") -> str:
    run = await RunLog(engine).open("k", source, kind="crawl", definition={}, phase="gather")
    assert run is not None
    return run


def steps(run: str, urls: Iterable[str], **fields: object) -> list[Step]:
    return [replace(Step(run=run, url=url), **fields) for url in urls]  # type: ignore[arg-type]


class CatalogContract:
    """The tests."""

    async def test_migrations_make_the_tables_that_the_code_knows(
        self, engine: AsyncEngine
    ) -> None:
        options = {"version_table": "alembic_ingest"}
        async with engine.connect() as connection:
            differences = await connection.run_sync(
                lambda sync: compare_metadata(
                    MigrationContext.configure(sync, opts=options), METADATA
                )
            )
        assert differences == []

    async def test_a_page_is_remembered_as_it_was_noted(self, engine: AsyncEngine) -> None:
        catalog = Catalog(engine)
        assert await catalog.page("k", PAGE.url) is None
        await catalog.finish(PAGE, WAYS, {1: 2})
        assert await catalog.page("k", PAGE.url) == PAGE
        assert await catalog.ways("k", PAGE.url) == WAYS
        assert await catalog.of_source("k", "s") == [PAGE]
        assert await catalog.of_source("other", "s") == []
        seen = await catalog.page("k", PAGE.url)
        assert seen is not None
        assert seen.fetched_at is not None
        assert seen.fetched_at.tzinfo is UTC

    async def test_term_counts_follow_the_pages(self, engine: AsyncEngine) -> None:
        catalog = Catalog(engine)
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

    async def test_knowledge_bases_are_counted_apart(self, engine: AsyncEngine) -> None:
        catalog = Catalog(engine)
        await catalog.finish(PAGE, terms={1: 2})
        await catalog.finish(replace(PAGE, kb="other"), terms={1: 1})
        assert (await catalog.frequencies("k", [1])).containing == {1: 2}
        assert await catalog.kbs_of(PAGE.url) == ["k", "other"]
        assert [(s.kb, s.passages) for s in await catalog.shelves()] == [("k", 2), ("other", 2)]

    async def test_a_page_being_written_keeps_its_counts_until_it_is_finished(
        self, engine: AsyncEngine
    ) -> None:
        catalog = Catalog(engine)
        await catalog.finish(PAGE, terms={1: 2})
        await catalog.begin(replace(PAGE, revision="new"))
        assert await catalog.page("k", PAGE.url) == replace(PAGE, state="writing")
        assert (await catalog.frequencies("k", [1])).containing == {1: 2}
        await catalog.finish(replace(PAGE, revision="new"), terms={1: 1})
        assert (await catalog.frequencies("k", [1])).containing == {1: 1}

    async def test_writers_that_meet_count_each_page_once(self, engine: AsyncEngine) -> None:
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

    async def test_touching_keeps_terms_and_ways(self, engine: AsyncEngine) -> None:
        catalog = Catalog(engine)
        await catalog.finish(PAGE, WAYS, {1: 2})
        await catalog.touch([(replace(PAGE, etag='"2"'), None)])
        assert await catalog.page("k", PAGE.url) == replace(PAGE, etag='"2"')
        assert await catalog.ways("k", PAGE.url) == WAYS
        await catalog.touch([(PAGE, Ways())])
        assert await catalog.ways("k", PAGE.url) == Ways()
        assert (await catalog.frequencies("k", [1])).containing == {1: 2}

    async def test_pages_are_found_by_their_address_and_state(self, engine: AsyncEngine) -> None:
        catalog = Catalog(engine)
        for name in ("a_b", "axb", "c"):
            await catalog.finish(replace(PAGE, url=f"https://m.example/{name}"))
        gone = replace(PAGE, url="https://m.example/d", state="retired", reason="404")
        await catalog.touch([(gone, None)])
        assert [p.url[-3:] for p in await catalog.find("k", containing="a_")] == ["a_b"]
        assert await catalog.find("k", state="retired") == [gone]
        first = await catalog.find("k", limit=2)
        rest = await catalog.find("k", limit=9, after=first[-1].url)
        assert len(first) + len(rest) == 4

    async def test_ten_thousand_terms_can_be_asked_for(self, engine: AsyncEngine) -> None:
        catalog = Catalog(engine)
        await catalog.finish(PAGE, terms=dict.fromkeys(range(12_000), 1))
        assert len((await catalog.frequencies("k", range(40_000))).containing) == 12_000
        await catalog.forget("k", PAGE.url)
        assert (await catalog.frequencies("k", range(40_000))).containing == {}

    async def test_only_one_run_of_a_source_goes_on(self, engine: AsyncEngine) -> None:
        runs = RunLog(engine)
        first = await begun(engine)
        assert await runs.open("k", "s", kind="crawl", definition={}) is None
        assert await begun(engine, "another")
        await runs.close(first, "failed", reason="why", report={"pages": {}})
        second = await begun(engine)
        assert not await runs.resume(first, forced=False)
        assert await runs.advance(second, "gather", "done", state="done")
        assert await runs.resume(first, forced=False)
        last = await runs.get(first)
        assert last is not None
        assert (last.state, last.phase, last.reason) == ("running", "gather", "")

    async def test_a_phase_belongs_to_one_worker(self, engine: AsyncEngine) -> None:
        runs, workers = RunLog(engine), Workers(engine)
        run = await begun(engine)
        a, b = await workers.join(run), await workers.join(run)
        claims = await asyncio.gather(*(runs.claim(run, "gather", who) for who in (a, b)))
        assert sorted(claims) == [False, True]
        await workers.leave(a if claims[0] else b)
        assert await runs.claim(run, "gather", b if claims[0] else a)

    async def test_every_url_is_taken_once_the_nearest_first(self, engine: AsyncEngine) -> None:
        line, run = Steps(engine), await begun(engine)
        await line.add(steps(run, ["/c", "/a"], depth=1))
        await line.add(steps(run, ["/z"]))
        await line.add(steps(run, ["/a"], depth=0))
        taken = [await line.lease(run, "w", 9) for _ in range(3)]
        assert [step and step.url for step in taken] == ["/z", "/a", "/c"]
        assert await line.lease(run, "w", 9) is None
        assert await line.busy(run, 9)
        for step in taken:
            assert step is not None
            await line.finish(run, Done(url=step.url, outcome="gathered", article="x"))
        assert not await line.busy(run, 9)
        assert await line.counts(run) == {("done", "gathered"): 3}

    async def test_workers_that_meet_take_different_urls(self, engine: AsyncEngine) -> None:
        line, run = Steps(engine), await begun(engine)
        await line.add(steps(run, [f"/{n}" for n in range(12)]))
        taken = await asyncio.gather(*(line.lease(run, "w", 99) for _ in range(12)))
        assert len({step.url for step in taken if step}) == 12

    async def test_refused_urls_do_not_count_towards_the_limit(self, engine: AsyncEngine) -> None:
        line, run = Steps(engine), await begun(engine)
        await line.add(steps(run, ["/1", "/2", "/3"]))
        first = await line.lease(run, "w", 1)
        assert first is not None
        assert await line.lease(run, "w", 1) is None
        await line.finish(run, Done(url="/1", outcome="refused", reason="robots"))
        second = await line.lease(run, "w", 1)
        assert second is not None
        await line.finish(run, Done(url="/2", outcome="gathered"))
        assert not await line.busy(run, 1)
        await line.over_the_limit(run, "too many")
        assert [(d.url, d.outcome) for d in await line.done(run)] == [
            ("/1", "refused"),
            ("/2", "gathered"),
            ("/3", "over"),
        ]

    async def test_of_a_shape_only_so_many_are_taken(self, engine: AsyncEngine) -> None:
        line, run = Steps(engine), await begun(engine)
        many = steps(run, [f"/cal?d={n}" for n in range(5)], shape="/cal?d")
        assert [step.url for step in await line.add(many[:4], 3)] == ["/cal?d=3"]
        assert [step.url for step in await line.add(many[4:], 3)] == ["/cal?d=4"]

    async def test_what_a_dead_worker_held_is_free_again(self, engine: AsyncEngine) -> None:
        line, changes, workers = Steps(engine), Changes(engine), Workers(engine)
        run = await begun(engine)
        await line.add(steps(run, ["/a"]))
        worker = await workers.join(run)
        assert await line.lease(run, worker, 1)
        long_ago = datetime.now(UTC) - timedelta(hours=1)
        async with engine.begin() as connection:
            await connection.execute(update(WORKER).values(beat_at=long_ago, host="elsewhere"))
        await workers.bury_the_dead()
        assert await workers.of(run) == []
        assert not await workers.beat(worker)
        again = await line.lease(run, "other", 1)
        assert again is not None
        assert again.attempts == 2
        await changes.plan(run, [])

    async def test_nothing_is_taken_away_before_all_is_put(self, engine: AsyncEngine) -> None:
        changes, run = Changes(engine), await begun(engine)
        plan = [
            Change(url="/gone", action="retire", before="x"),
            Change(url="/new", action="put", after="y"),
        ]
        await changes.plan(run, plan)
        first = await changes.lease(run, "w")
        assert first is not None
        assert first.url == "/new"
        assert await changes.lease(run, "w") is None
        assert await changes.left(run)
        await changes.finish(run, "/new", 3)
        last = await changes.lease(run, "w")
        assert last is not None
        await changes.finish(run, last.url, 0)
        assert not await changes.left(run)
        assert await changes.counts(run) == {"done": 2, "embedded": 3}

    async def test_articles_are_kept_by_revision_while_they_are_needed(
        self, engine: AsyncEngine
    ) -> None:
        articles, catalog, runs = Articles(engine), Catalog(engine), RunLog(engine)
        article = Article(
            url=PAGE.url, title="A", lang="en", text="Ten o'clock.", anchors={("B",): "b"},
            page_date=date(2026, 1, 2), method="standard", coverage=0.5,
        )  # fmt: skip
        await articles.put("k", "a" * 16, article, [1, LARGE], 2**64 - 1)
        await articles.put("k", "old", replace(article, text="Nine o'clock."), [], 1)
        assert await articles.get("k", PAGE.url, "a" * 16) == article
        assert await articles.get("k", PAGE.url, "none") is None
        [like] = [
            one async for one in articles.likenesses("k", [(PAGE.url, "a" * 16), ("/x", "y")])
        ]
        assert (like.lines.tolist(), like.simhash) == ([1, LARGE], 2**64 - 1)
        await catalog.finish(PAGE)
        assert [each async for each in articles.current("k")] == [("k", article)]
        run = await begun(engine)
        change = Change(url=PAGE.url, action="put", before="old", after="a" * 16)
        await Changes(engine).plan(run, [change])
        await articles.prune("k", "s", keep_runs=1)
        assert await articles.has("k", PAGE.url, "old")
        await runs.advance(run, "publish", "done", state="done")
        assert await begun(engine)
        await articles.prune("k", "s", keep_runs=1)
        assert not await articles.has("k", PAGE.url, "old")
        assert await articles.has("k", PAGE.url, "a" * 16)

    async def test_all_workers_together_keep_a_hosts_distance(self, engine: AsyncEngine) -> None:
        pace, loop = SharedPace(engine), asyncio.get_running_loop()
        began = loop.time()
        await asyncio.gather(*(pace.turn("m.example", 0.05) for _ in range(5)))
        assert loop.time() - began >= 0.2
        await pace.turn("other.example", 60)
        assert loop.time() - began < 20

    async def test_runs_are_counted_by_state_and_the_last_that_was_done_is_known(
        self, engine: AsyncEngine
    ) -> None:
        runs, tally = RunLog(engine), Tally(engine)
        assert await tally.now() == RunsNow(states={}, done_at={})
        for source, state in (("a", "done"), ("b", "done"), ("c", "failed")):
            await runs.close(await begun(engine, source), state, report={})  # type: ignore[arg-type]
        await begun(engine, "d")
        now = await tally.now()
        assert now.states == {"done": 2, "failed": 1, "running": 1}
        last = await runs.last_of("k", "b")
        assert last is not None
        assert now.done_at == {"k": last.ended_at}
