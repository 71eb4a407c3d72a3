"""Words as they are said: how many were heard wrong, and whether an answer has its fact.

Numbers count alike in words and in digits, since recognisers write them as they like.
"""

import re
from collections.abc import Iterable, Sequence

from rapidfuzz.distance import Levenshtein
from text_to_num import alpha2digit


def plain(text: str, lang: str = "en") -> str:
    """In lower case, numbers in digits ("nineteen twenty-six" is 1926), no marks but in numbers."""
    spaced = re.sub(r"[-–—]", " ", text.lower().replace("’", "'"))
    figures = alpha2digit(spaced, lang)
    figures = re.sub(r"(?<=\d),(?=\d{3}\b)", "", figures)
    figures = re.sub(r"\b(1\d|20) (\d\d)\b(?![.:])", r"\1\2", figures)
    return " ".join(re.findall(r"\d+(?:[.:]\d+)?|[^\W\d_]+(?:'[^\W\d_]+)*", figures))


def word_errors(said: str, heard: str, lang: str = "en") -> tuple[int, int]:
    """Words to change, add or leave out so that `heard` becomes `said`; and the words of `said`."""
    wanted = plain(said, lang).split()
    return Levenshtein.distance(wanted, plain(heard, lang).split()), len(wanted)


def word_error(pairs: Iterable[tuple[int, int]]) -> float:
    """The share of words heard wrong in all: long questions count for more than short ones."""
    counted = list(pairs)
    words = sum(words for _, words in counted)
    return sum(wrong for wrong, _ in counted) / words if words else 0.0


def has_fact(text: str, facts: Sequence[str], lang: str = "en") -> bool:
    """Whether one of these ways to say the fact begins at a word of the text; "4" is not in 45."""
    within = plain(text, lang)
    return any(_begins(plain(fact, lang), within) for fact in facts)


def _begins(fact: str, within: str) -> bool:
    return re.search(rf"(?<!\w){re.escape(fact)}(?!\d)(?![.:]\d)", within) is not None
