"""Lines in reading order as blocks: paragraphs, list items, tables and code.

Headings come already found; what begins and ends a block is seen from distances, indents and signs.
"""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from ingest.extraction.layout.order import Line
from ingest.extraction.layout.tables import Table, as_markdown, table_at

Kind = Literal["heading", "paragraph", "item", "table", "code"]
LOOSE = 1.35
"""A distance so much larger than the usual one between lines begins a paragraph."""
INDENT = 0.8
"""So many font sizes to the right begin a paragraph or a nested list."""
_SURE_BULLET = re.compile(r"[•◦▪▫‣●○■□➢➤✓✔⁃∙\ue000-\uf8ff]\s*")
_BULLET = re.compile(r"[-–—*·o]\s+(?=\S)")
_NUMBERED = re.compile(r"\(?(?:\d{1,2}|[a-z])[.)]\s+(?=\S)")
_ENDS = re.compile(r"[.!?:;…。][\"'”’»)\]]*$")
_AS_MARKDOWN = re.compile(r"(\d*)(?=[#>|]|[-+*]\s|[.)]\s)")


@dataclass(frozen=True, slots=True)
class Block:
    """One block of markdown, the page it begins on (from 0), and a heading's level (1 to 5)."""

    kind: Kind
    text: str
    page: int
    level: int = 0


Join = Callable[[str, str], str]


class Reader:
    """Makes blocks of lines, given the usual distance between lines and how lines are joined."""

    def __init__(self, leading: float, join: Join) -> None:
        self._leading = leading
        self._join = join
        self._table: Table | None = None

    def blocks(self, lines: Sequence[Line]) -> Iterator[Block]:
        """The blocks of a stretch without headings."""
        at, in_list = 0, list[float]()
        while at < len(lines):
            line = lines[at]
            marker = _marker(line, after_item=bool(in_list), apart=self._is_apart(lines, at))
            if marker and not (line.mono and not _SURE_BULLET.match(line.text)):
                block, at = self._item(lines, at, marker, in_list)
            elif line.mono:
                block, at = _code(lines, at)
                in_list = []
            elif len(line.pieces) > 1 and (found := table_at(lines, at)):
                block, at = self._of_table(found[0]), found[1]
                in_list = []
            else:
                block, at = self._paragraph(lines, at)
                in_list = []
            if block.kind != "table":
                self._table = None
            yield block

    def _is_apart(self, lines: Sequence[Line], at: int) -> bool:
        """Whether a line does not simply go on with the one before."""
        if at == 0:
            return True
        before, line = lines[at - 1], lines[at]
        return bool(
            before.page != line.page
            or not 0 < line.y - before.y <= self._usual(line) * LOOSE
            or _ENDS.search(before.text)
        )

    def _usual(self, line: Line) -> float:
        return max(self._leading, line.size * 1.15)

    def _of_table(self, table: Table) -> Block:
        before = self._table
        if before is not None and table.page != before.page and before.goes_on_in(table):
            rows = table.rows if table.rows[0] == before.rows[0] else (before.rows[0], *table.rows)
            table = Table(table.page, rows, table.columns)
        self._table = table
        return Block("table", as_markdown(table), table.page)

    def _item(
        self, lines: Sequence[Line], at: int, marker: str, in_list: list[float]
    ) -> tuple[Block, int]:
        first = lines[at]
        text = first.text[len(marker) :].strip()
        after = at + 1
        while after < len(lines) and self._item_goes_on(lines, after, first):
            text = self._join(text, lines[after].text)
            after += 1
        while in_list and in_list[-1] > first.x0 + first.size * INDENT / 2:
            in_list.pop()
        if not in_list or first.x0 > in_list[-1] + first.size * INDENT:
            in_list.append(first.x0)
        return Block("item", "  " * (len(in_list) - 1) + _as_item(marker, text), first.page), after

    def _item_goes_on(self, lines: Sequence[Line], at: int, first: Line) -> bool:
        line, before = lines[at], lines[at - 1]
        if line.mono or _marker(line, after_item=True, apart=True):
            return False
        indented = line.x0 > first.x0 + first.size * 0.4
        if line.page != before.page or line.y < before.y:
            return not _ENDS.search(before.text) and line.text[:1].islower()
        near = line.y - before.y <= self._usual(line) * LOOSE
        return near and abs(line.size - first.size) < 1 and (indented or first.x0 > line.x1)

    def _paragraph(self, lines: Sequence[Line], at: int) -> tuple[Block, int]:
        text, after = lines[at].text, at + 1
        while after < len(lines) and self._goes_on(lines, at, after):
            text = self._join(text, lines[after].text)
            after += 1
        return Block("paragraph", _as_prose(text), lines[at].page), after

    def _goes_on(self, lines: Sequence[Line], first: int, at: int) -> bool:
        """Whether a line belongs to the paragraph that began with the first."""
        line, before = lines[at], lines[at - 1]
        if line.mono or _marker(line, after_item=False, apart=self._is_apart(lines, at)):
            return False
        if len(line.pieces) > 1 and table_at(lines, at):
            return False
        if line.page != before.page or line.y < before.y:
            return not _ENDS.search(before.text) and _is_inside(line.text)
        if line.y - before.y > self._usual(line) * LOOSE or abs(line.size - before.size) > 1.5:
            return False
        return not _begins(line, before, lines[first:at])


def _as_item(marker: str, text: str) -> str:
    """Numbers stay, in markdown's form; letters stay as words of the text."""
    sign = marker.strip(" ().")
    if sign.isdigit():
        return f"{sign}. {text}"
    return (
        f"- {marker.strip()} {text}" if sign.isalpha() and marker.strip() != sign else f"- {text}"
    )


def _as_prose(text: str) -> str:
    """The text, with a sign in front that would make markdown of it escaped."""
    sign = _AS_MARKDOWN.match(text)
    return f"{sign[0]}\\{text[sign.end() :]}" if sign else text


def _is_inside(text: str) -> bool:
    """Whether a text looks like the inside of a sentence."""
    return text[:1].islower() or not text[:1].isalpha()


def _begins(line: Line, before: Line, paragraph: Sequence[Line]) -> bool:
    """Whether a line begins a paragraph by its indent, or because the one before ended early."""
    ended = bool(_ENDS.search(before.text))
    indented = line.x0 > before.x0 + line.size * INDENT
    if indented and (len(paragraph) > 1 or ended):
        return True
    right = max(line.x1, *(one.x1 for one in paragraph))
    early = before.x1 < right - 0.25 * (right - min(line.x0, before.x0))
    return early and ended and not _is_inside(line.text)


def _marker(line: Line, *, after_item: bool, apart: bool) -> str:
    """The sign that makes a line a list item, with the space after it; "" if it is none."""
    text = line.text
    if found := _SURE_BULLET.match(text):
        return found[0] if len(text) > len(found[0]) else ""
    if not (apart or after_item):
        return ""
    found = _BULLET.match(text) or _NUMBERED.match(text)
    return found[0] if found else ""


def _code(lines: Sequence[Line], at: int) -> tuple[Block, int]:
    """Lines of a font whose letters are equally wide, as they stand."""
    after = at + 1
    while after < len(lines) and lines[after].mono and lines[after].page == lines[at].page:
        if not 0 < lines[after].y - lines[after - 1].y <= 3 * lines[at].size:
            break
        after += 1
    code = lines[at:after]
    left = min(line.x0 for line in code)
    fence = "````" if any("```" in line.text for line in code) else "```"
    text = "\n".join([fence, *(_spaced(line, left) for line in code), fence])
    return Block("code", text, lines[at].page), after


def _spaced(line: Line, left: float) -> str:
    letter = (line.pieces[0].x1 - line.pieces[0].x0) / max(1, len(line.pieces[0].text))
    text = ""
    for piece in line.pieces:
        spaces = round((piece.x0 - left) / letter) - len(text) if letter else 1
        text += " " * max(spaces, 1 if text else 0) + piece.text
    return text
