"""What stands around the text of every page: running heads and feet, and page numbers."""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import pairwise
from statistics import median

from ingest.extraction.layout.order import Line

EDGE = 3
"""A running head or foot is among so many first or last lines of its page."""
LEAST_PAGES = 3
SHARE = 0.25
"""It stands on so many of all pages: those of a book's left and right pages differ."""
PLACE_SHARE = 0.6
"""Small lines that stand alone at one height on so many pages are the frame, whatever they say."""
LARGER = 1.05
"""A larger font than the body's is a title's ("Room 101" on every page), and kept unless equal."""
_TOLERANCE = 3.0
_NUMBER = re.compile(r"\d+")
_PAGE_NUMBER = re.compile(
    r"(?:\W*|(?:page|seite|p\.|s\.|página|pagina|strona|sida|side)\s*)"
    r"(?:\d{1,4}|[ivxlc]{1,6})"
    r"(?:\s*(?:/|of|von|de|sur|di|van|z|av|af)\s*\d{1,4})?\W*",
    re.I,
)
_Key = tuple[str, int, int]


def without_frame(
    pages: Sequence[list[Line]], heights: Sequence[float], body: float
) -> list[list[Line]]:
    """The pages without lines that repeat at the same place, and without page numbers.

    `heights` of the pages and `body`, the size of most text, in points.
    """
    keys = Counter(
        key for page in pages for key in {k for e in _edges(page) for k in _keys(e, body)}
    )
    most = max(LEAST_PAGES, round(len(pages) * SHARE))
    places = _places(pages, body)

    def is_frame(line: Line, height: float) -> bool:
        return (
            any(keys[key] >= most for key in _keys(line, body))
            or (_is_small(line, body) and _place(line) in places)
            or _is_page_number(line, height)
        )

    kept = []
    for lines, height in zip(pages, heights, strict=True):
        frame = {id(line) for line in _edges(lines) if is_frame(line, height)}
        kept.append([line for line in lines if id(line) not in frame])
    return kept


def _edges(lines: Sequence[Line]) -> list[Line]:
    by_height = sorted(lines, key=_height)
    return by_height if len(by_height) <= 2 * EDGE else [*by_height[:EDGE], *by_height[-EDGE:]]


def _height(line: Line) -> float:
    return line.y


def _place(line: Line) -> int:
    return round(line.y / _TOLERANCE)


def _keys(line: Line, body: float) -> Iterator[_Key]:
    """What is equal for a line of the frame on all pages.

    Its height, and its words; or its words but for one number that grows with the pages.
    """
    text = line.text.casefold()
    yield text, 0, _place(line)
    if line.size <= body * LARGER:
        for number in _NUMBER.finditer(text):
            rest = f"{text[: number.start()]}#{text[number.end() :]}"
            yield rest, int(number[0][:9]) - line.page, _place(line)


def _is_small(line: Line, body: float) -> bool:
    return line.size <= body * LARGER and not line.bold


def _places(pages: Sequence[list[Line]], body: float) -> set[int]:
    """The heights at which most pages have a first or last line that stands apart from the text."""
    if len(pages) < 2 * LEAST_PAGES:
        return set()
    apart: Counter[int] = Counter()
    for lines in pages:
        by_height = sorted(lines, key=_height)
        if len(by_height) < 2 * EDGE:
            continue
        gaps = [b.y - a.y for a, b in pairwise(by_height)]
        usual = median(gaps)
        ends = ((by_height[0], gaps[0]), (by_height[-1], gaps[-1]))
        apart.update(
            {_place(line) for line, gap in ends if gap > usual * 1.5 and _is_small(line, body)}
        )
    return {place for place, count in apart.items() if count >= len(pages) * PLACE_SHARE}


def _is_page_number(line: Line, height: float) -> bool:
    at_the_edge = line.y < height * 0.1 or line.y > height * 0.88
    return at_the_edge and bool(_PAGE_NUMBER.fullmatch(line.text.strip()))
