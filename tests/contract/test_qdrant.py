"""The shelf, and the calls beneath it, mean the same over every Qdrant.

`:memory:` of qdrant-client, the embedded server as a process of its own, and the server that
GROUNDLING_TEST_QDRANT_URL names, where it is set (GROUNDLING_TEST_QDRANT_API_KEY is its key).
"""

import os
import socket
from collections.abc import AsyncIterator, Iterator
from uuid import uuid4

import numpy as np
import pytest
from qdrant_client import AsyncQdrantClient, models

from ingest.documents import Hit, Passage, SparseVector, Vector
from ingest.errors import EmbedderMismatch
from ingest.indexing.index import BATCH, PassageIndex, open_index
from ingest.indexing.sparse import weigh
from ingest.settings import QdrantSettings
from tests.ingest.embedded_qdrant.process import EmbeddedProcess
from tests.ingest.shelf import Model, axis, passage, question, toward

SERVER = os.environ.get("GROUNDLING_TEST_QDRANT_URL")
QDRANTS = ["memory", "embedded", *(["server"] if SERVER else [])]

TEXTS = (
    "The swimming pool opens at nine and closes at six.",
    "Dogs stay outside, guide dogs excepted.",
    "The library lends books for three weeks.",
    "A day ticket costs eight euros, for children four.",
)


@pytest.fixture(scope="module")
def embedded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    with EmbeddedProcess(tmp_path_factory.mktemp("qdrant"), port) as server:
        yield server.url


@pytest.fixture(params=QDRANTS)
async def client(request: pytest.FixtureRequest) -> AsyncIterator[AsyncQdrantClient]:
    if request.param == "memory":
        client = AsyncQdrantClient(":memory:")
    else:
        url = SERVER if request.param == "server" else request.getfixturevalue("embedded")
        key = os.environ.get("GROUNDLING_TEST_QDRANT_API_KEY")
        client = AsyncQdrantClient(
            url=url, headers={"api-key": key} if key else None, check_compatibility=False
        )
    yield client
    await client.close()


@pytest.fixture
async def settings(client: AsyncQdrantClient) -> AsyncIterator[QdrantSettings]:
    settings = QdrantSettings(collection=f"groundling-test-{uuid4().hex}")
    yield settings
    await client.delete_collection(settings.collection)


@pytest.fixture
async def index(client: AsyncQdrantClient, settings: QdrantSettings) -> AsyncIterator[PassageIndex]:
    async with open_index(settings, Model(), client=client) as index:
        yield index


def passages(**fields: str) -> list[Passage]:
    return [passage(text, ordinal=n, **fields) for n, text in enumerate(TEXTS)]


async def shelve(
    index: PassageIndex, put: list[Passage], vectors: list[Vector] | None = None
) -> None:
    given = vectors or [toward(0.9 - 0.05 * n) for n in range(len(put))]
    await index.put(put, given, [weigh(each.text, each.lang) for each in put])


def ordinals(hits: list[Hit]) -> list[int]:
    return [hit.passage.ordinal for hit in hits]


async def test_what_was_put_is_found_as_it_was_put(index: PassageIndex) -> None:
    put = passages()
    await shelve(index, put)
    hits = await index.search("museum", axis(0), None, 3)
    assert [hit.passage for hit in hits] == put[:3]
    assert [hit.cosine for hit in hits] == pytest.approx([0.9, 0.85, 0.8], abs=1e-5)


async def test_scores_are_cosine_plus_a_tenth_of_the_bm25(index: PassageIndex) -> None:
    put = passages()
    vectors = [toward(c) for c in (0.80, 0.82, 0.81, 0.79)]
    await shelve(index, put, vectors)
    asked = question("When does the library lend books?", put)
    hits = await index.search("museum", axis(0), asked, 4)
    assert ordinals(hits)[0] == 2
    for hit in hits:
        stored = weigh(hit.passage.text, "en")
        weights = dict(zip(stored.indices, stored.values, strict=True))
        pairs = zip(asked.indices, asked.values, strict=True)
        bm25 = sum(value * weights.get(term, 0.0) for term, value in pairs)
        cosine = float(vectors[hit.passage.ordinal] @ axis(0))
        assert hit.bm25 == pytest.approx(bm25, abs=1e-5)
        assert hit.cosine == pytest.approx(cosine, abs=1e-5)
        assert hit.score == pytest.approx(cosine + 0.1 * bm25, abs=1e-5)


async def test_putting_twice_changes_nothing(index: PassageIndex) -> None:
    for _ in range(2):
        await shelve(index, passages())
    assert await index.count() == len(TEXTS)


async def test_a_knowledge_base_sees_only_itself(index: PassageIndex) -> None:
    await shelve(index, passages())
    await shelve(index, passages(kb="pool")[:2])
    asked = question("library books", passages())
    for given in (asked, None):
        hits = await index.search("pool", axis(0), given, 10)
        assert {hit.passage.kb for hit in hits} == {"pool"}
        assert len(hits) == 2
    assert [await index.count(kb) for kb in ("museum", "pool", "none", None)] == [4, 2, 0, 6]
    await index.retire("pool", passage().url, None)
    assert [await index.count(kb) for kb in ("museum", "pool")] == [4, 0]


async def test_retiring_keeps_the_revision_it_is_told_to(index: PassageIndex) -> None:
    await shelve(index, passages())
    await shelve(index, passages(revision="r2")[:2])
    await shelve(index, passages(url="https://museum.example/other"))
    await index.retire("museum", passage().url, "r2")
    hits = await index.search("museum", axis(0), None, 20)
    left = [(hit.passage.url[-5:], hit.passage.revision) for hit in hits]
    assert sorted(left) == [("hours", "r2")] * 2 + [("other", "r1")] * 4


async def test_several_batches_and_what_words_alone_find(index: PassageIndex) -> None:
    near = [passage("Nothing but meaning.", ordinal=n) for n in range(2 * BATCH + 3)]
    far = passage("The zeppelin lands here.", ordinal=500)
    cosines = [*np.linspace(0.80, 0.83, len(near)), 0.79]
    await shelve(index, [*near, far], [toward(float(c)) for c in cosines])
    assert await index.count("museum") == len(near) + 1
    first, *_ = await index.search("museum", axis(0), question("zeppelin", [*near, far]), 3)
    assert first.passage == far
    assert first.cosine == pytest.approx(0.79, abs=1e-5)


async def test_a_passage_without_words_is_found_by_meaning(index: PassageIndex) -> None:
    await index.put([passage("🙂")], [axis(0)], [SparseVector(indices=(), values=())])
    (hit,) = await index.search("museum", axis(0), question("pool", passages()), 3)
    assert hit.passage.text == "🙂"


async def test_the_collection_says_who_filled_it(
    index: PassageIndex, client: AsyncQdrantClient, settings: QdrantSettings
) -> None:
    await index.ready()
    config = (await client.get_collection(settings.collection)).config
    assert config.metadata == {"embedder": "tests/eight", "dimensions": 8}
    async with open_index(settings, Model(), client=client):
        pass
    with pytest.raises(EmbedderMismatch, match="tests/eight"):
        async with open_index(settings, Model(name="tests/other"), client=client):
            pass


async def test_collections_are_made_listed_and_taken_away(client: AsyncQdrantClient) -> None:
    name = f"groundling-test-{uuid4().hex}"
    dense = models.VectorParams(size=2, distance=models.Distance.DOT)
    assert not await client.collection_exists(name)
    assert await client.create_collection(name, {"dense": dense}, metadata={"a": [1, None]})
    assert await client.collection_exists(name)
    assert name in {each.name for each in (await client.get_collections()).collections}
    assert (await client.get_collection(name)).config.metadata == {"a": [1, None]}
    assert await client.delete_collection(name)
    assert not await client.collection_exists(name)


async def test_the_calls_beneath(
    index: PassageIndex, client: AsyncQdrantClient, settings: QdrantSettings
) -> None:
    put = passages()
    await shelve(index, put)
    name = settings.collection
    ids = [str(each.id) for each in put]

    records = await client.retrieve(name, [*ids[:2], str(uuid4())], with_payload=["text"])
    assert {r.id: r.payload for r in records} == {ids[n]: {"text": TEXTS[n]} for n in (0, 1)}

    page, following = await client.scroll(name, limit=3)
    rest, end = await client.scroll(name, limit=3, offset=following)
    assert {r.id for r in [*page, *rest]} == set(ids)
    assert (len(page), len(rest), end) == (3, 1, None)

    first = models.FieldCondition(key="ordinal", match=models.MatchAny(any=[0, 1]))
    counted = await client.count(name, models.Filter(must=[first]))
    assert counted.count == 2

    by_words = models.SparseVector(indices=[*weigh(TEXTS[2], "en").indices], values=[1.0] * 5)
    found = await client.query_points(name, by_words, using="bm25", limit=1, with_vectors=["dense"])
    (point,) = found.points
    assert point.id == ids[2]
    assert isinstance(point.vector, dict)
    assert point.vector["dense"] == pytest.approx(toward(0.8).tolist(), abs=1e-6)

    await client.delete(name, [ids[0]])
    assert await index.count() == len(put) - 1
