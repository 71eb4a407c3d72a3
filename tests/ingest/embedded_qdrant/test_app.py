"""The HTTP door, in process: what it answers, what it refuses, and in whose words."""

from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx
import pytest

from ingest.embedded_qdrant import app as door
from ingest.embedded_qdrant.app import QdrantApp
from ingest.embedded_qdrant.messages import CreateCollection, VectorParams
from ingest.embedded_qdrant.store import Store, open_store

NEAREST = {"query": {"nearest": [1.0, 0.0]}, "using": "dense"}


@contextmanager
def opened(folder: Path) -> Iterator[Store]:
    with open_store(folder) as store:
        dense = VectorParams(size=2, distance="Cosine")
        store.create("pages", CreateCollection(vectors={"dense": dense}))
        yield store


def calling(store: Store, key: str | None = None) -> httpx.AsyncClient:
    transport = httpx.ASGITransport(QdrantApp(store, key))
    return httpx.AsyncClient(transport=transport, base_url="http://qdrant")


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with opened(tmp_path) as store:
        yield store


@pytest.fixture
async def http(store: Store) -> AsyncIterator[httpx.AsyncClient]:
    async with calling(store) as http:
        yield http


@pytest.fixture(scope="module")
def shared_store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    """One for all tests that are refused whatever they ask."""
    with opened(tmp_path_factory.mktemp("refusals")) as store:
        yield store


@pytest.fixture
async def refused(shared_store: Store) -> AsyncIterator[httpx.AsyncClient]:
    async with calling(shared_store) as http:
        yield http


async def put(http: httpx.AsyncClient, *points: dict[str, Any]) -> None:
    answer = await http.put("/collections/pages/points", json={"points": points})
    assert answer.status_code == 200


async def found(http: httpx.AsyncClient, wanted: dict[str, Any]) -> list[Any]:
    answer = await http.post("/collections/pages/points/scroll", json={"filter": wanted})
    assert answer.status_code == 200, answer.text
    return [point["id"] for point in answer.json()["result"]["points"]]


def refusal(answer: httpx.Response) -> str:
    """The message of an error in Qdrant's own format."""
    body = answer.json()
    assert set(body) == {"status", "time"}
    assert set(body["status"]) == {"error"}
    assert body["time"] >= 0
    return str(body["status"]["error"])


async def test_it_says_who_it_is_and_that_it_is_well(http: httpx.AsyncClient) -> None:
    root = (await http.get("/")).json()
    assert root["title"].startswith("qdrant")
    assert root["version"].startswith("1.20.")
    for path in ("/healthz", "/livez", "/readyz"):
        answer = await http.get(path)
        assert answer.status_code == 200
        assert answer.headers["content-type"] == "text/plain"


async def test_an_answer_is_wrapped_as_qdrant_wraps_it(http: httpx.AsyncClient) -> None:
    body = (await http.get("/collections")).json()
    assert body.pop("time") >= 0
    assert body == {"result": {"collections": [{"name": "pages"}]}, "status": "ok"}


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/nowhere"),
        ("GET", "/collections/pages/cluster"),
        ("PUT", "/collections/pages/snapshots"),
        ("PATCH", "/collections/pages"),
        ("POST", "/"),
        ("GET", "/collections/a/b/../points"),
        ("POST", "/collections/pages/points/search"),
    ],
)
async def test_an_unknown_route_is_not_found(
    refused: httpx.AsyncClient, method: str, path: str
) -> None:
    answer = await refused.request(method, path)
    assert answer.status_code == 404
    assert refusal(answer).startswith("Not found: ")


@pytest.mark.parametrize(
    ("path", "body", "named"),
    [
        ("points/query", NEAREST | {"params": {"exact": True}}, "params"),
        ("points/query", NEAREST | {"prefetch": []}, "prefetch"),
        ("points/query/batch", {"searches": [NEAREST | {"lookup_from": 1}]}, "lookup_from"),
        ("points/count", {"exact": True, "shard_key": "a"}, "shard_key"),
        ("points/scroll", {"order_by": "n"}, "order_by"),
        ("points/scroll", {"filter": {"must": [], "min_should": {}}}, "min_should"),
        ("points/scroll", {"filter": {"must": [{"key": "n", "range": {}}]}}, "range"),
        ("points/scroll", {"filter": {"must": [{"key": "n", "match": {"text": "a"}}]}}, "text"),
        ("points/delete", {"points": [1], "shard_key": "a"}, "shard_key"),
        ("points", {"ids": [1], "with_lookup": 1}, "with_lookup"),
    ],
)
async def test_an_unknown_field_is_refused_by_name(
    refused: httpx.AsyncClient, path: str, body: dict[str, Any], named: str
) -> None:
    answer = await refused.post(f"/collections/pages/{path}", json=body)
    assert answer.status_code == 400
    assert f"unknown field `{named}`" in refusal(answer)


async def test_what_a_collection_cannot_be_is_refused(refused: httpx.AsyncClient) -> None:
    dense = {"size": 2, "distance": "Cosine"}
    bad: list[tuple[dict[str, Any], str]] = [
        ({"vectors": dense}, "Expected `object`"),
        ({"vectors": {"dense": dense}, "hnsw_config": {"m": 4}}, "unknown field `hnsw_config`"),
        ({"vectors": {"dense": dense | {"on_disk": True}}}, "unknown field `on_disk`"),
        ({"vectors": {"dense": {"size": 0, "distance": "Cosine"}}}, ">= 1"),
        ({"vectors": {"dense": {"size": 2, "distance": "Chebyshev"}}}, "Chebyshev"),
        ({}, "at least one named vector"),
    ]
    for body, reason in bad:
        answer = await refused.put("/collections/new", json=body)
        assert answer.status_code == 400
        assert reason in refusal(answer)
    assert (await refused.get("/collections/new/exists")).json()["result"] == {"exists": False}


async def test_a_collection_is_made_once(http: httpx.AsyncClient) -> None:
    body = {"vectors": {"dense": {"size": 2, "distance": "Cosine"}}}
    assert (await http.put("/collections/new", json=body)).json()["result"] is True
    again = await http.put("/collections/new", json=body)
    assert again.status_code == 409
    assert refusal(again) == "Wrong input: Collection `new` already exists!"
    assert (await http.delete("/collections/new")).json()["result"] is True
    assert (await http.delete("/collections/new")).json()["result"] is False


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b"\xff\xfe", b'{"ids": [1.5]}', b"null"])
async def test_a_body_that_is_no_such_json_is_refused(
    refused: httpx.AsyncClient, body: bytes
) -> None:
    answer = await refused.post("/collections/pages/points", content=body)
    assert answer.status_code == 400
    assert refusal(answer).startswith("Format error in JSON body: ")


async def test_an_unknown_query_parameter_is_refused(refused: httpx.AsyncClient) -> None:
    known = await refused.get("/collections/pages", params={"timeout": "3", "wait": "true"})
    assert known.status_code == 200
    answer = await refused.get("/collections/pages", params={"consistency": "all"})
    assert answer.status_code == 400
    assert "`consistency`" in refusal(answer)


async def test_ids_are_unsigned_integers_or_uuids(http: httpx.AsyncClient) -> None:
    uuid = str(uuid4())
    await put(
        http,
        {"id": uuid, "vector": {"dense": [1, 0]}},
        {"id": 2**64 - 1, "vector": {"dense": [0, 1]}},
    )
    answer = await http.post("/collections/pages/points", json={"ids": [uuid, 2**64 - 1, 5]})
    assert {point["id"] for point in answer.json()["result"]} == {uuid, 2**64 - 1}
    for bad in ("page-1", -1, 2**64, ""):
        point = {"id": bad, "vector": {"dense": [1, 0]}}
        refused = await http.put("/collections/pages/points", json={"points": [point]})
        assert refused.status_code == 400
        assert "not a valid point ID" in refusal(refused)


async def test_filters_mean_what_they_mean_in_qdrant(http: httpx.AsyncClient) -> None:
    vector = {"dense": [1, 0]}
    await put(
        http,
        {"id": 1, "vector": vector, "payload": {"kb": "a", "n": 1, "tags": ["x", "y"]}},
        {"id": 2, "vector": vector, "payload": {"kb": "a", "n": 2, "gone": None}},
        {"id": 3, "vector": vector, "payload": {"kb": "b", "n": 3}},
    )
    kb_a = {"key": "kb", "match": {"value": "a"}}
    n_2 = {"key": "n", "match": {"value": 2}}
    cases: list[tuple[dict[str, Any], list[int]]] = [
        ({}, [1, 2, 3]),
        ({"must": [kb_a]}, [1, 2]),
        ({"must": kb_a}, [1, 2]),
        ({"must": [kb_a], "must_not": [n_2]}, [1]),
        ({"should": [n_2, {"key": "kb", "match": {"value": "b"}}]}, [2, 3]),
        ({"must": [{"key": "tags", "match": {"value": "y"}}]}, [1]),
        ({"must": [{"key": "n", "match": {"any": [1, 3]}}]}, [1, 3]),
        ({"must": [{"key": "n", "match": {"except": [1, 3]}}]}, [2]),
        ({"must": [{"has_id": [3, 2]}, kb_a]}, [2]),
        ({"must": [{"is_empty": {"key": "tags"}}]}, [2, 3]),
        ({"must": [{"is_null": {"key": "gone"}}]}, [2]),
        ({"must": [{"must_not": [kb_a]}]}, [3]),
    ]
    for wanted, ids in cases:
        assert await found(http, wanted) == ids, wanted
    for bad in ({}, {"key": "n"}, {**kb_a, "has_id": [1]}):
        body = {"filter": {"must": [bad]}}
        answer = await http.post("/collections/pages/points/count", json=body)
        assert answer.status_code == 400
        assert "no such condition" in refusal(answer)


async def test_a_payload_is_given_as_it_is_asked_for(http: httpx.AsyncClient) -> None:
    payload = {"kb": "a", "text": "Zwölf €", "deep": {"n": [1, 2.5, None, True]}}
    await put(http, {"id": 1, "vector": {"dense": [1, 0]}, "payload": payload})
    cases: list[tuple[Any, Any]] = [
        (True, payload),
        (False, None),
        (["kb"], {"kb": "a"}),
        ({"include": ["kb"]}, {"kb": "a"}),
        ({"exclude": ["deep", "text"]}, {"kb": "a"}),
    ]
    for wanted, given in cases:
        body = NEAREST | {"with_payload": wanted, "with_vector": ["dense"]}
        answer = await http.post("/collections/pages/points/query", json=body)
        (point,) = answer.json()["result"]["points"]
        assert point["payload"] == given
        assert point["vector"] == {"dense": [1.0, 0.0]}
        assert point["score"] == pytest.approx(1.0)
    both = NEAREST | {"with_payload": {"include": ["a"], "exclude": ["b"]}}
    assert (await http.post("/collections/pages/points/query", json=both)).status_code == 400


async def test_a_batch_answers_in_order_with_limit_offset_and_threshold(
    http: httpx.AsyncClient,
) -> None:
    await put(
        http,
        *({"id": n, "vector": {"dense": [10 - n, n]}, "payload": {"n": n}} for n in range(10)),
    )
    searches = [
        NEAREST | {"limit": 2, "offset": 1},
        NEAREST | {"score_threshold": 0.9999, "limit": 5},
        {"query": [0.0, 1.0], "using": "dense", "limit": 1},
    ]
    answer = await http.post("/collections/pages/points/query/batch", json={"searches": searches})
    ids = [[point["id"] for point in each["points"]] for each in answer.json()["result"]]
    assert ids == [[1, 2], [0], [9]]


async def test_the_key_is_asked_for_where_there_is_one(store: Store) -> None:
    async with calling(store, "s3cret") as http:
        assert (await http.get("/readyz")).status_code == 200
        without = await http.get("/collections")
        assert without.status_code == 401
        assert "Must provide an API key" in refusal(without)
        wrong = await http.get("/collections", headers={"api-key": "s3cre"})
        assert wrong.status_code == 401
        for headers in ({"api-key": "s3cret"}, {"Authorization": "Bearer s3cret"}):
            assert (await http.get("/collections", headers=headers)).status_code == 200


async def test_a_body_beyond_the_limit_is_refused(
    http: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(door, "MAX_BODY", 1000)
    answer = await http.put("/collections/pages/points", content=b"x" * 1001)
    assert answer.status_code == 413
    assert "1000 bytes" in refusal(answer)


async def test_a_failure_of_its_own_is_a_500(http: httpx.AsyncClient, store: Store) -> None:
    store.collection("pages").close()
    for path in ("/collections/pages", "/readyz"):
        answer = await http.get(path)
        assert answer.status_code == 500
        assert refusal(answer)
    store.drop("pages")
