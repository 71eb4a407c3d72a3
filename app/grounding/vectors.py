"""The vectors of what was asked last.

Words are searched for while they are spoken, and once more when they have become a question.
"""

import asyncio
from collections import OrderedDict

import numpy as np

from app.grounding.followup import readings
from app.grounding.ports import EmbedsQuestions
from ingest.documents import Vector

# A visitor's words change several times a second, and only the last of them are asked again.
_KEPT = 64


class QuestionVectors:
    """Embeds each text once, also for those who ask while that is under way."""

    def __init__(self, embedder: EmbedsQuestions) -> None:
        self._embedder = embedder
        self._kept: OrderedDict[str, asyncio.Future[Vector]] = OrderedDict()

    async def embed_query(self, text: str) -> Vector:
        """The vector of a question; of one that was lent a subject, the mean of both readings.

        So near as the mean of both cosines a passage is to it: it is shorter than the others.
        """
        vectors = await asyncio.gather(*map(self._of, readings(text)))
        return vectors[0] if len(vectors) == 1 else np.mean(vectors, axis=0, dtype=np.float32)

    async def _of(self, text: str) -> Vector:
        vector = self._kept.get(text)
        if vector is None or (vector.done() and (vector.cancelled() or vector.exception())):
            vector = self._kept[text] = asyncio.ensure_future(self._embedder.embed_query(text))
            while len(self._kept) > _KEPT:
                self._kept.popitem(last=False)
        self._kept.move_to_end(text)
        # Who gives up does not take the vector from the others.
        return await asyncio.shield(vector)
