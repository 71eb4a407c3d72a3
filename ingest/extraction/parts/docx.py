"""Word's files. mammoth knows their styles, numbering, fields and tracked changes."""

from typing import Any
from xml.parsers.expat import ExpatError

from lxml.html import HtmlElement, document_fromstring

from ingest.errors import NoArticle
from ingest.extraction.parts.archive import Archive
from ingest.extraction.parts.writer import Writer

_STYLES = """
p[style-name='Title'] => h1:fresh
p[style-name='Subtitle'] => p:fresh
p[style-name='TOC Heading'] => !
p[style-name='toc 1'] => !
p[style-name='toc 2'] => !
p[style-name='toc 3'] => !
p[style-name='header'] => !
p[style-name='footer'] => !
"""
_HEADINGS = {f"h{level}": level for level in range(1, 7)}
_BROKEN = (ExpatError, KeyError, ValueError, AttributeError, OSError, RecursionError)
_LISTS = ("ul", "ol")


def write_docx(archive: Archive, writer: Writer) -> None:
    """Write the document's text; raises NoArticle if it is broken."""
    import mammoth

    checked = archive.only_xml()
    try:
        html = mammoth.convert_to_html(
            checked, style_map=_STYLES, convert_image=_no_image, external_file_access=False
        ).value
    except _BROKEN as error:
        raise NoArticle("is no Word file that can be read; save it anew as DOCX") from error
    _walk(document_fromstring(f"<body>{html}</body>"), writer)


def _no_image(_image: Any) -> list[Any]:
    return []


def _walk(element: HtmlElement, writer: Writer) -> None:
    for child in element:
        if child.tag in _HEADINGS:
            writer.heading(_HEADINGS[child.tag], _text(child))
        elif child.tag in _LISTS:
            _list(child, 0, writer)
        elif child.tag == "table":
            _table(child, writer)
        elif child.tag == "body":
            _walk(child, writer)
        else:
            writer.paragraph(_text(child))


def _list(element: HtmlElement, depth: int, writer: Writer) -> None:
    for number, item in enumerate(element, 1):
        inner = [child for child in item if child.tag in _LISTS]
        for child in inner:
            item.remove(child)
        writer.item(depth, _text(item), number if element.tag == "ol" else 0)
        for child in inner:
            _list(child, depth + 1, writer)


def _table(table: HtmlElement, writer: Writer) -> None:
    """Cells as text; what spans rows stands in each of them, so that each row is whole."""
    rows: list[list[str]] = []
    spanning: dict[int, tuple[int, str]] = {}
    for row in table.iter("tr"):
        cells: list[str] = []
        for cell in row.iter("td", "th"):
            _fill(cells, spanning)
            for column in range(int(cell.get("colspan") or 1)):
                below = int(cell.get("rowspan") or 1) - 1
                text = "" if column else _text(cell)
                if below:
                    spanning[len(cells)] = (below, text)
                cells.append(text)
        _fill(cells, spanning)
        rows.append(cells)
    writer.table(rows)


def _fill(cells: list[str], spanning: dict[int, tuple[int, str]]) -> None:
    while len(cells) in spanning:
        below, text = spanning.pop(len(cells))
        if below > 1:
            spanning[len(cells)] = (below - 1, text)
        cells.append(text)


def _text(element: HtmlElement) -> str:
    for part in element.iter("br", "p", "li"):
        part.tail = f" {part.tail or ''}"
    return str(element.text_content())
