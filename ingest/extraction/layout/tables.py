"""Lines whose pieces stand under one another, as tables."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from ingest.extraction.layout.order import Line
from ingest.extraction.layout.pieces import Piece

LEAST_ROWS = 3
MOST_LEADING = 2.6
"""A larger distance between two lines (in font sizes) ends a table."""
_FAR = 12.0

Columns = tuple[tuple[float, float], ...]


@dataclass(frozen=True, slots=True)
class Table:
    """Cells by row, and where the columns stand (points from the left)."""

    page: int
    rows: tuple[tuple[str, ...], ...]
    columns: Columns

    def goes_on_in(self, other: "Table") -> bool:
        """Whether the other, on a later page, has its columns at the same places."""
        return len(self.columns) == len(other.columns) and all(
            abs(a[0] - b[0]) < _FAR for a, b in zip(self.columns, other.columns, strict=True)
        )


def table_at(lines: Sequence[Line], start: int) -> tuple[Table, int] | None:
    """The table that begins with a line, and the number of the line after it; None if none does."""
    run = _run(lines, start)
    counts = Counter(len(line.pieces) for line in run if len(line.pieces) > 1)
    if not counts:
        return None
    width = max(counts, key=lambda count: (counts[count], count))
    if len(run[0].pieces) != width or counts[width] < (LEAST_ROWS if width == 2 else 2):
        return None
    columns = _columns([line for line in run if len(line.pieces) == width])
    if columns is None:
        return None
    fitting = _fitting(run, columns)
    if sum(len(line.pieces) == width for line in fitting) < 2:
        return None
    return Table(fitting[0].page, _rows(fitting, columns), columns), start + len(fitting)


def _run(lines: Sequence[Line], start: int) -> list[Line]:
    """The lines that follow closely upon one another on the same page."""
    run = [lines[start]]
    for line in lines[start + 1 :]:
        before = run[-1]
        near = 0 < line.y - before.y <= MOST_LEADING * max(line.size, before.size)
        if line.page != before.page or not near:
            break
        run.append(line)
    # What ends it is prose.
    while run and len(run[-1].pieces) == 1 and not _may_be_cell(run[-1], run):
        run.pop()
    return run or [lines[start]]


def _may_be_cell(line: Line, run: Sequence[Line]) -> bool:
    rows = [row for row in run if len(row.pieces) > 1]
    return bool(rows) and line.x1 - line.x0 < 0.7 * (max(r.x1 for r in rows) - rows[0].x0)


def _columns(rows: Sequence[Line]) -> Columns | None:
    """Where the cells of each column begin and end, if no two columns overlap."""
    columns = tuple(
        (min(piece.x0 for piece in cells), max(piece.x1 for piece in cells))
        for cells in zip(*(row.pieces for row in rows), strict=True)
    )
    apart = all(a[1] < b[0] for a, b in pairwise(columns))
    return columns if apart else None


def _fitting(run: Sequence[Line], columns: Columns) -> list[Line]:
    """The lines up to the first with a piece that lies in two columns, or in none."""
    fitting = []
    for line in run:
        if any(_column(piece, columns) is None for piece in line.pieces):
            break
        fitting.append(line)
    return fitting


def _column(piece: Piece, columns: Columns) -> int | None:
    touched = [n for n, (x0, x1) in enumerate(columns) if piece.x0 < x1 and piece.x1 > x0]
    return touched[0] if len(touched) == 1 else None


def _rows(lines: Sequence[Line], columns: Columns) -> tuple[tuple[str, ...], ...]:
    """Each row with all its lines: one with nothing in the first column is part of the nearest."""
    width = len(columns)
    starts = [
        line
        for line in lines
        if _column(line.pieces[0], columns) == 0 and (len(line.pieces) > 1 or width == 1)
    ]
    if not starts:
        return ()
    cells: list[list[list[str]]] = [[[] for _ in columns] for _ in starts]
    for line in lines:
        nearest = min(range(len(starts)), key=lambda n: (abs(starts[n].y - line.y), n))
        for piece in line.pieces:
            cells[nearest][_column(piece, columns) or 0].append(piece.text)
    return tuple(tuple(" ".join(cell) for cell in row) for row in cells)


def as_markdown(table: Table) -> str:
    """The table as GitHub's markdown has it; its first row is the header."""
    header, *rows = (
        "| " + " | ".join(cell.replace("|", "\\|") for cell in row) + " |" for row in table.rows
    )
    return "\n".join([header, "|" + "---|" * len(table.columns), *rows])
