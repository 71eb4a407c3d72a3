"""One section cut into the texts of its passages: by blocks, then by sentences, then by words.

A line that announces what follows ("We need:", a question) is never the end of a text. A question
and its answer stay together where they fit; else the question stands above every part of it. Only
the parts of one paragraph overlap.
"""

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from ingest.chunking.blocks import Block, blocks, divide
from ingest.chunking.prose import cut, halve, last_sentences

PLACES = " › "
"""What stands between the title and the headings of a place."""
_WORD = re.compile(r"\w")
_ASKS = re.compile(r"[?？؟]\W*$")
_ANNOUNCES = re.compile(r"[:：]\W*$")
_JOINT = "\n\n"
# An answer stays whole up to so many times the target: 240 tokens hold 67 % of the answers of a
# public FAQ (CNIL, 499 of them), 120 tokens 27 %; and another passage still fits beside it in the
# 360 tokens that a model on a processor is given to read.
_ANSWER = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Sizes:
    """In the embedder's tokens: what a text should count and must not exceed.

    Of the part before it, in the same paragraph, it may repeat up to `overlap` tokens on top.
    """

    target: int
    limit: int
    overlap: int


@dataclass(frozen=True, slots=True)
class _Piece:
    """Text that is not cut any more; `goes_on` if the piece before is of the same paragraph."""

    text: str
    goes_on: bool = False


class SectionCutter:
    """Cuts the sections that stand at one place; with the place none exceeds the limit."""

    def __init__(self, sizes: Sizes, count: Callable[[str], int], place: str, lang: str) -> None:
        self._sizes = sizes
        self._count = count
        self._place = place
        self._lang = lang

    def texts(self, markdown: str) -> list[str]:
        """The section's texts in order; none is without a word."""
        asked = _asks(self._place.rpartition(PLACES)[2])
        if asked and self._is_answer(whole := markdown.strip()) and _WORD.search(whole):
            return [whole]
        joined = [piece for piece in self._join(self._pieces(markdown)) if _WORD.search(piece.text)]
        return [
            self._with_overlap(joined[number - 1], piece) if number else piece.text
            for number, piece in enumerate(joined)
        ]

    def _fits(self, text: str) -> bool:
        return self._count(f"{self._place}\n{text}") <= self._sizes.limit

    def _near_target(self, text: str) -> bool:
        return self._count(text) <= self._sizes.target and self._fits(text)

    def _is_answer(self, text: str) -> bool:
        """Whether an answer, its question above it, is short enough to be left whole."""
        return self._count(text) <= _ANSWER * self._sizes.target and self._fits(text)

    def _pieces(self, markdown: str) -> Iterator[_Piece]:
        lead = ""
        for block in blocks(markdown):
            following = _joined(lead, block.text)
            if self._leads(block) and self._count(following) <= self._sizes.target // 2:
                lead = following
                continue
            yield from self._cut(lead, block)
            lead = ""
        if lead:
            yield _Piece(lead)

    def _leads(self, block: Block) -> bool:
        """Whether a block only announces the next one."""
        return block.kind == "text" and bool(_ANNOUNCES.search(block.text) or _asks(block.text))

    def _cut(self, lead: str, block: Block) -> Iterator[_Piece]:
        whole = self._near_target if block.kind == "text" else self._fits
        if block.kind == "text" and _asks(lead):
            whole = self._is_answer
        if whole(_joined(lead, block.text)):
            yield _Piece(_joined(lead, block.text))
        elif lead and block.kind != "text" and whole(block.text):
            yield from (_Piece(lead), _Piece(block.text))
        elif _asks(lead):
            for part in self._parts(block, lambda text: _joined(lead, text)):
                yield _Piece(_joined(lead, part.text))
        else:
            parts = self._parts(block, lambda text: _joined(lead, text))
            for number, part in enumerate(parts):
                yield _Piece(_joined(lead, part.text)) if number == 0 else part

    def _parts(self, block: Block, dressed: Callable[[str], str]) -> Iterator[_Piece]:
        """A block in parts that fit when they are dressed with what is put before them."""

        def fits(text: str) -> bool:
            return self._fits(dressed(text))

        def near_target(text: str) -> bool:
            return self._near_target(dressed(text))

        whole = near_target if block.kind == "text" else fits
        for part in divide(block, near_target):
            if whole(part):
                yield _Piece(part)
                continue
            cuts = self._cut_words(part, dressed, fits)
            for number, text in enumerate(cuts):
                yield _Piece(text, goes_on=number > 0 and block.kind == "text")

    def _cut_words(
        self, text: str, dressed: Callable[[str], str], fits: Callable[[str], bool]
    ) -> Iterator[str]:
        room = self._sizes.limit - self._count(f"{self._place}\n{dressed('')}")
        size = max(1, min(self._sizes.target, room))
        for part in cut(text, self._lang, size, self._count):
            yield from halve(part, fits)

    def _join(self, pieces: Iterable[_Piece]) -> list[_Piece]:
        """Small neighbours joined up to the target; a last scrap may go a little over it."""
        joined: list[_Piece] = []
        listed = list(pieces)
        for number, piece in enumerate(listed, 1):
            if joined and self._belong(joined[-1], piece, last=number == len(listed)):
                before = joined[-1]
                text = _after(before.text, piece)
                joined[-1] = _Piece(text, before.goes_on)
            else:
                joined.append(piece)
        return joined

    def _belong(self, before: _Piece, piece: _Piece, *, last: bool) -> bool:
        both = _after(before.text, piece)
        if not self._fits(both):
            return False
        size, target = self._count(both), self._sizes.target
        scrap = last and self._count(piece.text) < target // 4
        return size <= target or (scrap and size <= target * 5 // 4)

    def _with_overlap(self, before: _Piece, piece: _Piece) -> str:
        if not (piece.goes_on and self._sizes.overlap):
            return piece.text
        paragraph = before.text.rpartition(_JOINT)[2]
        repeated = last_sentences(paragraph, self._lang, self._sizes.overlap, self._count)
        both = f"{repeated} {piece.text}"
        return both if repeated and self._fits(both) else piece.text


def _asks(text: str) -> bool:
    """Whether a text is a question in a line of its own."""
    return "\n" not in text and bool(_ASKS.search(text))


def _joined(before: str, text: str) -> str:
    return f"{before}{_JOINT}{text}" if before else text


def _after(before: str, piece: _Piece) -> str:
    return f"{before}{' ' if piece.goes_on else _JOINT}{piece.text}"
