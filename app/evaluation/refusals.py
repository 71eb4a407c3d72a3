"""How often an answer is given though there is none, at what price in refused questions.

Hallucination rate: the share of unanswerable questions that are answered. Error rate: the share of
answerable ones that are refused. Both as NoMIRACL defines them; whether an answer is right is not
measured here.
"""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise

# A normal deviate that 95 % lie within.
_Z = 1.96


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What became of one question.

    `score` is the gate's, of the best passage. `wrote`: the model did not refuse; `said`: something
    of what it wrote was left to say by the check. `text` is what was said, `withheld` why sentences
    were not.
    """

    id: str
    answerable: bool
    score: float
    wrote: bool
    said: bool
    text: str = ""
    withheld: tuple[str, ...] = ()
    seconds: float = 0.0


Answered = Callable[[Outcome], bool]


@dataclass(frozen=True, slots=True, kw_only=True)
class Rates:
    """The two rates, the gate's threshold that they belong to (None without a gate)."""

    hallucination: float
    error: float
    threshold: float | None = None


def rates(outcomes: Sequence[Outcome], answered: Answered) -> Rates:
    """The rates of something that answers or refuses; NaN where there are no such questions."""
    return Rates(
        hallucination=_share([answered(each) for each in outcomes if not each.answerable]),
        error=_share([not answered(each) for each in outcomes if each.answerable]),
    )


def curve(outcomes: Sequence[Outcome], behind: Answered = lambda _: True) -> list[Rates]:
    """The rates of a gate at each threshold that makes a difference, and of what is `behind` it.

    From the open gate to the one that refuses everything.
    """
    thresholds = [-math.inf, *sorted({each.score for each in outcomes}), math.inf]
    points: list[Rates] = []
    for low, high in pairwise(thresholds):
        # Just above the lower score, so that the point does not hang on a rounding.
        threshold = low if math.isinf(low) or math.isinf(high) else (low + high) / 2
        found = rates(outcomes, lambda each, low=low: each.score > low and behind(each))  # type: ignore[misc]
        points.append(
            Rates(hallucination=found.hallucination, error=found.error, threshold=threshold)
        )
    return points


def at_error(points: Sequence[Rates], error: float) -> Rates | None:
    """The fewest hallucinations of a curve at this error rate or a smaller one."""
    affordable = [point for point in points if point.error <= error + 1e-9]
    return min(affordable, key=lambda point: (point.hallucination, point.error), default=None)


def interval(share: float, of: int) -> tuple[float, float]:
    """The 95 % interval of a share that was counted on `of` questions (Wilson)."""
    if not of:
        return (0.0, 1.0)
    middle = (share + _Z**2 / (2 * of)) / (1 + _Z**2 / of)
    half = _Z * math.sqrt(share * (1 - share) / of + _Z**2 / (4 * of**2)) / (1 + _Z**2 / of)
    return max(0.0, middle - half), min(1.0, middle + half)


def _share(true: Sequence[bool]) -> float:
    return sum(true) / len(true) if true else math.nan
