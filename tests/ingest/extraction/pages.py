"""Pages made for these tests."""

from datetime import UTC, datetime

from ingest.documents import Article, Page
from ingest.extraction.extract import read_article
from ingest.extraction.rules import NO_RULES, Rules


def made(body: str | bytes, *, content_type: str = "text/html", charset: str | None = None) -> Page:
    return Page(
        url="https://example.org/visit/boats.html",
        requested="https://example.org/visit/boats.html",
        content_type=content_type,
        charset=charset,
        body=body if isinstance(body, bytes) else body.encode(),
        fetched_at=datetime(2026, 6, 1, tzinfo=UTC),
    )


def article_of(content: str, rules: Rules = NO_RULES, *, head: str = "") -> Article:
    """The article of a page about boats with this content after its first paragraph."""
    intro = "<p>There are boats of many kinds in the harbour, as people say.</p>"
    page = f"<html lang=en><head>{head}</head><main><h1>Boats</h1>{intro}{content}</main>"
    return read_article(made(page), rules)


def text_after_intro(content: str, rules: Rules = NO_RULES) -> str:
    return article_of(content, rules).text.partition("as people say.")[2].strip()
