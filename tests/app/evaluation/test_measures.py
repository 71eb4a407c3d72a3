import math

import pytest

from app.evaluation.measures import auroc, caught, ndcg, recall, reciprocal_rank


def test_ndcg_is_one_for_the_best_order_and_falls_with_the_rank() -> None:
    assert ndcg(["a", "b"], {"a": 2, "b": 1}) == 1.0
    assert ndcg(["x", "a"], {"a": 1}) == pytest.approx(1 / math.log2(3))
    assert ndcg(["x"] * 10 + ["a"], {"a": 1}) == 0.0


def test_recall_and_reciprocal_rank() -> None:
    assert recall(["x", "a", "b"], {"a": 1, "b": 1, "c": 1}, 2) == pytest.approx(1 / 3)
    assert reciprocal_rank(["x", "a"], {"a": 1}) == 0.5
    assert reciprocal_rank(["x"], {"a": 1}) == 0.0


def test_auroc_counts_pairs_and_halves_ties() -> None:
    assert auroc([2, 3], [0, 1]) == 1.0
    assert auroc([1, 1], [1]) == 0.5
    assert auroc([0.2, 0.9], [0.5]) == 0.5


def test_caught_at_a_share_of_false_refusals() -> None:
    answerable = [number / 100 for number in range(100)]
    assert caught(answerable, [0.01, 0.5, 0.02, 0.9], 0.1) == 0.5
