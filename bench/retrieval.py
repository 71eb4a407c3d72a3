"""How well the texts that answer are found, on whole public sets (EVAL_DATA names their folder).

By the product's own path: embedded, indexed into the stack's Qdrant, and searched. To embed all of
them takes two hours on two cores; EVAL_CACHE may name a file that keeps the vectors.
"""

import os
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from app.evaluation.beir import EvaluationSet, read_set
from app.evaluation.retrieval import Found
from app.evaluation.retrieval import measure as measure_questions
from app.evaluation.shelf import RememberingEmbedder, on_shelf
from ingest.chunking.chunk import Chunker
from ingest.embedding.embed import Embedder, open_embedder
from ingest.indexing.index import open_index
from ingest.settings import ChunkSettings, EmbedderSettings, QdrantSettings
from tools.models import embedder_folder

# The entries of a set are passages already: they are cut only where the embedder would lose words.
UNCUT = ChunkSettings(target_tokens=400, limit_tokens=400, overlap_tokens=0)


@dataclass(frozen=True, slots=True)
class Asked:
    """Questions of one set on the corpus of another, or of the same, and the corpus's language."""

    questions: str
    corpus: str
    lang: str
    texts: int | None = None

    def read(self, sets: Path) -> EvaluationSet:
        """The corpus with these questions, but for texts beyond so many."""
        data = replace(
            read_set(sets / self.corpus), questions=read_set(sets / self.questions).questions
        )
        asked = max(map(len, data.questions.values()))
        return data if self.texts is None else data.sampled(asked, self.texts)


SETS = (
    *(Asked(f"xquad/{lang}", "xquad/en", "en") for lang in ("en", "de", "es", "ro")),
    Asked("xquad/de", "xquad/de", "de"),
    Asked("xquad/es", "xquad/es", "es"),
    Asked("cnil_faq_fr", "cnil_faq_fr", "fr"),
    Asked("piaf_fr", "piaf_fr", "fr"),
    Asked("scifact", "scifact", "en"),
    Asked("mtrag_fiqa", "mtrag_fiqa", "en", texts=5_100),
)


@asynccontextmanager
async def open_remembering(cache: Path) -> AsyncIterator[Embedder]:
    """The demo's embedder, with the vectors of passages that it made before."""
    settings = EmbedderSettings(path=str(embedder_folder()), threads=2)
    async with open_embedder(settings) as embedder:
        yield RememberingEmbedder(embedder, cache)


async def found(data: EvaluationSet, lang: str, embedder: Embedder, qdrant: str) -> list[Found]:
    """The figures of every file of questions, by a Qdrant at this URL."""
    settings = QdrantSettings(url=qdrant, collection="evaluation")
    chunker = Chunker(UNCUT, embedder.count_tokens)
    async with (
        open_index(settings, embedder) as index,
        on_shelf(data, lang, index=index, embedder=embedder, chunker=chunker) as shelf,
    ):
        return await measure_questions(shelf, data)


async def measure(qdrant: str, state: Path) -> dict[str, float]:
    """nDCG@10, recall at 5 and milliseconds a search, of each set and file of questions."""
    sets, figures = Path(os.environ["EVAL_DATA"]), dict[str, float]()
    async with open_remembering(Path(os.environ.get("EVAL_CACHE") or state / "vectors")) as opened:
        for asked in SETS:
            for each in await found(asked.read(sets), asked.lang, opened, qdrant):
                figures |= _named(asked, each)
    return figures


def _named(asked: Asked, each: Found) -> Iterator[tuple[str, float]]:
    name = (
        f"{asked.questions} → {asked.corpus}" if asked.questions != asked.corpus else asked.corpus
    )
    name = f"{name} {each.file}".strip()
    yield f"{name}: nDCG@10", round(each.ndcg_10, 4)
    yield f"{name}: R@5", round(each.recall_5, 4)
    yield f"{name}: p50 ms", round(each.p50_ms, 1)
    yield f"{name}: p95 ms", round(each.p95_ms, 1)
