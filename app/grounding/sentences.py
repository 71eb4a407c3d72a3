"""How near the sentences of a passage are to a question.

A passage's own vector is blurred by what else it says; across languages, where words do not help,
its nearest sentence tells more. Sentences are embedded when they are first looked at, and kept.
"""

import re
from collections import OrderedDict
from collections.abc import Sequence
from typing import Protocol
from uuid import UUID

import numpy as np
from numpy.typing import NDArray

from ingest.documents import Passage, Vector

# Passages whose sentences are kept: some 20 MB at five sentences of 384 figures each.
_KEPT = 2_000
# Shorter pieces are ends of abbreviations and headings.
_SHORTEST = 20
_END = re.compile(r"(?<=[.!?…])[\"”»)]*\s+(?=[^\W_a-zà-ÿ]|[\"„«(¿¡])|\n+")


class EmbedsPassages(Protocol):
    """What is needed of the embedder."""

    async def embed_passages(self, texts: Sequence[str]) -> list[Vector]:
        """The vectors of passages, in their order."""


class Sentences:
    """The sentences of the passages that were looked at last, as vectors."""

    def __init__(self, embedder: EmbedsPassages) -> None:
        self._embedder = embedder
        self._kept: OrderedDict[UUID, NDArray[np.float32]] = OrderedDict()

    async def learn(self, passages: Sequence[Passage]) -> None:
        """Embed the sentences of those passages that are not kept yet."""
        missing = [each for each in passages if each.id not in self._kept]
        if not missing:
            return
        cut = {each.id: split(each.text) for each in missing}
        vectors = iter(await self._embedder.embed_passages([s for ss in cut.values() for s in ss]))
        for id_, pieces in cut.items():
            self._kept[id_] = np.array([next(vectors) for _ in pieces])

    async def nearest(self, vector: Vector, passages: Sequence[Passage]) -> dict[UUID, float]:
        """The cosine of the sentence of each passage that is nearest to a vector."""
        await self.learn(passages)
        found = {each.id: float((self._kept[each.id] @ vector).max()) for each in passages}
        for id_ in found:
            self._kept.move_to_end(id_)
        while len(self._kept) > _KEPT:
            self._kept.popitem(last=False)
        return found


def split(text: str) -> list[str]:
    """The sentences of a passage that are long enough to mean something; else all of it."""
    pieces = [piece.strip() for piece in _END.split(text)]
    return [piece for piece in pieces if len(piece) > _SHORTEST] or [text]
