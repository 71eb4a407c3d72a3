"""Asking whether Qdrant is there, before a model is loaded for it."""

import pytest

from ingest.errors import IndexUnavailable
from ingest.indexing.qdrant import await_qdrant
from ingest.settings import QdrantSettings
from tools.processes import any_port


async def test_a_qdrant_that_is_not_there_is_named_with_the_remedy() -> None:
    url = f"http://127.0.0.1:{any_port()}"
    with pytest.raises(IndexUnavailable, match=f"{url} cannot be reached.*ingest qdrant"):
        await await_qdrant(QdrantSettings(url=url))
