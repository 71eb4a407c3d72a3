"""A PDF as an article: its text in reading order, its headings, and the page of every part.

A citation of a PDF is `url#page=3`, and an anchor belongs to a heading. So a page whose text goes
on with the section of the page before gets a heading of its own, of the lowest level, `p. 3`: what
follows is cut, found and cited under it ("Manual › Safety › p. 3"), within its section, and no
passage is cited by a page that it only begins on.
"""

import ctypes
from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import date, datetime
from itertools import pairwise
from statistics import median

import pypdfium2
import pypdfium2.raw as pdfium

from ingest.documents import Article, Page
from ingest.errors import NoArticle
from ingest.extraction.declared import date_from, title_from
from ingest.extraction.layout.blocks import Block, Reader
from ingest.extraction.layout.contents import without_contents
from ingest.extraction.layout.frame import without_frame
from ingest.extraction.layout.headings import Entry, Heading, Headings
from ingest.extraction.layout.joints import Joints
from ingest.extraction.layout.order import Line, in_order
from ingest.extraction.layout.pieces import TooMuchText, pieces_of, plain
from ingest.extraction.rules import NO_RULES, Rules
from ingest.extraction.text import guess_language, name_of, words

MOST_PAGES = 3_000
MOST_CHARACTERS = 10_000_000
"""Of one document; the Bible has four million."""
MOST_ENTRIES = 20_000
_PAGE_LEVEL = "######"


def read_pdf(page: Page, rules: Rules = NO_RULES) -> Article:
    """The article of a PDF; CPU time only, about 20 ms a page.

    Raises:
        NoArticle: it is broken, encrypted, a scan, without text, or larger than the limits.
    """
    pdf = _opened(page.body)
    try:
        return _Document(pdf).article(page, rules)
    finally:
        pdf.close()


def _opened(body: bytes) -> pypdfium2.PdfDocument:
    try:
        return pypdfium2.PdfDocument(body)
    except pypdfium2.PdfiumError as error:
        if error.err_code == pdfium.FPDF_ERR_PASSWORD:
            reason = "is an encrypted PDF, which needs a password; publish or upload one without"
        else:
            reason = "is a broken PDF, which cannot be opened; write it anew and check its size"
        raise NoArticle(reason) from error


class _Document:
    """A PDF that is open, read page by page."""

    def __init__(self, pdf: pypdfium2.PdfDocument) -> None:
        self._pdf = pdf
        if len(pdf) > MOST_PAGES:
            raise NoArticle(
                f"has {len(pdf)} pages, and at most {MOST_PAGES} are read; divide it into parts"
            )

    def article(self, page: Page, rules: Rules) -> Article:
        pages, heights = self._lines()
        every = [line for lines in pages for line in lines]
        if not any(words(line.text) for line in every):
            raise NoArticle(self._why_empty())
        body, leading = _body(every)
        lines = without_contents(without_frame(pages, heights, body))
        sections = list(Headings(self._outline(), body, leading).sections(lines or every))
        title = self._title(sections, every) or name_of(page.url)
        reader = Reader(leading, Joints(lines).join)
        text, anchors = _written(list(_blocks(sections, reader, title)))
        if not words(text):
            raise NoArticle("has no text to read")
        said = words(" ".join(line.text for line in every))
        return Article(
            url=page.url,
            title=title,
            lang=self._language(text, rules),
            text=text,
            anchors=anchors,
            page_date=self._date(page.fetched_at),
            method="pdf",
            coverage=round(len(said & words(f"{title}\n{text}")) / len(said), 3),
        )

    def _lines(self) -> tuple[list[list[Line]], list[float]]:
        """The lines of each page, and its height."""
        pages, heights, characters = [], [], 0
        for number in range(len(self._pdf)):
            try:
                page = self._pdf[number]
                pieces, _, height = pieces_of(page)
                page.close()
            except pypdfium2.PdfiumError:
                pieces, height = [], 0.0  # a broken page leaves the others readable
            except TooMuchText as error:
                raise NoArticle(f"has a page ({number + 1}) with more text than is read") from error
            pages.append(in_order(pieces, number))
            heights.append(height)
            characters += sum(len(piece.text) for piece in pieces)
            if characters > MOST_CHARACTERS:
                raise NoArticle(
                    f"holds more than {MOST_CHARACTERS} characters of text; divide it into parts"
                )
        return pages, heights

    def _why_empty(self) -> str:
        image = [pdfium.FPDF_PAGEOBJ_IMAGE]
        first = range(min(3, len(self._pdf)))
        if any(next(self._pdf[n].get_objects(filter=image), None) for n in first):
            return "is a scan without text; recognise its text (OCR) and publish or upload it again"
        return "has no text to read"

    def _outline(self) -> list[Entry]:
        entries = []
        try:
            for bookmark in self._pdf.get_toc(max_depth=6):
                target = bookmark.get_dest()
                index = target.get_index() if target else None
                if index is not None:
                    title = plain(bookmark.get_title())
                    entries.append(Entry(title, bookmark.level, index))
                if len(entries) >= MOST_ENTRIES:
                    break
        except pypdfium2.PdfiumError:
            return entries  # broken further on
        return entries

    def _title(self, sections: Sequence[Heading | list[Line]], lines: Sequence[Line]) -> str:
        """What it declares, if its first pages say so too; else its largest first heading."""
        declared = title_from(plain(self._metadata("Title")))
        first = [part for part in sections if isinstance(part, Heading) and part.page == 0]
        largest = max(first, key=lambda heading: heading.size, default=None)
        if declared:
            said = words(" ".join(line.text for line in lines if line.page < 3))
            named = words(declared)
            if largest is None or len(named & said) * 2 >= len(named):
                return declared
        return largest.text if largest else ""

    def _metadata(self, key: str) -> str:
        return str(self._pdf.get_metadata_value(key)).replace("\0", "").strip()

    def _date(self, fetched_at: datetime) -> date | None:
        """When it was changed, else made; None if neither can be true."""
        declared = (self._metadata("ModDate"), self._metadata("CreationDate"))
        return next((day for text in declared if (day := date_from(text, fetched_at))), None)

    def _language(self, text: str, rules: Rules) -> str:
        """What its words are in; programs declare the language of the menu, not of the text."""
        length = pdfium.FPDFCatalog_GetLanguage(self._pdf, None, 0)
        buffer = ctypes.create_string_buffer(max(length, 2))
        pdfium.FPDFCatalog_GetLanguage(
            self._pdf, ctypes.cast(buffer, ctypes.POINTER(pdfium.FPDF_WCHAR)), length
        )
        declared = buffer.raw[:length].decode("utf-16-le", "replace").strip("\0")[:2].lower()
        guessed = guess_language(text)
        return declared if declared == guessed else rules.lang or guessed


def _body(lines: Sequence[Line]) -> tuple[float, float]:
    """The size of most text, and the usual distance between its lines."""
    sizes: Counter[float] = Counter()
    for line in lines:
        sizes[round(line.size * 2) / 2] += len(line.text)
    body = sizes.most_common(1)[0][0]
    steps = [b.y - a.y for a, b in pairwise(lines) if a.page == b.page and abs(b.size - body) < 0.6]
    close = [step for step in steps if 0 < step < 2.2 * body]
    return body, median(close) if close else body * 1.2


def _blocks(
    sections: Sequence[Heading | list[Line]], reader: Reader, title: str
) -> Iterator[Block]:
    """The blocks in order; a heading that is the title itself is not repeated."""
    for part in sections:
        if not isinstance(part, Heading):
            yield from reader.blocks(part)
        elif part.text.casefold() != title.casefold():
            yield Block("heading", part.text, part.page, part.level)


def _written(blocks: Sequence[Block]) -> tuple[str, dict[tuple[str, ...], str]]:
    """The markdown of the blocks, and the page of each heading and of each mark of a page."""
    anchors: dict[tuple[str, ...], str] = {}
    path: list[tuple[int, str]] = []
    parts: list[str] = []
    at, before = 0, ""
    for block in blocks:
        anchor = f"page={block.page + 1}"
        if block.kind == "heading":
            path = [*(step for step in path if step[0] < block.level), (block.level, block.text)]
            parts += ["\n\n", f"{'#' * block.level} {block.text}"]
            # Where the same path comes again, its page is marked below it.
            found = anchors.setdefault(tuple(name for _, name in path), anchor)
            at = block.page if found == anchor else -1
        else:
            if block.page != at:
                mark, at, before = f"p. {block.page + 1}", block.page, ""
                parts += ["\n\n", f"{_PAGE_LEVEL} {mark}"]
                anchors[(*(name for _, name in path), mark)] = anchor
            parts += ["\n" if block.kind == before == "item" else "\n\n", block.text]
        before = block.kind
    return "".join(parts).strip(), anchors
