"""The shelf over qdrant-client's own memory, and what it says when Qdrant does not do as asked."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, date, datetime

import httpx
import numpy as np
import pytest
from pydantic import SecretStr
from qdrant_client import AsyncQdrantClient, models

from ingest.documents import SparseVector
from ingest.errors import EmbedderMismatch, IndexUnavailable
from ingest.indexing.index import BATCH, PassageIndex, open_index
from ingest.indexing.sparse import weigh
from ingest.settings import QdrantSettings
from tests.ingest.shelf import FETCHED, Model, axis, passage, question, toward

SETTINGS = QdrantSettings(url="http://qdrant.example:6333", collection="tests")
NONE = SparseVector(indices=(), values=())


@pytest.fixture
async def client() -> AsyncIterator[AsyncQdrantClient]:
    client = AsyncQdrantClient(":memory:")
    yield client
    await client.close()


@pytest.fixture
async def index(client: AsyncQdrantClient) -> AsyncIterator[PassageIndex]:
    async with open_index(SETTINGS, Model(), client=client) as index:
        yield index


def answering(*answers: httpx.Response) -> AsyncQdrantClient:
    """A client whose server gives these answers, the last one for ever."""
    left = list(answers)

    def answer(_request: httpx.Request) -> httpx.Response:
        return left.pop(0) if len(left) > 1 else left[0]

    return AsyncQdrantClient(
        url=SETTINGS.url, transport=httpx.MockTransport(answer), check_compatibility=False
    )


async def test_a_passage_comes_back_as_it_was_put(index: PassageIndex) -> None:
    put = passage(
        "Der Eintritt kostet 8 €.",
        lang="de",
        headings=(),
        anchor="",
        fetched_at=datetime(2026, 1, 2, 3, 4, 5, 678, UTC),
    )
    await index.put([put], [axis(0)], [weigh(put.text, put.lang)])
    (hit,) = await index.search("museum", axis(0), None, 5)
    assert hit.passage == put
    assert hit.score == hit.cosine == pytest.approx(1.0)
    assert hit.bm25 == 0


async def test_points_of_other_versions_are_read(
    index: PassageIndex, client: AsyncQdrantClient
) -> None:
    put = passage(page_date=date(2026, 2, 3))
    await index.put([put], [axis(0)], [NONE])
    (hit,) = await index.search("museum", axis(0), None, 1)
    assert hit.passage == put
    await client.delete_payload(index.collection, ["page_date"], [str(put.id)])
    await client.set_payload(index.collection, {"of_tomorrow": 1}, [str(put.id)])
    (hit,) = await index.search("museum", axis(0), None, 1)
    assert hit.passage == replace(put, page_date=None)


async def test_more_than_one_batch_is_put_whole(index: PassageIndex) -> None:
    many = [passage(f"number {n}", ordinal=n) for n in range(2 * BATCH + 3)]
    await index.put(many, [toward(0.5)] * len(many), [NONE] * len(many))
    assert await index.count() == len(many)


async def test_passages_without_their_vectors_are_refused(index: PassageIndex) -> None:
    with pytest.raises(ValueError, match="shorter"):
        await index.put([passage(), passage(ordinal=1)], [axis(0)], [NONE])
    assert await index.count() == 0


async def test_words_decide_between_passages_of_equal_meaning(index: PassageIndex) -> None:
    texts = ["The pool opens at nine.", "The library opens at ten.", "Dogs stay outside."]
    passages = [passage(text, ordinal=n) for n, text in enumerate(texts)]
    await index.put(passages, [toward(0.8)] * 3, [weigh(p.text, p.lang) for p in passages])
    hits = await index.search("museum", axis(0), question("the library", passages), 2)
    assert hits[0].passage == passages[1]
    assert hits[0].score == pytest.approx(0.8 + 0.1 * hits[0].bm25)
    assert 0.5 < hits[0].bm25 <= 1
    assert [hit.bm25 for hit in hits[1:]] == [0]


async def test_an_empty_question_vector_is_no_question(index: PassageIndex) -> None:
    await index.put([passage()], [axis(0)], [weigh("pool", "en")])
    assert len(await index.search("museum", axis(0), NONE, 3)) == 1


async def test_an_index_of_nothing_finds_nothing(index: PassageIndex) -> None:
    asked = question("pool", [passage("pool")])
    assert await index.search("museum", axis(0), asked, 3) == []
    assert await index.count("museum") == await index.count() == 0
    await index.ready()


async def test_another_model_is_refused_with_the_remedy(
    index: PassageIndex, client: AsyncQdrantClient
) -> None:
    for other in (Model(name="tests/other"), Model(dimensions=4)):
        with pytest.raises(EmbedderMismatch, match="GROUNDLING_EMBEDDER__MODEL") as told:
            async with open_index(SETTINGS, other, client=client):
                pass
        assert "tests/eight (8 dimensions)" in str(told.value)
        assert f"{other.name} ({other.dimensions} dimensions)" in str(told.value)


async def test_a_collection_of_somebody_else_is_refused(client: AsyncQdrantClient) -> None:
    await client.create_collection(
        "tests", models.VectorParams(size=8, distance=models.Distance.COSINE)
    )
    with pytest.raises(EmbedderMismatch, match="does not name"):
        async with open_index(SETTINGS, Model(), client=client):
            pass


async def test_opening_twice_at_once_makes_one_collection(client: AsyncQdrantClient) -> None:
    async def opened() -> int:
        async with open_index(SETTINGS, Model(), client=client) as index:
            return await index.count()

    assert sum(await asyncio.gather(opened(), opened())) == 0


async def test_nobody_there_is_said_with_the_remedy() -> None:
    settings = QdrantSettings(url="http://127.0.0.1:1")
    with pytest.raises(IndexUnavailable, match=r"127\.0\.0\.1:1 cannot be reached.*ingest qdrant"):
        async with open_index(settings, Model()):
            pass


async def test_a_refusal_is_said_with_its_status_and_reason() -> None:
    refusal = httpx.Response(401, json={"status": {"error": "Invalid API key"}, "time": 0})
    with pytest.raises(IndexUnavailable, match=r"status 401: .*Invalid API key.*API_KEY"):
        async with open_index(SETTINGS, Model(), client=answering(refusal)):
            pass


async def test_a_busy_server_is_unavailable() -> None:
    busy = httpx.Response(429, headers={"Retry-After": "3"}, json={"status": {"error": "slow"}})
    index = PassageIndex(answering(busy), SETTINGS.collection, SETTINGS.url)
    with pytest.raises(IndexUnavailable, match="slow"):
        await index.ready()


async def test_every_call_translates_the_loss_of_the_server() -> None:
    def gone(request: httpx.Request) -> httpx.Response:
        raise httpx.ReadTimeout("", request=request)

    lost = AsyncQdrantClient(
        url=SETTINGS.url, transport=httpx.MockTransport(gone), check_compatibility=False
    )
    index = PassageIndex(lost, SETTINGS.collection, SETTINGS.url)
    asked = question("pool", [passage("pool")])
    for call in (
        index.put([passage()], [axis(0)], [NONE]),
        index.vectors("museum", "https://museum.example/"),
        index.pages(),
        index.touch("museum", ["https://museum.example/"], FETCHED),
        index.retire("museum", "https://museum.example/", None),
        index.erase("museum", None),
        index.search("museum", axis(0), asked, 3),
        index.search("museum", axis(0), None, 3),
        index.count(),
        index.ready(),
    ):
        with pytest.raises(IndexUnavailable, match="cannot be reached"):
            await call


async def test_the_key_is_sent_without_a_warning_and_never_shown() -> None:
    seen: list[str | None] = []

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        request = await reader.readuntil(b"\r\n\r\n")
        lines = request.decode().lower().split("\r\n")
        seen.extend(line.partition(": ")[2] for line in lines if line.startswith("api-key"))
        writer.write(b"HTTP/1.1 503 Busy\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
        await writer.drain()
        writer.close()

    server = await asyncio.start_server(answer, "127.0.0.1", 0)
    async with server:
        port = server.sockets[0].getsockname()[1]
        settings = QdrantSettings(url=f"http://127.0.0.1:{port}", api_key=SecretStr("s3cret"))
        with pytest.raises(IndexUnavailable, match="status 503") as told:
            async with open_index(settings, Model()):
                pass
    assert seen == ["s3cret"]
    assert "s3cret" not in str(told.value)


async def test_what_words_alone_find_gets_its_true_cosine(index: PassageIndex) -> None:
    near = [passage("Nothing but meaning.", ordinal=n) for n in range(120)]
    far = passage("The zeppelin lands here.", ordinal=500)
    vectors = [toward(float(c)) for c in np.linspace(0.80, 0.83, len(near))]
    await index.put(
        [*near, far],
        [*vectors, toward(0.79)],
        [weigh(p.text, p.lang) for p in [*near, far]],
    )
    first = (await index.search("museum", axis(0), question("zeppelin", [*near, far]), 3))[0]
    assert first.passage == far
    assert first.cosine == pytest.approx(0.79, abs=1e-5)
    assert first.score == pytest.approx(0.79 + 0.1 * first.bm25)


async def test_passages_are_had_by_their_ids_if_they_are_there(index: PassageIndex) -> None:
    first, second, third = (passage(f"Sentence {n}.", ordinal=n) for n in range(3))
    await index.put([first, third], [axis(0), toward(0.5)], [NONE, NONE])
    found = await index.these("museum", [third.id, second.id, first.id], axis(0))
    assert [hit.passage for hit in found] == [first, third]
    assert await index.these("library", [first.id], axis(0)) == []


async def test_the_settings_say_how_much_words_count(client: AsyncQdrantClient) -> None:
    told = SETTINGS.model_copy(update={"word_weight": 0.5})
    put = passage("The pool is open.")
    weights = weigh(put.text, put.lang)
    asked = question(put.text, [put])
    async with open_index(told, Model(), client=client) as index:
        await index.put([put], [axis(0)], [weights])
        (hit,) = await index.search("museum", axis(0), asked, 1)
    assert hit.score == pytest.approx(hit.cosine + 0.5 * hit.bm25)
