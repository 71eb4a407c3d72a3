"""Milliseconds a search through the API of a stack, among as many passages as a large site has."""

import asyncio
import time
from collections import Counter
from datetime import UTC, datetime

import httpx
from sqlalchemy.ext.asyncio import create_async_engine

from bench.search import DIMENSIONS, KB, Shelf, make_shelf, percentiles
from ingest.catalog.catalog import Catalog, SeenPage
from ingest.indexing.index import open_index
from ingest.settings import EmbedderSettings, QdrantSettings
from tools.stack import Stack

ROUNDS = 5


class _StackModel:
    """The model of the stack's collection: the made-up vectors lie beside the real ones."""

    name = EmbedderSettings().model
    dimensions = DIMENSIONS


def measure(stack: Stack, passages: int = 10_000, questions: int = 20) -> dict[str, float]:
    """p50 and p95 in milliseconds of `POST /v1/search`, the question's embedding included."""
    shelf = make_shelf(passages, questions)
    asyncio.run(_fill(stack, shelf))
    headers = {"Authorization": f"Bearer {stack.keys['api_key']}"}
    times = []
    with httpx.Client(base_url=stack.url("api"), headers=headers, timeout=60) as api:
        for words in shelf.words * (ROUNDS + 1):
            began = time.perf_counter()
            found = api.post("/v1/search", json={"question": words, "kb": KB, "limit": 5})
            times.append((time.perf_counter() - began) * 1000)
            found.raise_for_status()
    warm = times[len(shelf.words) :]
    return {"passages": passages, "questions": questions, **percentiles("api", warm)}


async def _fill(stack: Stack, shelf: Shelf) -> None:
    """Put the passages into the stack's Qdrant, and their words into its catalog."""
    settings = QdrantSettings(url=stack.url("qdrant"))
    async with open_index(settings, _StackModel()) as index:
        await index.put(shelf.passages, shelf.vectors, shelf.weights)
    engine = create_async_engine(stack.env["GROUNDLING_DATABASE__URL"])
    page = SeenPage(
        kb=KB,
        url="https://bench.example/",
        source=KB,
        state="indexed",
        lang="en",
        passages=len(shelf.passages),
        fetched_at=datetime.now(UTC),
    )
    catalog = Catalog(engine)
    await catalog.begin(page)
    containing = Counter(term for weights in shelf.weights for term in weights.indices)
    await catalog.finish(page, terms=containing)
    await engine.dispose()
