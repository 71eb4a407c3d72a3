"""Passages a second by the numbers that the embedding model computes with, and what they cost.

Time is the processor's, so that what else runs does not count; the sets are public ones (EVAL_DATA
names their folder): questions in English and German to English paragraphs.
"""

import asyncio
import math
import os
import random
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import numpy as np
import typer
from numpy.typing import NDArray
from rich.console import Console
from rich.table import Table

from bench.chunking import read
from ingest.embedding.arithmetic import Backend
from ingest.embedding.embed import open_embedder
from ingest.settings import EmbedderSettings
from tools.models import embedder_folder

BACKENDS: tuple[Backend, ...] = ("fp32", "bf16", "int8")
LANGUAGES = ("en", "de")
Vectors = NDArray[np.float32]


def measure(paragraphs: int = 60, questions: int = 80) -> dict[str, float]:
    """Of each backend: speed, nDCG@10, and how far its cosines are from those of 32 bits."""
    return asyncio.run(_measure(Path(os.environ["EVAL_DATA"]) / "xquad", paragraphs, questions))


async def _measure(xquad: Path, paragraphs: int, questions: int) -> dict[str, float]:
    corpus = list(read(xquad / "en" / "corpus.jsonl"))[:paragraphs]
    ids = [row["_id"] for row in corpus]
    texts = [f"{row['title']}\n{row['text']}" for row in corpus]
    figures: dict[str, float] = {}
    usual: dict[str, Vectors] = {}
    for backend in BACKENDS:
        settings = EmbedderSettings(path=str(embedder_folder()), backend=backend)
        async with open_embedder(settings) as embedder:
            await embedder.embed_passages(texts[:2])
            began = time.process_time()
            passages = np.stack(await embedder.embed_passages(texts))
            took = time.process_time() - began
            figures[f"{backend} passages a second of one core"] = round(len(texts) / took, 2)
            for lang in LANGUAGES:
                asked = _questions(xquad / lang / "queries.jsonl", ids, questions)
                vectors = np.stack([await embedder.embed_query(text) for text, _ in asked])
                cosines = vectors @ passages.T
                right = [ids.index(id_) for _, id_ in asked]
                figures[f"{backend} {lang} nDCG@10"] = round(_ndcg(cosines, right), 4)
                best = cosines.max(axis=1)
                shift = best - usual.setdefault(f"best {lang}", best)
                figures[f"{backend} {lang} best cosine moved by"] = round(float(shift.mean()), 5)
            same = (passages * usual.setdefault("passages", passages)).sum(axis=1)
            figures[f"{backend} cosine to fp32, least"] = round(float(same.min()), 5)
    return figures


def _questions(file: Path, ids: Sequence[str], most: int) -> list[tuple[str, str]]:
    """Questions with the paragraph that answers each."""
    asked = [(row["text"], row["context_id"]) for row in read(file) if row["context_id"] in ids]
    random.Random(1).shuffle(asked)
    return asked[:most]


def _ndcg(cosines: Vectors, right: Sequence[int]) -> float:
    """nDCG@10 where one paragraph is right: 1 / log2(rank + 1)."""
    ranks = [int((row > row[n]).sum()) + 1 for row, n in zip(cosines, right, strict=True)]
    return sum(1 / math.log2(rank + 1) for rank in ranks if rank <= 10) / len(ranks)


def main(
    paragraphs: Annotated[int, typer.Option(min=10, help="How many paragraphs.")] = 60,
    questions: Annotated[int, typer.Option(min=10, help="How many questions a language.")] = 80,
) -> None:
    """Compare what the embedding model may compute with."""
    table = Table("figure", "value", title="embedding")
    for name, value in measure(paragraphs, questions).items():
        table.add_row(name, f"{value:g}")
    Console().print(table)


if __name__ == "__main__":
    typer.run(main)
