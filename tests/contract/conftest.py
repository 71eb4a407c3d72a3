"""The Qdrants that the contract is tested over.

`:memory:` of qdrant-client, the embedded server as a process of its own, and the server that
GROUNDLING_TEST_QDRANT_URL names, where it is set (GROUNDLING_TEST_QDRANT_API_KEY is its key).
"""

import os
import socket
from collections.abc import AsyncIterator, Iterator
from uuid import uuid4

import pytest
from qdrant_client import AsyncQdrantClient

from ingest.indexing.index import PassageIndex, open_index
from ingest.settings import QdrantSettings
from tests.ingest.embedded_qdrant.process import EmbeddedProcess
from tests.ingest.shelf import Model

SERVER = os.environ.get("GROUNDLING_TEST_QDRANT_URL")
QDRANTS = ["memory", "embedded", *(["server"] if SERVER else [])]


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
    for each in (await client.get_collections()).collections:
        if each.name.startswith(settings.collection):
            await client.delete_collection(each.name)


@pytest.fixture
async def index(client: AsyncQdrantClient, settings: QdrantSettings) -> AsyncIterator[PassageIndex]:
    async with open_index(settings, Model(), client=client) as index:
        yield index
