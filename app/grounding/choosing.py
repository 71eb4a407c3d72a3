"""Which of the passages that were found come first: several pages rather than one page's all.

What the sources are worth, how new a page is, and words that must stand there exactly are taken
into account on the way.
"""

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from uuid import UUID

from app.grounding.gate import Question, is_foreign, shared_words
from app.grounding.headings import beginnings_first
from app.settings import GroundingSettings
from ingest.documents import Hit, Passage

# Passages of one page that come before those of others; what is left of it comes after them.
OF_ONE_PAGE = 2
# How much better a page's third passage must be to come before another page's first: about the
# distance between a right passage and the next wrong one (a tenth of the range of e5's cosines).
_CLEARLY = 0.02
# So much more is looked through than is asked for, to have something to choose from.
WIDER = 3
# Names and words of two languages that come from one begin alike, which BM25 does not see. nDCG@10
# to the English pages of XQuAD, 300 questions each, chosen on Spanish, by weight 0, .02, .05, .08,
# .12, .2: es .947 .953 .960 .963 .960 .949; de .934 .938 .941 .943 .944 .937; ro .919 .926 .937
# .939 .937 .932 (2026-11-23).
_SHARED_WEIGHT = 0.08
_FEW = 2
# A word that was asked for as it is written, and stands so in a passage: a quarter of the range of
# e5's cosines, so that a code outweighs what merely sounds alike. Words in quotes may as well be
# ironical, and count for less. nDCG@10 of the questions that have such words, at 0, .01, .02, .05:
# codes (genes, SciFact) .869 .883 .888 .886; quotes (CNIL) .899 .886 .882 .807.
_EXACT = 0.05
_QUOTE = 0.01
_QUOTED = re.compile(r"[\"“„«»]\s*([^\"“”„«»]{3,80}?)\s*[\"”“»«]")
# Article numbers, models, paragraphs of a law: a letter first and a digit somewhere ("10 am", "2nd"
# and "19h30" begin with digits), or many digits.
_CODE = re.compile(r"\b(?=[\w./-]*\d)[^\W\d_][\w./-]{1,38}\w\b|\b\d{5,}\b")
_SPLIT = re.compile(r"[\s./_-]+")


def chosen(
    hits: Sequence[Hit],
    question: str,
    limit: int,
    settings: GroundingSettings,
    now: datetime | None = None,
) -> list[Hit]:
    """The `limit` best of the hits, the best first.

    A hit's score is changed only by what the settings or the question's own codes ask for.
    """
    weighed = _boosted(_exact(hits, question), settings, now or datetime.now(UTC))
    ordered = beginnings_first(sorted(weighed, key=lambda hit: -hit.score), question)
    return _spread(ordered)[:limit]


def with_shared_words(hits: Sequence[Hit], question: Question) -> list[Hit]:
    """The hits in other languages than the question's among themselves by the words they share.

    They keep their places as a whole: how they compare with the others is not for words to say.
    """
    places = [place for place, hit in enumerate(hits) if is_foreign(hit, question)]
    if len(places) < _FEW:
        return list(hits)
    others = [hits[place] for place in places]
    shared = [_SHARED_WEIGHT * shared_words(question, hit) for hit in others]
    order = sorted(range(len(others)), key=lambda n: -(others[n].score + shared[n]))
    scores = sorted((hit.score for hit in others), reverse=True)
    ordered = list(hits)
    for place, n, score in zip(places, order, scores, strict=True):
        ordered[place] = replace(others[n], score=score)
    return ordered


def beside(passage: Passage) -> tuple[UUID, UUID]:
    """The ids of the passages before and after one on its page, be they there or not."""
    before, after = (replace(passage, ordinal=passage.ordinal + step) for step in (-1, 1))
    return before.id, after.id


def codes(question: str) -> dict[str, float]:
    """What a question asks for as it is written, and what that is worth in a passage.

    Phrases in quotes, article numbers, models.
    """
    quoted = {_plain(match[1]): _QUOTE for match in _QUOTED.finditer(question)}
    return quoted | {_plain(code): _EXACT for code in _CODE.findall(question)}


def _exact(hits: Sequence[Hit], question: str) -> list[Hit]:
    wanted = codes(question)
    if not wanted:
        return list(hits)
    return [
        replace(hit, score=hit.score + worth) if (worth := _worth(wanted, hit)) else hit
        for hit in hits
    ]


def _worth(wanted: Mapping[str, float], hit: Hit) -> float:
    text = f" {_plain(hit.passage.embedded_text)} "
    return sum(worth for each, worth in wanted.items() if f" {each} " in text) / len(wanted)


def _plain(text: str) -> str:
    """Words in small letters, whatever stands between them: "XB-200" and "XB 200" are the same."""
    words = (word.strip("()[]{},;:!?'’\"«»“”„|*") for word in _SPLIT.split(text.casefold()))
    return " ".join(word for word in words if word)


def _boosted(hits: Sequence[Hit], settings: GroundingSettings, now: datetime) -> list[Hit]:
    authority: Mapping[str, float] = settings.authority
    if not authority and not settings.freshness:
        return list(hits)
    return [
        replace(
            hit,
            score=hit.score
            + authority.get(hit.passage.source, 0.0)
            + settings.freshness * _newness(hit.passage, now, settings.freshness_days),
        )
        for hit in hits
    ]


def _newness(passage: Passage, now: datetime, half_life_days: float) -> float:
    """1 for a page dated today, a half after so many days; 0 for one without a date."""
    if passage.page_date is None:
        return 0.0
    age = max(0, (now.date() - passage.page_date).days)
    return float(0.5 ** (age / half_life_days))


def _spread(ordered: Sequence[Hit]) -> list[Hit]:
    """The hits with those after a page's second put off until other pages had their turn."""
    texts: set[str] = set()
    seen: Counter[str] = Counter()
    first: list[Hit] = []
    later: list[Hit] = []
    again: list[Hit] = []
    for hit in ordered:
        if hit.passage.text in texts:  # the same words under two addresses
            again.append(hit)
            continue
        texts.add(hit.passage.text)
        seen[hit.passage.url] += 1
        (first if seen[hit.passage.url] <= OF_ONE_PAGE else later).append(hit)
    return _merged(first, later) + again


def _merged(first: Sequence[Hit], later: Sequence[Hit]) -> list[Hit]:
    """What was put off comes before what it beats clearly, and after all the rest."""
    waiting = list(later)
    merged: list[Hit] = []
    for hit in first:
        while waiting and waiting[0].score >= hit.score + _CLEARLY:
            merged.append(waiting.pop(0))
        merged.append(hit)
    return merged + waiting
