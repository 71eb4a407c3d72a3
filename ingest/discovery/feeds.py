"""Feeds: RSS 2.0 and 1.0, Atom and JSON Feed, for the pages they name and their dates.

Read here and not by feedparser, which has no JSON Feed and spends its time on what is not needed:
it cleans the HTML of every entry.
"""

import json
from collections.abc import Iterator
from datetime import datetime

from lxml import etree

from ingest.discovery.dates import latest
from ingest.discovery.links import normalise
from ingest.discovery.safe_xml import elements, local, text_of

ROOTS = frozenset({"rss", "RDF", "feed"})
_BASE = "{http://www.w3.org/XML/1998/namespace}base"
_ABOUT = "{http://www.w3.org/1999/02/22-rdf-syntax-ns#}about"

Entry = tuple[str, datetime | None]
"""A page that a feed names, and when it was last changed or published."""


def read_feed(body: bytes, url: str) -> Iterator[Entry]:
    """The entries of a feed that is there under a URL, normalised; none if it is not a feed."""
    entries = _of_json(body) if body.lstrip()[:1] == b"{" else _of_xml(body)
    for link, date in entries:
        if link and (target := normalise(link, url)):
            yield target, latest(date) if date else None


def _of_xml(body: bytes) -> Iterator[tuple[str, str]]:
    for element in elements(body, "item", "entry"):
        link = _atom_link(element) if local(element) == "entry" else _rss_link(element)
        yield link, text_of(element, "updated", "modified", "pubDate", "date", "published")


def _rss_link(item: etree._Element) -> str:
    if link := text_of(item, "link") or item.get(_ABOUT):
        return link
    for guid in item.iterchildren("{*}guid"):
        if guid.get("isPermaLink", "true") != "false" and guid.text:
            return guid.text.strip()
    return _atom_link(item)


def _atom_link(entry: etree._Element) -> str:
    for link in entry.iterchildren("{*}link"):
        if link.get("rel", "alternate") == "alternate" and link.get("href"):
            based = (link, entry, *entry.iterancestors())
            base = next((b for e in based if (b := e.get(_BASE))), "")
            return normalise(link.get("href", ""), base) or "" if base else link.get("href", "")
    return ""


def _of_json(body: bytes) -> Iterator[tuple[str, str]]:
    try:
        feed = json.loads(body)
    except (ValueError, RecursionError):
        return
    items = feed.get("items") if isinstance(feed, dict) else None
    for item in items if isinstance(items, list) else ():
        if isinstance(item, dict):
            link = item.get("url")
            date = item.get("date_modified") or item.get("date_published")
            yield (
                link if isinstance(link, str) else "",
                date if isinstance(date, str) else "",
            )
