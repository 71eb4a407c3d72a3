"""The bodies of the requests that are understood, field by field.

An unknown field is refused: what is silently ignored is a difference from Qdrant that nobody sees.
"""

from typing import Annotated, Any, Literal

import msgspec

PointId = int | str
Strings = list[str]


class Body(msgspec.Struct, forbid_unknown_fields=True):
    """What every part of a request has in common."""


class VectorParams(Body):
    size: Annotated[int, msgspec.Meta(ge=1, le=65536)]
    distance: Literal["Cosine", "Dot", "Euclid", "Manhattan"]


class SparseVectorParams(Body):
    modifier: Literal["none", "idf"] | None = None


class CreateCollection(Body):
    """A collection's named vectors, and whatever its owner wants kept with it."""

    vectors: dict[str, VectorParams] = {}
    sparse_vectors: dict[str, SparseVectorParams] = {}
    metadata: dict[str, Any] | None = None


class KeywordIndex(Body, tag_field="type", tag="keyword"):
    is_tenant: bool | None = None


class CreateIndex(Body):
    field_name: str
    field_schema: (
        Literal["keyword", "integer", "float", "bool", "datetime", "uuid", "text"] | KeywordIndex
    )


class Sparse(Body):
    indices: list[Annotated[int, msgspec.Meta(ge=0, lt=2**32)]]
    values: list[float]


class Point(Body):
    id: PointId
    vector: dict[str, list[float] | Sparse]
    payload: dict[str, Any] | None = None


class Upsert(Body):
    points: list[Point]


class Match(Body):
    """One of `value`, `any` and `except`."""

    value: str | int | bool | None = None
    any: list[str | int] | None = None
    except_: list[str | int] | None = msgspec.field(default=None, name="except")


class Key(Body):
    key: str


class Filter(Body):
    must: "list[Condition] | Condition | None" = None
    should: "list[Condition] | Condition | None" = None
    must_not: "list[Condition] | Condition | None" = None


class Condition(Filter):
    """One condition: a field's match, a set of ids, an absent field, or a filter of its own."""

    key: str | None = None
    match: Match | None = None
    has_id: list[PointId] | None = None
    is_empty: Key | None = None
    is_null: Key | None = None


class Delete(Body):
    """Either the ids of the points, or the filter that finds them."""

    points: list[PointId] | None = None
    filter: Filter | None = None


class SetPayload(Body):
    """Fields to set, and the points to set them on: by their ids, or by a filter."""

    payload: dict[str, Any]
    points: list[PointId] | None = None
    filter: Filter | None = None


class Selector(Body):
    include: Strings | None = None
    exclude: Strings | None = None


class Retrieve(Body):
    ids: list[PointId]
    with_payload: bool | Strings | Selector | None = True
    with_vector: bool | Strings | None = False


class Count(Body):
    filter: Filter | None = None
    exact: bool = True


class Scroll(Body):
    offset: PointId | None = None
    limit: Annotated[int, msgspec.Meta(ge=1)] = 10
    filter: Filter | None = None
    with_payload: bool | Strings | Selector | None = True
    with_vector: bool | Strings | None = False


class Nearest(Body):
    nearest: list[float] | Sparse


class Query(Body):
    query: Nearest | list[float]
    using: str
    filter: Filter | None = None
    limit: Annotated[int, msgspec.Meta(ge=1)] = 10
    offset: Annotated[int, msgspec.Meta(ge=0)] | None = None
    score_threshold: float | None = None
    with_payload: bool | Strings | Selector | None = False
    with_vector: bool | Strings | None = False


class QueryBatch(Body):
    searches: list[Query]


class AliasOf(Body):
    collection_name: str
    alias_name: str


class AliasNamed(Body):
    alias_name: str


class Renaming(Body):
    old_alias_name: str
    new_alias_name: str


class AliasAction(Body):
    """One of `create_alias`, `delete_alias` and `rename_alias`."""

    create_alias: AliasOf | None = None
    delete_alias: AliasNamed | None = None
    rename_alias: Renaming | None = None


class UpdateAliases(Body):
    actions: list[AliasAction]
