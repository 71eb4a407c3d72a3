"""Small things done to trees of HTML: the text of an element, and taking elements away."""

from collections.abc import Iterable

from lxml.etree import iterwalk
from lxml.html import HtmlElement

HEADINGS = tuple(f"h{level}" for level in range(1, 7))
BLOCKS = (
    *("p", "div", "section", "article", "aside", "header", "footer", "main", "ul", "ol", "dl"),
    *("pre", "table", "blockquote", "figure", "form", "fieldset", "address", "hr", "details"),
    *HEADINGS,
)
_APART = frozenset({*BLOCKS, "br", "li", "dt", "dd", "tr", "td", "th", "caption", "figcaption"})
_ANCHOR_CLASSES = {"headerlink", "anchor", "header-anchor", "anchor-link", "heading-anchor"}
_ANCHOR_SIGNS = {"", "#", "¶", "§", "🔗", "\N{LINK SYMBOL}\N{VARIATION SELECTOR-16}"}

_FRAME_ROLES = {"navigation", "banner", "contentinfo", "search", "dialog", "alertdialog"}
_FRAME_CLASSES = {
    *("navheader", "navfooter", "sphinxsidebar", "docnav", "navbar", "skip-link"),
    *("breadcrumb", "breadcrumbs", "cookie-banner", "cookie-consent", "sidebar-nav"),
    *("linenos", "linenodiv", "lineno", "gutter"),  # the numbers beside lines of code
}


def text_of(element: HtmlElement) -> str:
    """An element's text, with a space between its parts and none doubled."""
    return " ".join(" ".join(element.itertext()).split())


def line_of(element: HtmlElement) -> str:
    """An element's text as one line: words are parted at blocks and lines, and only there."""
    parts = [element.text or ""]
    if len(element):
        # Not by recursion: pages nest deeper than Python calls.
        for event, one in iterwalk(element, events=("start", "end")):
            if one is element:
                continue
            gap = " " if one.tag in _APART else ""
            if event == "start":
                parts += (gap, one.text or "" if isinstance(one.tag, str) else "")
            else:
                parts += (gap, one.tail or "")
    return " ".join("".join(parts).split())


def length_of(element: HtmlElement) -> int:
    """About how many characters of text it has; quicker than to have the text."""
    return int(float(str(element.xpath("string-length(normalize-space(string()))"))))


def drop(elements: Iterable[HtmlElement]) -> None:
    """Take elements and what is in them out of their tree."""
    for element in list(elements):
        if element.getparent() is not None:
            element.drop_tree()


def is_sign(link: HtmlElement) -> bool:
    """Whether it only offers the address of a heading, as "¶" does."""
    text = text_of(link)
    if text in _ANCHOR_SIGNS:
        return True
    return len(text) < 3 and bool(_ANCHOR_CLASSES & set((link.get("class") or "").lower().split()))


def is_frame(element: HtmlElement) -> bool:
    """Whether it is the site's frame: navigation, or the header or footer of the whole page."""
    tag, attributes = element.tag, element.attrib
    if tag == "nav" or attributes.get("role", "") in _FRAME_ROLES:
        return True
    if "class" in attributes and not _FRAME_CLASSES.isdisjoint(attributes["class"].lower().split()):
        return True
    return tag in ("header", "footer") and not any(
        a.tag in ("article", "main", "section") or a.get("role") == "main"
        for a in element.iterancestors()
    )
