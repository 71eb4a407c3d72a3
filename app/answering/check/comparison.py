"""Comparisons: "A is larger than B" is not said by "B is larger than A", of the same words."""

import re
from collections.abc import Sequence

from app.answering.check.evidence import Read, Said, stems_of
from app.answering.check.polarity import Stem, words

Sides = tuple[frozenset[str], frozenset[str]]
"""The stems before "than", and after it."""

_THAN = {
    "en": r"\bthan\b",
    "fr": r"\b(?:plus|moins|aussi|autant)\b.*?\bqu(?:e\b|['’])",
    "de": r"\bals\b",
    "es": r"\b(?:más|menos|mayor|menor|mejor|peor|tan)\b.*?\b(?:que|como)\b",
    "it": r"\b(?:più|meno|maggiore|minore|migliore|peggiore)\b.*?\b(?:di|che|del|della|dell)\b",
    "nl": r"\bdan\b",
    "pt": r"\b(?:mais|menos|maior|menor|melhor|pior|tão)\b.*?\b(?:que|como)\b",
    "pl": r"\bniż\b",
    "ro": r"\bdecât\b",
}


def turns_round(said: Read, near: Sequence[Said]) -> bool:
    """Whether a sentence compares what its evidence compares, with the two sides swapped.

    Only where it has no words of its own: "B is smaller than A" says it in other ones.
    """
    own = _sides(said)
    if own is None:
        return False
    compared = [each.read for each in near if said.stems <= each.read.stems]
    found = [(own, sides) for each in compared if (sides := _sides(each)) is not None]
    return bool(found) and all(_swapped(one, other) for one, other in found)


def _sides(sentence: Read) -> Sides | None:
    """The stems before and after the first "than"; None where nothing is compared."""
    pattern = _THAN.get(sentence.lang)
    than = re.search(pattern, sentence.text, re.IGNORECASE) if pattern else None
    if than is None:
        return None
    stem = stems_of(sentence.lang)
    before, after = sentence.text[: than.start()], sentence.text[than.end() :]
    return _stems(before, stem), _stems(after, stem)


def _stems(text: str, stem: Stem) -> frozenset[str]:
    return frozenset(kept for word in words(text) if (kept := stem(word)))


def _swapped(one: Sides, other: Sides) -> bool:
    """Whether something of each side stands on the other side alone."""
    return bool(one[0] & (other[1] - other[0])) and bool(one[1] & (other[0] - other[1]))
