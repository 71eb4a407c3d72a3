"""Which collection serves: one an embedding model, and an alias for the one that is searched.

The setting names the alias. A process looks it up once, when it opens the index, and keeps to the
collection it found; so switching to another model never changes what a running process reads.
"""

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from qdrant_client import AsyncQdrantClient, models
from qdrant_client.http.exceptions import UnexpectedResponse

from ingest.errors import EmbedderMismatch, IndexUnavailable
from ingest.indexing.qdrant import connected, translated
from ingest.settings import QdrantSettings

_INDEXES = {
    field: models.KeywordIndexParams(type=models.KeywordIndexType.KEYWORD, is_tenant=field == "kb")
    for field in ("kb", "url", "revision")
}
_NOT_IN_NAMES = re.compile(r"[^A-Za-z0-9_.]+")


class EmbeddingModel(Protocol):
    """What the index must know of the model whose vectors it holds."""

    @property
    def name(self) -> str: ...

    @property
    def dimensions(self) -> int: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """A collection of ours: its model, its passages, and whether it is the one that serves."""

    collection: str
    embedder: str
    dimensions: int
    passages: int
    serves: bool


def collection_of(alias: str, model: str) -> str:
    """The name of the collection behind the alias that holds a model's vectors."""
    return f"{alias}-{_NOT_IN_NAMES.sub('-', model).strip('-').lower()}"


async def serving(client: AsyncQdrantClient, alias: str, embedder: EmbeddingModel) -> str:
    """The collection that the alias stands for, both made if there is none of that name.

    A collection that has the name itself serves as well.

    Raises:
        EmbedderMismatch: the collection was filled by another model.
    """
    found = (await _aliases(client)).get(alias)
    if found is None and alias not in await _names(client):
        found = await beside(client, alias, embedder)
        await _point(client, alias, found)
    collection = found or alias
    await _prepare(client, collection, embedder)
    return collection


async def beside(client: AsyncQdrantClient, alias: str, embedder: EmbeddingModel) -> str:
    """The collection of this model, made if it is not there, whichever one serves.

    Raises:
        EmbedderMismatch: the collection of that name was filled by another model.
        IndexUnavailable: the alias cannot be made, so this collection could never serve.
    """
    collection, names = collection_of(alias, embedder.name), await _names(client)
    _check_alias(alias, names)
    if collection not in names:
        await _make(client, collection, embedder)
    await _prepare(client, collection, embedder)
    return collection


async def switch(
    settings: QdrantSettings, model: str, client: AsyncQdrantClient | None = None
) -> str:
    """Have the collection of this model serve from now on, at once; returns its name.

    What served before stays as it was, and can be switched back to. Processes that are running
    keep to what they opened.

    Raises:
        IndexUnavailable: there is no collection of this model, or the alias cannot be made.
    """
    alias, wanted = settings.collection, collection_of(settings.collection, model)
    async with connected(settings, client) as used:
        with translated(settings.url):
            names = await _names(used)
            if wanted not in names:
                raise IndexUnavailable(
                    f"There is no collection {wanted!r}: re-embed with {model} before switching."
                )
            _check_alias(alias, names)
            await _point(used, alias, wanted)
    return wanted


async def held(settings: QdrantSettings, client: AsyncQdrantClient | None = None) -> list[Held]:
    """The collections behind the alias, the serving one first.

    Raises:
        IndexUnavailable: Qdrant cannot be reached, or refuses.
    """
    alias = settings.collection
    async with connected(settings, client) as used:
        with translated(settings.url):
            serves = (await _aliases(used)).get(alias, alias)
            found = []
            for name in await _names(used):
                if name != serves and not name.startswith(f"{alias}-"):
                    continue
                filled_by = await _filled_by(used, name)
                # The name alone would take in the collections of another alias, "museum-2".
                if name in (serves, collection_of(alias, str(filled_by.get("embedder")))):
                    passages = (await used.count(name, exact=True)).count
                    found.append(_held(name, filled_by, passages, serves=name == serves))
    return sorted(found, key=lambda each: (not each.serves, each.collection))


async def drop_old(
    settings: QdrantSettings, model: str | None = None, client: AsyncQdrantClient | None = None
) -> list[str]:
    """Take away the collections behind the alias that do not serve, or that of one model only.

    Returns their names. A process that still reads one of them fails until it is started again.

    Raises:
        IndexUnavailable: Qdrant cannot be reached, or refuses.
    """
    dropped = []
    async with connected(settings, client) as used:
        others = [each for each in await held(settings, used) if not each.serves]
        with translated(settings.url):
            pointed_at = set((await _aliases(used)).values())
            for each in others:
                if model in (None, each.embedder) and each.collection not in pointed_at:
                    await used.delete_collection(each.collection)
                    dropped.append(each.collection)
    return dropped


def _check_alias(alias: str, names: Collection[str]) -> None:
    if alias in names:
        raise IndexUnavailable(
            f"{alias!r} is a collection, so it cannot become another one's alias. Set "
            "GROUNDLING_QDRANT__COLLECTION to a new name and ingest into that."
        )


async def _names(client: AsyncQdrantClient) -> set[str]:
    return {each.name for each in (await client.get_collections()).collections}


async def _aliases(client: AsyncQdrantClient) -> dict[str, str]:
    found = (await client.get_aliases()).aliases
    return {each.alias_name: each.collection_name for each in found}


async def _point(client: AsyncQdrantClient, alias: str, collection: str) -> None:
    """Let the alias stand for the collection; one that stood for another is moved in one step."""
    created = models.CreateAlias(collection_name=collection, alias_name=alias)
    await client.update_collection_aliases([models.CreateAliasOperation(create_alias=created)])


async def _make(client: AsyncQdrantClient, collection: str, embedder: EmbeddingModel) -> None:
    dense = models.VectorParams(size=embedder.dimensions, distance=models.Distance.COSINE)
    try:
        await client.create_collection(
            collection,
            vectors_config={"dense": dense},
            sparse_vectors_config={"bm25": models.SparseVectorParams()},
            metadata=_filled_by_this(embedder),
        )
    except UnexpectedResponse as error:
        if error.status_code != 409:  # 409: another process made it in the meantime
            raise


async def _prepare(client: AsyncQdrantClient, collection: str, embedder: EmbeddingModel) -> None:
    info = await client.get_collection(collection)
    _check_embedder(info.config.metadata or {}, _filled_by_this(embedder), collection)
    for field, schema in _INDEXES.items():
        if field not in info.payload_schema:
            await client.create_payload_index(collection, field, schema, wait=True)


async def _filled_by(client: AsyncQdrantClient, collection: str) -> Mapping[str, Any]:
    return (await client.get_collection(collection)).config.metadata or {}


def _filled_by_this(embedder: EmbeddingModel) -> dict[str, Any]:
    return {"embedder": embedder.name, "dimensions": embedder.dimensions}


def _held(name: str, filled_by: Mapping[str, Any], passages: int, *, serves: bool) -> Held:
    return Held(
        collection=name,
        embedder=str(filled_by.get("embedder") or ""),
        dimensions=int(filled_by.get("dimensions") or 0),
        passages=passages,
        serves=serves,
    )


def _check_embedder(held: Mapping[str, Any], wanted: Mapping[str, Any], collection: str) -> None:
    if {field: held.get(field) for field in wanted} == wanted:
        return
    holds, back = "a model that it does not name", "that model"
    if held.get("embedder"):
        back = str(held["embedder"])
        holds = f"{back} ({held.get('dimensions')} dimensions)"
    raise EmbedderMismatch(
        f"The collection {collection!r} holds vectors of {holds}, not of {wanted['embedder']} "
        f"({wanted['dimensions']} dimensions). Set GROUNDLING_EMBEDDER__MODEL to {back} (and "
        "GROUNDLING_EMBEDDER__PATH to its folder), or re-embed what is there with the new model "
        "and switch to it, or choose another collection with GROUNDLING_QDRANT__COLLECTION and "
        "ingest into it (a Qdrant before 1.16 keeps no name)."
    )
