"""How well the gate tells what the pages are about from what they are not.

Off-topic questions are made of any set: half of its articles are indexed, and questions on the
other half have no answer there. Near misses need a set that judges them (NoMIRACL): the passages
are on the subject, and none of them answers.
"""

import json
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any
from zlib import crc32

from app.evaluation.beir import BadSet, Entry, EvaluationSet, Question, digest_of, spread
from app.evaluation.measures import auroc, caught, percentile, rounded
from app.evaluation.shelf import Filled

Asked = Callable[[int, int], None]
"""Is told how many of how many questions were asked."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Trial:
    """A part of a set to be indexed, with questions that it answers and such that it does not."""

    data: EvaluationSet
    answerable: tuple[Question, ...]
    unanswerable: tuple[Question, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Gated:
    """The figures of a gate.

    `caught_5` and `caught_10` are the shares of the unanswerable questions that are turned away
    where 5 % and 10 % of the answerable ones are, `refused` and `turned_away` are those shares of
    the answerable and of the unanswerable questions at the product's own thresholds, and
    `strictness_5` is the GROUNDLING_GROUNDING__STRICTNESS that would refuse 5 % of the answerable.
    """

    answerable: int
    unanswerable: int
    auroc: float
    caught_5: float
    caught_10: float
    refused: float
    turned_away: float
    strictness_5: float

    def as_json(self) -> dict[str, Any]:
        """The figures, rounded."""
        return rounded(asdict(self))


def off_topic(data: EvaluationSet, sample: int | None = None) -> Trial:
    """Half of the articles of a set, and questions on both halves.

    Texts of one title are one article. `sample` is how many questions are asked, half on each.

    Raises:
        BadSet: the set has no two articles with questions.
    """
    inside = {entry.id for entry in data.entries if _is_inside(entry)}
    judged = [
        (question, data.relevant[question.id].keys())
        for questions in data.questions.values()
        for question in questions
        if data.relevant.get(question.id)
    ]
    answerable = tuple(question for question, right in judged if right <= inside)
    unanswerable = tuple(question for question, right in judged if not right & inside)
    if not answerable or not unanswerable:
        raise BadSet(
            f"{data.name} has no questions on two articles: nothing can be held out of it. It "
            "takes texts with different titles, and questions on several of them."
        )
    if sample:
        answerable = spread(answerable, sample // 2)
        unanswerable = spread(unanswerable, sample // 2)
    half = replace(data, entries=tuple(entry for entry in data.entries if entry.id in inside))
    return Trial(data=half, answerable=answerable, unanswerable=unanswerable)


def near_miss(folder: Path, sample: int | None = None) -> Trial:
    """The passages of a NoMIRACL folder together, and its questions with and without an answer.

    Raises:
        BadSet: `relevant.jsonl` or `non_relevant.jsonl` is missing or broken.
    """
    files = [folder / "relevant.jsonl", folder / "non_relevant.jsonl"]
    try:
        rows = [[json.loads(line) for line in file.read_text().splitlines()] for file in files]
        rows = [list(spread(tuple(each), sample // 2)) if sample else each for each in rows]
        texts = {
            id_: text
            for row in (*rows[0], *rows[1])
            for id_, text in zip(row["docids"], row["passages"], strict=True)
        }
        asked = [[Question(id=row["query_id"], text=row["query"]) for row in each] for each in rows]
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise BadSet(
            f"{folder} holds no judged near misses ({error!r}). It takes relevant.jsonl and "
            "non_relevant.jsonl in the form of NoMIRACL."
        ) from error
    data = EvaluationSet(
        name=f"near-miss-{folder.name}",
        entries=tuple(Entry(id=id_, title="", text=text) for id_, text in texts.items()),
        questions={},
        relevant={},
        digest=digest_of(*files),
    )
    return Trial(data=data, answerable=tuple(asked[0]), unanswerable=tuple(asked[1]))


async def measure(
    shelf: Filled, trial: Trial, lang: str | None = None, *, told: Asked = lambda done, of: None
) -> Gated:
    """The figures of a trial whose part of the set is on the shelf; `lang` is the questions'."""
    total = len(trial.answerable) + len(trial.unanswerable)
    margins: list[float] = []
    for question in (*trial.answerable, *trial.unanswerable):
        margins.append(await shelf.grounder.margin(question.text, shelf.kb, lang))
        told(len(margins), total)
    known, unknown = margins[: len(trial.answerable)], margins[len(trial.answerable) :]
    return Gated(
        answerable=len(known),
        unanswerable=len(unknown),
        auroc=auroc(known, unknown),
        caught_5=caught(known, unknown, 0.05),
        caught_10=caught(known, unknown, 0.1),
        refused=_below_0(known),
        turned_away=_below_0(unknown),
        strictness_5=shelf.grounder.strictness + percentile(known, 0.05),
    )


def _is_inside(entry: Entry) -> bool:
    """Whether a text is indexed: told by its title alone, the same on every machine."""
    return crc32((entry.title or entry.id).encode()) % 2 == 0


def _below_0(margins: Sequence[float]) -> float:
    return sum(margin < 0 for margin in margins) / len(margins)
