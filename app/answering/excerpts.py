"""What a model that reads slowly is shown of the passages: their sentences nearest to the question.

A processor reads 15 to 80 tokens a second, and three passages are up to 360 of them: the visitor
would wait for sentences that have nothing to do with the question.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Protocol
from uuid import UUID

from app.answering.held import Held
from app.grounding.sentences import Excerpt
from app.settings import ModelSettings
from ingest.documents import Hit, Passage

Shown = Mapping[UUID, Excerpt]
"""The excerpts that stand for passages, by the passages' ids; what is not there is shown whole."""


class Cuts(Protocol):
    """What is needed of the grounder."""

    async def excerpts(self, question: str, hits: Sequence[Hit]) -> dict[UUID, Excerpt]:
        """Of each passage, the best first, what is nearest to a question."""


class Excerpts:
    """Decides whether passages are shown whole."""

    def __init__(self, grounder: Cuts, settings: ModelSettings) -> None:
        self._grounder = grounder
        self._settings = settings

    async def of(self, question: str, hits: Sequence[Hit], held: Held) -> Shown:
        """The excerpts of hits, the best first; none where all of them are read quickly enough."""
        tokens = sum(held.tokens(hit.passage.text) for hit in hits)
        if not hits or tokens <= self._settings.read_s * held.pace:
            return {}
        return await self._grounder.excerpts(question, hits)


def shown(hit: Hit, excerpts: Shown) -> Passage:
    """A hit's passage as the model is shown it."""
    excerpt = excerpts.get(hit.passage.id)
    return hit.passage if excerpt is None else replace(hit.passage, text=excerpt.text)
