import pytest

from ingest.errors import PageUnavailable
from ingest.media import OFFICE, READABLE
from ingest.web.kinds import accepting, check, file_name, kind, media_type

DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
ZIP = b"PK\x03\x04\x14\0\x06\0"
PDF = b"%PDF-1.7\n%\xe2\xe3\0"


@pytest.mark.parametrize(
    ("declared", "name", "start", "found"),
    [
        ("text/html", "", PDF, "application/pdf"),
        ("application/octet-stream", "x.bin", b"\n" + PDF, "application/pdf"),
        (DOCX, "", ZIP, DOCX),
        ("application/octet-stream", "Plan.DOCX", ZIP, DOCX),
        ("application/zip", "plan.docx", ZIP, DOCX),
        ("text/html", "plan.docx", ZIP, DOCX),
        ("", "", b" <!doctype html>", "text/html"),
        ("", "", b"Opening hours", "text/plain"),
        ("", "", b"", "text/plain"),
        ("", "notes.md", b"# Notes", "text/markdown"),
        ("application/octet-stream", "notes.md", b"# Notes", "text/markdown"),
        ("text/html", "", "<p>wide".encode("utf-16-le"), "text/html"),
        (DOCX, "", b"<p>Please log in", "text/html"),
    ],
)
def test_what_is_read_is_known_by_its_look(
    declared: str, name: str, start: bytes, found: str
) -> None:
    assert kind(declared, name, start, READABLE) == found


@pytest.mark.parametrize(
    ("declared", "name", "start", "words"),
    [
        ("text/html", "x.zip", ZIP, "ZIP archive"),
        ("text/plain", "", b"\x7fELF\2\1\0\0", "binary"),
        ("application/pdf", "", b"\x7fELF\2\1\0\0", "binary"),
        ("application/pdf", "", b"no PDF at all", "binary"),
        (DOCX, "a.docx", b"no archive", "binary"),
        ("application/octet-stream", "a.docx", b"no archive", "binary"),
        ("application/octet-stream", "install", b"#!/bin/sh", "binary"),
    ],
)
def test_what_is_not_read_is_known_as_well(
    declared: str, name: str, start: bytes, words: str
) -> None:
    with pytest.raises(PageUnavailable, match=words):
        kind(declared, name, start, READABLE)


def test_whoever_takes_any_type_is_told_which_it_is() -> None:
    gzip = b"\x1f\x8b\x08\0\0"
    assert kind("application/x-gzip", "sitemap.xml.gz", gzip) == "application/x-gzip"
    assert kind("text/plain", "sitemap.xml.gz", gzip) == "application/octet-stream"
    assert kind("application/rss+xml", "", b"<rss>") == "application/rss+xml"


def test_a_declared_type_that_is_not_accepted_is_not_even_read() -> None:
    check("application/octet-stream", READABLE)
    check("image/png", None)
    with pytest.raises(PageUnavailable, match="is a PDF"):
        check("application/pdf", READABLE - {"application/pdf"})


@pytest.mark.parametrize(
    ("header", "read"),
    [
        ("Text/HTML; Charset=ISO-8859-1", ("text/html", "iso-8859-1")),
        ("application/x-pdf", ("application/pdf", None)),
        (";;;", ("", None)),
        ("text/html;" * 20_000, ("text/html", None)),
    ],
)
def test_a_declared_type_is_read_whatever_its_form(
    header: str, read: tuple[str, str | None]
) -> None:
    assert media_type(header) == read


def test_a_file_is_called_what_its_header_says_else_what_its_url_says() -> None:
    assert file_name("https://a.example/get?id=3", 'attachment; filename="Plan.docx"') == (
        "Plan.docx"
    )
    assert file_name("https://a.example/files/Plan%20B.docx?v=2", "") == "Plan B.docx"


def test_html_is_asked_for_before_all_else() -> None:
    line = accepting(READABLE)
    assert line.startswith("application/xhtml+xml, text/html, ")
    assert all(f"{media};q=0.8" in line for media in OFFICE)
    assert accepting(None) == "*/*"
