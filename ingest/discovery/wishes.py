"""What a page asks of crawlers: robots meta elements and X-Robots-Tag headers."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime

from ingest.discovery.dates import latest

_UNTIL = re.compile(r"unavailable_after\s*:\s*", re.IGNORECASE)
_VALUED = frozenset({"max-snippet", "max-image-preview", "max-video-preview"})
_DAY = re.compile(r"(?:mon|tues?|wed(?:nes)?|thu(?:rs)?|fri|sat(?:ur)?|sun)(?:day)?", re.IGNORECASE)
_LONGEST = 2_000
"""Characters of one element or header; all words that there are need some 300."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wishes:
    """Whether a page may be kept and its links be followed."""

    may_index: bool = True
    may_follow: bool = True
    reason: str = ""


def read_wishes(elements: Iterable[tuple[str, str]], header: str, agent: str) -> Wishes:
    """The strictest of what a page's robots elements (name, content) and its header say to us.

    `agent` is our name in lower case. In the header, a name before a colon holds for what follows
    it up to the next name: in a joined header it cannot be seen where one of them ended.
    """
    words = {
        word: "robots meta element"
        for name, content in elements
        if name.strip().lower() in ("robots", agent)
        for word in _words(content)
    }
    words |= dict.fromkeys(_ours(header, agent), "X-Robots-Tag header")
    now = datetime.now(UTC)
    for word in words:
        if _forbids_index(word, now):
            reason = f"asks not to be indexed ({words[word]}: {word})"
            return Wishes(may_index=False, may_follow=not _nofollow(words), reason=reason)
    return Wishes(may_follow=not _nofollow(words))


def _forbids_index(word: str, now: datetime) -> bool:
    if word in ("noindex", "none"):
        return True
    if not _UNTIL.match(word):
        return False
    until = latest(_UNTIL.sub("", word))
    return until is not None and until < now


def _nofollow(words: Iterable[str]) -> bool:
    return any(word in ("nofollow", "none") for word in words)


def _ours(header: str, agent: str) -> list[str]:
    """The words of a header that are said to all, or to us."""
    ours: list[str] = []
    name = ""
    for word in _words(header):
        before, colon, after = word.partition(":")
        if colon and before.strip() not in _VALUED and not _UNTIL.match(word):
            name, word = before.strip(), after.strip()
        if name in ("", agent):
            ours.append(word)
    return ours


def _words(text: str) -> list[str]:
    """What stands between commas, in lower case; a date's own comma divides nothing."""
    words: list[str] = []
    for part in text[:_LONGEST].split(","):
        word = part.strip().lower()
        if words and _DAY.fullmatch(_UNTIL.sub("", words[-1]).rpartition(":")[2].strip()):
            words[-1] += f", {word}"
        elif word:
            words.append(word)
    return words
