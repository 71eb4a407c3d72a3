"""Lines that stand on many pages of a site: its frame, where no markup says so.

A line that repeats is not a frame by that alone: manuals say "Note" and "Description" everywhere.
So only runs of two and more such lines go, and at the top or the bottom of a page one of three
words and more. A heading goes only with all that stood under it, tables and code never, and never
all of a page. On six manuals that Debian packages (60 pages each) what went was the path and
version around Apache's pages, and "Part of the git(1) suite" with its heading; ten lines that
repeat as well ("Note", "## Options") stayed.
"""

import re
from array import array
from collections.abc import Collection, Iterable, Iterator, Sequence
from hashlib import blake2b

import numpy as np

SHARE = 0.3
"""A line on more than this share of a site's pages is its frame."""
FEWEST_PAGES = 10
"""Of fewer pages, nothing can be told."""
_LONGEST_LINE = 400
"""Longer lines are prose; a frame's notices ("We use cookies …") are shorter."""
_EDGE = 100
"""Lines looked at from the top and from the bottom: what is longer than both has a frame there."""
_WORDS_ALONE = 3
"""Shorter lines that stand alone at an end of a page are often its own ("Note", "See also")."""
_FENCE = "```"
_HEADING = re.compile(r"(#{1,6}) ")


def lines(text: str) -> list[int]:
    """Hashes (64 bits, unsigned) of the lines of an article that could be its site's frame."""
    found = [_hash(line) for _, line in _candidates(text.split("\n"))]
    return list(dict.fromkeys(found[:_EDGE] + found[-_EDGE:]))


def pack(hashes: Sequence[int]) -> bytes:
    """Hashes as bytes, to be kept: eight each, as `chrome` takes them."""
    return array("Q", hashes).tobytes()


def chrome(pages: Iterable[bytes | Sequence[int]]) -> set[int]:
    """What stands on more than `SHARE` of the pages, of at least `FEWEST_PAGES`.

    Give the pages of one language at a time: of a site in five, no line is on a third of all pages.
    """
    arrays = [
        np.frombuffer(page, dtype=np.uint64)
        if isinstance(page, bytes)
        else np.array(page, dtype=np.uint64)
        for page in pages
    ]
    if len(arrays) < FEWEST_PAGES:
        return set()
    values, counts = np.unique(np.concatenate(arrays), return_counts=True)
    return {int(value) for value in values[counts > SHARE * len(arrays)]}


def without(text: str, chrome: Collection[int]) -> str:
    """The article's text without its site's frame; as it is, if nothing else were left."""
    if not chrome:
        return text
    whole = text.split("\n")
    candidates = dict(_candidates(whole))
    frame = {number for number, line in candidates.items() if _hash(line) in chrome}
    heads = {number for number in frame if _HEADING.match(whole[number])}
    gone = _in_runs(whole, frame - heads)
    gone |= _emptied(whole, gone, heads)
    left = [line for number, line in enumerate(whole) if number not in gone]
    if not any(line.strip() and not _HEADING.match(line) for line in left):
        return text
    return re.sub(r"\n{3,}", "\n\n", "\n".join(left)).strip() if gone else text


def _candidates(whole: list[str]) -> Iterator[tuple[int, str]]:
    """Lines and their numbers, without those of code and tables, and without long ones."""
    fenced = False
    for number, line in enumerate(whole):
        if line.startswith(_FENCE):
            fenced = not fenced
        elif not fenced and line.strip() and line[0] != "|" and len(line) <= _LONGEST_LINE:
            yield number, line


def _hash(line: str) -> int:
    said = " ".join(line.casefold().split())
    return int.from_bytes(blake2b(said.encode(), digest_size=8).digest())


def _in_runs(whole: list[str], frame: set[int]) -> set[int]:
    """Those that stand together, headings between them not counted, or at an end of the page."""
    gone: set[int] = set()
    run: list[int] = []
    at_top = True
    for number, line in enumerate(whole):
        if number in frame:
            run.append(number)
        elif line.strip() and not _HEADING.match(line):
            gone |= _if_frame(whole, run, at_end=at_top)
            run, at_top = [], False
    return gone | _if_frame(whole, run, at_end=True)


def _if_frame(whole: list[str], run: list[int], *, at_end: bool) -> set[int]:
    alone = len(run) == 1 and not (at_end and len(whole[run[0]].split()) >= _WORDS_ALONE)
    return set() if alone else set(run)


def _emptied(whole: list[str], gone: set[int], heads: set[int]) -> set[int]:
    """Headings of the frame under which all is gone that there was."""
    emptied: set[int] = set()
    for number in sorted(heads, reverse=True):
        section = _section(whole, number)
        if section and section <= gone | emptied:
            emptied.add(number)
    return emptied


def _section(whole: list[str], number: int) -> set[int]:
    """The lines with words from a heading to the next of its level or above."""
    level = _level(whole[number])
    section = set()
    for below in range(number + 1, len(whole)):
        if 0 < _level(whole[below]) <= level:
            break
        if whole[below].strip():
            section.add(below)
    return section


def _level(line: str) -> int:
    found = _HEADING.match(line)
    return len(found[1]) if found else 0
