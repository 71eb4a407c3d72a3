"""The folder: who may serve it, and what is in it after a process was killed half way."""

import os
from pathlib import Path

import pytest

from ingest.embedded_qdrant.errors import ApiError
from ingest.embedded_qdrant.messages import (
    Count,
    CreateCollection,
    CreateIndex,
    Delete,
    Filter,
    KeywordIndex,
    Point,
    Retrieve,
    Scroll,
    Sparse,
    SparseVectorParams,
    Upsert,
    VectorParams,
)
from ingest.embedded_qdrant.store import open_store
from ingest.errors import IndexUnavailable

SHAPE = CreateCollection(
    vectors={"dense": VectorParams(size=2, distance="Cosine")},
    sparse_vectors={"bm25": SparseVectorParams()},
    metadata={"embedder": "tests/two", "nested": {"dimensions": [2]}},
)


def upsert(*ids: int) -> Upsert:
    vector: dict[str, list[float] | Sparse] = {"dense": [3.0, 4.0]}
    return Upsert(points=[Point(id=n, vector=vector, payload={"n": n}) for n in ids])


def test_what_is_stored_is_there_when_it_is_opened_again(tmp_path: Path) -> None:
    with open_store(tmp_path) as store:
        store.create("kept", SHAPE)
        store.collection("kept").create_index(CreateIndex("n", KeywordIndex(is_tenant=True)))
        store.collection("kept").upsert(upsert(1, 2, 3))
        before = store.collection("kept").info()
    with open_store(tmp_path) as store:
        assert store.names() == ["kept"]
        kept = store.collection("kept")
        assert kept.count(Count()) == {"count": 3}
        after = kept.info()
        assert after["config"] == before["config"]
        assert after["config"]["metadata"] == SHAPE.metadata
        assert after["payload_schema"]["n"]["params"] == {"type": "keyword", "is_tenant": True}
        (record,) = kept.retrieve(Retrieve(ids=[2], with_vector=True))
        assert record["payload"] == {"n": 2}
        assert record["vector"]["dense"] == pytest.approx([0.6, 0.8])


def test_a_second_one_on_the_same_folder_says_who_is_there(tmp_path: Path) -> None:
    with open_store(tmp_path):
        with pytest.raises(IndexUnavailable) as told, open_store(tmp_path):
            pass
        assert f"process {os.getpid()}" in str(told.value)
        assert "GROUNDLING_EMBEDDED_QDRANT__PATH" in str(told.value)
    with open_store(tmp_path):
        pass


def test_a_folder_that_cannot_be_made_is_said_with_the_setting(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with (
        pytest.raises(IndexUnavailable, match="GROUNDLING_EMBEDDED_QDRANT__PATH"),
        open_store(tmp_path / "file"),
    ):
        pass


def test_leftovers_of_a_killed_process_are_swept_out(tmp_path: Path) -> None:
    half_done = [tmp_path / "collections" / name for name in (".new-half", ".gone-half")]
    for folder in half_done:
        (folder / "shard").mkdir(parents=True)
    with open_store(tmp_path) as store:
        assert store.names() == []
        assert not any(folder.exists() for folder in half_done)
        store.create("half", SHAPE)


def test_a_damaged_collection_is_named_with_the_remedy(tmp_path: Path) -> None:
    (tmp_path / "collections" / "damaged").mkdir(parents=True)
    with pytest.raises(IndexUnavailable, match=r"damaged cannot be loaded.*ingest again"):
        open_store(tmp_path).__enter__()


def test_dropping_takes_the_files_away(tmp_path: Path) -> None:
    with open_store(tmp_path) as store:
        store.create("once", SHAPE)
        assert store.drop("once") is True
        assert store.drop("once") is False
        assert list((tmp_path / "collections").iterdir()) == []
        with pytest.raises(ApiError, match="doesn't exist"):
            store.collection("once")
        store.create("once", SHAPE)
        assert store.collection("once").count(Count()) == {"count": 0}


@pytest.mark.parametrize("name", ["", ".", "..", ".hidden", "a/b", "a b", "ü", "a" * 256])
def test_a_name_that_is_no_folder_is_refused(tmp_path: Path, name: str) -> None:
    with open_store(tmp_path) as store, pytest.raises(ApiError, match="cannot be called"):
        store.create(name, SHAPE)


def test_one_bad_point_keeps_the_whole_upsert_out_and_is_named(tmp_path: Path) -> None:
    bad: list[tuple[dict[str, list[float] | Sparse], str]] = [
        ({"dense": [1.0]}, "expected dim: 2, got 1"),
        ({"dense": [1.0, 1e39]}, "finite 32 bit"),
        ({"other": [1.0, 2.0]}, "Not existing vector name error: other"),
        ({"other": Sparse([1], [1.0])}, "Not existing vector name error: other"),
        ({"bm25": Sparse([1, 1], [1.0, 2.0])}, "unique"),
        ({"bm25": Sparse([1], [1.0, 2.0])}, "as many values"),
    ]
    with open_store(tmp_path) as store:
        store.create("strict", SHAPE)
        collection = store.collection("strict")
        for vector, reason in bad:
            points = [*upsert(1, 2).points, Point(id=77, vector=vector)]
            with pytest.raises(ApiError, match=reason) as told:
                collection.upsert(Upsert(points=points))
            assert told.value.status == 400
            assert "point 77" in str(told.value)
        assert collection.count(Count()) == {"count": 0}


def test_scrolling_goes_through_every_point_once(tmp_path: Path) -> None:
    with open_store(tmp_path) as store:
        store.create("long", SHAPE)
        collection = store.collection("long")
        collection.upsert(upsert(*range(25)))
        seen: list[int] = []
        page = collection.scroll(Scroll())
        while True:
            seen += [record["id"] for record in page["points"]]
            if page["next_page_offset"] is None:
                break
            page = collection.scroll(Scroll(offset=page["next_page_offset"]))
        assert seen == [*range(25)]


def test_deleting_asks_for_ids_or_a_filter(tmp_path: Path) -> None:
    with open_store(tmp_path) as store:
        store.create("some", SHAPE)
        collection = store.collection("some")
        collection.upsert(upsert(1, 2, 3))
        for wanted in (Delete(), Delete(points=[1], filter=Filter())):
            with pytest.raises(ApiError, match="either `points` or `filter`"):
                collection.delete(wanted)
        collection.delete(Delete(points=[1]))
        assert collection.count(Count()) == {"count": 2}
        collection.delete(Delete(filter=Filter()))
        assert collection.count(Count()) == {"count": 0}


def test_a_flush_is_only_done_when_something_changed(tmp_path: Path) -> None:
    with open_store(tmp_path) as store:
        store.create("calm", SHAPE)
        store.collection("calm").upsert(upsert(1))
        store.flush()
        files = [path for path in tmp_path.rglob("*") if path.is_file()]
        before = {path: path.stat().st_mtime_ns for path in files}
        store.flush()
        assert {path: path.stat().st_mtime_ns for path in files} == before
