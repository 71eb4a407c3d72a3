"""Office files, Markdown and tables of values, as they are handed in."""

from datetime import UTC, date, datetime

import pytest

from ingest.documents import Article
from ingest.errors import NoArticle
from ingest.extraction.extract import read_article
from ingest.extraction.files import page_of
from ingest.extraction.parts import archive
from ingest.extraction.rules import NO_RULES, Rules
from tests.ingest.extraction.offices import (
    docx,
    odt,
    p,
    pptx,
    shape,
    slide_table,
    table,
    zipped,
)

NOW = datetime(2026, 5, 1, tzinfo=UTC)


def read(name: str, body: bytes | str, rules: Rules = NO_RULES) -> Article:
    given = body.encode() if isinstance(body, str) else body
    return read_article(page_of(name, given, f"https://harbour.example/{name}", NOW), rules)


def test_word_keeps_headings_lists_and_tables() -> None:
    body = docx(
        p("Ferry Guide", "Title")
        + p("1 Tickets ... 3", "toc1")
        + p("Tickets", "heading1")
        + p("They are sold on board &amp; at the pier.")
        + p("# means number here")
        + p("show it", number=(1, 0))
        + p("keep it", number=(1, 0))
        + p("in your pocket", number=(2, 1))
        + p("Prices", "heading2")
        + table(("Season", "Who", "Price"), ("Summer+", "adult", "8 | 9"), ("^", "child", "3"))
        + "<w:p><w:del><w:r><w:delText>withdrawn</w:delText></w:r></w:del>"
        "<w:ins><w:r><w:t>added</w:t></w:r></w:ins></w:p>",
        title="Some template",
    )
    article = read("guide.docx", body)
    assert article.text == "\n".join(
        [
            "# Ferry Guide",
            "",
            "# Tickets",
            "",
            "They are sold on board & at the pier.",
            "",
            "\\# means number here",
            "",
            "1. show it",
            "2. keep it",
            "  - in your pocket",
            "",
            "## Prices",
            "",
            "| Season | Who | Price |",
            "|---|---|---|",
            "| Summer | adult | 8 \\| 9 |",
            "| Summer | child | 3 |",
            "",
            "added",
        ]
    )
    assert (article.title, article.lang, article.method) == ("Ferry Guide", "en", "docx")
    assert article.page_date == date(2024, 5, 6)
    assert article.anchors == {}


def test_slides_stand_under_their_number_and_title() -> None:
    body = pptx(
        shape("Ferry Guide", kind="ctrTitle") + shape("For the crew", kind="subTitle"),
        shape("Lifeboats", kind="title")
        + shape("Two on each side", ">twelve seats each", "One astern", kind="body")
        + "<p:grpSp>"
        + shape("Mind the gap")
        + "</p:grpSp>"
        + slide_table(("Boat", "Seats"), ("Anna", "12"))
        + shape("17", kind="sldNum"),
        "!" + shape("Secret plans", kind="title"),
        shape("Thank you for listening to the crew of the ferry"),
        title="PowerPoint Presentation",
    )
    article = read("deck.pptx", body)
    assert article.text == "\n".join(
        [
            "## 1. Ferry Guide",
            "",
            "For the crew",
            "",
            "## 2. Lifeboats",
            "",
            "- Two on each side",
            "  - twelve seats each",
            "- One astern",
            "",
            "Mind the gap",
            "",
            "| Boat | Seats |",
            "|---|---|",
            "| Anna | 12 |",
            "",
            "## 4.",
            "",
            "Thank you for listening to the crew of the ferry",
        ]
    )
    assert (article.title, article.method) == ("Ferry Guide", "pptx")


def test_opendocument_keeps_headings_lists_and_tables() -> None:
    cell = "<table:table-cell><text:p>{}</text:p></table:table-cell>"
    body = odt(
        '<text:p text:style-name="Title">Fährplan</text:p>'
        "<text:tracked-changes><text:p>gestrichen</text:p></text:tracked-changes>"
        '<text:h text:outline-level="2">Abfahrten<text:line-break/>im Sommer</text:h>'
        "<text:p>Das Schiff fährt<text:s/>täglich<text:note><text:note-citation>1"
        "</text:note-citation><text:note-body><text:p>außer montags</text:p></text:note-body>"
        "</text:note> um acht.</text:p>"
        '<text:list text:style-name="L1"><text:list-item><text:p>Karte zeigen</text:p>'
        '<text:list text:style-name="L2"><text:list-item><text:p>gültige</text:p></text:list-item>'
        "</text:list></text:list-item><text:list-item><text:p>einsteigen</text:p></text:list-item>"
        "</text:list><table:table><table:table-header-rows><table:table-row>"
        + cell.format("Tag")
        + cell.format("Zeit")
        + "</table:table-row></table:table-header-rows><table:table-row>"
        + cell.format("Di")
        + cell.format("8 Uhr")
        + "</table:table-row></table:table>",
        styles='<text:list-style style:name="L1"><text:list-level-style-number text:level="1"/>'
        '</text:list-style><text:list-style style:name="L2"/>',
    )
    article = read("plan.odt", body)
    assert article.text == "\n".join(
        [
            "# Fährplan",
            "",
            "## Abfahrten im Sommer",
            "",
            "Das Schiff fährt täglich (außer montags) um acht.",
            "",
            "1. Karte zeigen",
            "  - gültige",
            "2. einsteigen",
            "",
            "| Tag | Zeit |",
            "|---|---|",
            "| Di | 8 Uhr |",
        ]
    )
    assert (article.title, article.lang, article.method) == ("Fährplan", "de", "odt")
    assert article.page_date == date(2024, 5, 6)


def test_markdown_is_read_as_it_was_written() -> None:
    article = read(
        "guide.md",
        "---\ntitle: 'Ferry guide'\nlang: en-GB\ndate: 2024-03-01\n---\n<!-- draft -->\n"
        'Tickets\n===\n\nSee [the list](https://x.example/list_(new) "all") and [terms][t].\n\n'
        "Prices\n---\n\n| A | B |\n|---|---|\n| 1 | 2 |\n\n"
        "```sh\n# not a [heading](x)\n---\n```\n\n"
        "[t]: https://x.example/terms\n",
    )
    assert article.text == (
        "# Tickets\n\nSee the list and terms.\n\n## Prices\n\n| A | B |\n|---|---|\n| 1 | 2 |\n\n"
        "```sh\n# not a [heading](x)\n---\n```"
    )
    assert (article.title, article.lang) == ("Ferry guide", "en")
    assert article.page_date == date(2024, 3, 1)
    assert read("plain.md", "# One\n\nOnly words here.").title == "One"


def test_every_row_of_a_large_table_is_kept_under_its_header() -> None:
    rows = "\n".join(f'{n};"Boat {n}, the\nnew one";{n * 3}' for n in range(250))
    text = read("boats.csv", f"No;Name;Seats\n{rows}\n").text
    assert text.count("| No | Name | Seats |\n|---|---|---|\n") == 3
    assert all(f"| {n} | Boat {n}, the new one | {n * 3} |" in text for n in range(250))


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (docx("")[:-40], "is a broken archive"),
        (zipped({"word/document.xml": "<broken"}), "save it anew as DOCX"),
        (odt("<text:p>"), "is no XML"),
        (odt(""), "has no text to read"),
        (
            zipped(
                {
                    "ppt/presentation.xml": '<!DOCTYPE a [<!ENTITY b "c">]><p>&b;</p>',
                }
            ),
            "has a document type definition",
        ),
        (docx(p("x"), **{"word/extra.xml": '<!DOCTYPE a [<!ENTITY b "c">]><a/>'}), "document type"),
        (pptx("<p:sp>&ignored;</p:sp>"), "is no XML"),
        (zipped({"xl/workbook.xml": "<a/>"}), "is an Excel workbook; save its sheets as CSV"),
        (zipped({"readme.txt": "hello"}), "is an archive; unpack it"),
        (b"\xd0\xcf\x11\xe0 old", "old Office, or with a password"),
        (b"{\\rtf1 text}", "is an RTF file"),
        (b"\x89PNG\r\n\x1a\n", "is an image"),
        (b"MZ\x00\x01\x02", "is no text"),
        (b"  \n", "is an empty file"),
    ],
)
def test_what_is_not_read_says_why(body: bytes, reason: str) -> None:
    with pytest.raises(NoArticle, match=reason):
        read("upload.bin", body)


def test_bombs_are_refused_before_they_are_unpacked(monkeypatch: pytest.MonkeyPatch) -> None:
    bomb = zipped({"word/document.xml": b" " * (archive.MOST_XML_BYTES + 1)})
    assert len(bomb) < 100_000
    with pytest.raises(NoArticle, match=r"holds 40,000,001 bytes of text and layout"):
        read("bomb.docx", bomb)
    monkeypatch.setattr(archive, "MOST_ENTRIES", 3)
    with pytest.raises(NoArticle, match="is an archive of 7 files; at most 3"):
        read("many.docx", docx(p("x")))


def test_a_lie_about_a_size_unpacks_no_more_than_was_said() -> None:
    honest = zipped({"word/document.xml": b" " * 1_000_000, "[Content_Types].xml": b"<a/>"})
    lie = honest.replace((1_000_000).to_bytes(4, "little"), (10).to_bytes(4, "little"))
    with pytest.raises(NoArticle, match="is broken or protected by a password"):
        read("lie.docx", lie)


@pytest.mark.parametrize(
    ("name", "body", "content_type", "charset"),
    [
        ("a.txt", b"<!-- x --> <!DOCTYPE html><p>y", "text/html", "utf-8"),
        ("a.txt", b"<?xml version='1.0'?><html xmlns='x'>", "text/html", "utf-8"),
        ("a.HTM", b"<p>no head</p>", "text/html", "utf-8"),
        ("C:\\notes\\a.MD", b"hello", "text/markdown", "utf-8"),
        ("a.tsv", b"a\tb", "text/csv", "utf-8"),
        ("a", "Fähre".encode("cp1252"), "text/plain", None),
        ("a.txt", "Fähre".encode("utf-16"), "text/plain", None),
        ("a.doc", b"\n%PDF-1.7", "application/pdf", None),
    ],
)
def test_the_type_is_that_of_the_content_then_of_the_name(
    name: str, body: bytes, content_type: str, charset: str | None
) -> None:
    page = page_of(name, body, "https://x.example/a", NOW)
    assert (page.content_type, page.charset, page.url) == (
        content_type,
        charset,
        "https://x.example/a",
    )
