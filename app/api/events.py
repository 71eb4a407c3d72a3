"""Server-sent events that end when the caller goes away, at once and not at the next event."""

import asyncio
from collections.abc import AsyncGenerator, Coroutine, Iterable, Mapping
from contextlib import aclosing, suppress
from typing import Any, TypeVar

import msgspec
from litestar import Litestar, Request, Response
from litestar.datastructures import Cookie
from litestar.response.base import ASGIResponse
from litestar.types import Receive, Send

T = TypeVar("T")

MEDIA_TYPE = "text/event-stream"
# LiveKit's client of OpenAI gives up after ten seconds without a byte.
_PULSE_S = 4.0


class CallerGone(Exception):
    """The caller closed the connection before the answer was complete."""


def event(name: str, content: Any) -> bytes:
    """One event on the wire; `content` becomes one line of JSON."""
    return b"event: %s\ndata: %s\n\n" % (name.encode(), msgspec.json.encode(content))


async def unless_gone(receive: Receive, work: Coroutine[Any, Any, T]) -> T:
    """The result of `work`, which is cancelled, and has ended, as soon as the caller goes away.

    Raises:
        CallerGone: the caller went away first.
    """
    job = asyncio.create_task(work)
    gone = asyncio.create_task(_gone(receive))
    try:
        await asyncio.wait((job, gone), return_when=asyncio.FIRST_COMPLETED)
        if job.done():
            return job.result()
        raise CallerGone("The caller closed the connection before the answer was complete.")
    finally:
        for task in (job, gone):
            task.cancel()
        await asyncio.gather(job, gone, return_exceptions=True)


async def _gone(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass


async def kept_alive(
    events: AsyncGenerator[bytes, None], every_s: float = _PULSE_S
) -> AsyncGenerator[bytes, None]:
    """The events, and a comment whenever none came for so many seconds."""
    async with aclosing(events):
        while True:
            coming = asyncio.ensure_future(anext(events, None))
            try:
                while not (await asyncio.wait((coming,), timeout=every_s))[0]:
                    yield b": still here\n\n"
            finally:
                if not coming.done():
                    coming.cancel()
                    await asyncio.gather(coming, return_exceptions=True)
            if (event := coming.result()) is None:
                return
            yield event


class EventStream(Response[None]):
    """A response that sends what a generator of events yields, and closes the generator."""

    def __init__(
        self, events: AsyncGenerator[bytes, None], headers: Mapping[str, str] | None = None
    ) -> None:
        super().__init__(None, media_type=MEDIA_TYPE)
        self._events = events
        self._more = dict(headers or {})

    def to_asgi_response(
        self,
        app: Litestar | None,
        request: Request[Any, Any, Any],
        *,
        headers: dict[str, str] | None = None,
        cookies: Iterable[Cookie] | None = None,
        **_: Any,
    ) -> ASGIResponse:
        """What Litestar sends."""
        kept = {
            **(headers or {}),
            **self._more,
            "cache-control": "no-store",
            "x-accel-buffering": "no",
        }
        return _Streaming(self._events, headers=kept, cookies=cookies)


class _Streaming(ASGIResponse):
    _should_set_content_length = False

    def __init__(
        self,
        events: AsyncGenerator[bytes, None],
        *,
        headers: dict[str, Any],
        cookies: Iterable[Cookie] | None,
    ) -> None:
        super().__init__(
            body=b"", headers=headers, cookies=cookies, media_type=MEDIA_TYPE, status_code=200
        )
        self._events = events

    async def send_body(self, send: Send, receive: Receive) -> None:
        with suppress(CallerGone):
            await unless_gone(receive, self._pump(send))

    async def _pump(self, send: Send) -> None:
        async with aclosing(self._events) as events:
            async for piece in events:
                await send({"type": "http.response.body", "body": piece, "more_body": True})
        await send({"type": "http.response.body", "body": b"", "more_body": False})
