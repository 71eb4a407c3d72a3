"""An evaluation set on the shelf: in a knowledge base of its own, by the product's own path."""

import asyncio
import fcntl
import os
import sqlite3
import tempfile
from collections import Counter
from collections.abc import AsyncIterator, Callable, Iterable, Iterator, Sequence
from contextlib import asynccontextmanager, closing, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256
from itertools import count
from pathlib import Path

import numpy as np

from app.evaluation.beir import Entry, EvaluationSet
from app.grounding.grounder import Grounder
from app.settings import GroundingSettings
from ingest.catalog.catalog import Shelf
from ingest.chunking.chunk import Chunker
from ingest.documents import Article, Hit, Passage, SparseVector, Vector
from ingest.embedding.embed import Embedder
from ingest.extraction.text import guess_language
from ingest.indexing.index import PassageIndex
from ingest.indexing.sparse import Frequencies, weigh

Progress = Callable[[int, int], None]
"""Is told how many of how many entries are indexed."""

# Passages among which ten different entries are, as a rule.
DEPTH = 20
# Entries embedded and put at a time.
_AT_ONCE = 64
_SCHEME = "evaluation:"


@dataclass(frozen=True, slots=True, kw_only=True)
class Filled:
    """A filled knowledge base, and what finds things in it."""

    kb: str
    grounder: Grounder
    passages: int

    async def ranked(self, question: str, depth: int = DEPTH) -> list[str]:
        """The ids of the entries, the best first, each once."""
        hits = await self.grounder.search(question, self.kb, depth)
        return list(dict.fromkeys(entry_of(hit) for hit in hits))


def entry_of(hit: Hit) -> str:
    """The id of the entry that a hit belongs to."""
    return hit.passage.url.removeprefix(_SCHEME)


@asynccontextmanager
async def on_shelf(
    data: EvaluationSet,
    lang: str | None,
    *,
    index: PassageIndex,
    embedder: Embedder,
    chunker: Chunker,
    settings: GroundingSettings | None = None,
    told: Progress = lambda done, of: None,
) -> AsyncIterator[Filled]:
    """The set's entries in a knowledge base of their own, which is taken away at the end.

    `lang` is the language of the entries; None tells it of each. What an evaluation that was killed
    has left is taken away first.
    """
    with _reserved(f"evaluation-{data.name}-{data.digest}") as kb:
        await index.erase(kb, None)
        try:
            yield await _filled(data, lang, kb, index, embedder, chunker, settings, told)
        finally:
            await asyncio.shield(index.erase(kb, None))


async def _filled(
    data: EvaluationSet,
    lang: str | None,
    kb: str,
    index: PassageIndex,
    embedder: Embedder,
    chunker: Chunker,
    settings: GroundingSettings | None,
    told: Progress,
) -> Filled:
    counts, total = Counts(kb), 0
    for start in range(0, len(data.entries), _AT_ONCE):
        some = data.entries[start : start + _AT_ONCE]
        passages = await asyncio.to_thread(cut, some, kb, lang, chunker)
        weights = [weigh(passage.embedded_text, passage.lang) for passage in passages]
        vectors = await embedder.embed_passages([p.embedded_text for p in passages])
        await index.put(passages, vectors, weights)
        counts.add(passages, weights)
        total += len(passages)
        told(start + len(some), len(data.entries))
    grounder = Grounder(index, embedder, counts, settings or GroundingSettings())
    return Filled(kb=kb, grounder=grounder, passages=total)


@contextmanager
def _reserved(kb: str) -> Iterator[str]:
    """A name that no other evaluation here uses now; one that was killed has left its own free.

    Two evaluations of one set at a time would take each other's passages away.
    """
    folder = Path(tempfile.gettempdir())
    for number in count(1):
        name = f"{kb}-{number}"
        mark = sha256(name.encode()).hexdigest()[:16]
        with (folder / f"groundling-{os.getuid()}-{mark}.lock").open("w") as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                continue
            yield name
            return


class Counts:
    """What the catalog counts of a knowledge base, kept here instead."""

    def __init__(self, kb: str) -> None:
        self._kb = kb
        self._passages: Counter[str] = Counter()
        self._containing: Counter[int] = Counter()

    def add(self, passages: Iterable[Passage], weights: Iterable[SparseVector]) -> None:
        """Count these as well."""
        self._passages.update(passage.lang for passage in passages)
        for vector in weights:
            self._containing.update(vector.indices)

    async def shelves(self) -> list[Shelf]:
        """The one knowledge base."""
        return [Shelf(kb=self._kb, pages=0, passages=self._passages.total())]

    async def languages(self, kb: str) -> list[str]:
        """The languages of the passages, in alphabetical order."""
        return sorted(self._passages)

    async def frequencies(self, kb: str, terms: Sequence[int]) -> Frequencies:
        """How many passages there are by language, and how many contain each of the terms."""
        containing = {term: self._containing[term] for term in terms}
        return Frequencies(passages=self._passages, containing=containing)


class RememberingEmbedder:
    """An embedder that keeps the vectors of passages in a file: evaluating again takes seconds."""

    def __init__(self, embedder: Embedder, file: Path) -> None:
        self._embedder = embedder
        self._file = file
        file.parent.mkdir(parents=True, exist_ok=True)
        with closing(sqlite3.connect(file)) as kept, kept:
            kept.execute("CREATE TABLE IF NOT EXISTS vector (key BLOB PRIMARY KEY, of BLOB)")
        self.name, self.dimensions, self.window = (
            embedder.name,
            embedder.dimensions,
            embedder.window,
        )

    def count_tokens(self, text: str) -> int:
        """As the embedder counts."""
        return self._embedder.count_tokens(text)

    async def embed_query(self, text: str) -> Vector:
        """A question's vector, made anew: what that takes is measured."""
        return await self._embedder.embed_query(text)

    async def embed_passages(self, texts: Sequence[str]) -> list[Vector]:
        """The vectors of passages, those that were made before from the file."""
        keys = [sha256(f"{self.name}\n{text}".encode()).digest() for text in texts]
        known = self._read(keys)
        new = {key: text for key, text in zip(keys, texts, strict=True) if key not in known}
        made = await self._embedder.embed_passages(list(new.values()))
        fresh = dict(zip(new, made, strict=True))
        self._write(fresh)
        known |= fresh
        return [known[key] for key in keys]

    def _read(self, keys: Sequence[bytes]) -> dict[bytes, Vector]:
        found: dict[bytes, Vector] = {}
        with closing(sqlite3.connect(self._file)) as kept:
            for key in keys:
                row = kept.execute("SELECT of FROM vector WHERE key = ?", (key,)).fetchone()
                if row:
                    found[key] = np.frombuffer(row[0], dtype=np.float32)
        return found

    def _write(self, vectors: dict[bytes, Vector]) -> None:
        with closing(sqlite3.connect(self._file, timeout=60)) as kept, kept:
            rows = [(key, vector.tobytes()) for key, vector in vectors.items()]
            kept.executemany("INSERT OR REPLACE INTO vector VALUES (?, ?)", rows)


def cut(entries: Sequence[Entry], kb: str, lang: str | None, chunker: Chunker) -> list[Passage]:
    """The passages of some entries, cut as those of pages are."""
    passages: list[Passage] = []
    for entry in entries:
        article = Article(
            url=_SCHEME + entry.id,
            title=entry.title,
            text=entry.text,
            lang=lang or guess_language(entry.text),
            anchors={},
        )
        passages += chunker.chunk(article, kb=kb, source=kb, fetched_at=datetime.now(UTC))
    return passages
