"""What a page says to crawlers: where it leads, what else it is known as, what it forbids."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from itertools import islice
from urllib.parse import urljoin, urlsplit

from lxml.html import HtmlElement

from ingest.discovery.links import normalise
from ingest.discovery.wishes import Wishes, read_wishes
from ingest.documents import Page
from ingest.extraction.markup import parse
from ingest.media import HTML

FEEDS = frozenset(
    {"application/rss+xml", "application/atom+xml", "application/feed+json", "application/rdf+xml"}
)
MOST_LINKS = 3_000
"""Links taken of one page. The longest lists in real manuals lead to 800 pages (PostgreSQL's index)
and 486 (Python's contents); an alphabetical page of MediaWiki has 345."""
MOST_LOOKED_AT = 30_000
"""Links of one page that are read, wherever they lead; each takes some 40 µs."""

# Not asked for. Names such as `Node.js` or `data.json` may be pages, so their type is asked.
_NOT_PAGES = re.compile(
    r"\.(?:jpe?g|png|gif|svg|webp|avif|heic|ico|bmp|tiff?|woff2?|ttf|eot"
    r"|mp[34]|m4[av]|mkv|ogg|og[av]|wav|flac|webm|avi|mov|swf"
    r"|zip|gz|tgz|bz2|xz|7z|rar|exe|msi|deb|rpm|jar|dmg|iso|apk|torrent|ics|vcf)$",
    re.IGNORECASE,
)
_REFRESH = re.compile(r"\s*[\d.]*\s*[;,]\s*(?:url\s*=\s*)?['\"]?\s*([^'\"]+)", re.IGNORECASE)
_LINK = re.compile(r"<([^<>]*)>((?:\s*;\s*[\w*-]+\s*(?:=\s*(?:\"[^\"]*\"|[^\s;,\"]*))?)*)")
_PARAMETER = re.compile(r";\s*([\w*-]+)\s*=\s*(?:\"([^\"]*)\"|([^\s;,\"]*))")
_LONGEST_HEADER = 8_000
_MOST_RELATIONS = 500
"""Of one head: a page in all the languages of the EU and their countries has some 60."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Signposts:
    """What a page says to crawlers; all URLs are normalised, each once, in the page's order.

    `canonical` is "" if it names none, itself, or several. `alternates` are its other languages:
    URL and language, in lower case. `cut` says that there are more links than were taken.
    """

    links: tuple[str, ...] = ()
    canonical: str = ""
    alternates: tuple[tuple[str, str], ...] = ()
    feeds: tuple[str, ...] = ()
    wishes: Wishes = field(default_factory=Wishes)
    cut: bool = False

    @property
    def may_index(self) -> bool:
        return self.wishes.may_index


def signposts(page: Page, agent: str, inside: Callable[[str], object] = bool) -> Signposts:
    """Read what a page says; `agent` is our name in lower case.

    Only links that are `inside` are taken. Other types than HTML speak by their headers alone.
    """
    tree = parse(page) if page.content_type in HTML else None
    head = _relations(page, tree)
    wishes = read_wishes(_robots(tree), page.robots, agent)
    canonical = {normalise(target, base) for rel, target, base, _ in head if rel == "canonical"}
    own = normalise(page.url)
    feeds = dict.fromkeys(
        normalise(target, base)
        for rel, target, base, more in head
        if rel == "alternate" and more.get("type", "").partition(";")[0].strip().lower() in FEEDS
    )
    named = canonical.pop() if len(canonical) == 1 else None
    links: tuple[str, ...] = ()
    cut = False
    if tree is not None and wishes.may_follow:
        links, cut = _links(tree, _base(page, tree), inside)
    return Signposts(
        links=links,
        canonical=named if named and named != own else "",
        alternates=tuple(_alternates(head, own)) if wishes.may_follow else (),
        feeds=tuple(url for url in feeds if url),
        wishes=wishes,
        cut=cut,
    )


_Relation = tuple[str, str, str, dict[str, str]]
"""One link relation: its rel (each on its own), target, the base it starts from, the rest."""


def _relations(page: Page, tree: HtmlElement | None) -> list[_Relation]:
    """The relations in the Link header and in the head; those in the body are anybody's."""
    found: list[_Relation] = []
    for target, parameters in _LINK.findall(page.link[:_LONGEST_HEADER]):
        more = {n.lower(): quoted or bare for n, quoted, bare in _PARAMETER.findall(parameters)}
        found += [(rel, target, page.url, more) for rel in more.get("rel", "").lower().split()]
    heads = tree.iter("head") if tree is not None else ()
    for head in heads:
        base = _base(page, tree) if tree is not None else page.url
        for link in islice(head.iter("link"), _MOST_RELATIONS):
            more = {str(name): str(value) for name, value in link.attrib.items()}
            target = more.get("href", "").strip()
            rels = more.get("rel", "").lower().split() if target else ()
            found += [(rel, target, base, more) for rel in rels]
        break
    return found


def _alternates(relations: list[_Relation], own: str | None) -> Iterator[tuple[str, str]]:
    met = {own, None}
    for rel, target, base, more in relations:
        language = more.get("hreflang", "").strip().lower()
        if rel == "alternate" and language:
            url = normalise(target, base)
            if url and url not in met:
                met.add(url)
                yield url, language


def _robots(tree: HtmlElement | None) -> list[tuple[str, str]]:
    metas = tree.iter("meta") if tree is not None else ()
    return [(meta.get("name") or "", meta.get("content") or "") for meta in metas]


def _base(page: Page, tree: HtmlElement) -> str:
    named = next((base.get("href") for base in tree.iter("base") if base.get("href")), "")
    try:
        return urljoin(page.url, named or "")
    except ValueError:
        return page.url


def _links(
    tree: HtmlElement, base: str, inside: Callable[[str], object]
) -> tuple[tuple[str, ...], bool]:
    """The page's links, and whether there are more than were taken."""
    links: dict[str, None] = {}
    met = {""}
    for target in _targets(tree):
        # Fragments first: an index of terms names each page hundreds of times.
        target = target.partition("#")[0]
        if target in met:
            continue
        met.add(target)
        url = normalise(target, base)
        if url and url not in links and inside(url) and not _is_file(url):
            links[url] = None
        if len(links) > MOST_LINKS or len(met) > MOST_LOOKED_AT:
            return tuple(links)[:MOST_LINKS], True
    return tuple(links), False


def _targets(tree: HtmlElement) -> Iterator[str]:
    for element in tree.iter("a", "area", "frame", "meta"):
        if element.tag == "frame":
            yield (element.get("src") or "").strip()
        elif element.tag == "meta":
            if (element.get("http-equiv") or "").strip().lower() == "refresh":
                match = _REFRESH.match(element.get("content") or "")
                yield match[1].strip() if match else ""
        elif "nofollow" not in (element.get("rel") or "").lower().split():
            yield (element.get("href") or "").strip()


def _is_file(url: str) -> bool:
    return bool(_NOT_PAGES.search(urlsplit(url).path.rpartition("/")[2]))
