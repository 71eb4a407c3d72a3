"""Sections whose heading is what was asked: pages of frequent questions are made of them."""

from collections.abc import Sequence
from dataclasses import replace
from itertools import groupby

from app.grounding.folding import fold
from app.grounding.language import SMALL_WORDS
from ingest.documents import Hit, Passage

# A heading is asked for when it has most of the question's words, and not many others; words are
# compared by their first letters.
_OF_QUESTION, _OF_HEADING, _LETTERS = 2 / 3, 1 / 3, 5


def is_asked(question: str, passage: Passage) -> bool:
    """Whether the heading right above a passage is what is asked."""
    heading = passage.headings[-1] if passage.headings else passage.title
    asked, above = _words(question, passage.lang), _words(heading, passage.lang)
    both = len(asked & above)
    return both > 0 and both >= _OF_QUESTION * len(asked) and both >= _OF_HEADING * len(above)


def beginnings_first(hits: Sequence[Hit], question: str) -> list[Hit]:
    """The hits, those of a section that is asked for in the order in which it says them.

    What a heading asks is answered below it first; what follows may be nearer in its words. The
    scores stay where they are: only passages of one section change places.
    """
    places = [number for number, hit in enumerate(hits) if is_asked(question, hit.passage)]
    ordered = list(hits)

    def section(number: int) -> tuple[str, tuple[str, ...]]:
        return hits[number].passage.url, hits[number].passage.headings

    for _, group in groupby(sorted(places, key=section), key=section):
        taken = sorted(group)
        said = sorted((hits[number] for number in taken), key=lambda hit: hit.passage.ordinal)
        for number, hit in zip(taken, said, strict=True):
            ordered[number] = replace(hit, score=hits[number].score)
    return ordered


def _words(text: str, lang: str) -> set[str]:
    small = SMALL_WORDS.get(lang, frozenset())
    return {word[:_LETTERS] for word in fold(text) if word not in small and not word.isdigit()}
