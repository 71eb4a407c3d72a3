"""Collections, their aliases and the switch from one model to another, over every Qdrant."""

from uuid import uuid4

import pytest
from qdrant_client import AsyncQdrantClient, models
from qdrant_client.http.exceptions import UnexpectedResponse

from ingest.errors import EmbedderMismatch, IndexUnavailable
from ingest.indexing.collections import drop_old, held, switch
from ingest.indexing.index import PassageIndex, open_beside, open_index
from ingest.settings import QdrantSettings
from tests.ingest.shelf import TEXTS, Model, passages, shelve


async def test_the_collection_says_who_filled_it(
    index: PassageIndex, client: AsyncQdrantClient, settings: QdrantSettings
) -> None:
    await index.ready()
    assert index.collection == f"{settings.collection}-tests-eight"
    config = (await client.get_collection(index.collection)).config
    assert config.metadata == {"embedder": "tests/eight", "dimensions": 8}
    async with open_index(settings, Model(), client=client) as again:
        assert again.collection == index.collection
    with pytest.raises(EmbedderMismatch, match="GROUNDLING_EMBEDDER__MODEL to tests/eight"):
        async with open_index(settings, Model(name="tests/other"), client=client):
            pass


async def test_another_model_takes_over_at_once_and_the_old_one_stays(
    index: PassageIndex, client: AsyncQdrantClient, settings: QdrantSettings
) -> None:
    await shelve(index, passages())
    other = Model(name="tests/other")
    async with open_beside(settings, other, client=client) as draft:
        await shelve(draft, passages()[:2])
    with pytest.raises(EmbedderMismatch):
        async with open_index(settings, other, client=client):
            pass

    assert await switch(settings, other.name, client) == draft.collection
    assert await index.count() == len(TEXTS), "who has it open keeps to what it opened"
    async with open_index(settings, other, client=client) as switched:
        assert await switched.count() == 2
    with pytest.raises(EmbedderMismatch, match="GROUNDLING_EMBEDDER__MODEL to tests/other"):
        async with open_index(settings, Model(), client=client):
            pass

    listed = [(h.embedder, h.passages, h.serves) for h in await held(settings, client)]
    assert listed == [("tests/other", 2, True), ("tests/eight", 4, False)]
    assert await drop_old(settings, "tests/none", client) == []
    assert await drop_old(settings, None, client) == [index.collection]
    assert [each.serves for each in await held(settings, client)] == [True]


async def test_a_switch_needs_a_collection_to_switch_to(
    index: PassageIndex, client: AsyncQdrantClient, settings: QdrantSettings
) -> None:
    with pytest.raises(IndexUnavailable, match="re-embed with tests/other"):
        await switch(settings, "tests/other", client)


async def test_a_collection_that_has_the_name_itself_serves_and_cannot_be_switched(
    client: AsyncQdrantClient, settings: QdrantSettings
) -> None:
    name, dense = settings.collection, models.VectorParams(size=8, distance=models.Distance.COSINE)
    bm25, filled_by = models.SparseVectorParams(), {"embedder": "tests/eight", "dimensions": 8}
    await client.create_collection(name, {"dense": dense}, {"bm25": bm25}, metadata=filled_by)
    async with open_index(settings, Model(), client=client) as index:
        assert index.collection == name
        await shelve(index, passages())
    assert [(h.collection, h.serves) for h in await held(settings, client)] == [(name, True)]
    with pytest.raises(IndexUnavailable, match="GROUNDLING_QDRANT__COLLECTION to a new name"):
        async with open_beside(settings, Model(name="tests/other"), client=client):
            pass


async def test_the_collections_of_another_alias_are_left_alone(
    index: PassageIndex, client: AsyncQdrantClient, settings: QdrantSettings
) -> None:
    neighbour = settings.model_copy(update={"collection": f"{settings.collection}-2"})
    async with open_index(neighbour, Model(), client=client) as theirs:
        await shelve(theirs, passages())
        assert [each.collection for each in await held(settings, client)] == [index.collection]
        assert await drop_old(settings, None, client) == []
        assert await theirs.count() == len(TEXTS)


async def test_aliases_are_made_moved_listed_and_taken_away(client: AsyncQdrantClient) -> None:
    one, two, alias, renamed = (f"groundling-test-{uuid4().hex}" for _ in range(4))
    dense = models.VectorParams(size=2, distance=models.Distance.DOT)
    for name in (one, two):
        await client.create_collection(name, {"dense": dense}, metadata={"name": name})

    async def change(*actions: models.AliasOperations) -> None:
        assert await client.update_collection_aliases(list(actions))

    async def stands_for(name: str) -> str | None:
        listed = {a.alias_name: a.collection_name for a in (await client.get_aliases()).aliases}
        return listed.get(name)

    def to(collection: str) -> models.CreateAliasOperation:
        made = models.CreateAlias(collection_name=collection, alias_name=alias)
        return models.CreateAliasOperation(create_alias=made)

    away = models.DeleteAliasOperation(delete_alias=models.DeleteAlias(alias_name=alias))
    rename = models.RenameAlias(old_alias_name=alias, new_alias_name=renamed)

    await change(to(one))
    assert (await client.get_collection(alias)).config.metadata == {"name": one}
    await client.upsert(alias, [models.PointStruct(id=1, vector={"dense": [1.0, 0.0]})])
    assert (await client.count(one)).count == 1
    await change(to(two))
    assert (await client.count(alias)).count == 0
    with pytest.raises((ValueError, UnexpectedResponse)):
        await change(away, to("groundling-test-none"))
    assert await stands_for(alias) == two, "all of it or nothing"
    with pytest.raises((ValueError, UnexpectedResponse)):
        await client.create_collection(alias, {"dense": dense})
    await change(models.RenameAliasOperation(rename_alias=rename), to(one))
    assert [await stands_for(each) for each in (alias, renamed)] == [one, two]
    (only,) = (await client.get_collection_aliases(two)).aliases
    assert only.alias_name == renamed
    await change(away, away)
    assert await stands_for(alias) is None
    await client.delete_collection(two)
    assert await stands_for(renamed) is None, "it goes with its collection"
    await client.delete_collection(one)


async def test_collections_are_made_listed_and_taken_away(client: AsyncQdrantClient) -> None:
    name = f"groundling-test-{uuid4().hex}"
    dense = models.VectorParams(size=2, distance=models.Distance.DOT)
    assert not await client.collection_exists(name)
    assert await client.create_collection(name, {"dense": dense}, metadata={"a": [1, None]})
    assert await client.collection_exists(name)
    assert name in {each.name for each in (await client.get_collections()).collections}
    assert (await client.get_collection(name)).config.metadata == {"a": [1, None]}
    assert await client.delete_collection(name)
    assert not await client.collection_exists(name)
