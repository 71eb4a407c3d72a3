"""Which floors are measured here, and on what: those on public sets need EVAL_DATA."""

import os
from collections.abc import AsyncIterator
from pathlib import Path

import pytest_asyncio

from app.evaluation.shelf import RememberingEmbedder
from ingest.embedding.embed import Embedder, open_embedder
from ingest.indexing.index import PassageIndex, open_index
from ingest.settings import EmbedderSettings, QdrantSettings
from tools.models import embedder_folder
from tools.stack import Stack

_PUBLIC = ["test_check.py", "test_gate.py", "test_public_sets.py"]
collect_ignore = [] if "EVAL_DATA" in os.environ else _PUBLIC
# A file that keeps the vectors of passages between runs.
_CACHE = os.environ.get("EVAL_CACHE")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def shelf_parts(stack: Stack) -> AsyncIterator[tuple[Embedder, PassageIndex]]:
    """The real embedder, and a collection of its own on the stack's Qdrant."""
    settings = QdrantSettings(url=stack.url("qdrant"), collection="quality")
    embedding = EmbedderSettings(path=str(embedder_folder()), threads=2)
    async with open_embedder(embedding) as opened, open_index(settings, opened) as index:
        yield RememberingEmbedder(opened, Path(_CACHE)) if _CACHE else opened, index
