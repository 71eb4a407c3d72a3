"""Another model takes over: what it holds then, and what serves until then."""

from collections import Counter
from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

import pytest
from pydantic import SecretStr
from qdrant_client import AsyncQdrantClient

from ingest.catalog.catalog import MIGRATIONS, SeenPage
from ingest.chunking.chunk import Chunker, revise
from ingest.database import open_database
from ingest.documents import Article
from ingest.errors import EmbedderMismatch, NotReembedded
from ingest.indexing.collections import switch
from ingest.indexing.index import open_beside, open_index
from ingest.indexing.sparse import weigh
from ingest.runs.parts import Parts, Records
from ingest.runs.reembed import Reembedding
from ingest.settings import ChunkSettings, DatabaseSettings, QdrantSettings, SecretsSettings
from ingest.sources.vault import Vault
from ingest.wiring import search
from tests.fakes.embedder import WordHashEmbedder
from tests.fakes.reader import HereReader

SETTINGS = QdrantSettings(collection="tests")
NOW = datetime(2026, 11, 22, tzinfo=UTC)
TEXTS = ("# Hours\n\nThe museum opens at nine.", "# Tickets\n\nA ticket costs eight euros.")


@dataclass
class House:
    """A catalog, the parts of the model that serves, and those of the one that is to follow."""

    client: AsyncQdrantClient
    old: Parts
    new: Parts

    def reembedding(self) -> Reembedding:
        return Reembedding(self.new, partial(switch, SETTINGS, client=self.client))

    async def publish(self, url: str, text: str, kb: str = "k", *, kept: bool = True) -> None:
        """What a run does to have a page indexed."""
        article = Article(url=url, title="T", lang="en", text=text)
        revision = revise(article)
        records = self.old.records
        if kept:
            await records.articles.put(kb, revision, article, [], 0)
        passages = self.old.chunker.chunk(article, kb=kb, source="s", fetched_at=NOW)
        weights = [weigh(each.embedded_text, each.lang) for each in passages]
        vectors = await self.old.embedder.embed_passages([p.embedded_text for p in passages])
        await self.old.index.put(passages, vectors, weights)
        await self.old.index.retire(kb, url, keep=revision)
        page = SeenPage(
            kb=kb, url=url, source="s", state="indexed", revision=revision, lang="en",
            passages=len(passages), fetched_at=NOW, article=revision if kept else None,
            recipe=f"{self.old.recipe} r1-0123abcd",
        )  # fmt: skip
        await records.pages.finish(page, None, Counter(t for w in weights for t in w.indices))

    async def find(self, words: str, kb: str = "k") -> list[str]:
        embedder = self.new.embedder
        async with open_index(SETTINGS, embedder, client=self.client) as index:
            hits = await search(words, kb, 3, self.new.records.pages, embedder, index)
        return [hit.passage.text for hit in hits]


@pytest.fixture
async def house(tmp_path: Path) -> AsyncIterator[House]:
    client = AsyncQdrantClient(":memory:")
    url = SecretStr(f"sqlite+aiosqlite:///{tmp_path}/g.db")
    eight, other = WordHashEmbedder("tests/one"), WordHashEmbedder("tests/two", dimensions=32)
    async with (
        open_database(DatabaseSettings(url=url), MIGRATIONS) as engine,
        open_index(SETTINGS, eight, client=client) as serving,
        open_beside(SETTINGS, other, client=client) as beside,
    ):
        old = Parts(
            extractor=HereReader(),
            chunker=Chunker(ChunkSettings(), eight.count_tokens),
            embedder=eight,
            index=serving,
            records=Records(engine),
            vault=Vault(SecretsSettings(), tmp_path),
        )
        yield House(client, old, replace(old, embedder=other, index=beside))
    await client.close()


async def test_everything_is_embedded_anew_and_serves_from_then_on(house: House) -> None:
    for number, text in enumerate(TEXTS):
        await house.publish(f"https://m.example/{number}", text)
    await house.publish("https://m.example/0", "# Cafe\n\nSoup.", kb="other")
    with pytest.raises(EmbedderMismatch):
        await house.find("museum")
    before = await house.old.records.pages.frequencies("k", ())

    done = await house.reembedding().carry_out()

    assert (done.pages, done.passages, done.embedded) == (3, 3, 3)
    assert await house.find("When does the museum open?") == [
        "The museum opens at nine.",
        "A ticket costs eight euros.",
    ]
    assert await house.find("soup", "other") == ["Soup."]
    assert await house.old.records.pages.frequencies("k", ()) == before
    page = await house.new.records.pages.page("k", "https://m.example/0")
    assert page is not None
    assert page.recipe == f"{house.new.recipe} r1-0123abcd"
    assert await house.old.index.count() == 3, "what served before is kept"


async def test_what_was_embedded_before_it_was_killed_is_not_embedded_again(house: House) -> None:
    for number, text in enumerate(TEXTS):
        await house.publish(f"https://m.example/{number}", text)
    await house.reembedding().fill()
    again = await house.reembedding().carry_out()
    assert (again.pages, again.embedded) == (2, 0)
    assert len(await house.find("museum")) == 2


async def test_what_changed_in_the_meantime_is_followed(house: House) -> None:
    for number, text in enumerate(TEXTS):
        await house.publish(f"https://m.example/{number}", text)
    work = house.reembedding()
    await work.fill()
    await house.publish("https://m.example/0", "# Hours\n\nThe museum opens at ten.")
    gone = await house.old.records.pages.page("k", "https://m.example/1")
    assert gone is not None
    await house.old.records.pages.finish(replace(gone, state="retired", passages=0, article=None))
    await work.carry_out()
    assert await house.find("museum") == ["The museum opens at ten."]
    assert await house.new.index.count() == 1


async def test_pages_without_their_articles_keep_the_switch_from_happening(house: House) -> None:
    await house.publish("https://m.example/0", TEXTS[0])
    await house.publish("https://m.example/1", TEXTS[1], kept=False)
    with pytest.raises(NotReembedded, match=r"1 of 2 pages.*Run their sources again"):
        await house.reembedding().carry_out()
    with pytest.raises(EmbedderMismatch):
        await house.find("museum")
