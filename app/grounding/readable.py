"""Passages as they can be said aloud: tables as sentences, without references to other places.

Read row by row without their header, numbers have no names: of "| Sunday | 11:00 | 17:00 |" below a
row of closed ones, Qwen2.5-Coder 1.5B made "Sundays are closed".
"""

import re
from collections.abc import Sequence
from dataclasses import replace

from ingest.documents import Hit

_TABLE = re.compile(r"^\|.*\|[ \t]*(?:\n\|.*\|[ \t]*)+$", re.MULTILINE)
# "(see section 6.5)" leads nobody anywhere who listens.
_ASIDE = re.compile(
    r"\s*\((?:see|cf\.?|siehe|vgl\.?|voir|véase|vea|vedi|cfr\.?|zie|ver|veja|zob\.|patrz|vezi)"
    r"\s[^()]{1,160}\)",
    re.IGNORECASE,
)
_RULE = re.compile(r"^:?-+:?$")
_BAR = re.compile(r"(?<!\\)\|")


def readable(hits: Sequence[Hit]) -> list[Hit]:
    """The hits, with a sentence for every row of the tables in them, and without asides."""
    return [_readable(hit) for hit in hits]


def in_sentences(text: str) -> str:
    """A text with a line for each row of a markdown table.

    "Sunday: Opens 11:00, Closes 17:00." has the names of the columns but the first; a value that
    all columns of a row share is said once.
    """
    return _TABLE.sub(lambda table: _rows(table[0]), text)


def _readable(hit: Hit) -> Hit:
    text = _ASIDE.sub("", in_sentences(hit.passage.text))
    return (
        hit if text == hit.passage.text else replace(hit, passage=replace(hit.passage, text=text))
    )


def _rows(table: str) -> str:
    rows = [_cells(line) for line in table.split("\n")]
    header, *body = [row for row in rows if not all(map(_RULE.match, row))] or [[]]
    if not body:
        return _sentence(header)
    return "\n".join(filter(None, (_row(row, header) for row in body)))


def _cells(line: str) -> list[str]:
    inner = line.strip().removeprefix("|").removesuffix("|")
    return [cell.replace("\\|", "|").strip() for cell in _BAR.split(inner)]


def _row(row: Sequence[str], header: Sequence[str]) -> str:
    subject, *values = row
    if len({value for value in values if value}) == 1 and len(values) > 1 and all(values):
        return _sentence([f"{subject}: {values[0]}" if subject else values[0]])
    names = [*header[1:], *[""] * len(values)]
    said = [
        f"{name} {value}" if name else value
        for name, value in zip(names, values, strict=False)
        if value
    ]
    if not said:
        return _sentence([subject])
    return _sentence([f"{subject}: {', '.join(said)}" if subject else ", ".join(said)])


def _sentence(parts: Sequence[str]) -> str:
    text = ", ".join(filter(None, parts))
    return text if not text or text[-1] in ".!?…" else f"{text}."
