"""How large a passage should be: retrieval on long pages, by target size and overlap.

The pages are made from the paragraphs of public question sets (EVAL_DATA names their folder): those
of one article under one title, three below a heading. A question counts as served when the words
around its answer stand in what is retrieved: in the best three and five passages, and in the first
`EVIDENCE` tokens of them, which is what a model on a processor is given to read.
"""

import asyncio
import json
import os
import random
import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any

import numpy as np
import typer
from rich.console import Console
from rich.table import Table

from ingest.chunking.chunk import Chunker
from ingest.documents import Article, Passage, SparseVector
from ingest.embedding.embed import Embedder, open_embedder
from ingest.indexing.fusion import fused
from ingest.indexing.sparse import Frequencies, search_vector, terms, weigh
from ingest.settings import ChunkSettings, EmbedderSettings
from tools.models import embedder_folder

EVIDENCE = 360
PARAGRAPHS_A_HEADING = 3
SETS = {"xquad/en": "en", "piaf_fr": "fr"}
# Target and overlap, in the embedder's tokens.
SIZES = ((60, 0), (90, 0), (120, 0), (120, 30), (160, 0), (160, 40), (240, 0))


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked, on which page, and the words around the answer that must be found."""

    text: str
    url: str
    around: str


@dataclass(frozen=True, slots=True)
class Site:
    """Pages of one language, and what is asked about them."""

    lang: str
    pages: list[Article]
    questions: list[Question]


def measure(paragraphs: int = 200, questions: int = 200) -> dict[str, float]:
    """Shares of the questions that are served, by set, target size and overlap."""
    return asyncio.run(_measure(Path(os.environ["EVAL_DATA"]), paragraphs, questions))


async def _measure(sets: Path, paragraphs: int, questions: int) -> dict[str, float]:
    figures: dict[str, float] = {}
    async with open_embedder(EmbedderSettings(path=str(embedder_folder()), threads=1)) as embedder:
        for name, lang in SETS.items():
            site = make_site(sets / name, lang, paragraphs, questions)
            vectors = np.stack([await embedder.embed_query(q.text) for q in site.questions])
            for target, overlap in SIZES:
                passages = _cut(site, target, overlap, embedder)
                found = await _served(site, passages, vectors, embedder)
                key = f"{name} {target}/{overlap}"
                figures |= {f"{key} {what}": round(share, 3) for what, share in found.items()}
    return figures


def make_site(folder: Path, lang: str, least: int, questions: int) -> Site:
    """Articles as pages, the longest first until they have so many paragraphs, and questions."""
    paragraphs: dict[str, list[tuple[str, str]]] = defaultdict(list)
    for row in read(folder / "corpus.jsonl"):
        paragraphs[row["title"]].append((row["_id"], " ".join(row["text"].split())))
    of: dict[str, tuple[str, str]] = {}
    made = []
    for title in sorted(paragraphs, key=lambda title: (-len(paragraphs[title]), title)):
        if len(of) >= least:
            break
        url = f"https://bench.example/{title}"
        of |= {id_: (url, text) for id_, text in paragraphs[title]}
        texts = [text for _, text in paragraphs[title]]
        made.append(Article(url=url, title=title, lang=lang, text=_page(title, texts)))
    asked = []
    for row in read(folder / "queries.jsonl"):
        url, text = of.get(row["context_id"], ("", ""))
        if around := _around(text, row["answers"][0]):
            asked.append(Question(row["text"], url, around))
    random.Random(1).shuffle(asked)
    return Site(lang, made, asked[:questions])


def _page(title: str, paragraphs: Sequence[str]) -> str:
    parts = [f"# {title}"]
    for start in range(0, len(paragraphs), PARAGRAPHS_A_HEADING):
        parts.append(f"## {start // PARAGRAPHS_A_HEADING + 1}")
        parts += paragraphs[start : start + PARAGRAPHS_A_HEADING]
    return "\n\n".join(parts)


def _around(paragraph: str, answer: str) -> str:
    """The answer with a few words of its sentence on both sides; "" if it is not there once."""
    answer = " ".join(answer.split())
    if paragraph.count(answer) != 1:
        return ""
    start = paragraph.index(answer)
    before = re.split(r"[.!?] ", paragraph[max(0, start - 20) : start])[-1]
    after = re.split(r"[.!?] ", paragraph[start + len(answer) :][:20])[0]
    return f"{before}{answer}{after}".strip()


def _cut(site: Site, target: int, overlap: int, embedder: Embedder) -> list[Passage]:
    settings = ChunkSettings(target_tokens=target, overlap_tokens=overlap)
    chunker = Chunker(settings, embedder.count_tokens)
    now = datetime(2026, 1, 1, tzinfo=UTC)
    return [
        passage
        for page in site.pages
        for passage in chunker.chunk(page, kb="bench", source="bench", fetched_at=now)
    ]


async def _served(
    site: Site, passages: list[Passage], questions: np.ndarray, embedder: Embedder
) -> dict[str, float]:
    vectors = await embedder.embed_passages([passage.embedded_text for passage in passages])
    cosines = questions @ np.stack(vectors).T
    counted, served = Counter[str](), 0
    for number, asked in enumerate(_bm25(site, passages)):
        scores = [fused(*each) for each in zip(cosines[number], asked, strict=True)]
        best = [passages[n] for n in np.argsort(scores)[::-1][:10]]
        question = site.questions[number]
        for most in (3, 5):
            counted[f"in best {most}"] += _holds(best[:most], question)
        served += _holds(_evidence(best, embedder), question)
    total = len(site.questions)
    tokens = [embedder.count_tokens(passage.text) for passage in passages]
    return {
        **{what: count / total for what, count in counted.items()},
        f"in {EVIDENCE} tokens": served / total,
        "passages": len(passages),
        "tokens embedded": sum(tokens),
    }


def _bm25(site: Site, passages: list[Passage]) -> Iterator[list[float]]:
    """The BM25 of every passage, for one question after another."""
    weights = [_by_term(weigh(passage.embedded_text, site.lang)) for passage in passages]
    containing = Counter(term for each in weights for term in each)
    frequencies = Frequencies(passages={site.lang: len(passages)}, containing=containing)
    for question in site.questions:
        vector = search_vector({site.lang: terms(question.text, site.lang)}, frequencies)
        asked = _by_term(vector)
        yield [sum(w * each.get(term, 0.0) for term, w in asked.items()) for each in weights]


def _by_term(vector: SparseVector) -> dict[int, float]:
    return dict(zip(vector.indices, vector.values, strict=True))


def _evidence(best: Sequence[Passage], embedder: Embedder) -> Iterator[Passage]:
    """The first passages that fit what the model reads."""
    left = EVIDENCE
    for passage in best:
        left -= embedder.count_tokens(passage.text)
        if left < 0:
            return
        yield passage


def _holds(passages: Iterator[Passage] | Sequence[Passage], question: Question) -> bool:
    return any(
        passage.url == question.url and question.around in " ".join(passage.text.split())
        for passage in passages
    )


def read(file: Path) -> Iterator[dict[str, Any]]:
    """The rows of a file of JSON lines."""
    with file.open() as lines:
        for line in lines:
            yield json.loads(line)


def main(
    paragraphs: Annotated[int, typer.Option(min=20, help="Paragraphs a set.")] = 200,
    questions: Annotated[int, typer.Option(min=10, help="Questions a set.")] = 200,
) -> None:
    """Compare target sizes and overlaps."""
    rows: dict[str, dict[str, float]] = defaultdict(dict)
    for key, value in measure(paragraphs, questions).items():
        name, sizes, what = key.split(" ", 2)
        rows[f"{name} {sizes}"][what] = value
    columns = list(next(iter(rows.values())))
    table = Table("target/overlap", *columns, title="long pages")
    for row, figures in rows.items():
        table.add_row(row, *(f"{figures[column]:g}" for column in columns))
    Console(width=120).print(table)


if __name__ == "__main__":
    typer.run(main)
