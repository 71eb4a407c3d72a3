"""Which passages can still win, before their cosines are known."""

import random

from ingest.indexing.fusion import WEIGHT, contenders, fused, weight_for


def test_what_words_alone_found_is_asked_for_only_if_it_can_win() -> None:
    nearest = {"a": 0.90, "b": 0.85, "c": 0.80}
    wordy = {"strong": 0.9, "weak": 0.2}
    assert contenders(nearest, wordy, limit=2) == ["a", "b", "strong"]


def test_with_less_than_the_limit_everything_is_a_contender() -> None:
    assert contenders({"a": 0.9}, {"b": 0.1}, limit=5) == ["a", "b"]
    assert contenders({}, {"b": 0.1}, limit=5) == ["b"]
    assert contenders({}, {}, limit=5) == []


def test_the_best_are_always_among_the_contenders() -> None:
    rng = random.Random(7)
    for _ in range(200):
        cosines = {n: rng.uniform(0.7, 0.95) for n in range(60)}
        wordy = {n: rng.random() for n in rng.sample(range(60), 20)}
        nearest = dict(sorted(cosines.items(), key=lambda item: -item[1])[:25])
        scores = {n: fused(cosines[n], wordy.get(n, 0.0)) for n in nearest.keys() | wordy.keys()}
        best = sorted(scores, key=scores.__getitem__, reverse=True)[:5]
        assert set(best) <= set(contenders(nearest, wordy, limit=5))


def test_the_weight_of_words_is_that_of_the_model() -> None:
    assert weight_for("sentence-transformers/all-MiniLM-L6-v2") > weight_for("any/other") == WEIGHT
    nearest, wordy = {"a": 0.90, "b": 0.85}, {"b": 0.4, "c": 0.9}
    assert contenders(nearest, wordy, limit=1, weight=0.0) == ["a"]
    assert contenders(nearest, wordy, limit=1, weight=0.5) == ["b", "c"]
