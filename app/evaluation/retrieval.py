"""How well the passages that answer are found, and how quickly."""

import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from app.answering.template import Exchange
from app.evaluation.beir import EvaluationSet, Question
from app.evaluation.measures import ndcg, percentile, recall, reciprocal_rank, rounded
from app.evaluation.shelf import Filled
from app.grounding.followup import in_context
from ingest.extraction.text import guess_language

Asked = Callable[[str, int, int], None]
"""Is told of which file how many of how many questions were asked."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """The figures of one file of questions: means over its questions, and milliseconds a search.

    `skipped` questions have nothing in the set that answers them, and count nowhere.
    """

    file: str
    questions: int
    skipped: int
    ndcg_10: float
    recall_5: float
    recall_10: float
    mrr: float
    p50_ms: float
    p95_ms: float

    def as_json(self) -> dict[str, Any]:
        """The figures, rounded."""
        return rounded(asdict(self))


async def measure(
    shelf: Filled, data: EvaluationSet, *, told: Asked = lambda file, done, of: None
) -> list[Found]:
    """The figures of every file of questions of a set that is on the shelf."""
    # The first question loads what the others find loaded.
    await shelf.ranked("?")
    return [await _file(shelf, data, name, asked, told) for name, asked in data.questions.items()]


def _searched(question: Question) -> str:
    """What a visit would search for after what was asked before, without a model's rewriting."""
    if not question.before:
        return question.text
    history = [Exchange(asked=asked, answered="") for asked in question.before]
    lang = guess_language(" ".join([*question.before, question.text]))
    return in_context(question.text, history, lang)


async def _file(
    shelf: Filled, data: EvaluationSet, name: str, asked: Sequence[Question], told: Asked
) -> Found:
    figures: list[tuple[float, float, float, float]] = []
    times: list[float] = []
    judged = [question for question in asked if data.relevant.get(question.id)]
    for number, question in enumerate(judged, 1):
        began = time.perf_counter()
        ranked = await shelf.ranked(_searched(question))
        times.append((time.perf_counter() - began) * 1000)
        right = data.relevant[question.id]
        figures.append(
            (
                ndcg(ranked, right),
                recall(ranked, right, 5),
                recall(ranked, right, 10),
                reciprocal_rank(ranked[:10], right),
            )
        )
        told(name, number, len(judged))
    count = len(judged) or 1
    ndcg_10, recall_5, recall_10, mrr = (
        sum(each) / count for each in (zip(*figures, strict=True) if figures else ((0.0,),) * 4)
    )
    return Found(
        file=name,
        questions=len(judged),
        skipped=len(asked) - len(judged),
        ndcg_10=ndcg_10,
        recall_5=recall_5,
        recall_10=recall_10,
        mrr=mrr,
        p50_ms=percentile(times, 0.5),
        p95_ms=percentile(times, 0.95),
    )
