"""Markdown as it is cut, embedded and spoken: blocks apart, and no needless escapes."""

import re
from collections.abc import Iterator

from ingest.extraction.invisible import without_invisible

BULLET = "⁃ "
"""Put before a paragraph that is an item of a list; trafilatura would escape Markdown's own."""
_MARK = "⟪language "
_MARKED = re.compile(rf"{_MARK}[^⟫\n]{{0,40}}⟫")
_INLINE_CODE = re.compile(r"(`[^`]+`)")
# Not at the start of a line, where it would make a heading or a list, and not before a table's bar.
_ESCAPE = re.compile(r"(?<=[^\\])\\([\\`*_{}\[\]()#+.!<>~&-])")
_HEADING = re.compile(r"#{1,6} (.+)")


def language_mark(name: str) -> str:
    """The first line of a block of code, which tells `tidy` its language: trafilatura loses it."""
    return f"{_MARK}{name}⟫"


def without_marks(text: str) -> str:
    """The text without the marks that tell languages, which are no words of the page."""
    return _MARKED.sub("", text)


def tidy(markdown: str) -> str:
    """The same text with one empty line around headings, tables and code, and escapes taken off."""
    lines: list[str] = []
    fenced, before = False, ""
    for line in _with_languages(without_invisible(markdown).splitlines()):
        is_fence = line.startswith("```")
        kind = "code" if fenced or is_fence else _kind(line)
        opens = is_fence and not fenced
        if lines and lines[-1] and (opens or kind != before or kind == "heading"):
            lines.append("")
        fenced = fenced != is_fence
        if kind == "code":
            lines.append(line.rstrip())
        elif line.strip() or (lines and lines[-1]):
            lines.append(_unescape(line.rstrip()))
        before = kind if line.strip() or fenced else before
    return without_marks("\n".join(lines).strip())


def _with_languages(lines: list[str]) -> Iterator[str]:
    """Each fence on a line of its own, with the language that the line after it tells."""
    held = ""
    for line in lines:
        if line.startswith(_MARK):
            text, _, _ = held.rpartition("```")
            if text.strip():
                yield text.rstrip()
            name, _, rest = line.removeprefix(_MARK).partition("⟫")
            yield f"```{name}"
            held = ""
            if rest:
                yield rest
            continue
        if held:
            yield held
        held = line if line.endswith("```") else ""
        if not held:
            yield line
    if held:
        yield held


def headings_in(markdown: str) -> set[str]:
    """The texts of its headings."""
    return {found[1] for line in markdown.splitlines() if (found := _HEADING.fullmatch(line))}


def _kind(line: str) -> str:
    if line.startswith("#") and _HEADING.fullmatch(line):
        return "heading"
    return "table" if line.startswith("|") else "text"


def _unescape(line: str) -> str:
    if line.startswith(BULLET):
        line = f"- {line.removeprefix(BULLET)}"
    if "\\" not in line:
        return line
    if "`" not in line:
        return _ESCAPE.sub(r"\1", line)
    parts = _INLINE_CODE.split(line)
    parts[::2] = [_ESCAPE.sub(r"\1", part) for part in parts[::2]]
    return "".join(parts)
