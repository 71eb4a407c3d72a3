"""Blocks of content in the few shapes that trafilatura and Markdown keep whole.

trafilatura makes two bullets of a term and its definition, runs code and paragraphs of a list item
into one line, loses captions, and drops text that lies in a box by itself.
"""

import re

from lxml.html import HtmlElement, builder

from ingest.extraction.markdown import BULLET, language_mark
from ingest.extraction.tables import flatten_table
from ingest.extraction.trees import BLOCKS, HEADINGS, drop, is_sign, line_of, text_of

_LANGUAGE = re.compile(r"(?:^|\s)(?:language-|lang-|highlight-|brush:\s*|sourceCode\s+)([\w+#-]+)")
_NO_LANGUAGE = {
    "default",
    "none",
    "text",
    "plaintext",
    "plain",
    "txt",
    "nohighlight",
    "notranslate",
}
_RAISED = str.maketrans("0123456789+-n", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻ⁿ")
_LOWERED = str.maketrans("0123456789+-", "₀₁₂₃₄₅₆₇₈₉₊₋")
_LINE_END = re.compile(r"\s*\n\s*")
_ALT_WORDS = 3
"""An image's text of fewer words names a thing ("Logo"); of more, it says something."""


def reshape(content: HtmlElement) -> None:
    """Give every block of the content a shape that is kept."""
    _drop_signs_and_marks(content)
    _join_lines(content)
    for tag, shape in (("pre", _plain_code), ("table", flatten_table), ("figure", _say_figure)):
        for element in list(content.iter(tag)):
            shape(element)
    # The innermost first, since the outer ones take them in.
    for terms in reversed(list(content.iter("dl"))):
        _join_terms(terms)
    for items in reversed(list(content.iter("ul", "ol"))):
        if _holds_blocks(items):
            _unfold_list(items)
    for box in list(content.iter("div", "section", "aside", "main", "article", "body", "address")):
        _wrap_loose_text(box)
        if box.tag == "address":
            box.tag = "div"


def _drop_signs_and_marks(content: HtmlElement) -> None:
    """No "¶", no numbers of footnotes; other raised and lowered signs as characters."""
    drop(
        link for link in content.iter("a") if (link.get("href") or "#")[0] == "#" and is_sign(link)
    )
    for mark in list(content.iter("sup", "sub", "q")):
        text = text_of(mark)
        if mark.tag == "q":
            mark.text = f"“{mark.text or ''}"
            mark.tail = f"”{mark.tail or ''}"
        elif mark.find(".//a") is not None and len(text) < 5:
            mark.drop_tree()
            continue
        elif len(mark) == 0:
            made = text.translate(_RAISED if mark.tag == "sup" else _LOWERED)
            mark.text = made if not made.isascii() and not re.search("[a-zA-Z]", made) else text
        mark.drop_tag()


def _join_lines(content: HtmlElement) -> None:
    """Outside blocks of code, a line's end is a space; trafilatura makes a block of `a<LF>b`."""
    in_code: set[HtmlElement] = set()
    for element in content.iter():
        if element.tag == "pre" or (in_code and element.getparent() in in_code):
            in_code.add(element)
        elif element.text and "\n" in element.text:
            element.text = _LINE_END.sub(" ", element.text)
        if element.tail and "\n" in element.tail and element.getparent() not in in_code:
            element.tail = _LINE_END.sub(" ", element.tail)


def _plain_code(pre: HtmlElement) -> None:
    """Make a block of code text within `<code>`; trafilatura makes prose of any other."""
    for line_break in pre.iter("br"):
        line_break.tail = f"\n{line_break.tail or ''}"
    text = str(pre.text_content()).strip("\n")
    mark = language_mark(_language(pre))
    for child in list(pre):
        pre.remove(child)
    pre.text = None
    pre.append(builder.CODE(f"{mark}\n{text}"))


def _language(pre: HtmlElement) -> str:
    """The language that a class names, on the block, in it, or on the boxes around it."""
    around = [pre, *pre.iter("code"), *list(pre.iterancestors())[:2]]
    for element in around:
        found = _LANGUAGE.search(element.get("class") or "")
        name = found[1].lower() if found else (element.get("data-lang") or "").lower()
        if name and name not in _NO_LANGUAGE:
            return name
    return ""


def _say_figure(figure: HtmlElement) -> None:
    """Its caption as a paragraph; without one, what an image's text says."""
    captions = list(figure.iter("figcaption"))
    for caption in captions:
        caption.tag = "p" if next(caption.iterdescendants(*BLOCKS), None) is None else "div"
    figure.tag = "div"
    if captions:
        return
    said = [" ".join((image.get("alt") or "").split()) for image in figure.iter("img")]
    for text in dict.fromkeys(said):
        if len(text.split()) >= _ALT_WORDS:
            figure.append(builder.P(text))


def _join_terms(terms: HtmlElement) -> None:
    """Put each term before its definition: in one list item, or in the first of its paragraphs."""
    made: list[HtmlElement] = []
    for names, definitions in _groups(terms):
        term = ", ".join(filter(None, map(line_of, names))).rstrip(":")
        headings = [heading for name in names for heading in name.iter(*HEADINGS)]
        if headings:
            made += [*headings, *map(_as_box, definitions)]
        elif any(_is_long(definition) for definition in definitions):
            made += _long_definition(term, definitions)
        else:
            said = "; ".join(filter(None, map(line_of, definitions)))
            item = builder.LI(f"{term}: {said}" if term and said else term or said)
            if not made or made[-1].tag != "ul":
                made.append(builder.UL())
            made[-1].append(item)
    for child in list(terms):
        terms.remove(child)
    terms.text, terms.tag = None, "div"
    terms.extend(made)


def _groups(terms: HtmlElement) -> list[tuple[list[HtmlElement], list[HtmlElement]]]:
    groups: list[tuple[list[HtmlElement], list[HtmlElement]]] = []
    flat = [inner for child in terms for inner in (child if child.tag == "div" else [child])]
    for child in flat:
        if child.tag == "dt":
            if not groups or groups[-1][1]:
                groups.append(([], []))
            groups[-1][0].append(child)
        elif isinstance(child.tag, str):
            if not groups:
                groups.append(([], []))
            groups[-1][1].append(child)
    return groups


def _is_long(definition: HtmlElement) -> bool:
    blocks = [block for block in definition.iterdescendants(*BLOCKS) if block.tag != "br"]
    return len(blocks) > 1 or (bool(blocks) and blocks[0].tag not in ("p", "div"))


def _long_definition(term: str, definitions: list[HtmlElement]) -> list[HtmlElement]:
    boxes = [_as_box(definition) for definition in definitions]
    _wrap_loose_text(boxes[0])
    first = boxes[0][0] if len(boxes[0]) else None
    if not term:
        return boxes
    if first is None or first.tag != "p":
        return [builder.P(f"{term}:"), *boxes]
    first.text = f"{term}: {(first.text or '').lstrip()}"
    return boxes


def _as_box(element: HtmlElement) -> HtmlElement:
    element.tag, element.tail = "div", None
    return element


def _holds_blocks(items: HtmlElement) -> bool:
    """Whether its items hold more than a line and lists, or their numbers do not begin at one."""
    if items.tag == "ol" and (items.get("start") or "1") != "1":
        return True
    for item in items:
        if next(item.iterdescendants("pre", "table", "blockquote", *HEADINGS), None) is not None:
            return True
        if len([child for child in item if child.tag in ("p", "div")]) > 1:
            return True
    return False


def _unfold_list(items: HtmlElement) -> None:
    """Make boxes of a list's items, each beginning with its bullet or number."""
    start = items.get("start") or "1"
    number = int(start) if start.isdecimal() and len(start) < 6 else 1
    is_numbered = items.tag == "ol"
    items.tag = "div"
    for item in items:
        if item.tag != "li":
            continue
        mark = f"{number}. " if is_numbered else BULLET
        number += 1
        item.tag = "div"
        _wrap_loose_text(item)
        first = item[0] if len(item) else None
        while first is not None and first.tag == "div" and len(first):
            _wrap_loose_text(first)
            first = first[0]
        if first is not None and first.tag == "p":
            first.text = f"{mark}{(first.text or '').lstrip()}"


def _wrap_loose_text(box: HtmlElement) -> None:
    """Make paragraphs of text that lies in a box by itself."""
    if not _has_loose_text(box):
        return
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
        if child.tag in BLOCKS or next(child.iterdescendants(*BLOCKS), None) is not None:
            tail, child.tail = child.tail or "", None
            box.append(child)
            paragraph = paragraph_with(tail)
        elif paragraph is None:
            box.append(paragraph := builder.P(child))
        else:
            paragraph.append(child)


def _has_loose_text(box: HtmlElement) -> bool:
    if box.text and not box.text.isspace():
        return True
    return any(
        child.tag not in BLOCKS or (child.tail and not child.tail.isspace()) for child in box
    )
