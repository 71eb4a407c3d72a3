"""Names of a knowledge base, and how what was heard is corrected by them.

A recogniser writes a name that it does not know as the words it knows that sound like it: "will
helmina", "anna brand". Such words are replaced where sound and spelling agree; a common word is
replaced only as a part of a longer name, since it may well be what was said.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from rapidfuzz.distance import JaroWinkler
from rapidfuzz.fuzz import ratio

from app.hearing.sound import letters, sound, words

# Shares of sound and of spelling in how alike two words are, and how alike a name must be. Of 96
# questions with 20 names in two voices, Moonshine wrote 48 names wrong; 18 were left. At 0.86 more
# names are left, below 0.8 more common words are taken for names.
SOUND, ALIKE = 0.5, 0.8
# Whatever the sound, so much of the spelling must agree.
LEAST_SPELT = 0.5
# Shorter names sound like too much.
SHORTEST = 4
_MOST_WORDS = 3
_SMALL = frozenset({"the", "and", "for", "you", "did", "was", "are", "who", "how", "can", "from"})


@dataclass(frozen=True, slots=True)
class Name:
    """A name as it is written; `like` are common words, in small letters, that it sounds like."""

    text: str
    like: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class _Known:
    name: Name
    letters: str
    sound: str


class Vocabulary:
    """The names of one knowledge base."""

    def __init__(self, names: Iterable[Name] = ()) -> None:
        self._known = [
            _Known(name, plain, sound(plain))
            for name in names
            if len(plain := letters(name.text)) >= SHORTEST
        ]
        self._written = {known.letters: known for known in self._known}

    def correct(self, text: str) -> str:
        """The text with names written as the pages write them."""
        if not self._known:
            return text
        corrected, at = [], 0
        for begin, end, name in self._found(text):
            corrected += [text[at:begin], name]
            at = end
        return "".join([*corrected, text[at:]])

    def _found(self, text: str) -> list[tuple[int, int, str]]:
        """Where names stand, in order; where several could, the one that is most alike."""
        heard = words(text)
        likely = sorted(self._likely(text, heard), key=lambda each: -each[0])
        found: list[tuple[int, int, str]] = []
        for _, begin, end, name in likely:
            if all(end <= start or begin >= stop for start, stop, _ in found):
                found.append((begin, end, name))
        return sorted(found)

    def _likely(
        self, text: str, heard: Sequence[re.Match[str]]
    ) -> Iterator[tuple[float, int, int, str]]:
        for at in range(len(heard)):
            for window in (heard[at : at + size] for size in range(1, _MOST_WORDS + 1)):
                begin, end = window[0].start(), window[-1].end()
                alike, known = self._nearest(text[begin:end], window)
                if known is not None:
                    yield alike, begin, end, known.name.text

    def _nearest(self, heard: str, window: Sequence[re.Match[str]]) -> tuple[float, _Known | None]:
        plain = letters(heard)
        if plain in self._written:
            return 1.0 + len(window), self._written[plain]
        if len(plain) < SHORTEST or (len(window) > 1 and _is_loose(window)):
            return 0.0, None
        code = sound(plain)
        scored = (
            (how_alike(plain, code, known.letters, known.sound), known)
            for known in self._known
            if abs(len(known.letters) - len(plain)) <= 3 and plain not in known.name.like
        )
        alike, nearest = max(scored, key=lambda each: each[0], default=(0.0, None))
        return (alike, nearest) if alike >= ALIKE else (0.0, None)


def _is_loose(window: Sequence[re.Match[str]]) -> bool:
    """Whether a small word is in it: "will he mind" is a sentence, and no ship's name."""
    return any(len(word[0]) <= 2 or word[0].lower() in _SMALL for word in window)


def how_alike(heard: str, heard_sound: str, name: str, name_sound: str) -> float:
    """How alike two words are, 0 to 1, by their `letters` and their `sound`."""
    spelt = ratio(heard, name) / 100
    if spelt < LEAST_SPELT:
        return 0.0
    return SOUND * JaroWinkler.similarity(heard_sound, name_sound) + (1 - SOUND) * spelt
