"""The process: killed, stopped, started twice."""

import asyncio
import signal
import socket
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
from pydantic import SecretStr
from qdrant_client import AsyncQdrantClient, models
from qdrant_client.http.exceptions import ResponseHandlingException

from ingest.embedded_qdrant.server import serve
from ingest.errors import IndexUnavailable
from ingest.settings import EmbeddedQdrantSettings
from tests.ingest.embedded_qdrant.process import EmbeddedProcess

DIMENSIONS = 64
FORGOTTEN = range(900_000, 900_032)


async def make_collection(client: AsyncQdrantClient) -> None:
    await client.create_collection(
        "kill",
        {"dense": models.VectorParams(size=DIMENSIONS, distance=models.Distance.COSINE)},
        sparse_vectors_config={"bm25": models.SparseVectorParams()},
        metadata={"embedder": "tests/some"},
    )
    index = models.KeywordIndexParams(type=models.KeywordIndexType.KEYWORD, is_tenant=True)
    await client.create_payload_index("kill", "kb", index)


def point(number: int) -> models.PointStruct:
    vector = np.random.default_rng(number).random(DIMENSIONS).tolist()
    bm25 = models.SparseVector(indices=[number], values=[1.5])
    return models.PointStruct(
        id=number, vector={"dense": vector, "bm25": bm25}, payload={"kb": "a", "text": f"n{number}"}
    )


async def insert_until_it_dies(
    client: AsyncQdrantClient, start: int, acknowledged: list[int]
) -> None:
    while True:
        numbers = range(start, start + 16)
        try:
            await client.upsert("kill", [point(number) for number in numbers], wait=True)
        except ResponseHandlingException:
            return
        acknowledged.extend(numbers)
        start += 16


async def missing(client: AsyncQdrantClient, numbers: Sequence[int]) -> set[int]:
    held: set[int] = set()
    for start in range(0, len(numbers), 200):
        for record in await client.retrieve("kill", numbers[start : start + 200]):
            assert record.payload == {"kb": "a", "text": f"n{record.id}"}
            held.add(int(record.id))
    return set(numbers) - held


async def test_kill_9_in_the_middle_of_inserts_loses_nothing_acknowledged(
    tmp_path: Path, port: int
) -> None:
    acknowledged: list[int] = []
    for life in range(2):
        with EmbeddedProcess(tmp_path, port) as server:
            client = AsyncQdrantClient(url=server.url, check_compatibility=False)
            if life == 0:
                await make_collection(client)
                await client.upsert("kill", [point(number) for number in FORGOTTEN])
                await client.delete("kill", [*FORGOTTEN])
            assert await missing(client, acknowledged) == set()
            before = len(acknowledged)
            inserting = asyncio.create_task(
                insert_until_it_dies(client, life * 100_000, acknowledged)
            )
            while len(acknowledged) < before + 320 + 50 * life:
                await asyncio.sleep(0.002)
            server.kill()
            await inserting
            await client.close()
    with EmbeddedProcess(tmp_path, port) as server:
        client = AsyncQdrantClient(url=server.url, check_compatibility=False)
        assert await missing(client, acknowledged) == set()
        assert await client.retrieve("kill", [*FORGOTTEN]) == []
        info = await client.get_collection("kill")
        assert info.config.metadata == {"embedder": "tests/some"}
        assert info.payload_schema["kb"].params.is_tenant  # type: ignore[union-attr]
        last = acknowledged[-1]
        words = models.SparseVector(indices=[last], values=[2.0])
        (found,) = (await client.query_points("kill", words, using="bm25")).points
        assert (found.id, found.score) == (last, 3.0)
        await client.close()


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_stops_it_with_everything_written_out(
    tmp_path: Path, port: int, number: int
) -> None:
    with EmbeddedProcess(tmp_path, port) as server:
        server.child.send_signal(number)
        _, told = server.child.communicate(timeout=20)
    assert server.child.returncode == 0
    assert "everything written out" in told


def test_a_taken_port_is_said_with_the_setting(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        settings = EmbeddedQdrantSettings(path=str(tmp_path), port=taken.getsockname()[1])
        with pytest.raises(IndexUnavailable, match="GROUNDLING_EMBEDDED_QDRANT__PORT"):
            serve(settings)


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "qdrant.example"])
def test_beyond_loopback_it_asks_for_a_key(tmp_path: Path, host: str) -> None:
    with pytest.raises(IndexUnavailable, match="without a key"):
        serve(EmbeddedQdrantSettings(path=str(tmp_path), host=host, api_key=SecretStr("")))
