"""The nouns of discovery: what was met, what is known of it, and what became of it."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from ingest.documents import Page

Via = Literal["seed", "sitemap", "feed", "link", "alternate", "canonical"]
"""How a URL was met."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """A URL worth asking for, `depth` links away from where the source starts.

    `lastmod` is the latest moment that the date given for its last change can mean.
    """

    url: str
    depth: int
    via: Via
    lastmod: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Validators:
    """What is known of a URL from last time: by what to ask for changes, and where it led.

    `links` were its links, `beside` those of its other languages and its canonical URL, which
    count as far away as the page itself. `fetched_at` is when it was last seen to say what is
    indexed of it; None if what is indexed may not be trusted.
    """

    etag: str | None = None
    last_modified: str | None = None
    links: tuple[str, ...] = ()
    beside: tuple[str, ...] = ()
    fetched_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Fetched:
    """What became of one URL.

    Either `page` is there, or `unchanged` is true, or `reason` says why there is neither; then
    `refused` says that it may not be read (rather than that it could not), and `gone` that what was
    indexed of it must go: 404, 410, moved, or the page asks for that.

    `alias_of` is the URL of the source that the page names as its own; the page comes with it, for
    the case that the named one turns out to be unreadable. `moved_to` is where a redirect ended,
    `opens` a site (`host[:port]`) that a seed's redirect added to the source's own. `links` lie
    within the source's sites, each once.
    """

    url: str
    page: Page | None = None
    unchanged: bool = False
    reason: str = ""
    gone: bool = False
    refused: bool = False
    alias_of: str = ""
    moved_to: str = ""
    opens: str = ""
    links: tuple[Found, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Start:
    """Where a run begins: what was found, what is already settled, and the source's sites.

    `complete` is false if a sitemap or feed could not be read: then a page that is missing from
    `found` need not have gone.
    """

    found: tuple[Found, ...]
    fetched: tuple[Fetched, ...]
    sites: frozenset[str]
    complete: bool = True
