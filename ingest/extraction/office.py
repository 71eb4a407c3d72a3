"""Word, PowerPoint and OpenDocument files as articles.

Their parts have no fragment of a URL that programs agree on, so anchors stay empty; slides have
their numbers in their headings.
"""

import re
from collections.abc import Callable
from datetime import date, datetime

from lxml import etree

from ingest.documents import Article, Page
from ingest.errors import NoArticle
from ingest.extraction.declared import date_from, title_from
from ingest.extraction.parts.archive import Archive
from ingest.extraction.parts.docx import write_docx
from ingest.extraction.parts.odt import write_odt
from ingest.extraction.parts.pptx import write_pptx
from ingest.extraction.parts.writer import Writer
from ingest.extraction.rules import NO_RULES, Rules
from ingest.extraction.text import guess_language, name_of, words
from ingest.media import DOCX, ODT, PPTX

_PROPERTIES = ("docProps/core.xml", "meta.xml")
_TITLE = re.compile(r"(?:#|## 1\.) (.+)")
"""A first heading of the first level, or the first slide's."""
_DATES = ("modified", "date", "created", "creation-date")
_WRITERS: dict[str, tuple[str, Callable[[Archive, Writer], None]]] = {
    DOCX: ("docx", write_docx),
    PPTX: ("pptx", write_pptx),
    ODT: ("odt", write_odt),
}


def read_office(page: Page, rules: Rules = NO_RULES) -> Article:
    """The article of an office file.

    Raises:
        NoArticle: it is broken, protected, without text, or larger than the limits.
    """
    archive = Archive(page.body)
    method, write = _WRITERS[page.content_type]
    writer = Writer()
    write(archive, writer)
    text = writer.text()
    if not words(text):
        raise NoArticle("has no text to read")
    declared = _declared(archive)
    found = _TITLE.match(text)
    return Article(
        url=page.url,
        title=(found[1] if found else "")
        or title_from(declared.get("title", ""))
        or name_of(page.url),
        lang=rules.lang or guess_language(text),
        text=text,
        description=declared.get("description", ""),
        page_date=_date(declared, page.fetched_at),
        method=method,
    )


def _declared(archive: Archive) -> dict[str, str]:
    """What the file says of itself, by the last part of the properties' names."""
    found: dict[str, str] = {}
    for part in _PROPERTIES:
        tree = archive.tree(part)
        for element in tree.iter(etree.Element) if tree is not None else ():
            found.setdefault(etree.QName(element).localname, (element.text or "").strip())
    return found


def _date(declared: dict[str, str], fetched_at: datetime) -> date | None:
    days = (date_from(declared.get(name, ""), fetched_at) for name in _DATES)
    return next((day for day in days if day), None)
