"""What grounding needs of the rooms beside it."""

from collections.abc import Sequence
from typing import Protocol
from uuid import UUID

from ingest.documents import Hit, SparseVector, Vector
from ingest.indexing.sparse import Frequencies


class EmbedsQuestions(Protocol):
    """What a search needs of the embedder."""

    async def embed_query(self, text: str) -> Vector:
        """The vector of a question."""


class QuestionEmbedder(EmbedsQuestions, Protocol):
    """What the grounder needs of the embedder."""

    @property
    def name(self) -> str: ...

    async def embed_passages(self, texts: Sequence[str]) -> list[Vector]:
        """The vectors of passages, in their order."""


class Shelf(Protocol):
    """What the grounder needs of the index."""

    async def search(
        self, kb: str, vector: Vector, question: SparseVector | None, limit: int
    ) -> list[Hit]:
        """The `limit` best passages of a knowledge base, the best first."""

    async def these(self, kb: str, ids: Sequence[UUID], vector: Vector) -> list[Hit]:
        """Those of the passages that are there, the nearest first."""


class Reranker(Protocol):
    """Reads question and passage together, which tells more than their vectors, and costs more."""

    async def score(self, question: str, passages: Sequence[str]) -> list[float]:
        """How well each passage answers, the more the better."""


class Shelved(Protocol):
    """One knowledge base."""

    @property
    def kb(self) -> str: ...


class WordCounts(Protocol):
    """What the grounder needs of the catalog."""

    async def shelves(self) -> Sequence[Shelved]:
        """How much each knowledge base holds."""

    async def languages(self, kb: str) -> list[str]:
        """The languages of the passages in a knowledge base."""

    async def frequencies(self, kb: str, terms: Sequence[int]) -> Frequencies:
        """How many passages it has by language, and how many contain each of the terms."""
