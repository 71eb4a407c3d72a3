"""The names in a sentence, and whether a text has them in some spelling."""

import re
from difflib import SequenceMatcher

_WORD = re.compile(r"[^\W\d_]+(?:['’-][^\W\d_]+)*")
_OPENS = re.compile(r"(?:^|[.!?:;…«»„“”\"(\[–—-])\s*\Z")
_SHORTEST = 3
_LETTERS = 5
_ALIKE = 0.8


def names(text: str, lang: str) -> list[str]:
    """The capitalised words of a sentence that are not its first.

    The first one only if another follows it ("Anna Brandt kept …"). In German, all nouns are.
    """
    found = list(_WORD.finditer(text))
    kept = []
    for n, word in enumerate(found):
        if not word[0][0].isupper() or len(word[0]) < _SHORTEST:
            continue
        after = found[n + 1] if n + 1 < len(found) else None
        joined = after and after[0][0].isupper() and text[word.end() : after.start()] == " "
        if joined or not _OPENS.search(text[: word.start()]):
            kept.append(word[0])
    return kept


def missing(found: list[str], texts: tuple[str, ...]) -> list[str]:
    """The names that none of the texts has, in another ending or spelling either."""
    if not found:
        return []
    known = {word.lower() for text in texts for word in _WORD.findall(text)}
    known |= {part for word in known for part in re.split(r"['’-]", word)}
    starts = {word[:_LETTERS] for word in known}
    return [name for name in found if not _known(name.lower(), known, starts)]


def _known(name: str, known: set[str], starts: set[str]) -> bool:
    parts = [part for part in re.split(r"['’-]", name) if len(part) >= _SHORTEST]
    for part in parts:
        if part in known or part[:_LETTERS] in starts or _compounded(part, known):
            continue
        near = (word for word in known if word[:1] == part[:1] and abs(len(word) - len(part)) <= 2)
        if not any(SequenceMatcher(None, part, word).ratio() >= _ALIKE for word in near):
            return False
    return True


def _compounded(part: str, known: set[str]) -> bool:
    """Whether a word is made with a known one, or a part of one: "Schiffsfahrt", "Fahrt"."""
    if len(part) < _LETTERS:
        return False
    return any(part in word or word in part for word in known if len(word) >= _LETTERS)
