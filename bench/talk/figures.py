"""What was measured of spoken turns, and the few figures that are made of many of them."""

import math
import statistics
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal, get_args

from bench.talk.words import word_error

Outcome = Literal["right", "wrong", "refused", "apologised", "lost"]
"""What became of a question; "lost": nothing complete was heard in time."""


@dataclass(slots=True, kw_only=True)
class Turn:
    """One spoken question and its answer; seconds from the question's last sound.

    `place` is the turn's number in its visit. `sound_s` is the first sound, be it a filler's,
    `word_s` the answer's first audible word. `right_by_ear`: the fact is in what a recogniser makes
    of the answer's sound. `errors`: words heard wrong of the question's, and its words. `told`: the
    kinds of the captions, as they came.
    """

    question: str
    place: int
    answerable: bool
    outcome: Outcome = "lost"
    sound_s: float | None = None
    word_s: float | None = None
    filler: bool = False
    understood: str = ""
    said: str = ""
    by_ear: str = ""
    right_by_ear: bool = False
    errors: tuple[int, int] = (0, 0)
    told: list[str] = field(default_factory=list)
    read_before_end: bool | None = None
    timings: Mapping[str, Any] = field(default_factory=dict)


def percentile(values: Sequence[float], percent: float) -> float:
    """The value that so many percent of the values do not exceed (the nearest rank)."""
    ordered = sorted(values)
    return ordered[max(0, math.ceil(len(ordered) * percent / 100) - 1)]


def spread(values: Iterable[float | None], digits: int = 2) -> dict[str, float]:
    """The median and the 95th percentile of what was measured; nothing of nothing."""
    known = [value for value in values if value is not None]
    if not known:
        return {}
    return {
        "p50": round(statistics.median(known), digits),
        "p95": round(percentile(known, 95), digits),
    }


def figures(turns: Sequence[Turn]) -> dict[str, float]:
    """A way's figures: waits of the answered turns, and how well was heard and answered."""
    # Refusals need no model: their waits would flatter the answers'.
    waited = [turn for turn in turns if _answered(turn)]
    found: dict[str, float] = {"turns": len(turns), "answered": len(waited)}
    found |= _named("first_sound_s", spread(turn.sound_s for turn in waited))
    found |= _named("first_word_s", spread(turn.word_s for turn in waited))
    refused = (turn.word_s for turn in turns if turn.outcome == "refused")
    found |= _named("refused_word_s", spread(refused))
    found["word_error"] = round(word_error(turn.errors for turn in turns), 3)
    found |= _answers(turns)
    read = [turn.read_before_end for turn in waited if turn.read_before_end is not None]
    if read:
        found["best_read_before_end"] = round(sum(read) / len(read), 2)
        # Whatever of it was still to be read, the question came while it was.
        kinds = [(turn.timings.get("ahead") or {}).get("best") for turn in waited]
        found["best_read_or_begun"] = round(
            sum(k in ("read", "begun") for k in kinds) / len(kinds), 2
        )
    return found


def _answers(turns: Sequence[Turn]) -> dict[str, float]:
    answerable = [turn for turn in turns if turn.answerable]
    others = [turn for turn in turns if not turn.answerable]
    found: dict[str, float] = {
        f"answerable_{kind}": sum(turn.outcome == kind for turn in answerable)
        for kind in get_args(Outcome)
    }
    found["answerable_right_by_ear"] = sum(turn.right_by_ear for turn in answerable)
    found["unanswerable"] = len(others)
    found["unanswerable_refused"] = sum(turn.outcome == "refused" for turn in others)
    return found


def spans(turns: Sequence[Turn]) -> dict[str, dict[str, float]]:
    """Each number that the API wrote down of the answered turns, by its path."""
    values: dict[str, list[float]] = {}
    for turn in turns:
        if _answered(turn):
            for path, value in _numbers(turn.timings):
                values.setdefault(path, []).append(value)
    return {path: spread(found, 0) | {"n": len(found)} for path, found in sorted(values.items())}


def by_place(turns: Sequence[Turn]) -> dict[int, dict[str, float]]:
    """The answered turns' first words by their place in the visit."""
    places = sorted({turn.place for turn in turns})
    answered = [turn for turn in turns if _answered(turn)]
    return {
        place: spread(turn.word_s for turn in answered if turn.place == place) for place in places
    }


def ratio(slower: Sequence[Turn], faster: Sequence[Turn]) -> dict[str, float]:
    """How many times sooner the first word came, over the questions that both ways answered."""
    pairs = [
        (one.word_s, other.word_s)
        for one in slower
        for other in faster
        if one.question == other.question
        and one.word_s is not None
        and other.word_s is not None
        and _answered(one)
        and _answered(other)
    ]
    if not pairs:
        return {}
    slow, fast = (statistics.median(side) for side in zip(*pairs, strict=True))
    return {
        "questions": len(pairs),
        "slower_p50_s": round(slow, 2),
        "faster_p50_s": round(fast, 2),
        "times_sooner": round(slow / fast, 1),
    }


def first_to_last(turns: Sequence[Turn], last: int) -> dict[str, float]:
    """The first turns' median wait for the answer, and that of the turns at place `last`."""
    places = by_place(turns)
    first, fifth = (places.get(place, {}).get("p50") for place in (1, last))
    if first is None or fifth is None:
        return {}
    return {"first_p50_s": first, "last_p50_s": fifth, "ratio": round(first / fifth, 2)}


def _answered(turn: Turn) -> bool:
    return turn.outcome in ("right", "wrong")


def _named(name: str, found: Mapping[str, float]) -> dict[str, float]:
    return {f"{name}_{which}": value for which, value in found.items()}


def _numbers(facts: Mapping[str, Any], before: str = "") -> Iterable[tuple[str, float]]:
    for name, value in facts.items():
        if isinstance(value, Mapping):
            yield from _numbers(value, f"{before}{name}.")
        elif isinstance(value, int | float) and not isinstance(value, bool):
            yield f"{before}{name}", float(value)
