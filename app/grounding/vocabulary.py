"""The names that a knowledge base is about, mined from its articles for those who must hear them.

A name is a word with a capital letter where no sentence begins, or with capitals or digits within,
that is rare in its language at large; names of several words are kept whole as well.
"""

import asyncio
import re
import time
from collections import Counter
from collections.abc import Iterable
from functools import lru_cache

from rapidfuzz.fuzz import ratio
from rapidfuzz.process import extract
from sqlalchemy.ext.asyncio import AsyncEngine
from wordfreq import available_languages, top_n_list, zipf_frequency

from app.hearing.sound import letters, sound
from app.hearing.vocabulary import ALIKE, LEAST_SPELT, SHORTEST, Name, how_alike
from ingest.catalog.articles import Articles

# Words used once in 300,000 or less often, and once in 3,000 or more often (Zipf's scale: log10 of
# uses in 10⁹).
RARE, EVERYWHERE = 3.5, 5.5
COMMON_WORDS = 10_000
MOST_NAMES = 500
MOST_LIKE = 50
# Pages change with runs, which take longer than this; mining the sample pages takes 40 ms.
FRESH_S = 600.0

_NAME = re.compile(
    r"(?<![^\s(“\"«„'’])(?:[A-ZÀ-ÖØ-ÞĀ-Ž][\w'’-]*|[\w-]*\d[\w-]*[A-Za-z][\w-]*)"
    r"(?:[ ](?:[A-ZÀ-ÖØ-ÞĀ-Ž][\w'’-]*)){0,2}"
)
_SENTENCE = re.compile(r"(?<=[.!?:])\s+|\n+")


class Vocabularies:
    """The names of each knowledge base, mined when they are first asked for."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._articles = Articles(engine)
        self._kept: dict[str, tuple[float, tuple[Name, ...]]] = {}
        self._one = asyncio.Lock()

    async def of(self, kb: str) -> tuple[Name, ...]:
        """The names, the most frequent first. Raises CatalogUnavailable."""
        async with self._one:
            at, names = self._kept.get(kb, (0.0, ()))
            if not at or time.monotonic() - at > FRESH_S:
                articles = [
                    (article.title + "\n" + article.text, article.lang)
                    async for _, article in self._articles.current(kb)
                ]
                names = await asyncio.to_thread(mine, articles)
                self._kept[kb] = time.monotonic(), names
        return names


def mine(texts: Iterable[tuple[str, str]]) -> tuple[Name, ...]:
    """The names in texts and their languages (ISO 639-1), the most frequent first; blocks."""
    counted: Counter[str] = Counter()
    spoken: dict[str, str] = {}
    for text, lang in texts:
        for name in _names(text, lang):
            counted[name] += 1
            spoken[name] = lang
    return tuple(
        Name(name, _sounding_like(name, spoken[name]))
        for name, _ in counted.most_common(MOST_NAMES)
    )


def _names(text: str, lang: str) -> Iterable[str]:
    for sentence in _SENTENCE.split(text):
        for match in _NAME.finditer(sentence):
            # The first word of a sentence has a capital for that alone.
            first = match.start() == 0
            parts = _own_words([part.rstrip("'’-") for part in match[0].split()], lang)
            if first and len(parts) == 1 and parts[0] == match[0].split()[0]:
                continue
            rare = [part for part in parts if _rare(part, lang)]
            if rare and len(parts) > 1:
                yield " ".join(parts)
            yield from rare


def _own_words(parts: list[str], lang: str) -> list[str]:
    """The words of a name without the articles and the like at its ends."""
    while parts and _use(parts[0], lang) >= EVERYWHERE:
        parts = parts[1:]
    while parts and _use(parts[-1], lang) >= EVERYWHERE:
        parts = parts[:-1]
    return parts


@lru_cache(maxsize=50_000)
def _rare(word: str, lang: str) -> bool:
    plain = word.removesuffix("'s").removesuffix("’s").strip("'’-")
    if len(letters(plain)) < SHORTEST:
        return False
    # "Mondays" is rarer than "Monday", and no name.
    return max(_use(plain, lang), _use(plain.removesuffix("s"), lang)) < RARE


def _use(word: str, lang: str) -> float:
    return float(zipf_frequency(word, lang if lang in _known() else "en"))


def _sounding_like(name: str, lang: str) -> frozenset[str]:
    """Common words that would be taken for this name, and are not to be."""
    if " " in name:
        return frozenset()
    plain = letters(name)
    near = extract(
        plain, _common(lang), scorer=ratio, score_cutoff=100 * LEAST_SPELT, limit=MOST_LIKE
    )
    return frozenset(
        word
        for word, _, _ in near
        if word != plain and how_alike(word, sound(word), plain, sound(plain)) >= ALIKE
    )


@lru_cache(maxsize=16)
def _common(lang: str) -> tuple[str, ...]:
    """The common words of a language, by their letters."""
    listed = top_n_list(lang if lang in _known() else "en", COMMON_WORDS)
    return tuple(plain for word in listed if len(plain := letters(word)) >= SHORTEST)


@lru_cache(maxsize=1)
def _known() -> frozenset[str]:
    return frozenset(available_languages())
