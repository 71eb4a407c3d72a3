"""Few figures of many turns."""

from typing import Any

import pytest

from bench.talk.figures import (
    Turn,
    by_place,
    figures,
    first_to_last,
    percentile,
    ratio,
    spans,
    spread,
)


def turn(question: str = "a", word_s: float | None = 1.0, **facts: Any) -> Turn:
    given: dict[str, Any] = {"place": 1, "answerable": True, "outcome": "right", "sound_s": 0.5}
    return Turn(question=question, word_s=word_s, **{**given, **facts})


def test_a_percentile_is_one_of_the_values() -> None:
    values = [float(number) for number in range(20, 0, -1)]
    assert percentile(values, 95) == 19
    assert percentile(values, 100) == 20
    assert percentile([3.0], 95) == 3
    assert percentile([1.0, 2.0], 0) == 1


def test_what_was_not_measured_has_no_spread() -> None:
    assert spread([None]) == {}
    assert spread([1.0, None, 2.0]) == {"p50": 1.5, "p95": 2.0}


def test_refusals_do_not_flatter_the_waits() -> None:
    found = figures(
        [turn(word_s=2.0), turn("b", 4.0, outcome="wrong"), turn("c", 0.1, outcome="refused")]
    )
    assert found["first_word_s_p50"] == 3.0
    assert found["refused_word_s_p50"] == 0.1
    assert (found["turns"], found["answered"]) == (3, 2)


def test_right_and_wrong_are_told_apart_where_there_is_an_answer() -> None:
    found = figures(
        [
            turn(right_by_ear=True),
            turn("b", outcome="wrong"),
            turn("c", None, outcome="lost"),
            turn("d", answerable=False, outcome="refused"),
            turn("e", answerable=False, outcome="wrong"),
        ]
    )
    kinds = ("right", "wrong", "refused", "lost")
    assert [found[f"answerable_{kind}"] for kind in kinds] == [1, 1, 0, 1]
    assert found["answerable_right_by_ear"] == 1
    assert (found["unanswerable"], found["unanswerable_refused"]) == (2, 1)


def test_the_best_passage_counts_as_read_when_the_visitor_was_still_speaking() -> None:
    turns = [
        turn(read_before_end=True, timings={"ahead": {"best": "read"}}),
        turn("b", read_before_end=False, timings={"ahead": {"best": "begun"}}),
        turn("c", read_before_end=False, timings={"ahead": {"best": "missed"}}),
        turn("d", outcome="refused"),
    ]
    found = figures(turns)
    assert found["best_read_before_end"] == pytest.approx(0.33)
    assert found["best_read_or_begun"] == pytest.approx(0.67)


def test_every_number_that_was_written_down_is_a_span() -> None:
    turns = [
        turn(timings={"total_ms": 10, "tokens": {"prompt": 5}, "late": True, "ahead": None}),
        turn("b", timings={"total_ms": 20, "reason": "x"}),
        turn("c", outcome="refused", timings={"total_ms": 1}),
    ]
    assert spans(turns) == {
        "tokens.prompt": {"p50": 5, "p95": 5, "n": 1},
        "total_ms": {"p50": 15, "p95": 20, "n": 2},
    }


def test_ways_are_compared_on_the_questions_that_both_answered() -> None:
    ours = [turn("a", 1.0), turn("b", 2.0), turn("c", 9.0, outcome="refused")]
    theirs = [turn("a", 4.0), turn("b", 5.0), turn("c", 1.0), turn("d", 90.0)]
    assert ratio(theirs, ours) == {
        "questions": 2,
        "slower_p50_s": 4.5,
        "faster_p50_s": 1.5,
        "times_sooner": 3.0,
    }
    assert ratio([], ours) == {}


def test_the_first_turn_of_visits_is_held_against_the_fifth() -> None:
    turns = [turn(word_s=3.0), turn("b", 5.0), turn("c", 2.0, place=5)]
    assert by_place(turns) == {1: {"p50": 4.0, "p95": 5.0}, 5: {"p50": 2.0, "p95": 2.0}}
    assert first_to_last(turns, 5) == {"first_p50_s": 4.0, "last_p50_s": 2.0, "ratio": 2.0}
    assert first_to_last(turns, 4) == {}
