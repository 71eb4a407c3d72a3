"""What is done to a page's tree before trafilatura reads it.

trafilatura loses every heading of a page without a main container, keeps text that no visitor sees,
and takes some content for decoration. So: hidden parts and the site's frame go, what a click would
open stays, headings become plain and remember their ids, and all content ends in one `<article>`.
"""

import re
from dataclasses import dataclass

from lxml.etree import strip_attributes, strip_tags
from lxml.html import HtmlElement, builder

from ingest.extraction.blocks import reshape
from ingest.extraction.headings import plain_headings, title_of
from ingest.extraction.hidden import is_hidden
from ingest.extraction.panels import open_panels
from ingest.extraction.rules import Rules, selected
from ingest.extraction.tables import unfold_layout_tables
from ingest.extraction.trees import HEADINGS, drop, is_frame, length_of

_NEVER_TEXT = (
    *("script", "style", "template", "noscript", "svg", "iframe", "object", "canvas", "select"),
    *("textarea", "input", "datalist", "dialog", "map", "audio", "video", "math"),
)
_SIDE = re.compile(r"side-?bar|banner|breadcrumb|button", re.IGNORECASE)
_IDS = "@id='content' or @id='main' or @id='main-content' or @id='bodyContent'"
_CONTAINERS = (
    ("//main | //*[@role='main']", 0.2),
    ("//article[not(ancestor::article)]", 0.5),
    (f"//*[{_IDS}]", 0.5),
)
"""Where the content is, and the least share of the body's text that it must hold: an `article` of
less is a teaser, an empty `main` is filled by scripts; then the whole body is taken."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Cleaned:
    """A tree of what a visitor can read, its title, and its headings' ids by heading path.

    `lang` is what the content itself or a box around it declares, if not the whole page.
    """

    tree: HtmlElement
    content: HtmlElement
    title: str
    anchors: dict[tuple[str, ...], str]
    has_container: bool
    lang: str


def preclean(tree: HtmlElement, rules: Rules) -> Cleaned:
    """The page's readable content; the given tree is used up.

    Raises:
        ValueError: a selector of the rules cannot be used.
    """
    body = tree if tree.tag == "body" else tree.find("body")
    if body is None:
        body = tree
    drop(body.iter(*_NEVER_TEXT))
    drop(one for one in selected(body, rules.drop) if one is not body)
    # Held, so that lxml does not make its proxies again for each of the passes below.
    _held = list(body.iter())
    open_panels(body)
    unfold_layout_tables(body)
    kept = selected(body, rules.keep)
    if not kept:
        drop(element for element in body.iterdescendants() if is_hidden(element))
    title = title_of(tree, body)
    if kept:
        _keep_only(body, kept)
        drop(element for element in body.iterdescendants() if is_hidden(element))
        content = body
    else:
        drop(element for element in body.iterdescendants() if is_frame(element))
        content = _container(body)
    lang = _language(content)
    anchors = plain_headings(content, title)
    _keep_sides(content)
    for anchor in [a for a in content.iter("a") if not a.get("href")]:
        anchor.drop_tag()
    reshape(content)
    _protect(content)
    # What is left is to be read, and trafilatura looks for such attributes itself.
    strip_attributes(content, "style", "hidden", "aria-hidden")
    has_container = bool(kept) or content is not body
    content.tag = "article"
    content.attrib.clear()
    content.tail = None
    wrapped = builder.HTML(builder.HEAD(builder.TITLE(title)), builder.BODY(content))
    return Cleaned(
        tree=wrapped,
        content=content,
        title=title,
        anchors=anchors,
        has_container=has_container,
        lang=lang,
    )


def _keep_only(body: HtmlElement, kept: list[HtmlElement]) -> None:
    for element in kept:
        element.tail = None
    for child in list(body):
        body.remove(child)
    body.text = None
    body.extend(element for element in kept if element is not body)


def _container(body: HtmlElement) -> HtmlElement:
    whole = length_of(body)
    for path, share in _CONTAINERS:
        found = [element for element in body.xpath(path) if element is not body]
        if not found:
            continue
        largest: HtmlElement = max(found, key=length_of)
        if length_of(largest) >= whole * share:
            _take_in_the_head(largest)
            return largest
    return body


def _take_in_the_head(container: HtmlElement) -> None:
    """A box before the content with the title and more is the content's head, not the site's."""
    before = container.getprevious()
    if before is None or before.find(".//h1") is None or container.find(".//h1") is not None:
        return
    if next(before.iter("p", *HEADINGS[1:]), None) is not None and not _is_linked(before):
        before.tail = None
        container.insert(0, before)


def _is_linked(element: HtmlElement) -> bool:
    """Whether at least half of its text are links."""
    linked = sum(map(length_of, element.iter("a")))
    return linked * 2 >= length_of(element)


def _language(content: HtmlElement) -> str:
    """What the innermost of the content and the boxes around it declares, the page left out."""
    for box in (content, *content.iterancestors()):
        if box.tag != "html" and (lang := box.get("lang") or box.get("xml:lang")):
            return str(lang)
    return ""


def _keep_sides(content: HtmlElement) -> None:
    """What trafilatura discards by its name is content within the content, unless mostly links."""
    for element in list(content.iterdescendants()):
        is_side = element.tag in ("aside", "header", "form")
        if not is_side and not _SIDE.search(element.get("class") or ""):
            continue
        if _is_linked(element):
            continue
        element.attrib.pop("class", None)
        if element.tag != "form" or next(element.iter("p", "table", *HEADINGS), None) is not None:
            element.tag = "div" if is_side else element.tag


def _protect(content: HtmlElement) -> None:
    """Keep what trafilatura would take for a menu or a form: headings, boxes of them, "See also".

    It goes by ids and classes (`logging` holds "login" to it), and by how much of a text are links.
    """
    nameless: set[HtmlElement] = set()
    for heading in content.iter(*HEADINGS):
        after = heading.getnext()
        first = next(after.iter("p", "li"), None) if after is not None else None
        if first is not None and first.tag == "p":
            strip_tags(first, "a")
        for box in (heading, *heading.iterancestors()):
            if box in nameless:
                break
            nameless.add(box)
            box.attrib.clear()
    for paragraph in content.iter("p"):
        if paragraph.find("a") is not None and not _is_linked(paragraph):
            strip_tags(paragraph, "a")
