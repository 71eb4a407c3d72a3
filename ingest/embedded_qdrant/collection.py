"""One collection: the engine's shard with what is kept beside it, in a folder of its own."""

import os
import shutil
from pathlib import Path
from typing import Any

import msgspec
import qdrant_edge as edge

from ingest.embedded_qdrant import messages, translation
from ingest.embedded_qdrant.errors import engine_errors, wrong_input

_CONFIG = "collection.json"
_SHARD = "shard"

# What clients expect to read about a collection and the engine has no say in.
_HNSW = {"m": 16, "ef_construct": 100, "full_scan_threshold": 10_000}
_OPTIMIZER = {"default_segment_number": 0, "flush_interval_sec": 5}


class Collection:
    """Points in named vectors, on disk. Every method raises ApiError for what cannot be done."""

    def __init__(self, folder: Path) -> None:
        """Load what `make` left in the folder."""
        self._folder = folder
        self._config = msgspec.json.decode(
            (folder / _CONFIG).read_bytes(), type=messages.CreateCollection
        )
        self._shard = edge.EdgeShard.load(str(folder / _SHARD))
        self._operations = 0
        self._flushed = 0

    @staticmethod
    def make(folder: Path, config: messages.CreateCollection) -> None:
        """Lay out an empty collection, all of it or nothing, also when the process is killed."""
        if not config.vectors and not config.sparse_vectors:
            raise wrong_input("a collection needs at least one named vector")
        draft = folder.with_name(f".new-{folder.name}")
        shutil.rmtree(draft, ignore_errors=True)
        draft.mkdir(parents=True)
        with engine_errors():
            shard = edge.EdgeShard.create(str(draft / _SHARD), translation.engine_config(config))
            shard.flush()
            shard.close()
        with (draft / _CONFIG).open("wb") as file:
            file.write(msgspec.json.encode(config))
            file.flush()
            os.fsync(file.fileno())
        draft.rename(folder)

    def remove(self) -> None:
        """Close it and take its folder away, all of it or nothing."""
        self._shard.close()
        gone = self._folder.with_name(f".gone-{self._folder.name}")
        shutil.rmtree(gone, ignore_errors=True)
        self._folder.rename(gone)
        shutil.rmtree(gone)

    def info(self) -> dict[str, Any]:
        """What Qdrant tells of a collection: counts and indexes from the engine."""
        with engine_errors():
            told = self._shard.info()
        return {
            "status": "green",
            "optimizer_status": "ok",
            "indexed_vectors_count": told.indexed_vectors_count,
            "points_count": told.points_count,
            "segments_count": told.segments_count,
            "config": {
                "params": {
                    "vectors": self._config.vectors,
                    "sparse_vectors": self._config.sparse_vectors,
                },
                "hnsw_config": _HNSW,
                "optimizer_config": _OPTIMIZER,
                "metadata": self._config.metadata,
            },
            "payload_schema": {
                field: _index_info(index) for field, index in told.payload_schema.items()
            },
        }

    def upsert(self, wanted: messages.Upsert) -> dict[str, Any]:
        """Store points, all of them or, if one is bad, none."""
        points = [translation.engine_point(point, self._config) for point in wanted.points]
        return self._update(edge.UpdateOperation.upsert_points(points))

    def delete(self, wanted: messages.Delete) -> dict[str, Any]:
        """Take away points by their ids or by a filter."""
        if (wanted.points is None) == (wanted.filter is None):
            raise wrong_input("points are deleted by either `points` or `filter`")
        if wanted.points is not None:
            ids = [translation.engine_id(id_) for id_ in wanted.points]
            return self._update(edge.UpdateOperation.delete_points(ids))
        chosen = translation.engine_filter(wanted.filter) or edge.Filter()
        return self._update(edge.UpdateOperation.delete_points_by_filter(chosen))

    def set_payload(self, wanted: messages.SetPayload) -> dict[str, Any]:
        """Set fields of the payload, leaving the others, of points by their ids or by a filter."""
        if (wanted.points is None) == (wanted.filter is None):
            raise wrong_input("a payload is set by either `points` or `filter`")
        if wanted.points is not None:
            ids = [translation.engine_id(id_) for id_ in wanted.points]
            return self._update(edge.UpdateOperation.set_payload(ids, wanted.payload))
        chosen = translation.engine_filter(wanted.filter) or edge.Filter()
        return self._update(edge.UpdateOperation.set_payload_by_filter(chosen, wanted.payload))

    def create_index(self, wanted: messages.CreateIndex) -> dict[str, Any]:
        """Index a field of the payload."""
        schema = translation.engine_index(wanted)
        return self._update(edge.UpdateOperation.create_field_index(wanted.field_name, schema))

    def delete_index(self, field: str) -> dict[str, Any]:
        """Take a field's index away."""
        return self._update(edge.UpdateOperation.delete_field_index(field))

    def retrieve(self, wanted: messages.Retrieve) -> list[dict[str, Any]]:
        """The points of these ids, those that exist."""
        ids = [translation.engine_id(id_) for id_ in wanted.ids]
        payload = translation.engine_payload(wanted.with_payload)
        with engine_errors():
            return translation.records(self._shard.retrieve(ids, payload, wanted.with_vector))

    def count(self, wanted: messages.Count) -> dict[str, int]:
        """How many points a filter finds."""
        chosen = translation.engine_filter(wanted.filter)
        with engine_errors():
            return {"count": self._shard.count(edge.CountRequest(wanted.exact, chosen))}

    def scroll(self, wanted: messages.Scroll) -> dict[str, Any]:
        """One page of the points that a filter finds, in the order of their ids."""
        request = edge.ScrollRequest(
            offset=None if wanted.offset is None else translation.engine_id(wanted.offset),
            limit=wanted.limit,
            filter=translation.engine_filter(wanted.filter),
            with_payload=translation.engine_payload(wanted.with_payload),
            with_vector=wanted.with_vector,
        )
        with engine_errors():
            points, following = self._shard.scroll(request)
        return {"points": translation.records(points), "next_page_offset": following}

    def query(self, wanted: messages.Query) -> dict[str, Any]:
        """The nearest points of one vector."""
        return self.query_batch(messages.QueryBatch(searches=[wanted]))[0]

    def query_batch(self, wanted: messages.QueryBatch) -> list[dict[str, Any]]:
        """The nearest points of several vectors, in their order."""
        asked = [translation.engine_query(query, self._config) for query in wanted.searches]
        with engine_errors():
            found = self._shard.query_batch(edge.QueryBatchRequest(asked))
        return [{"points": translation.scored(points)} for points in found]

    def flush(self) -> None:
        """Write to its files what is only in the log so far."""
        if self._flushed != self._operations:
            done = self._operations
            self._shard.flush()
            self._flushed = done

    def close(self) -> None:
        """Write everything out and let go of the folder."""
        self.flush()
        self._shard.close()

    def _update(self, operation: edge.UpdateOperation) -> dict[str, Any]:
        # The engine's log has the operation before `update` returns: what is answered is kept,
        # whenever the process is killed.
        with engine_errors():
            self._shard.update(operation)
        self._operations += 1
        return {"operation_id": self._operations, "status": "completed"}


def _index_info(index: "edge.PayloadIndexInfo") -> dict[str, Any]:
    kind = str(index.data_type).rpartition(".")[2].lower()
    told: dict[str, Any] = {"data_type": kind, "points": index.points}
    if isinstance(index.params, edge.KeywordIndexParams):
        told["params"] = {"type": kind, "is_tenant": bool(index.params.is_tenant)}
    return told
