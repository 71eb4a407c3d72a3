"""Floors on public evaluation sets, by the path that serves visitors: what is found, in three
languages and across them.

Collected where EVAL_DATA names the folder of the sets. A sample of each is taken, which is easier
than the whole: `make bench` measures those. The figures beside the floors are what was measured
when they were pinned, and the digests say on which data. EVAL_CACHE may name a file that keeps the
vectors; without it, this takes four minutes on two cores.
"""

import os
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from app.evaluation.beir import EvaluationSet, read_set
from app.evaluation.retrieval import measure
from app.evaluation.shelf import on_shelf
from ingest.chunking.chunk import Chunker
from ingest.embedding.embed import Embedder
from ingest.indexing.index import PassageIndex
from ingest.settings import ChunkSettings

SETS = Path(os.environ["EVAL_DATA"])
# Each text is a passage already.
WHOLE = ChunkSettings(target_tokens=400, limit_tokens=400, overlap_tokens=0)


@dataclass(frozen=True)
class Floor:
    """nDCG@10 of a sample of a set must not fall below `least`; `digest` is that of its data."""

    corpus: str
    lang: str
    digest: str
    questions: int
    entries: int | None
    least: dict[str, float]
    """By the set whose questions are asked."""


# Measured (2026-11-23): .986 .937 .948 .906, .820, .919, .912.
FLOORS = (
    Floor(
        "xquad/en", "en", "40197727bc344d93", 120, None,
        {"xquad/en": 0.98, "xquad/de": 0.925, "xquad/es": 0.94, "xquad/ro": 0.895},
    ),
    # Measured: .820, .919, .912.
    Floor("cnil_faq_fr", "fr", "157de06bf118ca35", 150, 300, {"cnil_faq_fr": 0.81}),
    Floor("piaf_fr", "fr", "a060c9fe9e4361b4", 150, 400, {"piaf_fr": 0.91}),
    Floor("scifact", "en", "3218879640582633", 100, 300, {"scifact": 0.9}),
)  # fmt: skip


@pytest.mark.asyncio(loop_scope="module")
@pytest.mark.parametrize("floor", FLOORS, ids=lambda floor: floor.corpus)
async def test_what_answers_is_found(
    floor: Floor, shelf_parts: tuple[Embedder, PassageIndex]
) -> None:
    embedder, index = shelf_parts
    whole = read_set(SETS / floor.corpus)
    assert whole.digest == floor.digest, "the floor was pinned on other data"
    data = whole.sampled(floor.questions, floor.entries)
    chunker = Chunker(WHOLE, embedder.count_tokens)
    async with on_shelf(data, floor.lang, index=index, embedder=embedder, chunker=chunker) as shelf:
        for asked, least in floor.least.items():
            [found] = await measure(shelf, asking(data, asked, floor))
            assert found.ndcg_10 >= least, f"{asked}: nDCG@10 {found.ndcg_10:.3f}"


def asking(data: EvaluationSet, asked: str, floor: Floor) -> EvaluationSet:
    """The same texts, with the questions of another set, whose ids are the same."""
    if asked == floor.corpus:
        return data
    questions = read_set(SETS / asked).sampled(floor.questions).questions
    return replace(data, questions=questions)
