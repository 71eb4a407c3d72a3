"""The pieces of a page as lines in the order in which a person reads them: column by column.

A gutter is a stretch of x that text stands on both sides of and nothing crosses. What crosses it (a
title, a wide figure's caption) parts the page into bands, and each band is read by itself. Cells of
a table have gutters too, but are short: such a band is read line by line.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from statistics import median

import numpy as np

from ingest.extraction.layout.pieces import Piece

LEAST_PIECES = 3
"""So many lines of prose on either side make columns."""
PROSE_CHARS = 18
"""Half the lines of a narrow newspaper column are longer; half the cells of most tables are not."""
PROSE_FILL = 0.55
"""Share of its column's width that a line of prose has, in the middle."""
DEPTH = 3
_BIN = 2.0


@dataclass(frozen=True, slots=True)
class Line:
    """One line of one column; its pieces from left to right, more than one where it has gaps."""

    page: int
    pieces: tuple[Piece, ...]

    @property
    def text(self) -> str:
        return " ".join(piece.text for piece in self.pieces)

    @property
    def x0(self) -> float:
        return self.pieces[0].x0

    @property
    def x1(self) -> float:
        return max(piece.x1 for piece in self.pieces)

    @property
    def y(self) -> float:
        return self._widest.y

    @property
    def size(self) -> float:
        return self._widest.size

    @property
    def bold(self) -> bool:
        return all(piece.bold for piece in self.pieces)

    @property
    def mono(self) -> bool:
        return all(piece.mono for piece in self.pieces)

    @property
    def _widest(self) -> Piece:
        return max(self.pieces, key=lambda piece: len(piece.text))


def in_order(pieces: Sequence[Piece], page: int) -> list[Line]:
    """The lines of one page in reading order."""
    return list(_read(list(pieces), page, DEPTH))


def _read(pieces: list[Piece], page: int, depth: int) -> Iterator[Line]:
    gutter = _gutter(pieces) if depth and len(pieces) >= 2 * LEAST_PIECES else None
    if gutter is None:
        yield from _lines(pieces, page)
        return
    for left, right, across in _bands(pieces, gutter):
        if _are_columns(left, right):
            yield from _read(left, page, depth - 1)
            yield from _read(right, page, depth - 1)
        else:
            yield from _lines([*left, *right], page)
        yield from _lines(across, page)


def _gutter(pieces: list[Piece]) -> float | None:
    """The x with most text in columns on both its sides, if any."""
    start = min(piece.x0 for piece in pieces)
    width = max(piece.x1 for piece in pieces) - start
    bins = int(width / _BIN) + 1
    x0 = ((np.array([piece.x0 for piece in pieces]) - start) / _BIN).astype(int)
    x1 = ((np.array([piece.x1 for piece in pieces]) - start) / _BIN).astype(int)
    at = np.arange(bins)
    to_the_left = (x1[:, None] < at).sum(0)
    to_the_right = (x0[:, None] > at).sum(0)
    both = np.minimum(to_the_left, to_the_right)
    # The middle of the widest stretch with most text beside it; crossed by few, or it is prose.
    crossing = len(pieces) - to_the_left - to_the_right
    fair = (both >= LEAST_PIECES) & (crossing <= both)
    best, most = None, 0
    for first, last in _stretches(fair, crossing):
        gutter = start + (first + last + 1) / 2 * _BIN
        columns = sum(
            len(left) + len(right)
            for left, right, _ in _bands(pieces, gutter)
            if _are_columns(left, right)
        )
        if columns > most:
            best, most = gutter, columns
    return best


def _stretches(fair: "np.ndarray", crossing: "np.ndarray") -> Iterator[tuple[int, int]]:
    """The runs of bins that are fair and crossed by equally many pieces."""
    first = None
    for at in range(len(fair) + 1):
        goes_on = at < len(fair) and fair[at] and (first is None or crossing[at] == crossing[first])
        if first is not None and not goes_on:
            yield first, at - 1
            first = None
        if first is None and at < len(fair) and fair[at]:
            first = at


Band = tuple[list[Piece], list[Piece], list[Piece]]


def _bands(pieces: list[Piece], gutter: float) -> Iterator[Band]:
    """From top to bottom: what stands left and right of the gutter, then what crosses it below."""
    left: list[Piece] = []
    right: list[Piece] = []
    across: list[Piece] = []
    for piece in sorted(pieces, key=lambda piece: piece.y):
        crosses = piece.x0 < gutter < piece.x1
        if across and not crosses and piece.y - across[-1].y > across[-1].size * 0.5:
            yield left, right, across
            left, right, across = [], [], []
        (across if crosses else left if piece.x1 <= gutter else right).append(piece)
    yield left, right, across


def _are_columns(left: list[Piece], right: list[Piece]) -> bool:
    return _is_column(left) and _is_column(right)


def _is_column(pieces: list[Piece]) -> bool:
    if len(pieces) < LEAST_PIECES:
        return False
    width = max(piece.x1 for piece in pieces) - min(piece.x0 for piece in pieces)
    fill = median(piece.x1 - piece.x0 for piece in pieces) / width
    return fill >= PROSE_FILL and median(len(piece.text) for piece in pieces) >= PROSE_CHARS


def _lines(pieces: list[Piece], page: int) -> Iterator[Line]:
    """Pieces of one baseline as one line, from top to bottom."""
    row: list[Piece] = []
    for piece in sorted(pieces, key=lambda piece: (piece.y, piece.x0)):
        if row and piece.y - row[0].y > min(piece.size, row[0].size) * 0.4:
            yield Line(page, tuple(sorted(row, key=lambda piece: piece.x0)))
            row = []
        row.append(piece)
    if row:
        yield Line(page, tuple(sorted(row, key=lambda piece: piece.x0)))
