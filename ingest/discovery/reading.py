"""What a page that was had means for the crawl: whether it is kept, and where it leads."""

import logging
import re
from urllib.parse import urlsplit

from ingest.discovery.found import Fetched, Found, Validators
from ingest.discovery.signposts import MOST_LINKS, Signposts, signposts
from ingest.discovery.territory import Territory
from ingest.documents import Page

logger = logging.getLogger(__name__)

_START = re.compile(r"/(?:(?:index|default|home|start)(?:\.\w{2,5})?/?)?", re.IGNORECASE)


def read(found: Found, page: Page, territory: Territory, agent: str) -> Fetched:
    """What became of a URL whose page is there; `agent` is our name in lower case. It parses."""
    posts = signposts(page, agent, territory.holds)
    if posts.cut:
        logger.warning(
            "a page has more links than are taken", extra={"url": found.url, "taken": MOST_LINKS}
        )
    canonical = _canonical(found.url, posts, territory)
    links = _ways(found, posts, canonical, territory)
    if reason := posts.wishes.reason or territory.unwanted(found.url):
        return Fetched(url=found.url, refused=True, gone=True, reason=reason, links=links)
    return Fetched(url=found.url, page=page, alias_of=canonical, links=links)


def stands(found: Found, known: Validators, territory: Territory) -> Fetched:
    """What became of a URL that is as it was: its links are those of last time."""
    beside = [Found(url=url, depth=found.depth, via="alternate") for url in known.beside]
    links = [Found(url=url, depth=found.depth + 1, via="link") for url in known.links]
    inside = tuple(each for each in (*beside, *links) if territory.holds(each.url))
    return Fetched(url=found.url, unchanged=True, links=inside)


def _ways(
    found: Found, posts: Signposts, canonical: str, territory: Territory
) -> tuple[Found, ...]:
    """Its canonical URL and other languages, which are as far away as it is, and its links."""
    # One such step is free; a chain of them would have no end.
    beside = found.depth + (found.via in ("canonical", "alternate"))
    ways: dict[str, Found] = {}
    if canonical:
        ways[canonical] = Found(url=canonical, depth=beside, via="canonical")
    for url, language in posts.alternates:
        if territory.speaks(language) and territory.holds(url):
            ways.setdefault(url, Found(url=url, depth=beside, via="alternate"))
    for url in posts.links:
        ways.setdefault(url, Found(url=url, depth=found.depth + 1, via="link"))
    ways.pop(found.url, None)
    return tuple(ways.values())


def _canonical(url: str, posts: Signposts, territory: Territory) -> str:
    """The page's canonical URL; "" if that is itself, not of this source, or cannot be meant."""
    canonical = posts.canonical
    if not canonical or canonical == url or territory.refusal(canonical):
        return ""
    # The commonest mistake: a template that names the start page as the canonical of every page.
    named, own = urlsplit(canonical), urlsplit(url)
    careless = not named.query and named.path == "/" and not _START.fullmatch(own.path)
    return "" if careless else canonical
