"""What a run over thousands of pages holds in memory, and what the catalog costs at 100,000.

The embedder is a hash of words, so that the time is that of everything else.
"""

import asyncio
import os
import resource
import tempfile
import threading
import time
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from zlib import crc32

import numpy as np
from pydantic import SecretStr
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

from ingest.catalog.catalog import MIGRATIONS, Catalog, SeenPage
from ingest.chunking.chunk import Chunker
from ingest.database import open_database
from ingest.documents import Vector
from ingest.extraction.extract import open_extractor
from ingest.indexing.index import open_index
from ingest.runs.parts import Parts, Records
from ingest.runs.report import RunProgress
from ingest.runs.runs import Runs
from ingest.settings import (
    ChunkSettings,
    DatabaseSettings,
    ExtractSettings,
    FetchSettings,
    QdrantSettings,
    RunSettings,
    SecretsSettings,
)
from ingest.sources.source import Source
from ingest.sources.vault import Vault
from ingest.wiring import web_of
from tools.stack import Stack

PAGES = int(os.environ.get("BENCH_PAGES", "5000"))
CATALOG = 100_000
_PER_LIST = 100


class WordEmbedder:
    """Each word adds one to a place its hash chooses."""

    name, dimensions, window = "bench/words", 64, 500

    def count_tokens(self, text: str) -> int:
        return len(text.split())

    async def embed_query(self, text: str) -> Vector:
        vector = np.zeros(self.dimensions, dtype=np.float32)
        for word in text.split() or [""]:
            vector[crc32(word.encode()) % self.dimensions] += 1
        return vector / np.linalg.norm(vector)

    async def embed_passages(self, texts: Sequence[str]) -> list[Vector]:
        return [await self.embed_query(each) for each in texts]


class _Site(BaseHTTPRequestHandler):
    """As many pages as are asked for, each with words of its own, linked from lists."""

    def do_GET(self) -> None:
        name = self.path.strip("/")
        if name == "robots.txt" or name.endswith(".xml"):
            self.send_error(404)
            return
        body = (
            _lists() if not name else _list(name) if name.startswith("l") else _page(name)
        ).encode()
        self.send_response(200)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Nothing."""


def _lists() -> str:
    links = "".join(f'<li><a href="/l{n}">List {n}</a></li>' for n in range(PAGES // _PER_LIST))
    return f"<title>All</title><main><h1>All lists of this place</h1><ul>{links}</ul></main>"


def _list(name: str) -> str:
    first = int(name[1:]) * _PER_LIST
    links = "".join(
        f'<li><a href="/{n}">Record {n}</a></li>' for n in range(first, first + _PER_LIST)
    )
    return f"<title>{name}</title><main><h1>List {name}</h1><ul>{links}</ul></main>"


def _page(name: str) -> str:
    words = np.random.default_rng(int(name)).integers(0, 50_000, (6, 60))
    parts = "".join(
        f"<h2>Part {n}</h2><p>{' '.join(f'w{word}' for word in row)}.</p>"
        for n, row in enumerate(words)
    )
    return f"<html lang=en><title>Record {name}</title><main><h1>Record {name}</h1>{parts}</main>"


def measure(stack: Stack) -> dict[str, float]:
    """A run over many pages, then one over the same unchanged, then a large catalog."""
    return asyncio.run(_measure(stack))


async def _measure(stack: Stack) -> dict[str, float]:
    figures: dict[str, float] = {}
    with tempfile.TemporaryDirectory() as made, _serving() as site:
        qdrant = QdrantSettings(url=stack.env["GROUNDLING_QDRANT__URL"], collection="bench-scale")
        async with _open_runs(Path(made), qdrant) as runs:
            source = Source(
                name="scale", kb="bench", urls=(site,), depth=2, limit=2 * PAGES, allow_private=True
            )
            held: list[tuple[int, float]] = []

            def told(progress: RunProgress) -> None:
                held.append((progress.fetched, _resident_mb()))

            first = await runs.carry_out(await runs.start(source), told)
            second = await runs.carry_out(await runs.start(source))
            fifth = next(mb for fetched, mb in held if fetched >= PAGES / 5)
            figures |= {
                "pages": len(first.outcomes),
                "pages_per_s": round(len(first.outcomes) / first.took_s, 1),
                "MB_at_a_fifth": round(fifth),
                "MB_at_the_most": round(max(mb for _, mb in held)),
                "unchanged_run_is_faster_by": round(first.took_s / second.took_s, 1),
            }
    with tempfile.TemporaryDirectory() as made:
        url = SecretStr(f"sqlite+aiosqlite:///{made}/g.db")
        async with open_database(DatabaseSettings(url=url), MIGRATIONS) as engine:
            figures |= await _large_catalog(engine)
    return figures


@asynccontextmanager
async def _open_runs(folder: Path, qdrant: QdrantSettings) -> AsyncIterator[Runs]:
    embedder = WordEmbedder()
    url = SecretStr(f"sqlite+aiosqlite:///{folder}/g.db")
    async with (
        open_database(DatabaseSettings(url=url), MIGRATIONS) as engine,
        open_index(qdrant, embedder) as index,
        open_extractor(ExtractSettings.model_validate({})) as extractor,
    ):
        parts = Parts(
            extractor=extractor,
            chunker=Chunker(ChunkSettings.model_validate({}), embedder.count_tokens),
            embedder=embedder,
            index=index,
            records=Records(engine),
            vault=Vault(SecretsSettings(), folder),
        )
        fetch = FetchSettings.model_validate({"delay_s": 0.0, "per_host": 4})
        yield Runs(parts, RunSettings.model_validate({}), web_of(fetch, parts.records))


async def _large_catalog(engine: AsyncEngine) -> dict[str, float]:
    """What the queries of every page and of the gate cost, and whether each uses an index."""
    catalog = Catalog(engine)
    for start in range(0, CATALOG, 5_000):
        rows = [
            SeenPage(
                kb="bench", url=f"https://m.example/{n:06d}", source=f"s{n % 7}", state="indexed",
                title=f"Page {n}", lang="en", passages=3,
            )
            for n in range(start, start + 5_000)
        ]  # fmt: skip
        await catalog.touch([(row, None) for row in rows])
    figures: dict[str, float] = {}
    asked = {
        "one_page_ms": lambda: catalog.page("bench", "https://m.example/077777"),
        "a_screen_of_pages_ms": lambda: catalog.find("bench", after="https://m.example/077777"),
        "its_shelves_ms": catalog.shelves,
    }
    for name, ask in asked.items():
        began = time.perf_counter()
        for _ in range(20):
            await ask()
        figures[name] = round((time.perf_counter() - began) / 20 * 1000, 2)
    plans = (
        "SELECT * FROM page WHERE kb = 'bench' AND url = 'x'",
        "SELECT * FROM page WHERE kb = 'bench' AND source = 's1' ORDER BY kb, url",
        "SELECT * FROM page WHERE kb = 'bench' AND url > 'x' ORDER BY kb, url LIMIT 50",
        "SELECT url FROM step WHERE run = 'r' AND state = 'waiting' ORDER BY depth, url LIMIT 1",
    )
    async with engine.connect() as connection:
        found = [
            (await connection.execute(text(f"EXPLAIN QUERY PLAN {plan}"))).all() for plan in plans
        ]
    figures["queries_without_an_index"] = sum("SCAN" in str(rows) for rows in found)
    return figures


@contextmanager
def _serving() -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Site)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}/"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def _resident_mb() -> float:
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * resource.getpagesize() / 1e6
