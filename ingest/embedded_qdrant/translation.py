"""Between the JSON of Qdrant's REST API and the objects of its engine."""

from collections.abc import Iterable
from typing import Any
from uuid import UUID

import qdrant_edge as edge

from ingest.embedded_qdrant import messages
from ingest.embedded_qdrant.errors import ApiError, wrong_input

EngineId = int | UUID | str

_LARGEST_FLOAT32 = 3.4028234e38

_SCHEMAS = {
    "keyword": edge.PayloadSchemaType.Keyword,
    "integer": edge.PayloadSchemaType.Integer,
    "float": edge.PayloadSchemaType.Float,
    "bool": edge.PayloadSchemaType.Bool,
    "datetime": edge.PayloadSchemaType.Datetime,
    "uuid": edge.PayloadSchemaType.Uuid,
    "text": edge.PayloadSchemaType.Text,
}


def engine_config(wanted: messages.CreateCollection) -> edge.EdgeConfig:
    """How the engine is told of a collection's vectors."""
    return edge.EdgeConfig(
        vectors={
            name: edge.EdgeVectorParams(params.size, getattr(edge.Distance, params.distance))
            for name, params in wanted.vectors.items()
        },
        sparse_vectors={
            name: edge.EdgeSparseVectorParams(
                modifier=edge.Modifier.Idf if params.modifier == "idf" else None
            )
            for name, params in wanted.sparse_vectors.items()
        },
    )


def engine_index(wanted: messages.CreateIndex) -> Any:
    """The schema of a payload index as the engine takes it."""
    if isinstance(wanted.field_schema, messages.KeywordIndex):
        return edge.KeywordIndexParams(is_tenant=wanted.field_schema.is_tenant)
    return _SCHEMAS[wanted.field_schema]


def engine_id(given: messages.PointId) -> EngineId:
    """A point's id.

    Raises:
        ApiError: it is neither an unsigned 64 bit integer nor a UUID.
    """
    if isinstance(given, int) and 0 <= given < 2**64:
        return given
    try:
        return UUID(str(given))
    except ValueError as error:
        raise wrong_input(
            f"value {given} is not a valid point ID, valid values are either an unsigned integer "
            "or a UUID"
        ) from error


def engine_point(given: messages.Point, config: messages.CreateCollection) -> edge.Point:
    """A point, its vectors checked against the collection's: the engine would not say which is bad.

    Raises:
        ApiError: a vector is unknown, of another size, not finite, or has a term twice.
    """
    try:
        vector: Any = {
            name: _checked(name, vector, config) for name, vector in given.vector.items()
        }
    except ApiError as error:
        raise ApiError(error.status, f"{error} (point {given.id})") from None
    return edge.Point(engine_id(given.id), vector, given.payload)


def _checked(
    name: str, given: list[float] | messages.Sparse, config: messages.CreateCollection
) -> list[float] | edge.SparseVector:
    if isinstance(given, messages.Sparse):
        if name not in config.sparse_vectors:
            raise wrong_input(f"Not existing vector name error: {name}")
        return _sparse(given)
    if name not in config.vectors:
        raise wrong_input(f"Not existing vector name error: {name}")
    expected = config.vectors[name].size
    if len(given) != expected:
        raise wrong_input(f"Vector dimension error: expected dim: {expected}, got {len(given)}")
    return _finite(given)


def _sparse(given: messages.Sparse) -> edge.SparseVector:
    if len(given.indices) != len(given.values):
        raise wrong_input("a sparse vector needs as many values as indices")
    if len(set(given.indices)) != len(given.indices):
        raise wrong_input("the indices of a sparse vector must be unique")
    return edge.SparseVector(given.indices, _finite(given.values))


def _finite(values: list[float]) -> list[float]:
    # One comparison finds what is infinite, not a number, or too large for 32 bits.
    if not sum(map(abs, values)) < _LARGEST_FLOAT32:
        raise wrong_input("a vector holds a value that is no finite 32 bit number")
    return values


def engine_query(given: messages.Query, config: messages.CreateCollection) -> edge.QueryRequest:
    """One search by a vector."""
    wanted = given.query.nearest if isinstance(given.query, messages.Nearest) else given.query
    return edge.QueryRequest(
        limit=given.limit,
        offset=given.offset,
        query=edge.Query.Nearest(_checked(given.using, wanted, config), given.using),
        filter=engine_filter(given.filter),
        score_threshold=given.score_threshold,
        with_payload=engine_payload(given.with_payload),
        with_vector=given.with_vector,
    )


def engine_payload(given: bool | list[str] | messages.Selector | None) -> Any:
    """Which fields of the payload are wanted."""
    if not isinstance(given, messages.Selector):
        return given
    if (given.include is None) == (given.exclude is None):
        raise wrong_input("a payload selector has either `include` or `exclude`")
    if given.include is not None:
        return edge.PayloadSelector.Include(given.include)
    return edge.PayloadSelector.Exclude(given.exclude or [])


def engine_filter(given: messages.Filter | None) -> edge.Filter | None:
    """A filter, or none."""
    if given is None:
        return None
    return edge.Filter(
        must=_conditions(given.must),
        should=_conditions(given.should),
        must_not=_conditions(given.must_not),
    )


def _conditions(given: list[messages.Condition] | messages.Condition | None) -> list[Any] | None:
    if given is None:
        return None
    return [_condition(each) for each in (given if isinstance(given, list) else [given])]


def _condition(given: messages.Condition) -> Any:
    told = {field for field in given.__struct_fields__ if getattr(given, field) is not None}
    if told == {"key", "match"}:
        return edge.FieldCondition(str(given.key), match=_match(given.match))
    if told == {"has_id"}:
        return edge.HasIdCondition({engine_id(id_) for id_ in given.has_id or []})
    if told == {"is_empty"} and given.is_empty:
        return edge.IsEmptyCondition(given.is_empty.key)
    if told == {"is_null"} and given.is_null:
        return edge.IsNullCondition(given.is_null.key)
    if told and told <= {"must", "should", "must_not"}:
        return engine_filter(given)
    raise wrong_input(f"no such condition in a filter: {', '.join(sorted(told)) or 'empty'}")


def _match(given: messages.Match | None) -> Any:
    if given is not None and _only(given.value, given.any, given.except_):
        if given.value is not None:
            return edge.MatchValue(given.value)
        listed: Any = given.except_ if given.any is None else given.any
        return edge.MatchExcept(listed) if given.any is None else edge.MatchAny(listed)
    raise wrong_input("a match has exactly one of `value`, `any` and `except`")


def _only(*options: object) -> bool:
    return sum(option is not None for option in options) == 1


def records(found: Iterable[edge.Record]) -> list[dict[str, Any]]:
    """Points as they are retrieved."""
    return [
        {"id": each.id, "payload": each.payload, "vector": _vector(each.vector)} for each in found
    ]


def scored(found: Iterable[edge.ScoredPoint]) -> list[dict[str, Any]]:
    """Points as they are found, with their scores."""
    return [
        {
            "id": each.id,
            "version": each.version,
            "score": each.score,
            "payload": each.payload,
            "vector": _vector(each.vector),
        }
        for each in found
    ]


def _vector(given: Any) -> Any:
    if isinstance(given, dict):
        return {name: _vector(each) for name, each in given.items()}
    if isinstance(given, edge.SparseVector):
        return {"indices": given.indices, "values": given.values}
    return given
