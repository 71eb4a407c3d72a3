"""Runs over a site, each in a process of its own that a test may kill.

`python -m tests.live.doomed_run` reads a line of JSON a run and forks, so that a run need not wait
for its imports. Everything is real but the embedder, which is slow on purpose: there must be time
to be killed in.
"""

import asyncio
import json
import os
import sys
from collections.abc import Sequence
from pathlib import Path

from pydantic import SecretStr

from ingest.catalog.catalog import MIGRATIONS
from ingest.chunking.chunk import Chunker
from ingest.database import open_database
from ingest.documents import Vector
from ingest.indexing.index import open_index
from ingest.runs.parts import Parts, Records
from ingest.runs.runs import Runs
from ingest.settings import (
    ChunkSettings,
    DatabaseSettings,
    FetchSettings,
    QdrantSettings,
    RunSettings,
    SecretsSettings,
)
from ingest.sources.source import Source
from ingest.sources.vault import Vault
from ingest.wiring import web_of
from tests.fakes.embedder import WordHashEmbedder
from tests.fakes.reader import HereReader


class SlowEmbedder(WordHashEmbedder):
    """Takes 20 ms a passage."""

    async def embed_passages(self, texts: Sequence[str]) -> list[Vector]:
        await asyncio.sleep(0.02 * len(texts))
        return await super().embed_passages(texts)


async def run_over(site: str, folder: Path, qdrant: QdrantSettings, kb: str) -> None:
    """Run once."""
    embedder = SlowEmbedder()
    url = SecretStr(f"sqlite+aiosqlite:///{folder}/g.db")
    async with (
        open_database(DatabaseSettings(url=url), MIGRATIONS) as engine,
        open_index(qdrant, embedder) as index,
    ):
        parts = Parts(
            extractor=HereReader(),
            chunker=Chunker(ChunkSettings.model_validate({}), embedder.count_tokens),
            embedder=embedder,
            index=index,
            records=Records(engine),
            vault=Vault(SecretsSettings(), folder),
        )
        fetch = FetchSettings.model_validate({"delay_s": 0.0})
        runs = Runs(parts, RunSettings.model_validate({}), web_of(fetch, parts.records))
        source = Source(name="s", kb=kb, urls=(site,), allow_private=True, depth=6)
        report = await runs.carry_out(await runs.start(source))
    assert report.state == "done", report.reason


def main() -> None:
    """Fork a run for each line; say its process id, and when it has ended how."""
    for line in sys.stdin:
        at, where, shelf, kb = json.loads(line)
        pid = os.fork()
        if pid == 0:
            asyncio.run(run_over(at, Path(where), QdrantSettings(url=shelf), kb))
            os._exit(0)
        sys.stdout.write(f"{pid}\n")
        sys.stdout.flush()
        _, status = os.waitpid(pid, 0)
        sys.stdout.write(f"{os.waitstatus_to_exitcode(status)}\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
