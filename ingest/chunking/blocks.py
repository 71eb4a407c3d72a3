"""Markdown as a row of blocks, and how each kind may be divided without losing its sense.

A table's rows mean nothing without their header, code nothing without its fence: when such a block
must be divided, each part gets them again.
"""

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Literal

Kind = Literal["text", "list", "terms", "table", "code"]
Fits = Callable[[str], bool]

_FENCE = re.compile(r"^\s*(`{3,}|~{3,})")
_ITEM = re.compile(r"^\s*(?:[-*+]|\d{1,4}[.)])\s+")
_MEANING = re.compile(r"^:\s")
_RULER = re.compile(r"^\s*\|?[\s:|-]*-[\s:|-]*\|?\s*$")


@dataclass(frozen=True, slots=True)
class Block:
    """One block of markdown, without blank lines around it."""

    kind: Kind
    text: str


def blocks(markdown: str) -> list[Block]:
    """The blocks of a section in order: paragraphs, lists, terms, tables and fenced code."""
    found: list[Block] = []
    open_lines: list[str] = []
    kind: Kind = "text"
    fence = ""
    for line in markdown.split("\n"):
        following = _kind(line, kind, open_lines) if not fence else "code"
        if following != kind or (kind == "text" and not line.strip() and not fence):
            _close(found, kind, open_lines)
            open_lines, kind = [], following
        open_lines.append(line)
        fence, ended = _fence_after(line, fence)
        if ended:
            _close(found, kind, open_lines)
            open_lines, kind = [], "text"
    _close(found, kind, open_lines)
    return list(_terms_joined(found))


def _terms_joined(found: Iterable[Block]) -> Iterator[Block]:
    """The same blocks, neighbouring terms with their definitions (": …" below them) as one."""
    terms: list[str] = []
    for block in found:
        if block.kind == "text" and any(map(_MEANING.match, block.text.split("\n")[1:])):
            terms.append(block.text)
            continue
        if terms:
            yield Block("terms", "\n".join(terms))
            terms = []
        yield block
    if terms:
        yield Block("terms", "\n".join(terms))


def _kind(line: str, current: Kind, open_lines: list[str]) -> Kind:
    """What a line outside any fence belongs to, given the block that is open."""
    if _FENCE.match(line):
        return "code"
    if line.lstrip().startswith("|"):
        return "table"
    if _ITEM.match(line):
        return "list"
    if current == "list" and (not line.strip() or _continues(line, open_lines)):
        return "list"
    return "text"


def _continues(line: str, open_lines: list[str]) -> bool:
    """Whether a line without marker goes on with the list item above it."""
    return line[:1].isspace() or bool(open_lines and open_lines[-1].strip())


def _fence_after(line: str, fence: str) -> tuple[str, bool]:
    """The fence that is open after this line ("" for none), and whether the line closed one."""
    match = _FENCE.match(line)
    if not match:
        return fence, False
    if not fence:
        return match[1], False
    closes = match[1].startswith(fence) and not line.strip().strip(fence[0])
    return ("", True) if closes else (fence, False)


def _close(found: list[Block], kind: Kind, lines: list[str]) -> None:
    text = "\n".join(lines).strip("\n").rstrip()
    if text.strip():
        found.append(Block(kind, text))


def divide(block: Block, fits: Fits) -> list[str]:
    """The block in parts that fit, cut between rows, items or blank lines.

    A part that cannot be made to fit that way is given back as it is, for its words to be cut.
    """
    if fits(block.text):
        return [block.text]
    match block.kind:
        case "table":
            return _divide_table(block.text.split("\n"), fits)
        case "code":
            return _divide_code(block.text.split("\n"), fits)
        case "list":
            return list(_pack(_items(block.text.split("\n")), "\n", fits))
        case "terms":
            return list(_pack(_entries(block.text.split("\n")), "\n", fits))
        case "text":
            return [block.text]


def _divide_table(lines: list[str], fits: Fits) -> list[str]:
    ruled = len(lines) > 1 and _RULER.match(lines[1])
    header, rows = ("\n".join(lines[:2]) + "\n", lines[2:]) if ruled else ("", lines)
    parts = _pack(rows, "\n", lambda part: fits(header + part))
    return [header + part if fits(header + part) else part for part in parts]


def _divide_code(lines: list[str], fits: Fits) -> list[str]:
    opening = lines[0]
    closing = opening.strip()[:3]
    body = lines[1:-1] if lines[-1].strip().startswith(closing) else lines[1:]

    def fenced(part: str) -> str:
        return f"{opening}\n{part}\n{closing}"

    def fit(part: str) -> bool:
        return fits(fenced(part))

    parts: list[str] = []
    for part in _pack("\n".join(body).split("\n\n"), "\n\n", fit):
        parts += [part] if fit(part) else _pack(part.split("\n"), "\n", fit)
    return [fenced(part) if fit(part) else part for part in parts if part.strip()]


def _items(lines: list[str]) -> Iterator[str]:
    """The outermost items of a list, each with what is nested in it."""
    depth = len(lines[0]) - len(lines[0].lstrip())
    item: list[str] = []
    for line in lines:
        outermost = len(line) - len(line.lstrip()) <= depth and _ITEM.match(line)
        if outermost and item:
            yield "\n".join(item).rstrip()
            item = []
        item.append(line)
    yield "\n".join(item).rstrip()


def _entries(lines: list[str]) -> Iterator[str]:
    """Terms, each with all that it means."""
    entry: list[str] = []
    for line in lines:
        if entry and _MEANING.match(entry[-1]) and not _MEANING.match(line):
            yield "\n".join(entry)
            entry = []
        entry.append(line)
    yield "\n".join(entry)


def _pack(units: Iterable[str], joint: str, fits: Fits) -> Iterator[str]:
    """Neighbouring units joined as long as they fit; one that does not fit alone stands alone."""
    pack: str | None = None
    for unit in units:
        joined = unit if pack is None else pack + joint + unit
        if pack is None or fits(joined):
            pack = joined
        else:
            yield pack
            pack = unit
    if pack is not None:
        yield pack
