"""What kind of thing a visitor said: a question, or one of the few things that are none.

Precise before complete: a question taken for a greeting is lost, a greeting taken for a question is
only answered a little stiffly. So every word of the turn must belong to a phrase of the phrasebook,
all of them of one language; "Hello, when do you open?" is a question.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal, get_args

from app.dialogue.phrasebook import BY_LANGUAGE
from app.grounding.folding import fold

Kind = Literal[
    "question", "greeting", "thanks", "farewell", "repeat", "slower", "shorter", "stop",
    "identity", "language", "assent", "dissent",
]  # fmt: skip

# Nobody thanks or greets in more words; longer turns need not be looked at.
_MOST_WORDS = 16
# What a turn is when it is several things at once: the first of these.
_FIRST = ("language", "identity", "slower", "shorter", "repeat", "stop", "farewell")
_UNASKED = (*_FIRST, "thanks", "greeting", "dissent", "assent")
_OFFERED = (*_FIRST, "dissent", "assent", "thanks", "greeting")

_CHOICE = re.compile(r"[\[(]([^\[\]()]*)[\])]")

Meaning = tuple[str, str | None]
"""The kind of a phrase, and the language that it names, if it names one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Act:
    """What was done by saying something.

    `lang` (ISO 639-1) is the language that was asked for if `kind` is "language", None for a
    question, else the language of the words.
    """

    kind: Kind
    lang: str | None = None


QUESTION = Act(kind="question")


def recognise(text: str, *, lang: str, offered: bool = False) -> Act:
    """What the visitor did, in a visit in `lang`; `offered`: the last answer ended with an offer.

    Words that several languages share are taken in `lang` first.
    """
    words = fold(text)
    if not words or len(words) > _MOST_WORDS:
        return QUESTION
    for spoken in sorted(BY_LANGUAGE, key=lambda each: each != lang):
        parts = _taken_apart(words, _book(spoken))
        act = _act(parts, spoken, offered) if parts else None
        if act is not None:
            return act
    return QUESTION


def _act(parts: Sequence[frozenset[Meaning]], spoken: str, offered: bool) -> Act | None:
    """The act of a turn by the meanings of its parts; None if they mean nothing."""
    known = [_within(part, offered) for part in parts]
    # What may be a filler means something only where nothing else does.
    plain = [part for part in known if part and all(kind != "filler" for kind, _ in part)]
    meanings = {meaning for part in plain or known for meaning in part}
    for kind in _OFFERED if offered else _UNASKED:
        for meant, named in sorted(meanings, key=str):
            if meant == kind:
                return Act(kind=_KINDS[kind], lang=named or spoken)
    return None


def _within(part: Iterable[Meaning], offered: bool) -> frozenset[Meaning]:
    """The meanings that a phrase has, given whether something was offered."""
    if not offered:
        return frozenset(meaning for meaning in part if meaning[0] != "offered")
    return frozenset(("assent", None) if kind == "offered" else (kind, of) for kind, of in part)


def _taken_apart(words: Sequence[str], book: "_Book") -> list[frozenset[Meaning]]:
    """The meanings of the phrases that a turn consists of, the longest first; [] if it does not."""
    found: list[frozenset[Meaning]] = []
    start = 0
    while start < len(words):
        for end in range(min(len(words), start + book.longest), start, -1):
            meanings = book.meanings(words[start:end])
            if meanings:
                found.append(meanings)
                start = end
                break
        else:
            return []
    return found


class _Book:
    """The phrases of a language, written out and folded."""

    def __init__(self, lang: str) -> None:
        entries = dict(BY_LANGUAGE[lang])
        names = (each.split(" ", 1) for each in entries.pop("names").split("; "))
        self._names = {" ".join(fold(name)): code for code, name in names}
        self._lang = lang
        self._kinds: dict[str, set[str]] = {}
        for kind, text in entries.items():
            for pattern in text.split("; "):
                for phrase in _written_out(pattern):
                    self._kinds.setdefault(" ".join(fold(phrase)), set()).add(kind)
        self._kinds.pop("", None)
        self.longest = max(phrase.count(" ") + 1 for phrase in self._kinds)

    def meanings(self, words: Sequence[str]) -> frozenset[Meaning]:
        """What a phrase may mean; nothing if it is not in the book."""
        named = next((self._names[word] for word in words if word in self._names), self._lang)
        general = ("lang" if word in self._names else word for word in words)
        kinds = self._kinds.get(" ".join(words)) or self._kinds.get(" ".join(general)) or ()
        return frozenset((kind, named if kind == "language" else None) for kind in kinds)


_book = lru_cache(maxsize=len(BY_LANGUAGE))(_Book)


def _written_out(pattern: str) -> Iterator[str]:
    """Every wording of a pattern: "[x]" left out or not, "(x|y)" as either."""
    choice = _CHOICE.search(pattern)
    if choice is None:
        yield pattern
        return
    wordings = choice.group(1).split("|") + [""] * choice.group(0).startswith("[")
    for wording in wordings:
        yield from _written_out(f"{pattern[: choice.start()]}{wording}{pattern[choice.end() :]}")


_KINDS: dict[str, Kind] = {kind: kind for kind in get_args(Kind)}
