"""Tables of contents in print: their lines say nothing that the headings do not."""

import re
from collections.abc import Sequence
from itertools import groupby, pairwise

from ingest.extraction.layout.order import Line

LEAST_LINES = 5
"""So many on neighbouring pages."""
GROWING = 0.9
"""Share of lines with a number no smaller than the one before: lists of tables begin anew.

The prices of a menu grow from half its lines to the next.
"""
LEAST_PAGES = 5
_BEYOND = 50
_LEADER = re.compile(r"(?:[.…·]\s?){4,}\s*(\d{1,4}|[ivxlc]{1,6})$")
_ENTRY = re.compile(r"\w.*\s\d{1,4}$")


def without_contents(pages: Sequence[list[Line]]) -> list[Line]:
    """All lines in order, without those that lead by dots to a page."""
    kept: list[Line] = []
    for has_leaders, run in groupby(pages, lambda lines: any(map(_leads, lines))):
        lines = [line for page in run for line in page]
        if has_leaders and _are_contents(lines, len(pages)):
            lines = [line for line in lines if not (_leads(line) or _ENTRY.match(line.text))]
        kept += lines
    return kept


def _are_contents(lines: Sequence[Line], page_count: int) -> bool:
    numbers = [int(number) for number in map(_leads, lines) if number.isdigit()]
    return (
        page_count >= LEAST_PAGES
        and len(numbers) >= LEAST_LINES
        and numbers[-1] <= page_count + _BEYOND
        and sum(a <= b for a, b in pairwise(numbers)) >= GROWING * (len(numbers) - 1)
    )


def _leads(line: Line) -> str:
    """The page that a line leads to by dots; "" if it does not."""
    found = _LEADER.search(line.text)
    return found[1] if found else ""
