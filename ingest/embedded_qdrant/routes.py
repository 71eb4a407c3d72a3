"""Which call is which: methods and paths of Qdrant's REST API, each with what it does."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar
from urllib.parse import parse_qsl

import msgspec

from ingest.embedded_qdrant import messages
from ingest.embedded_qdrant.errors import malformed, not_found, wrong_input
from ingest.embedded_qdrant.store import Store

T = TypeVar("T")

# Every operation is done, and in the log, when its answer is sent: there is nothing to wait for.
_PARAMETERS = frozenset({"wait", "timeout"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """One request, as far as its path goes."""

    body: bytes
    name: str = ""
    field: str = ""

    def read(self, kind: type[T]) -> T:
        """The body as the message it should be.

        Raises:
            ApiError: it is not; the message says where.
        """
        try:
            return msgspec.json.decode(self.body, type=kind)
        except (msgspec.MsgspecError, UnicodeDecodeError) as error:
            raise malformed(str(error)) from error


Action = Callable[[Store, Call], object]


def _create(store: Store, call: Call) -> object:
    store.create(call.name, call.read(messages.CreateCollection))
    return True


def _listed(store: Store, _call: Call) -> object:
    return {"collections": [{"name": name} for name in store.names()]}


def _change_aliases(store: Store, call: Call) -> object:
    store.update_aliases(call.read(messages.UpdateAliases))
    return True


def _aliases_of(store: Store, call: Call) -> object:
    store.collection(call.name)
    return {"aliases": store.aliases.of(store.aliases.resolve(call.name))}


_COLLECTION = "/collections/(?P<name>[^/]+)"
_ROUTES: tuple[tuple[str, str, Action], ...] = (
    ("GET", "/collections", _listed),
    ("GET", "/aliases", lambda s, _: {"aliases": s.aliases.of()}),
    ("POST", "/collections/aliases", _change_aliases),
    ("GET", f"{_COLLECTION}/aliases", _aliases_of),
    ("GET", f"{_COLLECTION}/exists", lambda s, c: {"exists": s.holds(c.name)}),
    ("GET", _COLLECTION, lambda s, c: s.collection(c.name).info()),
    ("PUT", _COLLECTION, _create),
    ("DELETE", _COLLECTION, lambda s, c: s.drop(c.name)),
    (
        "PUT",
        f"{_COLLECTION}/index",
        lambda s, c: s.collection(c.name).create_index(c.read(messages.CreateIndex)),
    ),
    (
        "DELETE",
        f"{_COLLECTION}/index/(?P<field>[^/]+)",
        lambda s, c: s.collection(c.name).delete_index(c.field),
    ),
    (
        "PUT",
        f"{_COLLECTION}/points",
        lambda s, c: s.collection(c.name).upsert(c.read(messages.Upsert)),
    ),
    (
        "POST",
        f"{_COLLECTION}/points",
        lambda s, c: s.collection(c.name).retrieve(c.read(messages.Retrieve)),
    ),
    (
        "POST",
        f"{_COLLECTION}/points/delete",
        lambda s, c: s.collection(c.name).delete(c.read(messages.Delete)),
    ),
    (
        "POST",
        f"{_COLLECTION}/points/payload",
        lambda s, c: s.collection(c.name).set_payload(c.read(messages.SetPayload)),
    ),
    (
        "POST",
        f"{_COLLECTION}/points/count",
        lambda s, c: s.collection(c.name).count(c.read(messages.Count)),
    ),
    (
        "POST",
        f"{_COLLECTION}/points/scroll",
        lambda s, c: s.collection(c.name).scroll(c.read(messages.Scroll)),
    ),
    (
        "POST",
        f"{_COLLECTION}/points/query",
        lambda s, c: s.collection(c.name).query(c.read(messages.Query)),
    ),
    (
        "POST",
        f"{_COLLECTION}/points/query/batch",
        lambda s, c: s.collection(c.name).query_batch(c.read(messages.QueryBatch)),
    ),
)
_COMPILED = tuple((method, re.compile(path), action) for method, path, action in _ROUTES)


def answer(store: Store, method: str, path: str, query: str, body: bytes) -> object:
    """The result of one request.

    Raises:
        ApiError: the route is unknown, or what it asks cannot be done.
    """
    for route_method, pattern, action in _COMPILED:
        match = pattern.fullmatch(path)
        if match and method == route_method:
            _check_parameters(query)
            return action(store, Call(body=body, **match.groupdict()))
    raise not_found(f"{method} {path} is not among the calls that the embedded Qdrant serves")


def _check_parameters(query: str) -> None:
    unknown = {name for name, _ in parse_qsl(query, keep_blank_values=True)} - _PARAMETERS
    if unknown:
        raise wrong_input(f"unknown query parameter `{min(unknown)}`")
