"""Questions of which somebody judged whether their passages answer them, as in NoMIRACL.

A folder with `relevant.jsonl` and `non_relevant.jsonl`; a line has `query_id`, `query`, `docids`
and `passages`, each "Title: text". None of the passages of the second file answers its question.
"""

import json
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from app.evaluation.beir import BadSet, Entry

_FILES = {True: "relevant.jsonl", False: "non_relevant.jsonl"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """A question, the passages that it is to be answered from, and whether they answer it."""

    id: str
    text: str
    entries: tuple[Entry, ...]
    answerable: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class JudgedSet:
    """What was read of a folder; `digest` changes with the data."""

    name: str
    questions: tuple[Judged, ...]
    digest: str

    def sampled(self, each: int) -> "JudgedSet":
        """So many questions of each kind, evenly spread."""
        some: list[Judged] = []
        for kind in _FILES:
            of_kind = [question for question in self.questions if question.answerable is kind]
            count = min(each, len(of_kind))
            some += [of_kind[n * len(of_kind) // count] for n in range(count)]
        return JudgedSet(name=self.name, questions=tuple(some), digest=self.digest)


def read_judged(folder: Path) -> JudgedSet:
    """The questions of a folder, those that can be answered first.

    Raises:
        BadSet: a line is not what it should be. Lets OSError through.
    """
    questions: list[Judged] = []
    digest = sha256()
    for answerable, name in _FILES.items():
        content = (folder / name).read_bytes()
        digest.update(content)
        for number, line in enumerate(content.decode().splitlines(), 1):
            try:
                questions.append(_question(line, answerable=answerable))
            except (ValueError, KeyError, TypeError) as error:
                raise BadSet(
                    f"{folder / name}, line {number}: {error!r}. A line needs query_id, query, "
                    "docids and as many passages."
                ) from None
    return JudgedSet(name=folder.name, questions=tuple(questions), digest=digest.hexdigest()[:12])


def _question(line: str, *, answerable: bool) -> Judged:
    row = json.loads(line)
    entries = [_entry(*each) for each in zip(row["docids"], row["passages"], strict=True)]
    return Judged(
        id=str(row["query_id"]), text=str(row["query"]), entries=tuple(entries),
        answerable=answerable,
    )  # fmt: skip


def _entry(docid: str, passage: str) -> Entry:
    title, found, text = passage.partition(": ")
    return Entry(id=str(docid), title=title if found else "", text=text if found else passage)
