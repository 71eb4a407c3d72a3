import time
from typing import get_args

import msgspec
import pytest

from app.agent.timeline import Beginning, Mark, Timeline
from app.agent.turns import Caption, Turns
from app.agent.visit_log import VisitLog
from app.api.timeline import ReportedTurn
from tests.fakes.api import ScriptedApi

SPOKEN = Beginning(began_at=100.0, turn_at=100.6, spoken=True)


def _ignore(caption: Caption) -> None:
    pass


def test_the_first_mark_of_a_kind_counts_and_one_before_the_end_of_speech_is_negative() -> None:
    at = iter([99.9, 101.0, 102.0, 101.5])
    times = Timeline(clock=lambda: next(at))
    times.mark("asked")
    times.mark("sentence")
    times.mark("sentence")
    times.mark("heard")
    assert times.report() is None
    times.beginning = SPOKEN
    assert times.report() == {
        "spoken": True, "turn_ms": 600, "asked_ms": -100, "sentence_ms": 1000, "heard_ms": 1500,
    }  # fmt: skip


def test_what_was_not_heard_is_not_reported() -> None:
    times = Timeline()
    times.beginning = SPOKEN
    times.mark("sound")
    assert times.report() is None


def test_a_beginning_is_put_on_the_clock_of_the_marks() -> None:
    beginning = Beginning.since(time.time() - 2.0, spoken=True)
    assert beginning.turn_at - beginning.began_at == pytest.approx(2.0, abs=0.1)


def test_the_answer_that_was_spoken_is_reported_once_it_is_complete_and_heard() -> None:
    reported: list[str] = []
    turns = Turns(_ignore, lambda turn, times: reported.append(f"{turn} {sorted(times)}"))
    dropped = turns.propose("half")
    line = dropped.line("sentence", "No.")
    dropped.complete({})
    kept = turns.propose("whole")
    kept.times.mark("asked")
    turns.commit("whole", SPOKEN, text="hours?", lang="en")
    filler = kept.line("filler", "One moment.")
    line = kept.line("sentence", "At nine.")
    kept.shown(filler)
    assert reported == []
    kept.sounds(line)
    kept.leaves(line)
    kept.shown(line)
    assert reported == []  # the API has not kept the turn yet
    kept.complete({})
    kept.ends(interrupted=False)
    marks = ["asked_ms", "filler_ms", "heard_ms", "sentence_ms", "sound_ms", "spoken", "stage_ms"]
    assert reported == [f"{kept.id} {sorted([*marks, 'turn_ms'])}"]


def test_an_answer_that_was_complete_before_is_reported_when_it_is_heard() -> None:
    reported: list[str] = []
    turns = Turns(_ignore, lambda turn, times: reported.append(turn))
    turns.commit("message", SPOKEN, text="hours?", lang="en")
    turn = turns.propose("message")
    line = turn.line("sentence", "At nine.")
    turn.complete({})
    assert reported == []
    turn.shown(line)
    turn.shown(line)
    assert reported == [turn.id]


async def test_the_api_is_told_all_of_it_and_understands() -> None:
    times = Timeline()
    for mark in get_args(Mark):
        times.mark(mark)
    times.beginning = Beginning.since(time.time() - 1.0, spoken=True)
    api = ScriptedApi({})
    log = VisitLog(api, "v1")
    log.turn("t-1", times.report() or {})
    await log.close("left")
    visit, facts = api.reports[0]
    told = msgspec.convert(facts["turn"], ReportedTurn)
    assert (visit, told.name) == ("v1", "t-1")
    assert set(told.line()) == {"spoken", "turn_ms", *(f"{mark}_ms" for mark in get_args(Mark))}
