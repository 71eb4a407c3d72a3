"""Passages as Qdrant stores them, and back; and the filters that find them."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, fields
from datetime import date, datetime
from typing import Any

from qdrant_client import models

from ingest.documents import Passage, SparseVector, Vector

_FIELDS = frozenset(field.name for field in fields(Passage))


def point(passage: Passage, vector: Vector, weights: SparseVector) -> models.PointStruct:
    """A passage with its embedding and its term weights."""
    vectors: dict[str, Any] = {"dense": vector.tolist()}
    if weights.indices:
        vectors["bm25"] = sparse(weights)
    payload = asdict(passage)
    payload["headings"] = list(passage.headings)
    payload["fetched_at"] = passage.fetched_at.isoformat()
    payload["page_date"] = passage.page_date and passage.page_date.isoformat()
    return models.PointStruct(id=str(passage.id), vector=vectors, payload=payload)


def passage_of(payload: Mapping[str, Any] | None) -> Passage:
    """The passage in a point's payload; fields it has beyond ours are left out.

    Points that an earlier version stored hold no page's date.
    """
    told = {field: value for field, value in (payload or {}).items() if field in _FIELDS}
    told["headings"] = tuple(told["headings"])
    told["fetched_at"] = datetime.fromisoformat(told["fetched_at"])
    told["page_date"] = (day := told.get("page_date")) and date.fromisoformat(day)
    return Passage(**told)


def sparse(given: SparseVector) -> models.SparseVector:
    """A sparse vector as the client takes it."""
    return models.SparseVector(indices=list(given.indices), values=list(given.values))


def within(
    kb: str, *conditions: models.Condition, but: Sequence[models.Condition] = ()
) -> models.Filter:
    """The one place where a filter is made, so that none can leave out the knowledge base."""
    return models.Filter(must=[equal("kb", kb), *conditions], must_not=list(but) or None)


def equal(field: str, value: str) -> models.FieldCondition:
    """Points whose field has this value."""
    return models.FieldCondition(key=field, match=models.MatchValue(value=value))


def among(field: str, values: Sequence[str]) -> models.FieldCondition:
    """Points whose field has one of these values."""
    return models.FieldCondition(key=field, match=models.MatchAny(any=list(values)))
