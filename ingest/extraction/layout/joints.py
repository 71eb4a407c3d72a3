"""How two lines become one text: hyphens at the end of a line go where they only divided a word."""

import re
from collections.abc import Iterable

from ingest.extraction.layout.order import Line

_WORDS = re.compile(r"[^\W\d_]+(?:-[^\W\d_]+)*")
_DIVIDED = re.compile(r"([^\W\d_]+)[-‐\xad]$")
_REST = re.compile(r"[^\W\d_]+")
_FIRST_EAST_ASIAN = "\u2e80"


class Joints:
    """Joins lines, having seen how the text writes its words elsewhere."""

    def __init__(self, lines: Iterable[Line]) -> None:
        self._known: set[str] = set()
        for line in lines:
            whole = _DIVIDED.sub("", line.text)
            self._known.update(word.casefold() for word in _WORDS.findall(whole))

    def join(self, before: str, after: str) -> str:
        """Both as one text."""
        divided, rest = _DIVIDED.search(before), _REST.match(after)
        if divided and rest:
            return (before[:-1] if self._is_one(divided[1], rest[0]) else before) + after
        east_asian = min(before[-1:], after[:1]) >= _FIRST_EAST_ASIAN
        return f"{before}{after}" if east_asian else f"{before} {after}"

    def _is_one(self, before: str, after: str) -> bool:
        if (before + after).casefold() in self._known:
            return True
        return after[0].islower() and f"{before}-{after}".casefold() not in self._known
