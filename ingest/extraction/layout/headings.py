"""Which lines are headings, and of which level: by outline, by size, or by weight."""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from ingest.extraction.layout.order import Line

LARGER = 1.12
"""A font so much larger than the body's is a heading's."""
LONGEST = 200
MOST_LINES = 4
OUTLINE_SHARE = 0.5
"""Where so many of the outline's entries are found as lines, bold lines are no headings besides."""
SHALLOWEST, DEEPEST = 2, 5
"""Levels in markdown: the first is the title's, the last is left for the marks of pages."""
_NUMBERING = re.compile(
    r"(?:(?:chapter|kapitel|chapitre|capítulo|capitolo|appendix|anhang|annexe|part|teil)\s+)?"
    r"(?:(?:[\dA-Z]{1,2}(?:\.\d+)*|[IVXLC]+)[.:)]?\s+)?",
    re.I,
)
_ONLY_NUMBERED = re.compile(
    r"(?:chapter|kapitel|chapitre|capítulo|capitolo|appendix|anhang|annexe|part|teil)\s+\w{1,5}\.?",
    re.I,
)
_LETTERS = re.compile(r"[^\W\d_]")
_SIGNS = re.compile(r"[\W_]+")


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry of an outline: its depth from 0, and its page from 0."""

    title: str
    depth: int
    page: int


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading, of a level from 2 to 5."""

    text: str
    page: int
    size: float
    level: int


@dataclass(slots=True)
class _Group:
    lines: list[Line]
    depth: int | None = None

    @property
    def text(self) -> str:
        return " ".join(" ".join(line.text for line in self.lines).split())

    @property
    def key(self) -> tuple[float, bool]:
        """What headings of one level have in common."""
        return round(self.lines[-1].size * 2) / 2, self.lines[-1].bold


class Headings:
    """Finds the headings of a document whose body has fonts of size `body`."""

    def __init__(self, outline: Sequence[Entry], body: float, leading: float) -> None:
        self._entries: dict[int, dict[str, int]] = {}
        for entry in outline:
            self._entries.setdefault(entry.page, {}).setdefault(_folded(entry.title), entry.depth)
        self._count = sum(map(len, self._entries.values()))
        self._body = body
        self._leading = leading

    def sections(self, lines: Sequence[Line]) -> Iterator[Heading | list[Line]]:
        """Headings, and the stretches of lines between them, in order."""
        groups = list(self._groups(lines))
        found = {id(group.lines[0]): group for group in groups}
        levels = _levels(groups)
        rest: list[Line] = []
        skip = 0
        for line in lines:
            if skip:
                skip -= 1
            elif group := found.get(id(line)):
                if rest:
                    yield rest
                    rest = []
                level = _clamped(group.depth) if group.depth is not None else levels[group.key]
                yield Heading(group.text, line.page, line.size, level)
                skip = len(group.lines) - 1
            else:
                rest.append(line)
        if rest:
            yield rest

    def _groups(self, lines: Sequence[Line]) -> Iterator[_Group]:
        """The headings, by outline or size; and by weight, unless the outline has most of them."""
        groups = dict(self._by_outline_or_size(lines))
        listed = sum(group.depth is not None for group in groups.values())
        if not listed or listed < self._count * OUTLINE_SHARE:
            taken = {at + n for at, group in groups.items() for n in range(len(group.lines))}
            for at, line in enumerate(lines):
                if at not in taken and self._stands_out(lines, at):
                    groups[at] = _Group([line])
        yield from (groups[at] for at in sorted(groups))

    def _by_outline_or_size(self, lines: Sequence[Line]) -> Iterator[tuple[int, _Group]]:
        at = 0
        while at < len(lines):
            group = _Group([lines[at]])
            large = self._is_large(lines[at])
            while large and at + len(group.lines) < len(lines):
                if not _is_next_line(group.lines[-1], lines[at + len(group.lines)]):
                    break
                group.lines.append(lines[at + len(group.lines)])
            group.depth = self._depth(group)
            readable = len(group.text) <= LONGEST and _LETTERS.search(group.text)
            if readable and (group.depth is not None or (large and len(group.lines) <= MOST_LINES)):
                yield at, group
            at += len(group.lines)

    def _is_large(self, line: Line) -> bool:
        return line.size >= self._body * LARGER and not line.mono

    def _depth(self, group: _Group) -> int | None:
        """Its depth in the outline, whose page is off by one where a heading opens a page."""
        text = group.text
        names = {_folded(text), _folded(_NUMBERING.sub("", text, count=1))}
        page = group.lines[0].page
        for near in (page, page - 1, page + 1):
            for name in names & self._entries.get(near, {}).keys():
                return self._entries[near][name]
        return None

    def _stands_out(self, lines: Sequence[Line], at: int) -> bool:
        """Whether a line of the body's size is bold, short and apart from the lines around it."""
        line = lines[at]
        if not line.bold or line.mono or line.size < self._body * 0.95 or len(line.pieces) > 2:
            return False
        text = line.text
        if len(text) > 80 or text[-1] in ".,;:" or not _LETTERS.search(text) or text[0].islower():
            return False
        before = lines[at - 1] if at else None
        apart = (
            before is None
            or before.page != line.page
            or not 0 < line.y - before.y <= 1.2 * self._leading
        )
        after = lines[at + 1] if at + 1 < len(lines) else None
        goes_on = after is not None and after.page == line.page and after.bold
        return apart and not goes_on and after is not None


def _is_next_line(before: Line, line: Line) -> bool:
    step = line.y - before.y if line.page == before.page else 0.0
    if _ONLY_NUMBERED.fullmatch(before.text):
        return 0 < step <= 4 * line.size and line.size >= before.size
    alike = abs(line.size - before.size) < 0.3 and line.bold == before.bold
    return alike and 0 < step <= 1.8 * line.size


def _levels(groups: Sequence[_Group]) -> dict[tuple[float, bool], int]:
    """A level for each kind of heading: as the outline has its like, else by size."""
    votes: dict[tuple[float, bool], Counter[int]] = {}
    for group in groups:
        votes.setdefault(group.key, Counter())
        if group.depth is not None:
            votes[group.key][group.depth] += 1
    levels: dict[tuple[float, bool], int] = {}
    depth = -1
    for key in sorted(votes, reverse=True):
        depth = votes[key].most_common(1)[0][0] if votes[key] else depth + 1
        levels[key] = _clamped(depth)
    return levels


def _clamped(depth: int) -> int:
    return min(max(depth, 0) + SHALLOWEST, DEEPEST)


def _folded(title: str) -> str:
    return _SIGNS.sub("", title.casefold())
