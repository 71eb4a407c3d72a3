"""The shelf between `ingest`, which fills it, and `app`, which reads it: one Qdrant collection.

The index knows nothing of text models: it is given vectors and gives back passages. It speaks to
Qdrant over HTTP only, be it a real server or the embedded one.
"""

import math
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager
from dataclasses import asdict
from datetime import date, datetime
from typing import Any, Protocol

from qdrant_client import AsyncQdrantClient, models
from qdrant_client.common.client_exceptions import QdrantException
from qdrant_client.http.exceptions import ResponseHandlingException, UnexpectedResponse

from ingest.documents import Hit, Passage, SparseVector, Vector
from ingest.errors import EmbedderMismatch, IndexUnavailable
from ingest.indexing.fusion import DEPTH, contenders, fused
from ingest.settings import QdrantSettings

# Points in one upsert: the embedded server answers nobody else while it stores them.
BATCH = 64

_INDEXES = {
    field: models.KeywordIndexParams(type=models.KeywordIndexType.KEYWORD, is_tenant=field == "kb")
    for field in ("kb", "url", "revision")
}


class EmbeddingModel(Protocol):
    """What the index must know of the model whose vectors it holds."""

    @property
    def name(self) -> str: ...

    @property
    def dimensions(self) -> int: ...


class PassageIndex:
    """The passages of every knowledge base, found by meaning and by words.

    Every method raises IndexUnavailable when Qdrant cannot be reached or refuses.
    """

    def __init__(self, client: AsyncQdrantClient, settings: QdrantSettings) -> None:
        self._client = client
        self._collection = settings.collection
        self._url = settings.url

    async def put(
        self,
        passages: Sequence[Passage],
        vectors: Sequence[Vector],
        weights: Sequence[SparseVector],
    ) -> None:
        """Store passages with their embeddings and term weights, over any with the same id."""
        points = [_point(*each) for each in zip(passages, vectors, weights, strict=True)]
        with _translated(self._url):
            for start in range(0, len(points), BATCH):
                batch = points[start : start + BATCH]
                await self._client.upsert(self._collection, batch, wait=True)

    async def retire(self, kb: str, url: str, keep: str | None) -> None:
        """Take away what is stored of a page, but for the revision to keep, if any."""
        kept = [] if keep is None else [_is("revision", keep)]
        outdated = models.FilterSelector(filter=_within(kb, _is("url", url), but=kept))
        with _translated(self._url):
            await self._client.delete(self._collection, outdated, wait=True)

    async def search(
        self, kb: str, vector: Vector, question: SparseVector | None, limit: int
    ) -> list[Hit]:
        """The `limit` best passages of a knowledge base, the best first.

        Both lists count: a passage found only by its words gets its true cosine before it is
        ranked. Without a question vector, or with an empty one, meaning alone decides.
        """
        with _translated(self._url):
            if question is None or not question.indices:
                return _ranked(await self._nearest(vector, _within(kb), limit), {}, limit)
            cosines, words = await self._both_lists(kb, vector, question)
            ids = contenders(cosines, words, limit)
            if not ids:
                return []
            chosen = _within(kb, models.HasIdCondition(has_id=ids))
            return _ranked(await self._nearest(vector, chosen, len(ids)), words, limit)

    async def count(self, kb: str | None = None) -> int:
        """How many passages a knowledge base holds, or all of them together."""
        which = None if kb is None else _within(kb)
        with _translated(self._url):
            return (await self._client.count(self._collection, which, exact=True)).count

    async def ready(self) -> None:
        """Return when Qdrant answers for the collection."""
        with _translated(self._url):
            await self._client.get_collection(self._collection)

    async def _both_lists(
        self, kb: str, vector: Vector, question: SparseVector
    ) -> tuple[dict[Any, float], dict[Any, float]]:
        asked = [
            models.QueryRequest(query=query, using=using, filter=_within(kb), limit=DEPTH)
            for query, using in ((vector.tolist(), "dense"), (_terms(question), "bm25"))
        ]
        answers = await self._client.query_batch_points(self._collection, asked)
        dense, bm25 = ({point.id: point.score for point in each.points} for each in answers)
        return dense, bm25

    async def _nearest(
        self, vector: Vector, among: models.Filter, limit: int
    ) -> list[models.ScoredPoint]:
        wanted = {"query": vector.tolist(), "using": "dense", "query_filter": among}
        found = await self._client.query_points(
            self._collection, **wanted, limit=limit, with_payload=True
        )
        return found.points


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
    used = client or _connect(settings)
    try:
        with _translated(settings.url):
            await _prepare(used, settings.collection, embedder)
        yield PassageIndex(used, settings)
    finally:
        if client is None:
            await used.close()


async def await_qdrant(settings: QdrantSettings) -> None:
    """Return when Qdrant answers: cheaper than finding out after a model was loaded.

    Raises:
        IndexUnavailable: it cannot be reached, or refuses the key.
    """
    client = _connect(settings)
    try:
        with _translated(settings.url):
            await client.get_collections()
    finally:
        await client.close()


def _connect(settings: QdrantSettings) -> AsyncQdrantClient:
    # The key goes as a header, so that a key for a server on loopback does not make the client
    # assume TLS and warn; the version check, a thread of its own, is left to `_prepare`.
    key = settings.api_key
    return AsyncQdrantClient(
        url=settings.url,
        timeout=math.ceil(settings.timeout_s),
        headers={"api-key": key.get_secret_value()} if key else None,
        check_compatibility=False,
    )


async def _prepare(client: AsyncQdrantClient, collection: str, embedder: EmbeddingModel) -> None:
    wanted = {"embedder": embedder.name, "dimensions": embedder.dimensions}
    if not await client.collection_exists(collection):
        try:
            await client.create_collection(
                collection,
                vectors_config={
                    "dense": models.VectorParams(
                        size=embedder.dimensions, distance=models.Distance.COSINE
                    )
                },
                sparse_vectors_config={"bm25": models.SparseVectorParams()},
                metadata=wanted,
            )
        except UnexpectedResponse as error:
            if error.status_code != 409:  # 409: another process made it in the meantime
                raise
    info = await client.get_collection(collection)
    _check_embedder(info.config.metadata or {}, wanted, collection)
    for field, schema in _INDEXES.items():
        if field not in info.payload_schema:
            await client.create_payload_index(collection, field, schema, wait=True)


def _check_embedder(held: dict[str, Any], wanted: dict[str, Any], collection: str) -> None:
    if {field: held.get(field) for field in wanted} == wanted:
        return
    holds = "a model that it does not name"
    if held.get("embedder"):
        holds = f"{held['embedder']} ({held.get('dimensions')} dimensions)"
    raise EmbedderMismatch(
        f"The collection {collection!r} holds vectors of {holds}, not of {wanted['embedder']} "
        f"({wanted['dimensions']} dimensions). Go back to that model with "
        "GROUNDLING_EMBEDDER__MODEL, or choose another collection with "
        "GROUNDLING_QDRANT__COLLECTION and ingest into it (a Qdrant before 1.16 keeps no name)."
    )


def _within(
    kb: str, *conditions: models.Condition, but: Sequence[models.Condition] = ()
) -> models.Filter:
    """The one place where a filter is made, so that none can leave out the knowledge base."""
    return models.Filter(must=[_is("kb", kb), *conditions], must_not=list(but) or None)


def _is(field: str, value: str) -> models.FieldCondition:
    return models.FieldCondition(key=field, match=models.MatchValue(value=value))


def _terms(given: SparseVector) -> models.SparseVector:
    return models.SparseVector(indices=list(given.indices), values=list(given.values))


def _ranked(points: Sequence[models.ScoredPoint], words: dict[Any, float], limit: int) -> list[Hit]:
    hits = [_hit(point, words.get(point.id, 0.0)) for point in points]
    # Equal scores keep the order of their ids: the same answer from every Qdrant.
    return sorted(hits, key=lambda hit: (-hit.score, hit.passage.id))[:limit]


def _point(passage: Passage, vector: Vector, weights: SparseVector) -> models.PointStruct:
    vectors: dict[str, Any] = {"dense": vector.tolist()}
    if weights.indices:
        vectors["bm25"] = _terms(weights)
    payload = asdict(passage)
    payload["headings"] = list(passage.headings)
    payload["fetched_at"] = passage.fetched_at.isoformat()
    payload["page_date"] = passage.page_date and passage.page_date.isoformat()
    return models.PointStruct(id=str(passage.id), vector=vectors, payload=payload)


def _hit(point: models.ScoredPoint, bm25: float) -> Hit:
    fields = dict(point.payload or {})
    fields["headings"] = tuple(fields["headings"])
    fields["fetched_at"] = datetime.fromisoformat(fields["fetched_at"])
    fields["page_date"] = (day := fields.get("page_date")) and date.fromisoformat(day)
    passage = Passage(**fields)
    return Hit(passage=passage, score=fused(point.score, bm25), cosine=point.score, bm25=bm25)


@contextmanager
def _translated(url: str) -> Iterator[None]:
    """What the client raises, said in our own words: cause, then remedy."""
    try:
        yield
    except UnexpectedResponse as error:
        told = error.content.decode(errors="replace")[:300]
        raise IndexUnavailable(
            f"Qdrant at {url} refused with status {error.status_code}: {told} Check "
            "GROUNDLING_QDRANT__URL, and GROUNDLING_QDRANT__API_KEY if it asks for a key."
        ) from error
    except (ResponseHandlingException, QdrantException) as error:
        cause = str(getattr(error, "source", error)) or "no answer"
        raise IndexUnavailable(
            f"Qdrant at {url} cannot be reached: {cause}. Start it (on one machine: "
            "`python -m ingest qdrant`), or correct GROUNDLING_QDRANT__URL."
        ) from error
