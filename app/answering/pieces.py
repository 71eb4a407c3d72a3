"""Counting the tokens of SentencePiece vocabularies, as Gemma, older Llama and Mistral have them.

Of two neighbours, those whose union has the best score become one piece, until none can; a sign
that the vocabulary lacks is read byte by byte.
"""

import heapq
import re
from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache

# Stands for a space.
_SPACE = "▁"
# No piece reaches over a space into the next word, so words are counted one by one, and kept.
_WORD = re.compile(rf"{_SPACE}*[^{_SPACE}]+|{_SPACE}+")
_KEPT = 20_000


def piece_counter(
    tokens: Sequence[str],
    scores: Sequence[float],
    marks: Sequence[str],
    *,
    first: int,
    prefix: bool,
) -> Callable[[str], int]:
    """What counts a text's tokens.

    `marks` are tokens that are read whole wherever they stand, `first` how many the server puts
    before the text; with `prefix`, a text is read as if a space stood before it.
    """
    best = dict(zip(tokens, scores, strict=False))
    whole = "|".join(map(re.escape, sorted(filter(None, marks), key=len, reverse=True)))
    marked = re.compile(f"({whole})") if whole else None

    @lru_cache(maxsize=_KEPT)
    def word(text: str) -> int:
        return sum(_bytes(piece, best) for piece in _merged(text, best))

    def count(text: str) -> int:
        parts = marked.split(text) if marked else [text]
        total = first
        for number, part in enumerate(parts):
            if number % 2:
                total += 1
            elif part:
                spaced = (" " if prefix else "") + part
                total += sum(map(word, _WORD.findall(spaced.replace(" ", _SPACE))))
        return total

    return count


def _bytes(piece: str, known: Mapping[str, float]) -> int:
    return 1 if piece in known else len(piece.encode())


def _merged(text: str, score: Mapping[str, float]) -> list[str]:
    """The pieces of a word."""
    pieces: list[str] = list(text)
    after = [*range(1, len(pieces)), -1]
    before = [*range(-1, len(pieces) - 1)]
    waiting: list[tuple[float, int, str]] = []

    def propose(left: int) -> None:
        if left >= 0 and after[left] >= 0:
            union = pieces[left] + pieces[after[left]]
            if union in score:
                heapq.heappush(waiting, (-score[union], left, union))

    for number in range(len(pieces)):
        propose(number)
    while waiting:
        _, left, union = heapq.heappop(waiting)
        right = after[left]
        if right < 0 or pieces[left] + pieces[right] != union:
            continue  # one of the two has become part of another
        pieces[left], pieces[right] = union, ""
        after[left] = after[right]
        if after[left] >= 0:
            before[after[left]] = left
        propose(before[left])
        propose(left)
    return [piece for piece in pieces if piece]
