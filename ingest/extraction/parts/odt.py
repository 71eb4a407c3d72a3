"""OpenDocument texts, whose XML says headings, lists and tables as HTML does."""

from lxml import etree

from ingest.errors import NoArticle
from ingest.extraction.parts.archive import Archive
from ingest.extraction.parts.writer import Writer

_NAMES = {
    "office": "urn:oasis:names:tc:opendocument:xmlns:office:1.0",
    "text": "urn:oasis:names:tc:opendocument:xmlns:text:1.0",
    "table": "urn:oasis:names:tc:opendocument:xmlns:table:1.0",
    "style": "urn:oasis:names:tc:opendocument:xmlns:style:1.0",
}
_T, _TABLE = (f"{{{_NAMES[name]}}}" for name in ("text", "table"))
_LEFT_OUT = {
    *(f"{_T}{name}" for name in ("tracked-changes", "table-of-content", "alphabetical-index")),
    *(f"{_T}{name}" for name in ("sequence-decls", "bibliography", "ruby-text")),
    f"{{{_NAMES['office']}}}annotation",
}
_SPACES = {f"{_T}s", f"{_T}tab", f"{_T}line-break"}
_MOST_REPEATED = 100


def write_odt(archive: Archive, writer: Writer) -> None:
    """Write the document's text; raises NoArticle if it is broken."""
    tree = archive.tree("content.xml")
    body = tree.find("office:body/office:text", _NAMES) if tree is not None else None
    if tree is None or body is None:
        raise NoArticle("is no OpenDocument text that can be read; save it anew as ODT")
    numbered = {
        style.get(f"{{{_NAMES['style']}}}name") or ""
        for style in tree.iter(f"{_T}list-style")
        if style.find("text:list-level-style-number", _NAMES) is not None
    }
    _Text(numbered, writer).walk(body)


class _Text:
    def __init__(self, numbered: set[str], writer: Writer) -> None:
        self._numbered = numbered
        self._writer = writer

    def walk(self, element: etree._Element) -> None:
        """Write what stands in an element, sections and frames opened."""
        for child in element:
            if child.tag in _LEFT_OUT or not isinstance(child.tag, str):
                continue
            if child.tag == f"{_T}h":
                self._writer.heading(_number(child, f"{_T}outline-level"), _line(child))
            elif child.tag == f"{_T}p":
                self._paragraph(child)
            elif child.tag == f"{_T}list":
                self._list(child, 0, child.get(f"{_T}style-name") or "")
            elif child.tag == f"{_TABLE}table":
                self._writer.table(_rows(child))
            else:
                self.walk(child)

    def _paragraph(self, paragraph: etree._Element) -> None:
        style = paragraph.get(f"{_T}style-name")
        if style == "Title":
            self._writer.heading(1, _line(paragraph))
        else:
            self._writer.paragraph(_line(paragraph))

    def _list(self, element: etree._Element, depth: int, style: str) -> None:
        """Items by depth; one that only holds a heading is an outline's, and no item."""
        number = 0
        for item in element.iterfind("text:list-item", _NAMES):
            said = " ".join(_line(part) for part in item.iterfind("text:p", _NAMES))
            number += bool(said)
            self._writer.item(depth, said, number if style in self._numbered else 0)
            for child in item:
                if child.tag == f"{_T}list":
                    self._list(child, depth + 1, child.get(f"{_T}style-name") or style)
                elif child.tag == f"{_T}h":
                    self._writer.heading(_number(child, f"{_T}outline-level"), _line(child))


def _rows(table: etree._Element) -> list[list[str]]:
    rows = []
    for row in table.iter(f"{_TABLE}table-row"):
        cells: list[str] = []
        for cell in row.iterfind("table:table-cell", _NAMES):
            text = " ".join(_line(part) for part in cell.iter(f"{_T}p", f"{_T}h"))
            repeated = _number(cell, f"{_TABLE}number-columns-repeated")
            cells += [text] * min(repeated, _MOST_REPEATED)
        rows.append(cells)
    return rows


def _number(element: etree._Element, attribute: str) -> int:
    value = element.get(attribute) or ""
    return max(1, int(value)) if value.isdecimal() else 1


def _line(element: etree._Element) -> str:
    return " ".join("".join(_pieces(element)).split())


def _pieces(element: etree._Element) -> list[str]:
    pieces = [element.text or ""]
    for child in element:
        if child.tag in _SPACES:
            pieces.append(" ")
        elif isinstance(child.tag, str) and child.tag not in _LEFT_OUT:
            is_note = child.tag == f"{_T}note"
            pieces += [f" ({_note(child)})"] if is_note else _pieces(child)
        pieces.append(child.tail or "")
    return pieces


def _note(note: etree._Element) -> str:
    return " ".join(_line(part) for part in note.iterfind("text:note-body/*", _NAMES))
