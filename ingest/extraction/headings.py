"""A page's headings: its title, and where in it a citation may point."""

from lxml.html import HtmlElement

HEADINGS = tuple(f"h{level}" for level in range(1, 7))
_ANCHOR_CLASSES = {"headerlink", "anchor", "header-anchor", "anchor-link", "heading-anchor"}
_ANCHOR_SIGNS = {"", "#", "¶", "§", "🔗", "\N{LINK SYMBOL}\N{VARIATION SELECTOR-16}"}


def text_of(element: HtmlElement) -> str:
    """An element's text, with a space between its parts and none doubled."""
    return " ".join(" ".join(str(part) for part in element.itertext()).split())


def title_of(tree: HtmlElement, body: HtmlElement) -> str:
    """Its only first-level heading, else what it declares, else the first of several headings."""
    headings = [text for heading in body.iter("h1") if (text := _heading_text(heading))]
    if len(headings) == 1:
        return headings[0]
    declared = tree.xpath("//meta[@property='og:title']/@content") or [
        text_of(title) for title in tree.xpath("//head/title")
    ]
    named = [" ".join(str(title).split()) for title in declared]
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
    for link in list(heading.iter("a")):
        classes = set((link.get("class") or "").lower().split())
        if text_of(link) in _ANCHOR_SIGNS or (classes & _ANCHOR_CLASSES and len(text_of(link)) < 3):
            link.set("data-sign", "")
    for line_break in heading.iter("br"):
        line_break.tail = f" {line_break.tail or ''}"
    parts = heading.xpath(".//text()[not(ancestor::a[@data-sign])]")
    return " ".join("".join(str(part) for part in parts).split())


def _heading_id(heading: HtmlElement) -> str:
    """Its own id, or that of an anchor in it, of one before it, or of the section it opens."""
    inner = heading.xpath(".//@id | .//a/@name")
    if own := heading.get("id") or (str(inner[0]) if inner else ""):
        return own
    before = heading.getprevious()
    if before is not None:
        is_anchor = before.tag in ("a", "span") and not text_of(before)
        return (before.get("id") or before.get("name") or "") if is_anchor else ""
    parent = heading.getparent()
    if parent is not None and parent.tag in ("header", "hgroup") and parent.getprevious() is None:
        parent = parent.getparent()
    is_section = parent is not None and parent.tag in ("section", "div", "article")
    return (parent.get("id") or "") if parent is not None and is_section else ""
