"""Whether a sentence means what a passage in another language says, as far as an embedder sees.

Words cannot be compared across languages, and a sentence that counts nothing would rest on anything
that was found. Vectors see the subject, not the facts: what is about something else is caught.
"""

import re
from collections.abc import Sequence
from typing import Protocol

from app.grounding.sentences import EmbedsPassages, Sentences
from ingest.documents import Passage

# Cosine that a sentence must reach, by its number of words: short ones are further from everything.
# Chosen on XQuAD es to en so that 1 to 3 % of the sentences of the same text are lost, each cut off
# after so many words. German to English, lost and caught (sentences of another text of the same
# article): whole ones 1 % and 87 %; of 12 words 1 % and 59 %; of 8 words 1 % and 30 %; of 5 words
# 3 % and 21 %.
_FEW, _A_WORD, _MOST = 0.735, 0.005, 0.82
# The only model whose cosines were looked at.
_MEASURED = re.compile("multilingual-e5-small")


class Embedder(EmbedsPassages, Protocol):
    """What is needed of the embedder."""

    @property
    def name(self) -> str:
        """The model's name."""


class Likeness:
    """Compares sentences with passages in another language, by the `sentences` of those."""

    def __init__(self, embedder: EmbedsPassages, sentences: Sentences) -> None:
        self._embedder = embedder
        self._sentences = sentences

    async def read(self, passages: Sequence[Passage]) -> None:
        """Get to know passages ahead: their sentences take the embedder a tenth of a second."""
        await self._sentences.learn(passages)

    async def is_like(self, sentence: str, passages: Sequence[Passage]) -> bool:
        """Whether it is near enough to a sentence of one of the passages, some 15 ms once read."""
        [vector] = await self._embedder.embed_passages([sentence])
        near = await self._sentences.nearest(vector, passages)
        return max(near.values(), default=0.0) >= least(len(sentence.split()))


def least(words: int) -> float:
    """The cosine that a sentence of so many words must reach."""
    return min(_MOST, _FEW + _A_WORD * words)


def likeness_for(embedder: Embedder, sentences: Sentences) -> Likeness | None:
    """The comparison by an embedder; None for one whose cosines nobody has measured."""
    return Likeness(embedder, sentences) if _MEASURED.search(embedder.name.lower()) else None
