"""Comma-separated values as tables."""

import csv
from collections.abc import Iterator
from io import StringIO

from ingest.documents import Article, Page
from ingest.errors import NoArticle
from ingest.extraction.markup import decode
from ingest.extraction.parts.writer import Writer
from ingest.extraction.rules import NO_RULES, Rules
from ingest.extraction.text import guess_language, name_of, words

ROWS = 100
"""Rows of one table, each table with the header again: a table is cut and counted as one piece."""
_DELIMITERS = ",;\t|"
_SAMPLE = 20_000


def read_csv(page: Page, rules: Rules = NO_RULES) -> Article:
    """Every row of it, its first row as the header; raises NoArticle if there is no text."""
    text = decode(page)
    rows = [row for row in _rows(text) if any(cell.strip() for cell in row)]
    if not words(text) or not rows:
        raise NoArticle("has no text to read")
    writer = Writer()
    header, rest = rows[0], rows[1:]
    for start in range(0, max(1, len(rest)), ROWS):
        writer.table([header, *rest[start : start + ROWS]])
    return Article(
        url=page.url,
        title=name_of(page.url),
        lang=rules.lang or guess_language(text),
        text=writer.text(),
        method="csv",
    )


def _rows(text: str) -> Iterator[list[str]]:
    sample = text[:_SAMPLE]
    try:
        dialect: type[csv.Dialect] | csv.Dialect = csv.Sniffer().sniff(sample, _DELIMITERS)
    except csv.Error:
        dialect = csv.excel
    try:
        yield from csv.reader(StringIO(text, newline=""), dialect)
    except csv.Error as error:
        raise NoArticle(f"is no table of values that can be read: {error}") from error
