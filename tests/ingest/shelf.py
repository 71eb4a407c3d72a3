"""What the tests of the shelf put on it."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import numpy as np

from ingest.documents import Passage, SparseVector, Vector
from ingest.indexing.index import PassageIndex
from ingest.indexing.sparse import Frequencies, question_vector, terms, weigh

FETCHED = datetime(2026, 11, 22, 10, 30, tzinfo=UTC)


@dataclass(frozen=True)
class Model:
    """As much of an embedding model as the index asks for."""

    name: str = "tests/eight"
    dimensions: int = 8


def passage(text: str = "The pool opens at nine.", **fields: Any) -> Passage:
    """A passage of a museum's page, but for what is said otherwise."""
    usual: dict[str, Any] = {
        "kb": "museum",
        "source": "museum",
        "url": "https://museum.example/hours",
        "anchor": "hours",
        "title": "Hours",
        "headings": ("Visit", "Opening hours"),
        "ordinal": 0,
        "text": text,
        "lang": "en",
        "revision": "r1",
        "fetched_at": FETCHED,
    }
    return Passage(**(usual | fields))


def axis(number: int, *, dimensions: int = 8) -> Vector:
    """A unit vector along one axis."""
    unit = np.zeros(dimensions, dtype=np.float32)
    unit[number] = 1
    return unit


def toward(cosine: float) -> Vector:
    """A unit vector with this cosine to the first axis."""
    return np.asarray([cosine, (1 - cosine**2) ** 0.5, *[0.0] * 6], dtype=np.float32)


def question(text: str, passages: list[Passage]) -> SparseVector:
    """A question as the catalog's counts of these passages would have it."""
    langs = {p.lang for p in passages}
    containing: dict[int, int] = {}
    for each in passages:
        for term in terms(each.text, each.lang):
            containing[term] = containing.get(term, 0) + 1
    held = {lang: sum(p.lang == lang for p in passages) for lang in langs}
    frequencies = Frequencies(passages=held, containing=containing)
    return question_vector({lang: terms(text, lang) for lang in langs}, frequencies)


TEXTS = (
    "The swimming pool opens at nine and closes at six.",
    "Dogs stay outside, guide dogs excepted.",
    "The library lends books for three weeks.",
    "A day ticket costs eight euros, for children four.",
)


def passages(**fields: str) -> list[Passage]:
    """One passage for each of the texts."""
    return [passage(text, ordinal=n, **fields) for n, text in enumerate(TEXTS)]


async def shelve(
    index: PassageIndex, put: list[Passage], vectors: list[Vector] | None = None
) -> None:
    """Put passages with their term weights, and with vectors that fall off in their order."""
    given = vectors or [toward(0.9 - 0.05 * n) for n in range(len(put))]
    await index.put(put, given, [weigh(each.text, each.lang) for each in put])
