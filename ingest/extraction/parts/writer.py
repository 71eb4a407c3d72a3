"""Markdown, written block by block."""

import re
from collections.abc import Sequence

_SIGN = re.compile(r"(\d*)(?=#{1,6}\s|[>|]|[-+*]\s|[.)]\s)")


class Writer:
    """Headings, paragraphs, items and tables, with empty lines between them where they belong."""

    def __init__(self) -> None:
        self._parts: list[str] = []
        self._in_list = False

    def heading(self, level: int, text: str) -> None:
        if text := _line(text):
            self._add(f"{'#' * min(max(level, 1), 6)} {text}")

    def paragraph(self, text: str) -> None:
        """A paragraph; signs in front of it that mean something in markdown are escaped."""
        if text := _line(text):
            sign = _SIGN.match(text)
            self._add(f"{sign[0]}\\{text[sign.end() :]}" if sign else text)

    def item(self, depth: int, text: str, number: int = 0) -> None:
        """An item of a list, at a depth from 0; numbered if it has a number."""
        if text := _line(text):
            sign = f"{number}." if number else "-"
            self._add(f"{'  ' * depth}{sign} {text}", in_list=True)

    def table(self, rows: Sequence[Sequence[str]]) -> None:
        """A table whose first row is its header; rows and columns without text are left out."""
        width = max((len(row) for row in rows), default=0)
        filled = [[*map(_line, row), *[""] * (width - len(row))] for row in rows if any(row)]
        kept = [n for n in range(width) if any(row[n] for row in filled)]
        if not filled or not kept:
            return
        if len(kept) == 1:
            for row in filled:
                self.paragraph(row[kept[0]])
            return
        self._add("\n".join(table_lines([[row[n] for n in kept] for row in filled])))

    def text(self) -> str:
        """All of it."""
        return "".join(self._parts).strip()

    def _add(self, block: str, *, in_list: bool = False) -> None:
        self._parts.append("\n" if in_list and self._in_list else "\n\n")
        self._parts.append(block)
        self._in_list = in_list


def table_lines(rows: Sequence[Sequence[str]]) -> list[str]:
    """The lines of a table; its rows are equally long."""
    lines = ["| " + " | ".join(cell.replace("|", "\\|") for cell in row) + " |" for row in rows]
    lines.insert(1, "|" + "---|" * len(rows[0]))
    return lines


def _line(text: str) -> str:
    return " ".join(text.split())
