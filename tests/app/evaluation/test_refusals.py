import math
from itertools import pairwise

import pytest

from app.evaluation.refusals import Outcome, at_error, curve, interval, rates


def outcome(answerable: bool, score: float, *, said: bool = True) -> Outcome:
    return Outcome(
        id=f"{answerable}{score}", answerable=answerable, score=score, wrote=said, said=said
    )


# The gate sees three of four right; the model refuses one of each kind.
OUTCOMES = [
    outcome(True, 0.95),
    outcome(True, 0.90, said=False),
    outcome(True, 0.80),
    outcome(True, 0.60),
    outcome(False, 0.85, said=False),
    outcome(False, 0.70),
    outcome(False, 0.50),
    outcome(False, 0.40),
]


def test_rates_count_what_was_answered_in_vain_and_what_was_refused() -> None:
    found = rates(OUTCOMES, lambda each: each.said)
    assert (found.hallucination, found.error) == (0.75, 0.25)
    assert math.isnan(rates(OUTCOMES[:4], lambda each: True).hallucination)


def test_the_curve_goes_from_the_open_gate_to_the_shut_one() -> None:
    points = curve(OUTCOMES)
    assert (points[0].hallucination, points[0].error) == (1.0, 0.0)
    assert (points[-1].hallucination, points[-1].error) == (0.0, 1.0)
    assert len(points) == len(OUTCOMES) + 1
    assert all(a.error <= b.error for a, b in pairwise(points))


def test_both_together_are_better_than_each_alone_at_equal_error() -> None:
    gate = at_error(curve(OUTCOMES), 0.25)
    both = at_error(curve(OUTCOMES, lambda each: each.said), 0.25)
    assert gate is not None
    assert both is not None
    assert (gate.hallucination, gate.error) == (0.25, 0.25)
    assert gate.threshold == pytest.approx(0.75)
    # The model has spent the error already; the gate takes what costs nothing more.
    assert (both.hallucination, both.error) == (0.25, 0.25)
    assert both.threshold == pytest.approx(0.55)


def test_an_error_that_the_model_alone_exceeds_is_on_no_curve() -> None:
    assert at_error(curve(OUTCOMES, lambda each: each.said), 0.2) is None


def test_a_share_of_few_is_uncertain() -> None:
    low, high = interval(0.35, 20)
    assert (round(low, 2), round(high, 2)) == (0.18, 0.57)
    assert interval(0.0, 0) == (0.0, 1.0)
    assert interval(0.0, 20)[0] == 0.0
