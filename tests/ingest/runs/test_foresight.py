"""What is embedded while a site is still being read."""

import asyncio
from contextlib import AsyncExitStack
from datetime import UTC, datetime

from ingest.documents import Article
from ingest.runs.at_work import at_work
from ingest.runs.foresight import Foresight
from ingest.sources.source import Source
from tests.fakes.web import page, serve
from tests.ingest.runs.house import HOURS, LINKED, House, html

SOURCE = Source(name="s", kb="k", urls=("https://m.example/",))
ARTICLE = Article(
    url="https://m.example/", title="Hours", lang="en", text="It opens at nine.", anchors={}
)


async def foreseen(house: House, *, workers: int = 1) -> Foresight:
    """The article was read a while ago, by one of so many workers."""
    foresight = Foresight("r", SOURCE, house.parts)
    async with AsyncExitStack() as stack:
        for _ in range(workers):
            await stack.enter_async_context(at_work(house.parts.records, "r"))
        await stack.enter_async_context(foresight.at_work())
        foresight.read(ARTICLE, indexed=False)
        for _ in range(1000 if workers == 1 else 40):
            await asyncio.sleep(0.005)
            if house.embedder.passages:
                break
    return foresight


def texts(house: House) -> list[str]:
    passages = house.parts.chunker.chunk(ARTICLE, kb="k", source="s", fetched_at=datetime.now(UTC))
    return [passage.embedded_text for passage in passages]


async def test_what_was_read_is_embedded_and_taken_once(house: House) -> None:
    foresight = await foreseen(house)
    assert list(foresight.take(texts(house))) == texts(house)
    assert foresight.take(texts(house)) == {}


async def test_one_of_several_workers_embeds_nothing_that_another_may_publish(
    house: House,
) -> None:
    assert (await foreseen(house, workers=2)).take(texts(house)) == {}


async def test_a_run_embeds_nothing_twice(house: House) -> None:
    with serve({"/": LINKED, "/hours": page(html(HOURS))}) as web:
        report = await house.run(web)
    assert house.embedder.passages == sum(outcome.passages for outcome in report.outcomes) == 2
