"""Milliseconds a search: the shelf over the embedded Qdrant, and over qdrant-client's `path=` mode.

Both get the same passages and the same questions, through the same `PassageIndex`, one at a time.
`path=` mode writes one SQLite transaction a point, about 18 ms on a disk that syncs: three minutes
for 10,000. So its inserts are timed on a few hundred points on disk, and the collection that is
searched is filled in a folder in memory where there is one. Its searches read no file either way.
"""

import asyncio
import json
import random
import statistics
import sys
import tempfile
import time
import warnings
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import numpy as np
import typer
from qdrant_client import AsyncQdrantClient
from rich.console import Console
from rich.table import Table

from ingest.documents import Hit, Passage, SparseVector, Vector
from ingest.indexing.index import PassageIndex, open_index
from ingest.indexing.sparse import Frequencies, search_vector, terms, weigh
from ingest.settings import QdrantSettings
from tools.processes import Processes, Service, any_port

DIMENSIONS = 384
WORDS = 110
KB = "bench"
HITS = 5
ROUNDS = 5
ON_DISK = 300
MEMORY = "/dev/shm" if Path("/dev/shm").is_dir() else None


@dataclass(frozen=True)
class Model:
    """What the index is told of vectors that no model made."""

    name: str = "bench/random"
    dimensions: int = DIMENSIONS


@dataclass(frozen=True)
class Shelf:
    """Passages as they are put, and questions as they are asked."""

    passages: list[Passage]
    vectors: list[Vector]
    weights: list[SparseVector]
    questions: list[tuple[Vector, SparseVector]]
    words: list[str]


def measure(passages: int = 10_000, questions: int = 20) -> dict[str, float]:
    """p50 and p95 of a search in milliseconds over both, and what filling them took."""
    shelf = make_shelf(passages, questions)
    return asyncio.run(_measure(shelf))


async def _measure(shelf: Shelf) -> dict[str, float]:
    figures: dict[str, float] = {
        "passages": len(shelf.passages),
        "questions": len(shelf.questions),
    }
    async with _embedded() as index:
        figures["embedded_insert_per_s"] = await _fill(index, shelf, len(shelf.passages))
        await _ask(index, shelf, rounds=1)
        ours, times = await _ask(index, shelf, rounds=ROUNDS)
        figures |= percentiles("embedded", times)
    with tempfile.TemporaryDirectory() as folder:
        async with _path_mode(folder) as index:
            figures["path_insert_points_timed"] = min(ON_DISK, len(shelf.passages))
            figures["path_insert_per_s"] = await _fill(index, shelf, ON_DISK)
    with tempfile.TemporaryDirectory(dir=MEMORY) as folder:
        async with _path_mode(folder) as index:
            await _fill(index, shelf, len(shelf.passages))
            theirs, times = await _ask(index, shelf, rounds=1)
            figures |= percentiles("path", times)
    figures["path_to_embedded_p50"] = round(figures["path_p50_ms"] / figures["embedded_p50_ms"], 1)
    same = sum(_ids(a) == _ids(b) for a, b in zip(ours, theirs, strict=True))
    figures["same_hits_share"] = round(same / len(ours), 3)
    return figures


@asynccontextmanager
async def _embedded() -> AsyncIterator[PassageIndex]:
    with tempfile.TemporaryDirectory() as made:
        folder, port = Path(made), any_port()
        url = f"http://127.0.0.1:{port}"
        where = ["--port", str(port), "--path", str(folder / "qdrant")]
        command = [sys.executable, "-m", "ingest", "qdrant", *where]
        server = Service("bench-qdrant", command, f"{url}/readyz")
        processes = Processes(folder)
        processes.launch(server, {})
        try:
            await asyncio.to_thread(processes.wait, server)
            async with open_index(QdrantSettings(url=url), Model()) as index:
                yield index
        finally:
            await asyncio.to_thread(processes.end_all)


@asynccontextmanager
async def _path_mode(folder: str) -> AsyncIterator[PassageIndex]:
    warnings.filterwarnings("ignore", message="Payload indexes have no effect in the local Qdrant")
    client = AsyncQdrantClient(path=folder)
    try:
        async with open_index(QdrantSettings(url=folder), Model(), client=client) as index:
            yield index
    finally:
        await client.close()


async def _fill(index: PassageIndex, shelf: Shelf, count: int) -> float:
    """Put the first passages; how many a second."""
    began = time.perf_counter()
    await index.put(shelf.passages[:count], shelf.vectors[:count], shelf.weights[:count])
    took = time.perf_counter() - began
    return round(min(count, len(shelf.passages)) / took, 1)


async def _ask(
    index: PassageIndex, shelf: Shelf, *, rounds: int
) -> tuple[list[list[Hit]], list[float]]:
    """The hits of every question, and the milliseconds of each search."""
    times: list[float] = []
    hits: list[list[Hit]] = []
    for _ in range(rounds):
        hits = []
        for vector, question in shelf.questions:
            began = time.perf_counter()
            hits.append(await index.search(KB, vector, question, HITS))
            times.append((time.perf_counter() - began) * 1000)
    return hits, times


def percentiles(name: str, times: list[float]) -> dict[str, float]:
    """p50 and p95 of times, under names that begin with `name`."""
    cuts = statistics.quantiles(times, n=20, method="inclusive")
    return {f"{name}_p50_ms": round(cuts[9], 2), f"{name}_p95_ms": round(cuts[18], 2)}


def _ids(hits: list[Hit]) -> set[int]:
    return {hit.passage.ordinal for hit in hits}


def make_shelf(count: int, questions: int) -> Shelf:
    """Made-up passages: words as rare as words are, vectors near those of their subject."""
    rng, dice = np.random.default_rng(1), random.Random(1)
    vocabulary = [f"{dice.choice('bdfgklmnprst')}o{n:x}" for n in range(20_000)]
    odds = 1 / np.arange(1, len(vocabulary) + 1)
    drawn = rng.choice(len(vocabulary), size=(count, WORDS), p=odds / odds.sum())
    subjects = rng.standard_normal((200, DIMENSIONS)).astype(np.float32)
    noise = rng.standard_normal((count, DIMENSIONS)).astype(np.float32)
    vectors = subjects[rng.integers(200, size=count)] + 0.8 * noise
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    texts = [" ".join(vocabulary[word] for word in row) for row in drawn]
    passages = [_passage(n, text) for n, text in enumerate(texts)]
    containing = Counter(term for text in texts for term in terms(text, "en"))
    frequencies = Frequencies(passages={"en": count}, containing=containing)
    asked, said = [], []
    for n in rng.choice(count, size=questions, replace=questions > count):
        near = vectors[n] + 0.04 * rng.standard_normal(DIMENSIONS).astype(np.float32)
        words = " ".join(dice.sample(texts[n].split(), 8))
        question = search_vector({"en": terms(words, "en")}, frequencies)
        asked.append((near / np.linalg.norm(near), question))
        said.append(words)
    weights = [weigh(text, "en") for text in texts]
    return Shelf(
        passages=passages, vectors=list(vectors), weights=weights, questions=asked, words=said
    )


def _passage(number: int, text: str) -> Passage:
    return Passage(
        kb=KB,
        source=KB,
        url=f"https://bench.example/{number // 10}",
        anchor="",
        title="A page of the bench",
        headings=(),
        ordinal=number,
        text=text,
        lang="en",
        revision="r",
        fetched_at=datetime(2026, 1, 1, tzinfo=UTC),
    )


def main(
    passages: Annotated[
        int, typer.Option(min=100, help="How many passages are searched.")
    ] = 10_000,
    questions: Annotated[int, typer.Option(min=2, help="How many different questions.")] = 20,
    file: Annotated[Path | None, typer.Option("--json", help="Where to write the figures.")] = None,
) -> None:
    """Time searches over the embedded Qdrant beside qdrant-client's `path=` mode."""
    figures = measure(passages, questions)
    if file:
        file.write_text(json.dumps(figures, indent=2) + "\n")
    table = Table(f"{passages:,} passages", "embedded", "path=", title="search")
    for row in ("p50_ms", "p95_ms", "insert_per_s"):
        table.add_row(row, f"{figures[f'embedded_{row}']}", f"{figures[f'path_{row}']}")
    Console().print(table)


if __name__ == "__main__":
    typer.run(main)
