"""How near the sentences of a passage are to a question.

A passage's own vector is blurred by what else it says; across languages, where words do not help,
its nearest sentence tells more. For a model that reads slowly, the nearest ones stand for all of
it. Sentences are embedded when they are first looked at, and kept.
"""

import re
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol
from uuid import UUID

import numpy as np
from numpy.typing import NDArray

from app.grounding.headings import is_asked
from ingest.documents import Passage, Vector

# Passages whose sentences are kept: some 20 MB at five sentences of 384 figures each.
_KEPT = 2_000
# Shorter pieces are ends of abbreviations, headings, lines of a list.
_SHORTEST = 20
_END = re.compile(r"(?<=[.!?…])[\"”»)]*\s+(?=[^\W_a-zà-ÿ]|[\"„«(¿¡])|\n+")


# Letters of an excerpt of the best passage, and of each of the others; one sentence at least. Of 33
# questions on the sample pages, whose passages are short, all still had their fact, in 98 tokens
# instead of 152. In 71 tokens they had it as well, but the 1.5B refused one of 17 that it answered
# from whole passages (2026-11-23).
_OF_BEST, _OF_OTHERS = 300, 130


@dataclass(frozen=True, slots=True, kw_only=True)
class Excerpt:
    """The sentences of a passage that are nearest to a question, in their order; the nearest."""

    text: str
    nearest: str


class EmbedsPassages(Protocol):
    """What is needed of the embedder."""

    async def embed_passages(self, texts: Sequence[str]) -> list[Vector]:
        """The vectors of passages, in their order."""


class Sentences:
    """The sentences of the passages that were looked at last, as vectors."""

    def __init__(self, embedder: EmbedsPassages) -> None:
        self._embedder = embedder
        self._kept: OrderedDict[str, NDArray[np.float32]] = OrderedDict()

    async def learn(self, passages: Sequence[Passage]) -> None:
        """Embed the sentences of those passages that are not kept yet; keep the latest."""
        cut: dict[str, list[str]] = {}
        for passage in passages:
            if passage.text in self._kept:
                self._kept.move_to_end(passage.text)
            else:
                cut[passage.text] = split(passage.text)
        if not cut:
            return
        pieces = [piece for sentences in cut.values() for piece in sentences]
        vectors = iter(await self._embedder.embed_passages(pieces))
        for text, sentences in cut.items():
            self._kept[text] = np.array([next(vectors) for _ in sentences])
        while len(self._kept) > _KEPT:
            self._kept.popitem(last=False)

    async def excerpts(
        self, question: str, vector: Vector, passages: Sequence[Passage]
    ) -> dict[UUID, Excerpt]:
        """What to show of passages, the best first, for a question with this vector."""
        await self.learn(passages)
        found: dict[UUID, Excerpt] = {}
        begun: set[tuple[str, tuple[str, ...]]] = set()
        for number, each in enumerate(passages):
            # What a heading asks, the first sentence below it says, often in other words.
            section = (each.url, each.headings)
            begins = section not in begun and is_asked(question, each)
            begun.add(section)
            most = _OF_OTHERS if number else _OF_BEST
            found[each.id] = self._excerpt(each, vector, most, begins=begins)
        return found

    def _excerpt(
        self, passage: Passage, vector: Vector, most: int, *, begins: bool = False
    ) -> Excerpt:
        pieces = split(passage.text)
        order = np.argsort(-(self._kept[passage.text] @ vector))
        if begins:
            order = np.array([0, *order[order != 0]])
        letters = np.cumsum([len(pieces[place]) for place in order])
        count = max(1, int((letters <= most).sum()))
        text = " ".join(pieces[place] for place in sorted(order[:count]))
        return Excerpt(text=text, nearest=pieces[order[0]])

    async def nearest(self, vector: Vector, passages: Sequence[Passage]) -> dict[UUID, float]:
        """The cosine of the sentence of each passage that is nearest to a vector."""
        await self.learn(passages)
        return {each.id: float((self._kept[each.text] @ vector).max()) for each in passages}


def split(text: str) -> list[str]:
    """The sentences of a passage; what is too short to mean something by itself is added to one."""
    sentences: list[str] = []
    for piece in filter(None, map(str.strip, _END.split(text))):
        if sentences and (len(piece) <= _SHORTEST or len(sentences[-1]) <= _SHORTEST):
            sentences[-1] += f" {piece}"
        else:
            sentences.append(piece)
    return sentences or [text]
