"""What retrieval and gates are measured by, with their usual definitions."""

import math
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np


def ndcg(ranked: Sequence[str], relevant: Mapping[str, int], depth: int = 10) -> float:
    """Normalised discounted cumulative gain, 0 to 1, with linear gains as trec_eval takes them.

    Järvelin and Kekäläinen 2002: Σ grade / log2(rank + 1), over the best possible of that depth.
    """
    found = [relevant.get(id_, 0) for id_ in ranked[:depth]]
    best = _gain(sorted(relevant.values(), reverse=True)[:depth])
    return _gain(found) / best if best else 0.0


def recall(ranked: Sequence[str], relevant: Mapping[str, int], depth: int) -> float:
    """The share of the relevant ones that is among the first `depth`."""
    return len(set(ranked[:depth]) & relevant.keys()) / len(relevant) if relevant else 0.0


def reciprocal_rank(ranked: Sequence[str], relevant: Mapping[str, int]) -> float:
    """One over the rank of the first relevant one; 0 if there is none."""
    return next((1 / rank for rank, id_ in enumerate(ranked, 1) if id_ in relevant), 0.0)


def auroc(positive: Sequence[float], negative: Sequence[float]) -> float:
    """How often a positive one scores higher than a negative one, equal scores counting half.

    The area under the receiver operating characteristic, by the rank sum of Mann and Whitney.
    """
    scores = np.concatenate([np.asarray(positive, float), np.asarray(negative, float)])
    _, places, counts = np.unique(scores, return_inverse=True, return_counts=True)
    ranks = np.cumsum(counts) - (counts - 1) / 2
    p, n = len(positive), len(negative)
    return float((ranks[places[:p]].sum() - p * (p + 1) / 2) / (p * n))


def caught(answerable: Sequence[float], unanswerable: Sequence[float], refused: float) -> float:
    """The share of unanswerable questions turned away where `refused` of the others are, too."""
    threshold = float(np.quantile(np.asarray(answerable, float), refused))
    return float(np.mean(np.asarray(unanswerable, float) < threshold))


def percentile(values: Sequence[float], share: float) -> float:
    """The value that `share` (0 to 1) of the values do not exceed."""
    return float(np.quantile(np.asarray(values, float), share)) if values else math.nan


def rounded(figures: Mapping[str, Any]) -> dict[str, Any]:
    """Figures as they are told: four digits are more than any sample here bears."""
    return {
        name: round(value, 4) if isinstance(value, float) else value
        for name, value in figures.items()
    }


def _gain(grades: Sequence[int]) -> float:
    return sum(grade / math.log2(rank + 1) for rank, grade in enumerate(grades, 1))
