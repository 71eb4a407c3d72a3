"""Pages out of JSON lines, as other crawlers write them (Firecrawl, Crawl4AI, Apify, Scrapy).

The fullest form of a page is taken: its HTML, from which headings, tables and anchors are read as
from any other page, before Markdown, before bare text.
"""

import re
import zlib
from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime
from typing import Any, BinaryIO

import msgspec

from ingest.discovery.links import normalise
from ingest.documents import Page
from ingest.extraction.declared import date_from
from ingest.imports.skipped import Skipped
from ingest.media import MARKDOWN, PLAIN

MOST_BYTES = 50_000_000
"""Of one line."""
_URL = ("url", "loadedUrl", "sourceURL", "source_url", "link", "canonicalUrl")
_INNER = ("metadata", "crawl", "data")
_HTML_FORMS = ("rawHtml", "raw_html", "html", "cleaned_html", "fit_html")
_MARKDOWN_FORMS = ("raw_markdown", "markdown", "md", "fit_markdown")
_TEXT_FORMS = ("text", "content", "body", "page_content")
_STATUS = ("statusCode", "status_code", "httpStatusCode", "status")
_FETCHED = ("fetched_at", "crawled_at", "scraped_at", "loadedTime", "scrapedAt", "timestamp")
_DATES = ("modifiedTime", "date", "publishedTime", "published_at", "published")
_LOOKS_LIKE_HTML = re.compile(r"\s*<(?:!doctype|html|head|body|div|article|main|p|h\d)\b", re.I)

Fields = Mapping[str, Any]


class _NotTaken(Exception):
    """A line that is no page; the message says why."""


def read_jsonl(stream: BinaryIO, skipped: Skipped | None = None) -> Iterator[Page]:
    """The pages of a file of JSON lines, one at a time.

    A line that is no page is counted in `skipped` with its number.
    """
    skipped = Skipped() if skipped is None else skipped
    for number, line in enumerate(_lines(stream, skipped), 1):
        if not line.strip():
            continue
        try:
            yield _page(line)
        except _NotTaken as error:
            skipped.note(f"line {number}", str(error))


def _lines(stream: BinaryIO, skipped: Skipped) -> Iterator[bytes]:
    """Each line, of one that is too long only so much that this can be seen."""
    number = 0
    try:
        while line := stream.readline(MOST_BYTES + 1):
            rest = line
            while len(rest) > MOST_BYTES and not rest.endswith(b"\n"):
                rest = stream.readline(MOST_BYTES + 1)
            number += 1
            yield line
    except (EOFError, OSError, zlib.error) as error:
        skipped.note(f"after line {number}", f"the file breaks off ({type(error).__name__})")


def _page(line: bytes) -> Page:
    if len(line) > MOST_BYTES:
        raise _NotTaken(f"is longer than {MOST_BYTES // 1_000_000} MB")
    try:
        record = msgspec.json.decode(line.removeprefix(b"\xef\xbb\xbf"))
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise _NotTaken("is no JSON") from error
    if not isinstance(record, dict):
        raise _NotTaken("is no JSON object")
    places = _places(record)
    url = normalise(_text(places, _URL))
    if url is None:
        raise _NotTaken("has no web address in its field url")
    _check_fetched(places)
    content_type, said = _content(places)
    is_html = content_type == "text/html"
    return Page(
        url=url,
        requested=url,
        content_type=content_type,
        charset="utf-8",
        body=said.encode("utf-8", "replace"),
        fetched_at=(fetched_at := _fetched_at(places)),
        # Of HTML, title and dates are read as from any other page.
        title="" if is_html else _text(places, ("title",))[:1_000],
        page_date=None if is_html else _date(places, fetched_at),
    )


def _places(record: Fields) -> list[Fields]:
    """Where fields may stand: in the record, and in the objects that crawlers put in it."""
    inner = [record[name] for name in _INNER if isinstance(record.get(name), dict)]
    deeper = [one[name] for one in inner for name in _INNER if isinstance(one.get(name), dict)]
    return [record, *inner, *deeper]


def _text(places: list[Fields], names: tuple[str, ...]) -> str:
    """The first of these fields that holds text, in the outermost place first."""
    for place in places:
        for name in names:
            value = place.get(name)
            if isinstance(value, str) and value.strip():
                return value
    return ""


def _check_fetched(places: list[Fields]) -> None:
    """See that the crawler had the page, as far as it says so."""
    if places[0].get("success") is False:
        raise _NotTaken("the crawler could not fetch it")
    for place in places:
        for name in _STATUS:
            status = place.get(name)
            if isinstance(status, int) and not isinstance(status, bool) and status != 200:
                raise _NotTaken(f"the server had answered HTTP {status}")


def _content(places: list[Fields]) -> tuple[str, str]:
    """Its media type, and what it says."""
    if html := _text(places, _HTML_FORMS):
        return "text/html", html
    nested = [place["markdown"] for place in places if isinstance(place.get("markdown"), dict)]
    if markdown := _text([*places, *nested], _MARKDOWN_FORMS):
        return MARKDOWN, markdown
    if text := _text(places, _TEXT_FORMS):
        return ("text/html" if _LOOKS_LIKE_HTML.match(text) else PLAIN), text
    raise _NotTaken("has no html, markdown, text or content")


def _fetched_at(places: list[Fields]) -> datetime:
    """When it was fetched; now, if the crawler does not say so, or says a time to come."""
    now = datetime.now(UTC)
    try:
        moment = datetime.fromisoformat(_text(places, _FETCHED))
    except ValueError:
        return now
    return min(moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC), now)


def _date(places: list[Fields], fetched_at: datetime) -> date | None:
    return date_from(_text(places, _DATES), fetched_at)
