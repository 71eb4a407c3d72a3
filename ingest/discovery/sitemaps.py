"""One sitemap: a list of pages, an index of more sitemaps, a feed, or plain text, packed or not."""

import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import islice

from lxml import etree

from ingest.discovery.dates import latest
from ingest.discovery.feeds import ROOTS as FEED_ROOTS
from ingest.discovery.feeds import read_feed
from ingest.discovery.found import Via
from ingest.discovery.links import normalise
from ingest.discovery.safe_xml import elements, root_name, text_of

MOST_URLS = 50_000
"""Of one file; sitemaps.org allows no more."""
LONGEST = 50 * 1024 * 1024
"""Bytes of one file, unpacked; sitemaps.org allows no more."""


@dataclass(frozen=True, slots=True)
class Named:
    """A page that a sitemap names: where, when it was last changed, in what language."""

    url: str
    via: Via = "sitemap"
    lastmod: datetime | None = None
    language: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sitemap:
    """What one file says: pages, or more sitemaps; all URLs normalised."""

    pages: tuple[Named, ...] = ()
    sitemaps: tuple[str, ...] = ()


class NoSitemap(ValueError):
    """The file cannot be read as a sitemap; the message says why."""


def read_sitemap(body: bytes, url: str) -> Sitemap:
    """Read what was found under a sitemap's URL; at most 50,000 pages of it are taken.

    Raises:
        NoSitemap: it is something else, its compression is broken, or it is too large.
    """
    if body.startswith(b"\x1f\x8b"):
        body = _unpacked(body)
    start = body[:1024].lstrip(b"\xef\xbb\xbf \t\r\n")
    if not start:
        raise NoSitemap("it is empty")
    if start[:1] == b"{":
        return _of_feed(body, url)
    if start[:1] != b"<" and b"\0" not in start:
        return _of_text(body)
    root = root_name(body)
    if root in FEED_ROOTS:
        return _of_feed(body, url)
    if root == "sitemapindex":
        locs = (_url(text_of(entry, "loc"), url) for entry in elements(body, "sitemap"))
        return Sitemap(sitemaps=tuple(dict.fromkeys(islice(filter(None, locs), MOST_URLS))))
    if root == "urlset":
        return Sitemap(pages=tuple(islice(_pages(body, url), MOST_URLS)))
    raise NoSitemap(
        f"it is not a sitemap (its outermost element is <{root}>)"
        if root
        else "it is neither XML nor plain text"
    )


def _pages(body: bytes, base: str) -> Iterator[Named]:
    for entry in elements(body, "url"):
        lastmod = latest(text_of(entry, "lastmod"))
        own = _url(text_of(entry, "loc"), base)
        if own:
            yield Named(own, lastmod=lastmod)
        for link in entry.iterchildren("{*}link"):
            language = link.get("hreflang", "").strip().lower()
            url = _url(link.get("href", ""), base) if _is_alternate(link) else None
            # An entry names itself among its languages. The date is its own, not theirs.
            if url and url != own:
                yield Named(url, via="alternate", language=language)


def _url(named: str, base: str) -> str | None:
    """What a sitemap names; it should be whole, and often is not."""
    return normalise(named, base) if named else None


def _is_alternate(link: etree._Element) -> bool:
    return link.get("rel") == "alternate" and bool(link.get("hreflang"))


def _of_feed(body: bytes, url: str) -> Sitemap:
    entries = islice(read_feed(body, url), MOST_URLS)
    return Sitemap(pages=tuple(Named(target, "feed", date) for target, date in entries))


def _of_text(body: bytes) -> Sitemap:
    lines = body.decode("utf-8-sig", "replace").splitlines()
    urls = list(islice(filter(None, map(normalise, lines)), MOST_URLS))
    if not urls:
        raise NoSitemap("it names no URL")
    return Sitemap(pages=tuple(Named(url) for url in urls))


def _unpacked(body: bytes) -> bytes:
    """A gzip file's content; never more than a byte over the limit of it is held."""
    unpacker = zlib.decompressobj(wbits=31)
    try:
        content = unpacker.decompress(body, LONGEST + 1)
    except zlib.error as error:
        raise NoSitemap(f"its compression is broken: {error}") from error
    if len(content) > LONGEST:
        raise NoSitemap(f"it unpacks to more than {LONGEST:,} bytes, the most a sitemap may have")
    if not unpacker.eof:
        raise NoSitemap("its compression is broken: it ends early")
    return content
