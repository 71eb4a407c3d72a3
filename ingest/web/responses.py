"""What a server's answer must be for us to read it: its status, its type, its size."""

import codecs
import zlib
from datetime import UTC, datetime
from email.message import Message
from email.utils import parsedate_to_datetime

import httpx

from ingest.errors import PageUnavailable

ACCEPTED = ("text/html", "application/xhtml+xml", "text/plain")


class Busy(PageUnavailable):
    """The server asks to come back later: after `pause_s` seconds, None if it did not say."""

    def __init__(self, status: int, retry_after: str | None) -> None:
        self.pause_s = _seconds(retry_after)
        pause = f"; it asks to come back in {self.pause_s:.0f} s" if self.pause_s else ""
        super().__init__(f"the server is busy (HTTP {status}){pause}", status=status)


def check_status(response: httpx.Response) -> None:
    """Raise PageUnavailable (Busy for 429 and 503) unless the answer is a success."""
    status = response.status_code
    if response.is_success:
        return
    if status in (httpx.codes.TOO_MANY_REQUESTS, httpx.codes.SERVICE_UNAVAILABLE):
        raise Busy(status, response.headers.get("Retry-After"))
    gone = status in (httpx.codes.NOT_FOUND, httpx.codes.GONE)
    phrase = httpx.codes.get_reason_phrase(status)
    raise PageUnavailable(
        f"the server answered HTTP {status} {phrase}".rstrip(), gone=gone, status=status
    )


def media_type(header: str) -> tuple[str, str | None]:
    """The type in a Content-Type header, in lower case ("" if none), and its charset, if named."""
    if not header:
        return "", None
    message = Message()
    message["Content-Type"] = header
    charset = message.get_content_charset()
    return header.partition(";")[0].strip().lower(), charset


def check_type(content_type: str) -> None:
    """Raise PageUnavailable for what a server declares to be neither HTML nor plain text."""
    if content_type and content_type not in ACCEPTED:
        what = "a PDF" if content_type == "application/pdf" else content_type
        raise PageUnavailable(f"is {what}; only HTML and plain text are read", status=200)


def sniff(content_type: str, body: bytes) -> str:
    """The type of a body, after a look at it: servers call PDFs and archives text, too."""
    start = body[:1024]
    if start.lstrip().startswith(b"%PDF-"):
        raise PageUnavailable("is a PDF; only HTML and plain text are read", status=200)
    wide = start.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)) or _is_wide_ascii(start)
    if b"\0" in start and not wide:
        raise PageUnavailable("is a binary file; only HTML and plain text are read", status=200)
    if content_type:
        return content_type
    return "text/html" if b"<" in start.lstrip()[:1] else "text/plain"


async def read(response: httpx.Response, limit: int) -> bytes:
    """The body, unpacked; never more than `limit` bytes of it are held, packed or not."""
    encoding = response.headers.get("Content-Encoding", "identity").strip().lower()
    if encoding not in ("identity", "gzip", "x-gzip", ""):
        raise PageUnavailable(f"is packed as {encoding}, which was not asked for", status=200)
    if int(response.headers.get("Content-Length", "0")) > limit:
        raise _too_big(limit)
    packed = zlib.decompressobj(wbits=31) if "gzip" in encoding else None
    body = bytearray()
    # Not httpx's own decoding: it unpacks a whole network read at once, and encodings on encodings.
    async for part in response.aiter_raw():
        try:
            body += packed.decompress(part, limit + 1 - len(body)) if packed else part
        except zlib.error as error:
            raise PageUnavailable(f"its compression is broken: {error}", status=200) from error
        if len(body) > limit:
            raise _too_big(limit)
    if packed and body and not packed.eof:
        raise PageUnavailable("its compression is broken: it ends early", status=200)
    return bytes(body)


def _too_big(limit: int) -> PageUnavailable:
    return PageUnavailable(
        f"is larger than {limit:,} bytes; GROUNDLING_FETCH__MAX_BYTES says how large a page may be",
        status=200,
    )


def _is_wide_ascii(start: bytes) -> bool:
    """Whether every second byte is zero, as in UTF-16 of a European language without its mark."""
    return len(start) > 1 and (not any(start[0::2]) or not any(start[1::2]))


def _seconds(retry_after: str | None) -> float | None:
    if not retry_after:
        return None
    if retry_after.strip().isdigit():
        return float(retry_after)
    try:
        return max((parsedate_to_datetime(retry_after) - datetime.now(UTC)).total_seconds(), 0.0)
    except (ValueError, TypeError):
        return None
