"""An embedder without a model: texts that share words are near one another."""

import re
from collections.abc import Sequence
from zlib import crc32

import numpy as np

from ingest.documents import Vector

_WORD = re.compile(r"\w+")


class WordHashEmbedder:
    """Each word adds one to a place its hash chooses; counts what it was asked to embed.

    Its tokens are words and single signs, so texts that are easy to count for people are for it.
    """

    def __init__(self, name: str = "words", dimensions: int = 64, window: int = 500) -> None:
        self.name = name
        self.dimensions = dimensions
        self.window = window
        self.queries = 0
        self.passages = 0

    def count_tokens(self, text: str) -> int:
        return len(re.findall(r"\w+|[^\w\s]", text))

    async def embed_query(self, text: str) -> Vector:
        self.queries += 1
        return self._vector(text)

    async def embed_passages(self, texts: Sequence[str]) -> list[Vector]:
        self.passages += len(texts)
        return [self._vector(text) for text in texts]

    def _vector(self, text: str) -> Vector:
        vector = np.zeros(self.dimensions, dtype=np.float32)
        for word in _WORD.findall(text.lower()) or [""]:
            vector[crc32(word.encode()) % self.dimensions] += 1
        return vector / np.linalg.norm(vector)
