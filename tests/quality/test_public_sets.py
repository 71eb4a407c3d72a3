"""Floors on public evaluation sets: embedder, BM25 and their fusion together, in four languages.

Collected where EVAL_DATA names the folder of the sets (BEIR form).
"""

import json
import math
import os
from collections import Counter
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
import pytest_asyncio

from ingest.documents import Passage
from ingest.embedding.embed import Embedder, open_embedder
from ingest.indexing.index import PassageIndex, open_index
from ingest.indexing.sparse import Frequencies, question_vector, terms, weigh
from ingest.settings import EmbedderSettings, QdrantSettings
from tools.models import embedder_folder
from tools.stack import Stack

SETS = Path(os.environ["EVAL_DATA"])
QUESTIONS = 120


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def embedder() -> AsyncIterator[Embedder]:
    async with open_embedder(EmbedderSettings(path=str(embedder_folder()), threads=2)) as opened:
        yield opened


def read(path: Path) -> list[dict[str, str]]:
    return [json.loads(line) for line in path.read_text().splitlines()]


async def fill(index: PassageIndex, corpus: Path, lang: str, embedder: Embedder) -> Frequencies:
    """Index a corpus as passages of one kb; their `anchor` is the id that the set gave them."""
    passages = [
        Passage(
            kb="set", source="set", url=f"https://set.example/{row['_id']}", anchor=row["_id"],
            title=row["title"], headings=(), ordinal=0, text=row["text"], lang=lang,
            revision="1", fetched_at=datetime.now(UTC),
        )
        for row in read(corpus)
    ]  # fmt: skip
    weights = [weigh(passage.embedded_text, lang) for passage in passages]
    vectors = await embedder.embed_passages([passage.embedded_text for passage in passages])
    await index.put(passages, vectors, weights)
    containing = Counter(term for vector in weights for term in vector.indices)
    return Frequencies(passages={lang: len(passages)}, containing=containing)


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def shelf(
    stack: Stack, embedder: Embedder
) -> AsyncIterator[tuple[PassageIndex, Frequencies]]:
    """The English paragraphs in a collection of their own on the stack's Qdrant."""
    settings = QdrantSettings(url=stack.url("qdrant"), collection="quality")
    async with open_index(settings, embedder) as index:
        yield index, await fill(index, SETS / "xquad" / "en" / "corpus.jsonl", "en", embedder)


@pytest.mark.asyncio(loop_scope="module")
@pytest.mark.parametrize(("asked_in", "floor"), [("en", 0.96), ("de", 0.89)])
async def test_the_english_paragraph_that_answers_is_found(
    asked_in: str, floor: float, shelf: tuple[PassageIndex, Frequencies], embedder: Embedder
) -> None:
    index, frequencies = shelf
    judged = (SETS / "xquad" / "en" / "qrels.tsv").read_text().splitlines()[1:]
    relevant = {line.split("\t")[0]: line.split("\t")[1] for line in judged}
    questions = read(SETS / "xquad" / asked_in / "queries.jsonl")
    gains = []
    for row in questions[:: len(questions) // QUESTIONS]:
        question = question_vector({"en": terms(row["text"], "en")}, frequencies)
        hits = await index.search("set", await embedder.embed_query(row["text"]), question, 10)
        ids = [hit.passage.anchor for hit in hits]
        right = relevant[row["_id"]]
        # nDCG@10 with one relevant passage: 1 / log2(rank + 1).
        gains.append(1 / math.log2(ids.index(right) + 2) if right in ids else 0.0)
    ndcg = sum(gains) / len(gains)
    assert ndcg >= floor, f"nDCG@10 {ndcg:.3f}"
