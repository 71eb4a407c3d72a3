"""PowerPoint's files: each slide under its number and title, its text by level, its tables.

What a deck shows is read; notes for the speaker and hidden slides are not.
"""

import posixpath
from collections.abc import Iterator

from lxml import etree

from ingest.errors import NoArticle
from ingest.extraction.parts.archive import Archive
from ingest.extraction.parts.writer import Writer

_NAMES = {
    "a": "http://schemas.openxmlformats.org/drawingml/2006/main",
    "p": "http://schemas.openxmlformats.org/presentationml/2006/main",
    "r": "http://schemas.openxmlformats.org/officeDocument/2006/relationships",
}
_A, _P, _R = (f"{{{_NAMES[name]}}}" for name in "apr")
_TITLES = ("title", "ctrTitle")
_FRAME = ("dt", "ftr", "sldNum", "hdr")
_PRESENTATION = "ppt/presentation.xml"


def write_pptx(archive: Archive, writer: Writer) -> None:
    """Write the deck's slides in their order; raises NoArticle if it is broken."""
    presentation = archive.tree(_PRESENTATION)
    if presentation is None:
        raise NoArticle("is no PowerPoint file that can be read; save it anew as PPTX")
    targets = _targets(archive, _PRESENTATION)
    for number, one in enumerate(presentation.iterfind("p:sldIdLst/p:sldId", _NAMES), 1):
        slide = archive.tree(targets.get(one.get(f"{_R}id") or "", ""))
        if slide is not None and slide.get("show") not in ("0", "false"):
            _slide(slide, number, writer)


def _targets(archive: Archive, part: str) -> dict[str, str]:
    """The parts that a part refers to, by the id it uses for them."""
    folder, name = posixpath.split(part)
    relations = archive.tree(f"{folder}/_rels/{name}.rels")
    return {
        one.get("Id") or "": posixpath.normpath(posixpath.join(folder, one.get("Target") or ""))
        if not (one.get("Target") or "").startswith("/")
        else (one.get("Target") or "")[1:]
        for one in (relations if relations is not None else ())
    }


def _slide(slide: etree._Element, number: int, writer: Writer) -> None:
    shapes = list(_shapes(slide.find("p:cSld/p:spTree", _NAMES)))
    titles = [shape for shape in shapes if _placeholder(shape) in _TITLES]
    said = " ".join(_line(paragraph) for title in titles for paragraph in title.iter(f"{_A}p"))
    writer.heading(2, f"{number}. {said}")
    for shape in shapes:
        if shape.tag == f"{_P}graphicFrame":
            for table in shape.iter(f"{_A}tbl"):
                _table(table, writer)
        elif _placeholder(shape) not in (*_TITLES, *_FRAME):
            _body(shape, writer)


def _shapes(tree: etree._Element | None) -> Iterator[etree._Element]:
    """What holds text, in the order of the slide; groups are opened."""
    for shape in tree if tree is not None else ():
        if shape.tag == f"{_P}grpSp":
            yield from _shapes(shape)
        elif shape.tag in (f"{_P}sp", f"{_P}graphicFrame"):
            yield shape


def _placeholder(shape: etree._Element) -> str:
    """What a shape stands for: "title", "body", …; "" for a free one."""
    found = shape.find("p:nvSpPr/p:nvPr/p:ph", _NAMES)
    return "" if found is None else found.get("type") or "body"


def _body(shape: etree._Element, writer: Writer) -> None:
    """Paragraphs of a body's placeholder are a list, as the layout shows them; others say it."""
    is_body = _placeholder(shape) == "body"
    paragraphs = [
        paragraph for paragraph in shape.iterfind("p:txBody/a:p", _NAMES) if _line(paragraph)
    ]
    for paragraph in paragraphs:
        look = paragraph.find("a:pPr", _NAMES)
        level = int(look.get("lvl") or 0) if look is not None else 0
        plain = look is not None and look.find("a:buNone", _NAMES) is not None
        marked = look is not None and any(
            look.find(f"a:{sign}", _NAMES) is not None for sign in ("buChar", "buAutoNum")
        )
        if marked or level or (is_body and not plain and len(paragraphs) > 1):
            writer.item(level, _line(paragraph))
        else:
            writer.paragraph(_line(paragraph))


def _table(table: etree._Element, writer: Writer) -> None:
    writer.table(
        [
            [
                " ".join(_line(paragraph) for paragraph in cell.iter(f"{_A}p"))
                for cell in row.iterfind("a:tc", _NAMES)
            ]
            for row in table.iterfind("a:tr", _NAMES)
        ]
    )


def _line(paragraph: etree._Element) -> str:
    parts = (
        " " if part.tag == f"{_A}br" else part.text or ""
        for part in paragraph.iter(f"{_A}t", f"{_A}br")
    )
    return " ".join("".join(parts).split())
