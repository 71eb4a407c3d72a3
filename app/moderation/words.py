"""Moderation by lists of words and phrases, one file a language in `lists`.

A line of a list is a phrase. `(a|b)` is one of them, `[a]` may be missing, `..` stands for up to
three words, `*` for any ending. A line that begins with `=` counts in its own language only:
elsewhere it is an innocent word. Accents, case, apostrophes and hyphens do not matter.
"""

import asyncio
import re
import tomllib
import unicodedata
from collections.abc import Collection, Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import cast, get_args

from app.moderation.moderator import ALLOWED, Category, Side, Verdict
from ingest.extraction.invisible import without_invisible

LISTS = Path(__file__).parent / "lists"
CATEGORIES = frozenset(get_args(Category)) - {"", "unsafe", "unjudged"}

# What a visitor swears is not repeated to anybody, and is no reason to leave a question unanswered.
_ANSWER_ONLY = frozenset({"obscene"})

_BETWEEN = r"[\W_]{1,3}"
_GAP = rf"(?:\w+{_BETWEEN}){{0,3}}?"
_SIGNS = re.compile(r"\.\. |\[([^\]]*)\] ?|[ (*]")
_FOLDED = str.maketrans({"ł": "l", "ß": "ss", "ø": "o", "đ": "d", "æ": "ae", "œ": "oe", "ı": "i"})
_JOINTS = re.compile(r"['’‘`´\-‐‑_]+")
# "sh1t", "f*ck" and "f.u.c.k": signs that stand for letters within a word, letters one by one.
_LEET = str.maketrans({"0": "o", "1": "i", "3": "e", "4": "a", "5": "s", "@": "a", "$": "s"})
_DISGUISED = re.compile(r"\b(?=\w*[a-z])(?=[a-z]*[0-9@$])[a-z0-9@$]{4,}")
_SPELT = re.compile(r"\b(?:[a-z][ .*_-]){3,}[a-z]\b")
# Beyond this, matching takes longer than an event loop should stand still.
_AT_ONCE = 1_000

Patterns = Mapping[Category, re.Pattern[str]]


class WordModerator:
    """Implements Moderator with the lists, but for the categories in `without`."""

    def __init__(self, without: Collection[str] = ()) -> None:
        self._without = frozenset(without)

    async def review(self, text: str, *, lang: str, side: Side) -> Verdict:
        """See Moderator."""
        if len(text) <= _AT_ONCE:
            return self._verdict(text, lang, side)
        return await asyncio.to_thread(self._verdict, text, lang, side)

    def _verdict(self, text: str, lang: str, side: Side) -> Verdict:
        passing = self._without | (_ANSWER_ONLY if side == "visitor" else frozenset())
        readings = _readings(text)
        for category, pattern in patterns(lang).items():
            if category not in passing and any(map(pattern.search, readings)):
                return Verdict(allowed=False, category=category)
        return ALLOWED


@cache
def patterns(lang: str) -> Patterns:
    """What is not allowed to somebody who speaks a language, by category."""
    phrases: dict[Category, list[str]] = {}
    for path in sorted(LISTS.glob("*.toml")):
        for category, lines in tomllib.loads(path.read_text(encoding="utf-8")).items():
            if category not in CATEGORIES:
                raise ValueError(f"{path.name} names a category {category!r}; see words.py.")
            kept = phrases.setdefault(cast("Category", category), [])
            kept.extend(_counting(lines, at_home=path.stem == lang))
    # Self-harm first: it is answered with care, whatever else is said beside it.
    order = sorted(phrases, key=lambda category: (category != "self_harm", category))
    return {each: re.compile(rf"\b(?:{'|'.join(phrases[each])})\b") for each in order}


def _counting(lines: list[str], *, at_home: bool) -> Iterator[str]:
    for line in lines:
        if at_home or not line.startswith("="):
            yield _pattern(_folded(line.removeprefix("=")))


def _pattern(phrase: str) -> str:
    """A folded line of a list as a regular expression."""

    def sign(found: re.Match[str]) -> str:
        if found[1] is not None:
            return f"(?:(?:{_pattern(found[1])}){_BETWEEN})?"
        return {"..": _GAP, " ": _BETWEEN, "(": "(?:", "*": r"\w*", "": _BETWEEN}[found[0].strip()]

    return _SIGNS.sub(sign, phrase)


def _readings(text: str) -> list[str]:
    """The folded text, and what it says if signs stand for letters."""
    plain = _folded(without_invisible(text))
    unmasked = _DISGUISED.sub(lambda found: found[0].translate(_LEET), plain)
    unmasked = _SPELT.sub(lambda found: re.sub(r"[^a-z]", "", found[0]), unmasked)
    return [plain] if unmasked == plain else [plain, unmasked]


def _folded(text: str) -> str:
    parts = unicodedata.normalize("NFKD", text.lower().translate(_FOLDED))
    bare = "".join(char for char in parts if not unicodedata.combining(char))
    return _JOINTS.sub(" ", bare)
