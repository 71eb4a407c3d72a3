import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import numpy as np
import pytest
from qdrant_client import AsyncQdrantClient

from app.evaluation.beir import Entry, EvaluationSet, Question
from app.evaluation.retrieval import measure
from app.evaluation.shelf import RememberingEmbedder, on_shelf
from ingest.chunking.chunk import Chunker
from ingest.indexing.index import PassageIndex, open_index
from ingest.settings import ChunkSettings, QdrantSettings
from tests.fakes.embedder import WordHashEmbedder

SET = EvaluationSet(
    name="town",
    entries=(
        Entry(id="pool", title="", text="The indoor pool is open until nine in the evening."),
        Entry(id="library", title="", text="The library lends books, films and sewing machines."),
        Entry(id="market", title="", text="Farmers sell cheese and apples on the market square."),
    ),
    questions={
        "": (
            Question(id="q1", text="Until when is the indoor pool open?"),
            Question(id="q2", text="Who sells cheese and apples?"),
            Question(id="q3", text="Nobody judged this one."),
        )
    },
    relevant={"q1": {"pool": 1}, "q2": {"market": 1}},
    digest="d",
)


@pytest.fixture
async def index() -> AsyncIterator[PassageIndex]:
    client = AsyncQdrantClient(":memory:")
    async with open_index(QdrantSettings(), WordHashEmbedder(), client=client) as opened:
        yield opened
    await client.close()


@pytest.fixture
def chunker() -> Chunker:
    return Chunker(ChunkSettings(), WordHashEmbedder().count_tokens)


async def test_what_is_found_is_measured_and_then_taken_away(
    index: PassageIndex, chunker: Chunker
) -> None:
    embedder = WordHashEmbedder()
    async with on_shelf(SET, "en", index=index, embedder=embedder, chunker=chunker) as shelf:
        [found] = await measure(shelf, SET)
        assert shelf.passages == await index.count() == 3
    assert (found.questions, found.skipped) == (2, 1)
    assert found.ndcg_10 == found.recall_5 == found.mrr == 1.0
    assert 0 < found.p50_ms <= found.p95_ms
    assert await index.count() == 0


async def test_two_evaluations_of_one_set_do_not_disturb_each_other(
    index: PassageIndex, chunker: Chunker
) -> None:
    parts = {"index": index, "embedder": WordHashEmbedder(), "chunker": chunker}
    async with on_shelf(SET, "en", **parts) as first:
        async with on_shelf(SET, "en", **parts) as second:
            assert first.kb != second.kb
        assert await first.ranked("indoor pool") != []


async def test_an_interrupted_evaluation_leaves_nothing(
    index: PassageIndex, chunker: Chunker
) -> None:
    filled = asyncio.Event()

    async def evaluate() -> None:
        embedder = WordHashEmbedder()
        async with on_shelf(SET, "en", index=index, embedder=embedder, chunker=chunker):
            filled.set()
            await asyncio.Event().wait()

    task = asyncio.create_task(evaluate())
    await filled.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert await index.count() == 0


async def test_vectors_of_passages_are_made_once(tmp_path: Path) -> None:
    embedder = WordHashEmbedder()
    texts = ["a pool", "a library", "a pool"]
    first = await RememberingEmbedder(embedder, tmp_path / "new" / "kept").embed_passages(texts)
    again = RememberingEmbedder(embedder, tmp_path / "new" / "kept")
    assert np.array_equal(await again.embed_passages(texts), first)
    assert embedder.passages == 2
    other = RememberingEmbedder(WordHashEmbedder("another"), tmp_path / "new" / "kept")
    await other.embed_passages(texts)
    assert embedder.passages == 2
