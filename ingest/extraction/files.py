"""What an uploaded file is: by its content first, then by its name."""

import re
from datetime import datetime
from pathlib import PurePosixPath

from ingest.documents import Page
from ingest.errors import NoArticle
from ingest.extraction.parts.archive import Archive
from ingest.media import CSV, DOCX, HTML, MARKDOWN, ODT, PLAIN, PPTX

MOST_BYTES = 50_000_000
_BY_NAME = {
    **dict.fromkeys((".html", ".htm", ".xhtml"), "text/html"),
    **dict.fromkeys((".md", ".markdown", ".mdown"), MARKDOWN),
    **dict.fromkeys((".csv", ".tsv"), CSV),
}
_IN_ARCHIVE = {"word/document.xml": DOCX, "ppt/presentation.xml": PPTX}
_OTHER_ARCHIVES = {
    "xl/workbook.xml": "is an Excel workbook; save its sheets as CSV and upload these",
    "META-INF/container.xml": "is an e-book; save it as HTML or PDF and upload that",
}
_MAGIC = {
    b"\xd0\xcf\x11\xe0": "was saved by an old Office, or with a password; save it as DOCX or PPTX",
    b"{\\rtf": "is an RTF file; save it as DOCX",
    b"\x89PNG": "is an image; only files with text are read",
    b"\xff\xd8\xff": "is an image; only files with text are read",
    b"GIF8": "is an image; only files with text are read",
    b"\x1f\x8b": "is a gzip archive; unpack it and upload the file in it",
    b"Rar!": "is an archive; unpack it and upload the files in it",
    b"7z\xbc\xaf": "is an archive; unpack it and upload the files in it",
}
_HTML = re.compile(rb"\s*(?:<!--.*?-->\s*)*<(?:!doctype\s+html|html|head|body)\b", re.I | re.S)
_XHTML = re.compile(rb"\s*<\?xml[^>]*>.{0,500}<html\b", re.I | re.S)
_WIDE_BOMS = (b"\xff\xfe", b"\xfe\xff")
_BOM = b"\xef\xbb\xbf"
_LOOK = 2_048


def page_of(name: str, body: bytes, url: str, fetched_at: datetime) -> Page:
    """The page of a file that was handed in under a name, to be cited by a URL.

    Raises:
        NoArticle: it is empty, too large, or of a type that is not read; the message says which
            type would be.
    """
    if not body.strip():
        raise NoArticle("is an empty file")
    if len(body) > MOST_BYTES:
        raise NoArticle(f"is larger than {MOST_BYTES // 1_000_000} MB; divide it into parts")
    content_type = _type_of(name, body)
    return Page(
        url=url,
        requested=url,
        content_type=content_type,
        charset=_charset(body) if content_type in {*HTML, PLAIN, MARKDOWN, CSV} else None,
        body=body,
        fetched_at=fetched_at,
    )


def _type_of(name: str, body: bytes) -> str:
    start = body[:_LOOK]
    if b"%PDF-" in start[:1024]:
        return "application/pdf"
    if start.startswith(b"PK\x03\x04"):
        return _in_archive(body)
    for magic, reason in _MAGIC.items():
        if start.startswith(magic):
            raise NoArticle(reason)
    if b"\0" in start and not start.startswith(_WIDE_BOMS):
        raise NoArticle(
            "is no text; what is read is HTML, PDF, DOCX, PPTX, ODT, Markdown, CSV and plain text"
        )
    if _HTML.match(start.removeprefix(_BOM)) or _XHTML.match(start.removeprefix(_BOM)):
        return "text/html"
    return _BY_NAME.get(PurePosixPath(name.replace("\\", "/")).suffix.lower(), PLAIN)


def _in_archive(body: bytes) -> str:
    archive = Archive(body)
    for part, content_type in _IN_ARCHIVE.items():
        if part in archive.parts:
            return content_type
    if archive.says("mimetype", ODT.encode()):
        return ODT
    for part, reason in _OTHER_ARCHIVES.items():
        if part in archive.parts:
            raise NoArticle(reason)
    raise NoArticle("is an archive; unpack it and upload the files in it")


def _charset(body: bytes) -> str | None:
    """UTF-8 if it is that, which nothing else looks like; None if its reader has to guess."""
    try:
        body.decode("utf-8")
    except UnicodeDecodeError:
        return None
    return "utf-8"
