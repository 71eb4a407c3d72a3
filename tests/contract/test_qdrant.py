"""The shelf, and the calls beneath it, mean the same over every Qdrant."""

from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import date, timedelta
from uuid import uuid4

import numpy as np
import pytest
from qdrant_client import AsyncQdrantClient, models

from ingest.documents import Hit, SparseVector
from ingest.indexing.index import BATCH, PAGE, PassageIndex
from ingest.indexing.sparse import weigh
from tests.ingest.shelf import FETCHED, TEXTS, axis, passage, passages, question, shelve, toward


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


async def test_the_vectors_of_a_page_come_back_by_their_texts(index: PassageIndex) -> None:
    put = passages()
    vectors = [toward(0.9 - 0.05 * n) for n in range(len(put))]
    await shelve(index, put, vectors)
    await shelve(index, passages(url="https://museum.example/other"))
    await shelve(index, passages(revision="r2")[:1])
    found = await index.vectors("museum", put[0].url)
    assert set(found) == {each.embedded_text for each in put}
    for each, vector in zip(put, vectors, strict=True):
        assert found[each.embedded_text].dtype == np.float32
        assert found[each.embedded_text] == pytest.approx(vector, abs=1e-6)
    assert await index.vectors("museum", "https://museum.example/none") == {}


async def test_a_page_of_any_length_gives_all_its_vectors(index: PassageIndex) -> None:
    put = [passage(f"Number {n}.", ordinal=n) for n in range(PAGE + 2)]
    await shelve(index, put, [toward(0.8)] * len(put))
    assert len(await index.vectors("museum", put[0].url)) == len(put)


async def test_pages_that_were_seen_again_say_so_and_nothing_else_changes(
    index: PassageIndex,
) -> None:
    day, later = date(2026, 3, 1), FETCHED + timedelta(days=3)
    dated = [replace(each, page_date=day) for each in passages()]
    other = passages(url="https://museum.example/other")[:1]
    await shelve(index, [*dated, *other])
    await index.touch("museum", [dated[0].url, "https://museum.example/none"], later)
    hits = await index.search("museum", axis(0), None, 10)
    seen = {hit.passage.id: hit.passage for hit in hits}
    assert [seen[each.id] for each in dated] == [replace(d, fetched_at=later) for d in dated]
    assert seen[other[0].id] == other[0]
    await index.touch("museum", [], later)


async def test_a_source_is_erased_without_its_neighbours(index: PassageIndex) -> None:
    await shelve(index, passages())
    await shelve(index, passages(source="annex", url="https://annex.example/")[:3])
    await index.erase("museum", "annex")
    hits = await index.search("museum", axis(0), None, 10)
    assert {hit.passage.source for hit in hits} == {"museum"}
    await index.erase("museum", None)
    assert await index.count() == 0


async def test_no_method_reaches_into_another_knowledge_base(index: PassageIndex) -> None:
    """Two knowledge bases hold the same page of the same source; one is asked for, or changed."""
    ours, theirs = passages(kb="ours"), passages(kb="theirs")
    for put in (ours, theirs):
        await shelve(index, put)
    url, later = ours[0].url, FETCHED + timedelta(days=1)
    words = question("When does the library lend books?", ours)

    hits = await index.search("ours", axis(0), words, 50)
    assert {hit.passage.kb for hit in hits} == {"ours"}
    read = {"search": len(hits), "count": await index.count("ours")}
    read["vectors"] = len(await index.vectors("ours", url))
    everyone = [passage.id for passage in (*ours, *theirs)]
    read["these"] = len(await index.these("ours", everyone, axis(0)))
    assert set(read.values()) == {len(ours)}
    assert await index.pages("ours") == {("ours", url)}
    assert await index.pages() == {("ours", url), ("theirs", url)}

    changing: dict[str, Callable[[], Awaitable[None]]] = {
        "put": lambda: shelve(index, passages(kb="ours", revision="r2")),
        "touch": lambda: index.touch("ours", [url], later),
        "retire": lambda: index.retire("ours", url, None),
        "erase": lambda: index.erase("ours", None),
    }
    for change in changing.values():
        await change()
        hits = await index.search("theirs", axis(0), None, 50)
        assert [hit.passage for hit in hits] == theirs
    assert await index.count("ours") == 0
    assert await index.vectors("ours", url) == {}

    methods = {name for name in vars(PassageIndex) if not name.startswith("_")}
    assert methods == {*read, *changing, "pages", "ready"}, "each new method is asked here as well"


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


async def test_the_calls_beneath(index: PassageIndex, client: AsyncQdrantClient) -> None:
    put = passages()
    await shelve(index, put)
    name = index.collection
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

    await client.set_payload(name, {"title": "One"}, [ids[1]])
    await client.set_payload(name, {"title": "Some"}, models.Filter(must_not=[first]))
    titles = [record.payload for record in await client.retrieve(name, ids, ["title"])]
    assert sorted(each["title"] for each in titles if each) == ["Hours", "One", "Some", "Some"]

    await client.delete(name, [ids[0]])
    assert await index.count() == len(put) - 1
