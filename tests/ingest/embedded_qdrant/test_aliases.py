"""Aliases: what is kept of them, and what is refused."""

from pathlib import Path

import pytest

from ingest.embedded_qdrant.errors import ApiError
from ingest.embedded_qdrant.messages import (
    AliasAction,
    AliasNamed,
    AliasOf,
    CreateCollection,
    Renaming,
    UpdateAliases,
    VectorParams,
)
from ingest.embedded_qdrant.store import open_store
from ingest.errors import IndexUnavailable

SHAPE = CreateCollection(vectors={"dense": VectorParams(size=2, distance="Cosine")})


def to(collection: str, alias: str = "live") -> AliasAction:
    return AliasAction(create_alias=AliasOf(collection_name=collection, alias_name=alias))


def rename(old: str, new: str) -> AliasAction:
    return AliasAction(rename_alias=Renaming(old_alias_name=old, new_alias_name=new))


AWAY = AliasAction(delete_alias=AliasNamed(alias_name="live"))


def test_they_are_there_when_the_store_is_opened_again(tmp_path: Path) -> None:
    with open_store(tmp_path) as store:
        for name in ("one", "two"):
            store.create(name, SHAPE)
        store.update_aliases(UpdateAliases(actions=[to("one"), to("two", "next"), to("two")]))
    with open_store(tmp_path) as store:
        assert store.collection("live") is store.collection("two") is store.collection("next")
        assert store.holds("live")
        assert store.names() == ["one", "two"]
        assert store.aliases.of("one") == []
        assert store.aliases.of() == [
            {"alias_name": "live", "collection_name": "two"},
            {"alias_name": "next", "collection_name": "two"},
        ]


def test_an_alias_whose_collection_went_in_a_crash_does_not_come_back(tmp_path: Path) -> None:
    with open_store(tmp_path) as store:
        store.create("one", SHAPE)
        store.update_aliases(UpdateAliases(actions=[to("one")]))
    (tmp_path / "collections" / "one").rename(tmp_path / "collections" / ".gone-one")
    with open_store(tmp_path) as store:
        assert not store.holds("live")
        store.create("one", SHAPE)
    with open_store(tmp_path) as store:
        assert not store.holds("live")


def test_a_collection_takes_its_aliases_along(tmp_path: Path) -> None:
    with open_store(tmp_path) as store:
        store.create("one", SHAPE)
        store.update_aliases(UpdateAliases(actions=[to("one")]))
        assert store.drop("live") is False, "an alias is not dropped as if it were the collection"
        assert store.drop("one") is True
        assert store.aliases.of() == []
        store.create("live", SHAPE)


@pytest.mark.parametrize(
    ("action", "status", "reason"),
    [
        (to("none"), 404, "Collection `none` doesn't exist!"),
        (to("one", "two"), 400, "Collection `two` already exists!"),
        (to("one", ""), 400, "cannot be called"),
        (rename("none", "new"), 404, "Alias none does not exist!"),
        (rename("live", "two"), 400, "Collection `two` already exists!"),
        (AliasAction(), 400, "one of create_alias, delete_alias and rename_alias"),
        (
            AliasAction(create_alias=to("one").create_alias, delete_alias=AWAY.delete_alias),
            400,
            "one of create_alias",
        ),
    ],
)
def test_one_bad_action_leaves_all_as_it_was(
    tmp_path: Path, action: AliasAction, status: int, reason: str
) -> None:
    with open_store(tmp_path) as store:
        for name in ("one", "two"):
            store.create(name, SHAPE)
        store.update_aliases(UpdateAliases(actions=[to("one")]))
        with pytest.raises(ApiError, match=reason) as told:
            store.update_aliases(UpdateAliases(actions=[AWAY, to("two"), action]))
        assert told.value.status == status
        assert store.aliases.of() == [{"alias_name": "live", "collection_name": "one"}]


def test_a_collection_cannot_take_an_aliass_name(tmp_path: Path) -> None:
    with open_store(tmp_path) as store:
        store.create("one", SHAPE)
        store.update_aliases(UpdateAliases(actions=[to("one")]))
        with pytest.raises(ApiError, match="Alias with the same name already exists"):
            store.create("live", SHAPE)


def test_a_damaged_file_is_named_with_the_remedy(tmp_path: Path) -> None:
    (tmp_path / "aliases.json").write_text("{")
    with pytest.raises(IndexUnavailable, match=r"aliases\.json cannot be read.*backup"):
        open_store(tmp_path).__enter__()
