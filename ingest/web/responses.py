"""What is asked for, and what the answer must be for us to read it: its status, size, packing."""

import asyncio
import re
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

import httpx

from ingest.documents import Page
from ingest.errors import PageUnavailable
from ingest.web.access import Access
from ingest.web.kinds import LOOK, check, file_name, kind, media_type
from ingest.web.unpacking import broken, unpacker

_LITTLE = 1 << 16
_MOMENT_S = 1.0
_VALIDATOR = re.compile(r"[\x20-\x7e]{1,500}")


class Busy(PageUnavailable):
    """The server asks to come back later: after `pause_s` seconds, None if it did not say."""

    def __init__(self, status: int, pause_s: float | None) -> None:
        self.pause_s = pause_s
        pause = f"; it asks to come back in {pause_s:.0f} s" if pause_s else ""
        super().__init__(f"the server is busy (HTTP {status}){pause}", status=status)


class Broken(PageUnavailable):
    """The connection ended or spoke nonsense before the answer was whole."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """What is asked for, and how; `accept` None takes any type, `paced` keeps a host's distance."""

    url: str
    accept: Collection[str] | None
    access: Access
    conditions: Mapping[str, str] = field(default_factory=dict)
    paced: bool = True


async def page_of(response: httpx.Response, url: str, wish: Wish, limit: int) -> Page:
    """The page that an answer holds, of at most `limit` bytes.

    Raises:
        PageUnavailable: it is an error, too large, broken, or not of a type that is accepted.
    """
    _check_status(response)
    declared, charset = media_type(response.headers.get("Content-Type", ""))
    check(declared, wish.accept)
    name = file_name(url, response.headers.get("Content-Disposition", ""))

    def look(start: bytes) -> str:
        return kind(declared, name, start, wish.accept)

    body = await _read(response, limit, look)
    return Page(
        url=url,
        requested=wish.url,
        content_type=look(body[:LOOK]),
        charset=charset,
        body=body,
        fetched_at=datetime.now(UTC),
        etag=_validator(response, "ETag"),
        last_modified=_validator(response, "Last-Modified"),
        robots=_joined(response, "X-Robots-Tag"),
        link=_joined(response, "Link"),
    )


async def is_over(response: httpx.Response) -> bool:
    """Whether an answer's body is at its end, the little that may be left of it read away.

    Then its connection can serve the next request.
    """
    if response.is_stream_consumed or response.is_closed:
        return response.is_closed
    left = _LITTLE
    try:
        async with asyncio.timeout(_MOMENT_S):
            async for part in response.aiter_raw():
                left -= len(part)
                if left < 0:
                    return False
    except (TimeoutError, httpx.TransportError):
        return False
    return True


def _check_status(response: httpx.Response) -> None:
    """Raise PageUnavailable (Busy for 429 and 503) unless the answer is a success."""
    status = response.status_code
    if status == httpx.codes.PARTIAL_CONTENT:
        raise PageUnavailable("the server sent a part that was not asked for", status=status)
    if response.is_success:
        return
    if status in (httpx.codes.TOO_MANY_REQUESTS, httpx.codes.SERVICE_UNAVAILABLE):
        raise Busy(status, _seconds(response.headers.get("Retry-After")))
    gone = status in (httpx.codes.NOT_FOUND, httpx.codes.GONE)
    phrase = httpx.codes.get_reason_phrase(status)
    raise PageUnavailable(
        f"the server answered HTTP {status} {phrase}".rstrip(), gone=gone, status=status
    )


async def _read(response: httpx.Response, limit: int, look: Callable[[bytes], object]) -> bytes:
    """The body, unpacked; of what is over `limit`, packed or not, one step is held and no more.

    `look` is shown its first bytes as soon as there are enough of them, and may raise.
    """
    if _declared_size(response) > limit:
        raise _too_big(limit)
    # Not httpx's own decoding: it unpacks a whole network read at once, and encodings on encodings.
    packed = unpacker(response.headers.get("Content-Encoding", ""))
    body, received, looked = bytearray(), 0, False
    async for part in response.aiter_raw():
        received += len(part)
        for out in packed.unpack(part):
            body += out
            if max(len(body), received) > limit:
                raise _too_big(limit)
            if not looked and len(body) >= LOOK:
                look(bytes(body[:LOOK]))
                looked = True
    if received and not packed.ended:
        raise broken("it ends early")
    return bytes(body)


def _validator(response: httpx.Response, name: str) -> str | None:
    """An ETag or Last-Modified header, if it is one that can be sent back."""
    value = response.headers.get(name, "")
    return value if _VALIDATOR.fullmatch(value) else None


def _joined(response: httpx.Response, name: str) -> str:
    """All headers of a name in one line."""
    return ", ".join(response.headers.get_list(name))


def _declared_size(response: httpx.Response) -> int:
    size = response.headers.get("Content-Length", "0")
    return int(size) if re.fullmatch(r"[0-9]{1,18}", size) else 0


def _too_big(limit: int) -> PageUnavailable:
    return PageUnavailable(
        f"is larger than {limit:,} bytes; GROUNDLING_FETCH__MAX_BYTES says how large a page may be",
        status=200,
    )


def _seconds(retry_after: str | None) -> float | None:
    if not retry_after:
        return None
    if re.fullmatch(r"\s*[0-9]{1,9}\s*", retry_after):
        return float(retry_after)
    try:
        return max((parsedate_to_datetime(retry_after) - datetime.now(UTC)).total_seconds(), 0.0)
    except (ValueError, TypeError, OverflowError):
        return None
