"""Evaluation sets in the form of BEIR: what there is to be found, questions, and what answers them.

A folder with `corpus.jsonl` (`_id`, `title`, `text`), one or more `queries*.jsonl` (`_id`, `text`)
and `qrels.tsv` (a header, then query-id, corpus-id, score).
"""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path
from typing import Any, TypeVar

T = TypeVar("T")

# Dialogues (MTRAG) say who speaks at the beginning of each turn: what visitors said, in order.
_SPEAKER = re.compile(r"^\|user\|:", re.MULTILINE)


class BadSet(ValueError):
    """A folder is no evaluation set; says which file and line, and why."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One text of the corpus."""

    id: str
    title: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """One question; `answers` are spans of the corpus that answer it, where the set tells them.

    `before` is what was asked before it in the same visit, in order.
    """

    id: str
    text: str
    answers: tuple[str, ...] = ()
    before: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class EvaluationSet:
    """What was read of a folder.

    `questions` are by file, without "queries" and the ending ("" for queries.jsonl). `relevant` has
    the corpus's ids with their grade for each question's id. `digest` changes with the data.
    """

    name: str
    entries: tuple[Entry, ...]
    questions: Mapping[str, tuple[Question, ...]]
    relevant: Mapping[str, Mapping[str, int]]
    digest: str = field(default="")

    def sampled(self, questions: int, entries: int | None = None) -> "EvaluationSet":
        """Every n-th question of each file, and every m-th entry beside those that answer them.

        Fewer entries make finding easier, so a figure of a sample is comparable to itself alone.
        """
        chosen = {name: spread(asked, questions) for name, asked in self.questions.items()}
        answering = {
            id_ for asked in chosen.values() for q in asked for id_ in self.relevant.get(q.id, ())
        }
        left = [entry for entry in self.entries if entry.id not in answering]
        room = len(left) if entries is None else max(0, entries - len(answering))
        kept = answering | {entry.id for entry in spread(tuple(left), room)}
        return EvaluationSet(
            name=self.name,
            entries=tuple(entry for entry in self.entries if entry.id in kept),
            questions=chosen,
            relevant=self.relevant,
            digest=self.digest,
        )


def read_set(folder: Path) -> EvaluationSet:
    """The evaluation set in a folder.

    Raises:
        BadSet: a file is missing or broken; the message names it, with the line.
    """
    corpus, judged = folder / "corpus.jsonl", folder / "qrels.tsv"
    files = sorted(folder.glob("queries*.jsonl"))
    missing = [path.name for path in (corpus, judged) if not path.is_file()]
    if missing or not files:
        wanted = ", ".join(missing or ["queries.jsonl"])
        raise BadSet(
            f"{folder} holds no evaluation set: {wanted} is missing. It takes corpus.jsonl, "
            "queries.jsonl and qrels.tsv in the form of BEIR."
        )
    entries = tuple(
        Entry(id=row["_id"], title=row.get("title") or "", text=row["text"])
        for row in _rows(corpus)
    )
    questions = {
        path.stem.removeprefix("queries").lstrip("_-"): tuple(map(_question, _rows(path)))
        for path in files
    }
    return EvaluationSet(
        name=folder.name,
        entries=entries,
        questions=questions,
        relevant=_judgements(judged),
        digest=digest_of(corpus, judged, *files),
    )


def digest_of(*files: Path) -> str:
    """16 hex digits that change when one of the files does."""
    whole = sha256()
    for path in files:
        whole.update(sha256(path.read_bytes()).digest())
    return whole.hexdigest()[:16]


def _question(row: dict[str, Any]) -> Question:
    answers = tuple(str(each) for each in row.get("answers") or ())
    turns = [turn.strip() for turn in _SPEAKER.split(row["text"]) if turn.strip()]
    *before, text = turns or [""]
    return Question(id=row["_id"], text=text, answers=answers, before=tuple(before))


def _rows(path: Path) -> Iterator[dict[str, Any]]:
    with path.open(encoding="utf-8") as lines:
        for number, line in enumerate(lines, 1):
            if not line.strip():
                continue
            try:
                row = json.loads(line)
                if not (isinstance(row["_id"], str) and isinstance(row["text"], str)):
                    raise TypeError("`_id` and `text` must be text")
            except (ValueError, KeyError, TypeError) as error:
                raise BadSet(f"{path}, line {number}: {_why(error)}") from error
            yield row


def _judgements(path: Path) -> dict[str, dict[str, int]]:
    found: dict[str, dict[str, int]] = {}
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines()[1:], 2):
        try:
            asked, id_, grade = line.split("\t")
            if int(grade) > 0:
                found.setdefault(asked, {})[id_] = int(grade)
        except ValueError as error:
            raise BadSet(
                f"{path}, line {number}: wants a question's id, an id of the corpus and a whole "
                "number, with tabs between them"
            ) from error
    return found


def _why(error: Exception) -> str:
    return f"{error} is missing" if isinstance(error, KeyError) else str(error)


def spread(things: tuple[T, ...], count: int) -> tuple[T, ...]:
    """`count` of the things, at equal distances."""
    if count >= len(things):
        return things
    return tuple(things[number * len(things) // count] for number in range(count))
