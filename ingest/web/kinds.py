"""What a body is: by its declared type, its first bytes and its file name, in that order of doubt.

Servers call PDFs and archives text, and many call everything a stream of octets.
"""

import codecs
from collections.abc import Collection
from email.message import Message
from pathlib import PurePosixPath
from urllib.parse import unquote, urlsplit

from ingest.errors import PageUnavailable
from ingest.media import HTML, OFFICE, PDF, READABLE

LOOK = 1024
"""So many bytes are enough to tell."""
_LONGEST = 500
"""Of a header: parsing one takes the square of its length."""

_ALIASES = {
    "application/x-pdf": "application/pdf",
    "text/x-markdown": "text/markdown",
    "application/csv": "text/csv",
}
_VAGUE = frozenset(
    {
        "",
        "application/download",
        "application/force-download",
        "application/octet-stream",
        "application/x-download",
        "application/zip",
        "application/x-zip-compressed",
        "binary/octet-stream",
    }
)
_OPEN = "application/vnd.openxmlformats-officedocument"
_SUFFIXES = {
    ".html": "text/html",
    ".htm": "text/html",
    ".txt": "text/plain",
    ".md": "text/markdown",
    ".csv": "text/csv",
    ".docx": f"{_OPEN}.wordprocessingml.document",
    ".pptx": f"{_OPEN}.presentationml.presentation",
    ".odt": "application/vnd.oasis.opendocument.text",
}


def media_type(header: str) -> tuple[str, str | None]:
    """The type in a Content-Type header, in lower case ("" if none), and its charset, if named."""
    if not header:
        return "", None
    message = Message()
    message["Content-Type"] = header[:_LONGEST]
    declared = header.partition(";")[0].strip().lower()
    return _ALIASES.get(declared, declared), message.get_content_charset()


def file_name(url: str, disposition: str) -> str:
    """What a body is called: in its Content-Disposition header, else at the end of its URL."""
    named: str | None = None
    if disposition:
        message = Message()
        message["Content-Disposition"] = disposition[:_LONGEST]
        named = message.get_filename()
    return named or unquote(urlsplit(url).path).rpartition("/")[2]


def accepting(accept: Collection[str] | None) -> str:
    """The Accept header for these types, HTML before all others; None takes any."""
    if accept is None:
        return "*/*"
    others = [f"{media};q=0.8" for media in sorted(set(accept) - HTML)]
    return ", ".join([*sorted(set(accept) & HTML), *others, "*/*;q=0.1"])


def check(declared: str, accept: Collection[str] | None) -> None:
    """Refuse, before it is read, what is declared to be nothing that is accepted.

    Raises:
        PageUnavailable
    """
    if accept is None or declared in _VAGUE or declared in accept:
        return
    raise _not_read(declared)


def kind(declared: str, name: str, start: bytes, accept: Collection[str] | None = None) -> str:
    """The type of a body that starts so, in lower case; never "".

    Raises:
        PageUnavailable: it is none that is accepted.
    """
    found = _kind(declared, PurePosixPath(name.lower()).suffix, start)
    if accept is not None and found not in accept:
        raise _not_read(found)
    return found


def _kind(declared: str, suffix: str, start: bytes) -> str:
    named = _SUFFIXES.get(suffix, "")
    if start.lstrip().startswith(b"%PDF-"):
        return "application/pdf"
    if start.startswith(b"PK\x03\x04"):
        return next((it for it in (declared, named) if it in OFFICE), "application/zip")
    if _is_binary(start):
        return declared if _may_be_binary(declared) else "application/octet-stream"
    if declared in PDF | OFFICE:
        return "text/html" if start.lstrip().startswith(b"<") else "application/octet-stream"
    if declared not in _VAGUE:
        return declared
    text = "" if named in OFFICE else named
    if declared:
        return text or declared
    return "text/html" if start.lstrip().startswith(b"<") else text or "text/plain"


def _may_be_binary(declared: str) -> bool:
    return declared not in READABLE | _VAGUE and not declared.startswith("text/")


def _is_binary(start: bytes) -> bool:
    wide = start.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)) or _is_wide_ascii(start)
    return b"\0" in start and not wide


def _is_wide_ascii(start: bytes) -> bool:
    """Whether every second byte is zero, as in UTF-16 of a European language without its mark."""
    return any(start[0::2]) != any(start[1::2])


def _not_read(found: str) -> PageUnavailable:
    names = {
        "application/pdf": "a PDF",
        "application/octet-stream": "a binary file",
        "application/zip": "a ZIP archive",
    }
    return PageUnavailable(f"is {names.get(found, found[:80])}, which is not read", status=200)
