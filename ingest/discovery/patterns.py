"""Which URLs a source wants: patterns of whole URLs, with `*` and `?`.

`*` stands for any characters, slashes too, and `?` for any single one, thus also for the question
mark of a URL (`*/list?page=*` matches `https://example.org/list?page=2`). All else means itself,
and case counts. A pattern fits the URL as it is asked for or as people read it, without escapes:
both `*/caf%C3%A9` and `*/café` will do.
"""

import re
from collections.abc import Iterable
from urllib.parse import unquote

from ingest.sources.source import Source


class Patterns:
    """A source's `include` and `exclude`."""

    def __init__(self, source: Source) -> None:
        self._include = [(pattern, _compile(pattern)) for pattern in source.include]
        self._exclude = [(pattern, _compile(pattern)) for pattern in source.exclude]

    def refusal(self, url: str) -> str:
        """Why the source does not want a URL; "" if it does. `exclude` goes before `include`."""
        if pattern := _first(self._exclude, url):
            return f"the source excludes it ({pattern})"
        if self._include and not _first(self._include, url):
            return "the source does not include it (none of its include patterns fits)"
        return ""


def _first(patterns: Iterable[tuple[str, re.Pattern[str]]], url: str) -> str:
    forms = {url, unquote(url)}
    fits = (text for text, pattern in patterns if any(pattern.fullmatch(form) for form in forms))
    return next(fits, "")


def _compile(pattern: str) -> re.Pattern[str]:
    first, *rest = (
        "".join("." if c == "?" else re.escape(c) for c in part)
        for part in re.split(r"\*+", pattern)
    )
    if not rest:
        return re.compile(first, re.DOTALL)
    # What lies between two stars is looked for once, at its first place: no pattern takes for ever.
    between = "".join(f"(?>.*?{part})" for part in rest[:-1])
    return re.compile(f"{first}{between}.*{rest[-1]}", re.DOTALL)
