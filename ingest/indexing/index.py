"""The shelf between `ingest`, which fills it, and `app`, which reads it: one Qdrant collection.

The index knows nothing of text models: it is given vectors and gives back passages. It speaks to
Qdrant over HTTP only, be it a real server or the embedded one.
"""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import datetime
from typing import Any
from uuid import UUID

import numpy as np
from qdrant_client import AsyncQdrantClient, models

from ingest.documents import Hit, Passage, SparseVector, Vector
from ingest.indexing.collections import EmbeddingModel, beside, serving
from ingest.indexing.fusion import DEPTH, WEIGHT, contenders, fused, weight_for
from ingest.indexing.points import among, equal, passage_of, point, sparse, within
from ingest.indexing.qdrant import connected, translated
from ingest.settings import QdrantSettings

# Points in one upsert: the embedded server answers nobody else while it stores them.
BATCH = 64
# Points read at a time, for the same reason: a page of them with vectors is 2 MB of JSON.
PAGE = 256
# Pages noted as seen in one call, again for the same reason: 5,000 points in one took 0.23 s.
URLS_AT_ONCE = 100


class PassageIndex:
    """The passages of every knowledge base, found by meaning and by words.

    Every method raises IndexUnavailable when Qdrant cannot be reached or refuses. `collection` is
    the collection itself, whatever alias led to it; `weight` is what words count beside meaning.
    """

    def __init__(
        self, client: AsyncQdrantClient, collection: str, url: str, weight: float = WEIGHT
    ) -> None:
        self._client = client
        self._url = url
        self._weight = weight
        self.collection = collection

    async def put(
        self,
        passages: Sequence[Passage],
        vectors: Sequence[Vector],
        weights: Sequence[SparseVector],
    ) -> None:
        """Store passages with their embeddings and term weights, over any with the same id."""
        points = [point(*each) for each in zip(passages, vectors, weights, strict=True)]
        with translated(self._url):
            for start in range(0, len(points), BATCH):
                batch = points[start : start + BATCH]
                await self._client.upsert(self.collection, batch, wait=True)

    async def vectors(self, kb: str, url: str) -> dict[str, Vector]:
        """The embeddings that are stored of a page, by the text that was embedded.

        What a changed page still says needs no embedding anew.
        """
        found: dict[str, Vector] = {}
        chosen = within(kb, equal("url", url))
        offset: Any = None
        with translated(self._url):
            while True:
                records, offset = await self._client.scroll(
                    self.collection, chosen, PAGE, offset=offset, with_vectors=["dense"]
                )
                for each in records:
                    vector: Any = each.vector
                    text = passage_of(each.payload).embedded_text
                    found[text] = np.asarray(vector["dense"], dtype=np.float32)
                if offset is None:
                    return found

    async def pages(self, kb: str | None = None) -> set[tuple[str, str]]:
        """The knowledge base and URL of every page of which something is stored.

        Of one knowledge base, or (None) of all: for keeping house, never for an answer.
        """
        found: set[tuple[str, str]] = set()
        which = None if kb is None else within(kb)
        offset: Any = None
        with translated(self._url):
            while True:
                records, offset = await self._client.scroll(
                    self.collection, which, PAGE, offset=offset, with_payload=["kb", "url"]
                )
                payloads = [each.payload or {} for each in records]
                found |= {(payload["kb"], payload["url"]) for payload in payloads}
                if offset is None:
                    return found

    async def touch(self, kb: str, urls: Sequence[str], fetched_at: datetime) -> None:
        """Note that these pages were seen again, and still say what is stored of them."""
        seen = {"fetched_at": fetched_at.isoformat()}
        with translated(self._url):
            for start in range(0, len(urls), URLS_AT_ONCE):
                chosen = within(kb, among("url", urls[start : start + URLS_AT_ONCE]))
                await self._client.set_payload(self.collection, seen, chosen, wait=True)

    async def retire(self, kb: str, url: str, keep: str | None) -> None:
        """Take away what is stored of a page, but for the revision to keep, if any."""
        kept = [] if keep is None else [equal("revision", keep)]
        await self._delete(within(kb, equal("url", url), but=kept))

    async def erase(self, kb: str, source: str | None) -> None:
        """Take away what a source has in a knowledge base, or (None) all that it holds."""
        await self._delete(within(kb, *([] if source is None else [equal("source", source)])))

    async def search(
        self, kb: str, vector: Vector, question: SparseVector | None, limit: int
    ) -> list[Hit]:
        """The `limit` best passages of a knowledge base, the best first.

        Both lists count: a passage found only by its words gets its true cosine before it is
        ranked. Without a question vector, or with an empty one, meaning alone decides.
        """
        with translated(self._url):
            if question is None or not question.indices:
                return self._ranked(await self._nearest(vector, within(kb), limit), {}, limit)
            cosines, words = await self._both_lists(kb, vector, question)
            ids = contenders(cosines, words, limit, self._weight)
            if not ids:
                return []
            chosen = within(kb, models.HasIdCondition(has_id=ids))
            return self._ranked(await self._nearest(vector, chosen, len(ids)), words, limit)

    async def these(self, kb: str, ids: Sequence[UUID], vector: Vector) -> list[Hit]:
        """Those of the passages that are there, the nearest first; their words do not count."""
        chosen = within(kb, models.HasIdCondition(has_id=[str(each) for each in ids]))
        with translated(self._url):
            return self._ranked(await self._nearest(vector, chosen, len(ids)), {}, len(ids))

    async def count(self, kb: str | None = None) -> int:
        """How many passages a knowledge base holds, or all of them together."""
        which = None if kb is None else within(kb)
        with translated(self._url):
            return (await self._client.count(self.collection, which, exact=True)).count

    async def ready(self) -> None:
        """Return when Qdrant answers for the collection."""
        with translated(self._url):
            await self._client.get_collection(self.collection)

    async def _delete(self, chosen: models.Filter) -> None:
        with translated(self._url):
            selector = models.FilterSelector(filter=chosen)
            await self._client.delete(self.collection, selector, wait=True)

    async def _both_lists(
        self, kb: str, vector: Vector, question: SparseVector
    ) -> tuple[dict[Any, float], dict[Any, float]]:
        asked = [
            models.QueryRequest(query=query, using=using, filter=within(kb), limit=DEPTH)
            for query, using in ((vector.tolist(), "dense"), (sparse(question), "bm25"))
        ]
        answers = await self._client.query_batch_points(self.collection, asked)
        dense, bm25 = ({point.id: point.score for point in each.points} for each in answers)
        return dense, bm25

    async def _nearest(
        self, vector: Vector, among: models.Filter, limit: int
    ) -> list[models.ScoredPoint]:
        wanted = {"query": vector.tolist(), "using": "dense", "query_filter": among}
        found = await self._client.query_points(
            self.collection, **wanted, limit=limit, with_payload=True
        )
        return found.points

    def _ranked(
        self, points: Sequence[models.ScoredPoint], words: dict[Any, float], limit: int
    ) -> list[Hit]:
        hits = [self._hit(each, words.get(each.id, 0.0)) for each in points]
        # Equal scores keep the order of their ids: the same answer from every Qdrant.
        return sorted(hits, key=lambda hit: (-hit.score, hit.passage.id))[:limit]

    def _hit(self, found: models.ScoredPoint, bm25: float) -> Hit:
        score = fused(found.score, bm25, self._weight)
        return Hit(passage=passage_of(found.payload), score=score, cosine=found.score, bm25=bm25)


@asynccontextmanager
async def open_index(
    settings: QdrantSettings, embedder: EmbeddingModel, client: AsyncQdrantClient | None = None
) -> AsyncIterator[PassageIndex]:
    """The index for vectors of this embedder, its collection made if it is not there.

    A client that is handed in stays open; one that is made here is closed.

    Raises:
        EmbedderMismatch: the collection was filled by another model.
        IndexUnavailable: Qdrant cannot be reached, or refuses.
    """
    async with connected(settings, client) as used:
        with translated(settings.url):
            collection = await serving(used, settings.collection, embedder)
        yield PassageIndex(used, collection, settings.url, _weight(settings, embedder))


@asynccontextmanager
async def open_beside(
    settings: QdrantSettings, embedder: EmbeddingModel, client: AsyncQdrantClient | None = None
) -> AsyncIterator[PassageIndex]:
    """The collection of this embedder, made if it is not there, while another may be serving.

    Raises:
        EmbedderMismatch, IndexUnavailable: as `open_index`.
    """
    async with connected(settings, client) as used:
        with translated(settings.url):
            collection = await beside(used, settings.collection, embedder)
        yield PassageIndex(used, collection, settings.url, _weight(settings, embedder))


def _weight(settings: QdrantSettings, embedder: EmbeddingModel) -> float:
    told = settings.word_weight
    return weight_for(embedder.name) if told is None else told
