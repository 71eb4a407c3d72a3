"""The HTTP door of the embedded Qdrant: plain ASGI, the engine called straight from the event loop.

Threads would gain nothing, since the engine holds the interpreter's lock while it works.
"""

import asyncio
import hmac
import logging
import time
from collections.abc import Awaitable, Callable, Mapping, MutableMapping
from contextlib import suppress
from typing import Any

import msgspec

from ingest.embedded_qdrant import routes
from ingest.embedded_qdrant.errors import ApiError
from ingest.embedded_qdrant.store import Store

logger = logging.getLogger(__name__)

Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]

# What a Qdrant server takes in one request unless told otherwise.
MAX_BODY = 32 * 1024 * 1024
# A timer costs nothing; flushing at every update made inserts ten times slower (528 instead of
# 5,200 points/s) and kept no more points when the process was killed.
FLUSH_EVERY_S = 5.0

_OPEN_TO_ALL = ("/", "/healthz", "/livez", "/readyz")


class QdrantApp:
    """Qdrant's REST API, as far as it is served, over one store."""

    def __init__(self, store: Store, api_key: str | None = None) -> None:
        self._store = store
        self._api_key = api_key

    async def __call__(self, scope: Message, receive: Receive, send: Send) -> None:
        """One ASGI connection: the server's lifespan, or one request."""
        if scope["type"] == "lifespan":
            await self._live(receive, send)
        elif scope["type"] == "http":
            await self._serve(scope, receive, send)

    async def _live(self, receive: Receive, send: Send) -> None:
        await receive()
        flushing = asyncio.create_task(self._flush_now_and_then())
        await send({"type": "lifespan.startup.complete"})
        await receive()
        flushing.cancel()
        with suppress(asyncio.CancelledError):
            await flushing
        await send({"type": "lifespan.shutdown.complete"})

    async def _flush_now_and_then(self) -> None:
        while True:
            await asyncio.sleep(FLUSH_EVERY_S)
            try:
                self._store.flush()
            except Exception:
                logger.exception("points are in the log only: the flush failed")

    async def _serve(self, scope: Message, receive: Receive, send: Send) -> None:
        began = time.perf_counter()
        headers = {name.lower(): value for name, value in scope["headers"]}
        try:
            body = await _body(receive)
            status, result = 200, self._answer(scope, headers, body)
        except ApiError as error:
            status, result = error.status, error
        except Exception as error:
            logger.exception("request failed", extra={"path": scope["path"]})
            status, result = 500, ApiError(500, f"Service internal error: {error}")
        content = _encoded(result, time.perf_counter() - began)
        kind = b"text/plain" if isinstance(result, str) else b"application/json"
        length = str(len(content)).encode()
        await send(
            {
                "type": "http.response.start",
                "status": status,
                "headers": [(b"content-type", kind), (b"content-length", length)],
            }
        )
        await send({"type": "http.response.body", "body": content})

    def _answer(self, scope: Message, headers: Mapping[bytes, bytes], body: bytes) -> object:
        method, path = scope["method"], scope["path"]
        if method == "GET" and path in _OPEN_TO_ALL:
            return self._health(path)
        self._check_key(headers)
        query = scope["query_string"].decode("latin-1")
        return routes.answer(self._store, method, path, query, body)

    def _health(self, path: str) -> object:
        if path == "/":
            return _Version()
        if path == "/readyz":
            self._store.check()
            return "all shards are ready"
        return f"{path.strip('/')} check passed"

    def _check_key(self, headers: Mapping[bytes, bytes]) -> None:
        if self._api_key is None:
            return
        given = headers.get(b"api-key") or headers.get(b"authorization", b"").removeprefix(
            b"Bearer "
        )
        if not given:
            raise ApiError(401, "Must provide an API key or an Authorization bearer token")
        if not hmac.compare_digest(given, self._api_key.encode()):
            raise ApiError(401, "Invalid API key or JWT")


class _Version(msgspec.Struct):
    """What `GET /` tells, outside the envelope of all other answers.

    The version is that of the API; clients warn when theirs is more than a minor version away.
    """

    title: str = "qdrant - vector search engine (embedded)"
    version: str = "1.20.0"


def _encoded(result: object, seconds: float) -> bytes:
    if isinstance(result, str):
        return result.encode()
    if isinstance(result, _Version):
        return msgspec.json.encode(result)
    if isinstance(result, ApiError):
        return msgspec.json.encode({"status": {"error": str(result)}, "time": seconds})
    return msgspec.json.encode({"result": result, "status": "ok", "time": seconds})


async def _body(receive: Receive) -> bytes:
    parts: list[bytes] = []
    size = 0
    while True:
        message = await receive()
        part = message.get("body", b"")
        size += len(part)
        if size > MAX_BODY:
            raise ApiError(413, f"Payload too large: the limit is {MAX_BODY} bytes")
        parts.append(part)
        if not message.get("more_body"):
            return b"".join(parts)
