"""A page's headings: its title, and where in it a citation may point."""

from lxml.html import HtmlElement

from ingest.extraction.invisible import without_invisible
from ingest.extraction.trees import HEADINGS, is_sign, line_of, text_of

_CLIMB = 4
"""Boxes that a heading may open at once, as DocBook wraps its titles."""


def title_of(tree: HtmlElement, body: HtmlElement) -> str:
    """Its only first-level heading, else what it declares, else the first of several headings."""
    headings = [text for heading in body.iter("h1") if (text := _heading_text(heading))]
    if len(headings) == 1:
        return headings[0]
    declared = tree.xpath("//meta[@property='og:title']/@content") or [
        text_of(title) for title in tree.xpath("//head/title")
    ]
    named = [" ".join(without_invisible(str(title)).split()) for title in declared]
    return next((title for title in (*named, *headings) if title), "")


def plain_headings(content: HtmlElement, title: str) -> dict[tuple[str, ...], str]:
    """Make each heading one line of text, and note its id under the path of headings it closes."""
    anchors: dict[tuple[str, ...], str] = {}
    path: list[tuple[int, str]] = []
    for heading in list(content.iter(*HEADINGS)):
        text, anchor = _heading_text(heading), _heading_id(heading)
        for child in list(heading):
            heading.remove(child)
        heading.text = text
        if not text:
            heading.drop_tag()
            continue
        level = HEADINGS.index(str(heading.tag)) + 1
        path = [*(step for step in path if step[0] < level), (level, text)]
        names = tuple(name for _, name in path)
        names = names[1:] if names[0] == title else names
        if anchor and names:
            anchors.setdefault(names, anchor)
    return anchors


def _heading_text(heading: HtmlElement) -> str:
    links = list(heading.iter("a"))
    if not any(is_sign(link) for link in links):
        return without_invisible(line_of(heading))
    for link in links:
        if is_sign(link):
            link.text = None
            for child in list(link):
                link.remove(child)
    return without_invisible(line_of(heading))


def _heading_id(heading: HtmlElement) -> str:
    """Its own id, or that of an anchor in it, of one before it, or of a section it opens."""
    inner = heading.xpath(".//@id | .//a/@name")
    if own := heading.get("id") or (str(inner[0]) if inner else ""):
        return own
    element = heading
    for _ in range(_CLIMB):
        before, parent = element.getprevious(), element.getparent()
        if before is not None:
            return _anchor_in(before)
        if parent is None or parent.tag in ("body", "html") or (parent.text or "").strip():
            return ""
        if anchor := parent.get("id"):
            return anchor
        element = parent
    return ""


def _anchor_in(before: HtmlElement) -> str:
    """The id of an element that is there for nothing else: an empty anchor, or a box of such."""
    if not isinstance(before.tag, str) or text_of(before) or (before.tail or "").strip():
        return ""
    if before.tag not in ("a", "span", "p", "div"):
        return ""
    found = before.xpath("(self::*/@id | self::a/@name | .//a/@id | .//a/@name | .//span/@id)[1]")
    return str(found[0]) if found else ""
