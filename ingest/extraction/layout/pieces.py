"""Stretches of text with their place on a page, as PDFium finds them.

PDFium is used through its plain functions: its own notion of a line runs across columns and table
cells, so words are put together here, from the box of each character.
"""

import ctypes
import math
import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import pypdfium2.raw as pdfium

GAP = 0.9
"""A wider gap than this (in font sizes) parts columns and cells.

Justified lines stretch a word space to 0.6 at most; LaTeX leaves 1.0 between columns and 1.2
between cells.
"""
TINY = 2.5
"""Text of a smaller size (in points) is not there to be read."""
MOST_CHARACTERS = 200_000
"""On one page; a dense page of a newspaper holds 20,000."""
_BOLD = re.compile(r"bold|black|heavy|semibold|demi|cmbx|ecbx|sfbx|-bd\b", re.I)
_MONO = re.compile(
    r"mono|courier|consol|menlo|typewriter|inconsolata|fixed|code|cmtt|ectt|sftt", re.I
)
_FIXED_PITCH = 1
_FORCE_BOLD = 1 << 18
_LINE_END_HYPHENS = dict.fromkeys((0x02, 0xAD, 0xFFFE), "-")
_LIGATURE = re.compile("[\ufb00-\ufb06]")
_SPACES = frozenset({0x00, 0x09, 0x0A, 0x0D, 0x20, 0xA0, 0x3000, *range(0x2000, 0x200C)})


class TooMuchText(Exception):
    """A page holds more characters than any page to read does."""


@dataclass(frozen=True, slots=True)
class Piece:
    """Text on one line without a gap that a reader would see.

    `x0`, `x1` and the baseline `y` in points from the page's left and top; `size` of its font.
    """

    text: str
    x0: float
    x1: float
    y: float
    size: float
    bold: bool = False
    mono: bool = False


@dataclass(slots=True)
class _Word:
    text: str
    x0: float
    x1: float
    y: float
    size: float
    bold: bool
    mono: bool
    quarter: int


def pieces_of(page: Any) -> tuple[list[Piece], float, float]:
    """The pieces of a PDFium page in the order it draws them, and its width and height in points.

    What is tiny, outside the page, or turned another way than most of the page is left out.

    Raises:
        TooMuchText: there are more than MOST_CHARACTERS.
    """
    textpage = page.get_textpage()
    try:
        words = list(_words(textpage.raw))
    finally:
        textpage.close()
    quarter = _usual_quarter(words)
    box = page.get_cropbox()
    left, right = _along(box[0], box[1], box[2], box[3], quarter)
    bottom, top = _across(box[0], box[1], box[2], box[3], quarter)
    shown = [
        word
        for word in words
        if word.quarter == quarter
        and word.size >= TINY
        and left <= word.x0 <= right
        and bottom <= word.y <= top
    ]
    for word in shown:
        word.x0, word.x1, word.y = word.x0 - left, word.x1 - left, top - word.y
    return list(_joined(shown)), right - left, top - bottom


def _words(text: Any) -> Iterator[_Word]:
    """The words that PDFium tells apart, each with the place and font of its first character.

    Coordinates are turned so that the word runs to the right, with y growing upwards.
    """
    count = pdfium.FPDFText_CountChars(text)
    if count > MOST_CHARACTERS:
        raise TooMuchText
    box = pdfium.FS_RECTF()
    pointer = ctypes.byref(box)
    word: _Word | None = None
    for index in range(count):
        code = pdfium.FPDFText_GetUnicode(text, index)
        if code in _SPACES:
            if word is not None:
                yield word
            word = None
            continue
        character = _LINE_END_HYPHENS.get(code) or chr(code)
        pdfium.FPDFText_GetLooseCharBox(text, index, pointer)
        if word is None or not _goes_on(word, box):
            if word is not None:
                yield word
            word = _begin(text, index, box, character)
        else:
            word.text += character
            x0, x1 = _along(box.left, box.bottom, box.right, box.top, word.quarter)
            word.x0, word.x1 = min(word.x0, x0), max(word.x1, x1)
    if word is not None:
        yield word


def _goes_on(word: _Word, box: Any) -> bool:
    """Whether a character belongs to the word: no space follows a hyphen at the end of a line."""
    x0, _ = _along(box.left, box.bottom, box.right, box.top, word.quarter)
    low, high = _across(box.left, box.bottom, box.right, box.top, word.quarter)
    near = word.x1 - word.size < x0 < word.x1 + word.size * GAP
    return bool(near and low - word.size * 0.5 < word.y < high)


def _begin(text: Any, index: int, box: Any, character: str) -> _Word:
    x, y, flags = ctypes.c_double(), ctypes.c_double(), ctypes.c_int()
    pdfium.FPDFText_GetCharOrigin(text, index, ctypes.byref(x), ctypes.byref(y))
    name = ctypes.create_string_buffer(128)
    pdfium.FPDFText_GetFontInfo(text, index, name, 128, ctypes.byref(flags))
    font = name.value.decode("utf-8", "replace")
    matrix = pdfium.FS_MATRIX()
    pdfium.FPDFText_GetMatrix(text, index, ctypes.byref(matrix))
    # The size is often 1 in the text's own units, and the matrix says how long these are.
    size = pdfium.FPDFText_GetFontSize(text, index) * math.hypot(matrix.c, matrix.d)
    quarter = round(math.atan2(matrix.b, matrix.a) / (math.pi / 2)) % 4
    x0, x1 = _along(box.left, box.bottom, box.right, box.top, quarter)
    return _Word(
        text=character,
        x0=x0,
        x1=x1,
        y=_across(x.value, y.value, x.value, y.value, quarter)[0],
        size=round(size, 1),
        bold=bool(_BOLD.search(font) or flags.value & _FORCE_BOLD),
        mono=bool(_MONO.search(font) or flags.value & _FIXED_PITCH),
        quarter=quarter,
    )


def _along(
    left: float, bottom: float, right: float, top: float, quarter: int
) -> tuple[float, float]:
    """Where a box begins and ends for text that is turned so many quarters to the left."""
    return ((left, right), (bottom, top), (-right, -left), (-top, -bottom))[quarter]


def _across(
    left: float, bottom: float, right: float, top: float, quarter: int
) -> tuple[float, float]:
    """The lower and the upper edge of a box for text turned so."""
    return ((bottom, top), (-right, -left), (-top, -bottom), (left, right))[quarter]


def _usual_quarter(words: list[_Word]) -> int:
    letters = [0, 0, 0, 0]
    for word in words:
        letters[word.quarter] += len(word.text)
    return letters.index(max(letters))


def _joined(words: list[_Word]) -> Iterator[Piece]:
    """Neighbouring words on one baseline as one piece; it is bold or mono if all its words are."""
    group: list[_Word] = []
    for word in words:
        if group and not _follows(group[-1], word):
            yield _piece(group)
            group = []
        group.append(word)
    if group:
        yield _piece(group)


def _follows(before: _Word, word: _Word) -> bool:
    size = max(before.size, word.size)
    # A raised or lowered sign (a footnote's number, an index) is on the line all the same.
    on_the_line = abs(word.y - before.y) <= size * (0.5 if word.size != before.size else 0.2)
    return on_the_line and -size * 0.5 < word.x0 - before.x1 < size * GAP


def _piece(words: list[_Word]) -> Piece:
    weights: dict[float, int] = {}
    for word in words:
        weights[word.size] = weights.get(word.size, 0) + len(word.text)
    size = max(weights, key=lambda size: (weights[size], size))
    text = words[0].text
    for before, word in pairwise(words):
        touching = word.x0 - before.x1 < size * 0.1 and before.text.isalnum() and word.size < size
        text += word.text if touching else f" {word.text}"
    return Piece(
        text=plain(text),
        x0=min(word.x0 for word in words),
        x1=max(word.x1 for word in words),
        y=next(word.y for word in words if word.size == size),
        size=size,
        bold=all(word.bold for word in words),
        mono=all(word.mono for word in words),
    )


def plain(text: str) -> str:
    """With ligatures as letters and accents composed, and without lone surrogates."""
    if text.isascii():
        return text
    text = _LIGATURE.sub(lambda found: unicodedata.normalize("NFKC", found[0]), text)
    return unicodedata.normalize(
        "NFC", text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    )
