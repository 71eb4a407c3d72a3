"""How meaning and words are best weighed against each other, for the embedder in the settings."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from zlib import crc32

from app.evaluation.beir import EvaluationSet
from app.evaluation.measures import ndcg
from app.evaluation.shelf import Filled, entry_of
from ingest.documents import Hit

WEIGHTS = (0.0, 0.05, 0.075, 0.1, 0.125, 0.15, 0.2, 0.3)
"""Weights of the normalised BM25 that are tried."""
# Candidates a question: what the product looks at, from both lists.
_DEPTH = 150


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """A passage found for a question: the entry it belongs to, and its two scores."""

    entry: str
    cosine: float
    bm25: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A question's candidates, and what answers it."""

    id: str
    candidates: tuple[Candidate, ...]
    relevant: Mapping[str, int]

    @property
    def is_for_choosing(self) -> bool:
        """Half of the questions, by a hash of their id, choose; the others are reported."""
        return crc32(self.id.encode()) % 2 == 0

    def ndcg(self, weight: float) -> float:
        """nDCG@10 of the order that this weight gives."""
        ordered = sorted(self.candidates, key=lambda each: -(each.cosine + weight * each.bm25))
        return ndcg(list(dict.fromkeys(each.entry for each in ordered)), self.relevant)


@dataclass(frozen=True, slots=True, kw_only=True)
class Fit:
    """nDCG@10 by weight over the questions that were not used to choose, and the weight chosen."""

    name: str
    questions: int
    by_weight: Mapping[float, float]
    chosen: float


async def collect(shelf: Filled, data: EvaluationSet) -> list[Asked]:
    """Every question of a set that is on the shelf, with its candidates."""
    found: list[Asked] = []
    for questions in data.questions.values():
        for question in questions:
            if relevant := data.relevant.get(question.id):
                hits = await shelf.grounder.search(question.text, shelf.kb, _DEPTH)
                found.append(
                    Asked(
                        id=question.id,
                        candidates=tuple(map(_candidate, hits)),
                        relevant=relevant,
                    )
                )
    return found


def fit(sets: Mapping[str, Sequence[Asked]]) -> tuple[float, list[Fit]]:
    """The weight that is best on average over the sets, each counting the same; their figures."""
    choosing = {name: [q for q in asked if q.is_for_choosing] for name, asked in sets.items()}
    means = {weight: sum(_mean(asked, weight) for asked in choosing.values()) for weight in WEIGHTS}
    best = max(WEIGHTS, key=means.__getitem__)
    fits = []
    for name, asked in sets.items():
        rest = [question for question in asked if not question.is_for_choosing]
        own = max(WEIGHTS, key=lambda weight: _mean(choosing[name], weight))
        by_weight = {weight: _mean(rest, weight) for weight in WEIGHTS}
        fits.append(Fit(name=name, questions=len(rest), by_weight=by_weight, chosen=own))
    return best, fits


def _mean(asked: Sequence[Asked], weight: float) -> float:
    return sum(question.ndcg(weight) for question in asked) / len(asked) if asked else 0.0


def _candidate(hit: Hit) -> Candidate:
    return Candidate(entry=entry_of(hit), cosine=hit.cosine, bm25=hit.bm25)
