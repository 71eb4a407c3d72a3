"""The passages as sentences that can be compared with what is said."""

import math
from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from functools import lru_cache

from app.answering.check.amounts import Amount, amounts
from app.answering.check.calendar import calendar_words
from app.answering.check.clock import without_times
from app.answering.check.numerals import spelled
from app.answering.check.polarity import Stem, denied, words
from app.answering.check.units import units
from app.answering.sentences import pieces
from app.grounding.language import SMALL_WORDS
from ingest.documents import Passage

# Endings differ ("opens", "opening"), so words are compared by their beginnings.
LETTERS = 5
# A sentence of the evidence is meant when it has this share of the words of the one that has most.
# So a number swapped with another of the same passage was caught in 94 to 100 % of cases, and 2 to
# 4 % of the questions turned into statements were withheld (XQuAD en, de, es; PIAF; 2026-11-23).
NEAR = 0.7


# Words beside a number that say nothing of a subject.
_BESIDE = """
    until till about also only just between per each every jusqu jusque aussi seulement environ
    auch nur noch etwa pro uhr hasta también sólo cada anche solo fino ook tot também até
"""
_LIMITS = frozenset(_BESIDE.split())


@dataclass(frozen=True, slots=True, kw_only=True)
class Read:
    """A sentence as the check sees it: its stems, what it counts, and what it denies.

    `text` are its own words, `plain` all of them in lower case; `calendar` are the stems of its
    months and weekdays and `units` those of its units, which are compared as what it counts.
    """

    text: str
    lang: str
    stems: frozenset[str]
    calendar: frozenset[str]
    units: frozenset[str]
    plain: frozenset[str]
    amounts: tuple[Amount, ...]
    denied: tuple[frozenset[str], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """A sentence of the evidence: its passage, from 1, and the stems of the headings over it."""

    read: Read
    passage: int
    place: frozenset[str]


@lru_cache(maxsize=2048)
def read(text: str, lang: str) -> Read:
    """A sentence in `lang`, read."""
    stem = stems_of(lang)
    digits = spelled(text, lang)
    plain = words(digits)
    subject = words(without_times(digits))
    return Read(
        text=text,
        lang=lang,
        stems=frozenset(kept for word in subject if (kept := stem(word))),
        calendar=frozenset(kept for word in calendar_words(text, lang) if (kept := stem(word))),
        units=frozenset(kept for word in words(units(digits)) if (kept := stem(word))),
        plain=frozenset(plain),
        amounts=amounts(text, lang),
        denied=tuple(denied(text, lang, stem)),
    )


@lru_cache(maxsize=16)
def stems_of(lang: str) -> Stem:
    """What gives the stems of a language."""
    return Stem(SMALL_WORDS.get(lang, frozenset()) | _LIMITS, LETTERS)


def sentences(passages: Sequence[Passage], lang: str) -> list[Said]:
    """Every sentence of the passages."""
    found: list[Said] = []
    for number, passage in enumerate(passages, 1):
        own = passage.lang or lang
        place = read(passage.place, own).stems
        for piece in pieces(passage.text, own):
            if any(char.isalnum() for char in piece):
                found.append(Said(read=read(piece.strip(), own), passage=number, place=place))
    return found


class Weights:
    """How much each word tells the sentences of the evidence apart."""

    def __init__(self, evidence: Sequence[Said]) -> None:
        self._size = len(evidence)
        self._containing = Counter(stem for said in evidence for stem in said.read.stems)

    def of(self, stems: Collection[str]) -> float:
        """The weight of these words together."""
        return sum(
            math.log(1 + (self._size + 1) / (self._containing[stem] + 0.5)) for stem in stems
        )

    def share(self, found: Collection[str], whole: Collection[str]) -> float:
        """The share of `whole` that `found` has, 1 of nothing."""
        weight = self.of(whole)
        return self.of(found) / weight if weight else 1.0


def nearest(stems: frozenset[str], evidence: Sequence[Said]) -> list[Said]:
    """The sentences that have most of these words, the first one most."""
    weights = Weights(evidence)
    shares = [
        (weights.share(stems & (each.read.stems | each.place), stems), -n)
        for n, each in enumerate(evidence)
    ]
    best = max(shares, default=(0.0, 0))[0]
    return [evidence[-n] for share, n in sorted(shares, reverse=True) if share >= NEAR * best]
