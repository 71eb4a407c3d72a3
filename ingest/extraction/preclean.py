"""What is done to a page's tree before trafilatura reads it.

trafilatura loses every heading of a page without a main container, keeps text that no visitor sees,
and takes some content for decoration. So: hidden parts and the site's frame go, what a click would
open stays, headings become plain and remember their ids, and all content ends in one `<article>`.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from lxml.etree import strip_attributes
from lxml.html import HtmlElement, builder

from ingest.extraction.headings import HEADINGS, plain_headings, text_of, title_of

_NEVER_TEXT = (
    *("script", "style", "template", "noscript", "svg", "iframe", "object", "canvas", "select"),
    *("textarea", "input", "datalist", "dialog", "map", "audio", "video", "math"),
)
# Not opacity: pages that fade their content in are sent with it at zero.
_HIDING_STYLE = re.compile(
    r"display\s*:\s*none|visibility\s*:\s*(?:hidden|collapse)", re.IGNORECASE
)
_TINY_STYLE = re.compile(r"font-size\s*:\s*0(?:\.0+)?(?:px|r?em|pt|%)?\s*(?:;|!|$)", re.IGNORECASE)
_HIDING_CLASS = {"sr-only", "visually-hidden", "visuallyhidden", "screen-reader-text"}
_OPENED_BY_CLICK = re.compile(
    r"accordion|collaps|tab-?p|toggle|faq|expand|disclosure", re.IGNORECASE
)
_FRAME_ROLES = {"navigation", "banner", "contentinfo", "search", "dialog", "alertdialog"}
_FRAME_CLASSES = {
    *("navheader", "navfooter", "sphinxsidebar", "docnav", "navbar", "skip-link"),
    *("breadcrumb", "breadcrumbs", "cookie-banner", "cookie-consent", "sidebar-nav"),
}
_SIDE = re.compile(r"side-?bar|banner|breadcrumb|button", re.IGNORECASE)
_CONTAINERS = (
    "//main",
    "//*[@role='main']",
    "//article[not(ancestor::article)]",
    "//*[@id='content' or @id='main' or @id='main-content' or @id='bodyContent']",
)
_BLOCKS = (
    *(
        "p",
        "div",
        "section",
        "article",
        "aside",
        "header",
        "footer",
        "main",
        "ul",
        "ol",
        "dl",
        "pre",
    ),
    *("table", "blockquote", "figure", "form", "fieldset", "address", "hr", "details", *HEADINGS),
)
_CONTAINER_SHARE = 0.5
"""A main container with less of the body's text than this is a teaser, and the body is taken."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Cleaned:
    """A tree of what a visitor can read, its title, and its headings' ids by heading path."""

    tree: HtmlElement
    content: HtmlElement
    title: str
    anchors: dict[tuple[str, ...], str]
    has_container: bool


def preclean(tree: HtmlElement) -> Cleaned:
    """The page's readable content; the given tree is used up."""
    body = tree if tree.tag == "body" else tree.find("body")
    if body is None:
        body = tree
    for element in list(body.iter(*_NEVER_TEXT)):
        element.drop_tree()
    _open_panels(body)
    _unfold_layout_tables(body)
    _drop(element for element in body.iterdescendants() if _is_hidden(element))
    # What is left is to be read, and trafilatura looks for such attributes itself.
    strip_attributes(body, "style", "hidden", "aria-hidden")
    title = title_of(tree, body)
    _drop(element for element in body.iterdescendants() if _is_frame(element))
    content = _container(body)
    anchors = plain_headings(content, title)
    _keep_sides(content)
    for anchor in [a for a in content.iter("a") if not a.get("href")]:
        anchor.drop_tag()
    for code in content.iter("pre"):
        _plain_code(code)
    for box in list(content.iter("div", "section", "aside", "main", "article", "body")):
        _wrap_loose_text(box)
    has_container = content is not body
    content.tag = "article"
    content.attrib.clear()
    content.tail = None
    wrapped = builder.HTML(builder.HEAD(builder.TITLE(title)), builder.BODY(content))
    return Cleaned(
        tree=wrapped, content=content, title=title, anchors=anchors, has_container=has_container
    )


def _drop(elements: Iterator[HtmlElement]) -> None:
    for element in list(elements):
        if element.getparent() is not None:
            element.drop_tree()


def _open_panels(body: HtmlElement) -> None:
    """Show what a click would show, under its label as a heading."""
    for summary in list(body.iter("summary")):
        _become_heading(summary)
    targets = {element.get("id"): element for element in body.xpath("//*[@id]")}
    for control in body.xpath("//*[@aria-controls and not(ancestor-or-self::nav)]"):
        panel = targets.get((control.get("aria-controls") or "").split(" ")[0])
        if panel is None or _is_frame(panel) or any(_is_frame(a) for a in panel.iterancestors()):
            continue
        panel.set("class", "accordion-panel")
        if control.tag in ("button", "a") and not any(
            a.tag in HEADINGS for a in control.iterancestors()
        ):
            label = builder.E.h4(text_of(control))
            panel.insert(0, label)
            label.tail, panel.text = panel.text, None
            control.drop_tree()


def _become_heading(summary: HtmlElement) -> None:
    inner = [element for element in summary.iterdescendants() if element.tag in HEADINGS]
    if inner:
        summary.drop_tag()
        return
    above = summary.xpath(
        "preceding::*[self::h1 or self::h2 or self::h3 or self::h4 or self::h5][1]"
    )
    summary.tag = f"h{int(above[-1].tag[1]) + 1}" if above else "h2"


def _unfold_layout_tables(body: HtmlElement) -> None:
    """A table that holds headings or tables is there for the layout, as on old sites."""
    inner = " or ".join(f".//{tag}" for tag in ("table", *HEADINGS))
    for table in body.xpath(f"//table[{inner} or @role='presentation']"):
        parts = "*[self::thead or self::tbody or self::tfoot or self::tr or self::td or self::th]"
        for part in table.xpath(
            f"self::* | ./{parts} | ./{parts}/{parts} | ./{parts}/{parts}/{parts}"
        ):
            part.tag = "div"


def _is_hidden(element: HtmlElement) -> bool:
    if not isinstance(element.tag, str) or element.tag in ("main", "article"):
        return False
    classes = element.get("class") or ""
    if element.get("role") == "tabpanel" or _OPENED_BY_CLICK.search(classes):
        return False
    style = element.get("style") or ""
    return (
        (element.get("hidden") is not None and element.get("hidden") != "until-found")
        or element.get("aria-hidden") == "true"
        or bool(_HIDING_STYLE.search(style))
        # A box at size zero holds others of any size; only a bare text is hidden by it.
        or (len(element) == 0 and bool(_TINY_STYLE.search(style)))
        or bool(_HIDING_CLASS & set(classes.lower().split()))
    )


def _is_frame(element: HtmlElement) -> bool:
    """Whether it is the site's frame: navigation, or the header or footer of the whole page."""
    if element.tag == "nav" or (element.get("role") or "") in _FRAME_ROLES:
        return True
    if _FRAME_CLASSES & set((element.get("class") or "").lower().split()):
        return True
    inside = ("article", "main", "section")
    return element.tag in ("header", "footer") and not any(
        a.tag in inside or a.get("role") == "main" for a in element.iterancestors()
    )


def _container(body: HtmlElement) -> HtmlElement:
    whole = len(text_of(body))
    for path in _CONTAINERS:
        found = [element for element in body.xpath(path) if element is not body]
        if not found:
            continue
        largest: HtmlElement = max(found, key=lambda element: len(text_of(element)))
        if len(text_of(largest)) >= whole * _CONTAINER_SHARE:
            return largest
    return body


def _keep_sides(content: HtmlElement) -> None:
    """What trafilatura discards by its name is content within the content, unless mostly links."""
    for element in list(content.iterdescendants()):
        is_side = element.tag in ("aside", "header", "form")
        if not is_side and not _SIDE.search(element.get("class") or ""):
            continue
        linked = sum(len(text_of(link)) for link in element.iter("a"))
        if linked * 2 >= len(text_of(element)):
            continue
        element.attrib.pop("class", None)
        if element.tag != "form" or next(element.iter("p", "table", *HEADINGS), None) is not None:
            element.tag = "div" if is_side else element.tag


def _plain_code(pre: HtmlElement) -> None:
    """Make a block of code text within `<code>`; trafilatura makes prose of any other."""
    for line_break in pre.iter("br"):
        line_break.tail = f"\n{line_break.tail or ''}"
    text = str(pre.text_content())
    for child in list(pre):
        pre.remove(child)
    pre.text = None
    pre.append(builder.CODE(text))


def _wrap_loose_text(box: HtmlElement) -> None:
    """Make paragraphs of text that lies in a box by itself: trafilatura drops much of it."""
    children, text = list(box), box.text or ""
    box.text = None
    paragraph: HtmlElement | None = None

    def paragraph_with(text: str) -> HtmlElement | None:
        if not text.strip():
            return None
        box.append(made := builder.P(text))
        return made

    paragraph = paragraph_with(text)
    for child in children:
        if next(child.iter(*_BLOCKS), None) is not None:
            tail, child.tail = child.tail or "", None
            box.append(child)
            paragraph = paragraph_with(tail)
        elif paragraph is None:
            box.append(paragraph := builder.P(child))
        else:
            paragraph.append(child)
