"""What is counted, read as Prometheus reads it."""

import asyncio
import re
from collections.abc import AsyncGenerator, Sequence
from contextlib import aclosing
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import get_args

import pytest
from prometheus_client import Metric
from prometheus_client.parser import text_string_to_metric_families

from app.answering.events import Done, Event, Grounded, Timings, Tokens
from app.answering.listened import Spent
from app.answering.preparation import WorkedAhead
from app.answering.waiting import Load
from app.errors import ModelBusy, ModelUnavailable
from app.metrics import Metrics
from app.standing import Standing
from app.visits.causes import CAUSES
from app.visits.happenings import Happening
from app.visits.records import AvatarState, VisitsNow
from ingest.catalog.tally import RunsNow
from tests.app.test_tracing import TURN
from tests.fakes.answerer import ABSTAINED, DONE, GROUNDED, SENTENCE

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
STANDING = Standing(
    load=Load(writing=1, waiting=2),
    spent=Spent(tokens=120, ms=900, vain_tokens=20, vain_ms=150),
    visits=VisitsNow(visits=3, sessions=2, month_s=90, month_cents=15, untold=7),
    runs=RunsNow(
        states={"running": 1, "done": 4},
        done_at={'"m"\nuseum': NOW},
    ),
)


def read(metrics: Metrics, standing: Standing = STANDING) -> dict[str, float]:
    """Every sample by its name and labels, `answers_total{en,answered}`, without our prefix."""
    return {
        f"{sample.name.removeprefix('groundling_')}{{{','.join(sample.labels.values())}}}": value
        for family in families(metrics, standing)
        for sample in family.samples
        for value in [sample.value]
    }


def families(metrics: Metrics, standing: Standing = STANDING) -> list[Metric]:
    return list(text_string_to_metric_families(metrics.text(standing).decode()))


async def _answer(*script: Event | Exception) -> AsyncGenerator[Event, None]:
    for step in script:
        if isinstance(step, Exception):
            raise step
        yield step


async def _whole(metrics: Metrics, *script: Event | Exception) -> Sequence[Event]:
    return [event async for event in metrics.watching(_answer(*script))]


GREETED = Grounded(lang="de", hits=(), took_ms=1, act="greeting")


@pytest.mark.parametrize(
    ("script", "counted"),
    [
        ((GROUNDED, SENTENCE, DONE), "en,answered"),
        ((GROUNDED, SENTENCE, replace(DONE, late=True)), "en,late"),
        ((GROUNDED, ABSTAINED, DONE), "en,nothing_found"),
        ((GREETED, SENTENCE, DONE), "de,replied"),
        ((replace(GROUNDED, act="assent"), SENTENCE, DONE), "en,answered"),
        ((replace(GROUNDED, lang="xx"), SENTENCE, DONE), "other,answered"),
    ],
)
async def test_an_answer_passes_unchanged_and_is_counted_once(
    script: tuple[Event, ...], counted: str
) -> None:
    metrics = Metrics()
    assert await _whole(metrics, *script) == list(script)
    samples = read(metrics)
    assert samples[f"answers_total{{{counted}}}"] == 1
    assert sum(value for name, value in samples.items() if name.startswith("answers_total")) == 1


@pytest.mark.parametrize(
    ("error", "counted"),
    [
        (ModelBusy("Others ask.", retry_after_s=1), "en,busy"),
        (ModelUnavailable("Ollama is gone."), "en,failed"),
        (RuntimeError("a bug"), "en,failed"),
    ],
)
async def test_an_answer_that_fails_does_so_for_its_caller_too(
    error: Exception, counted: str
) -> None:
    metrics = Metrics()
    with pytest.raises(type(error)):
        await _whole(metrics, GROUNDED, error)
    assert read(metrics)[f"answers_total{{{counted}}}"] == 1


async def test_who_goes_away_stops_the_answer_and_has_broken_it_off() -> None:
    metrics, stopped = Metrics(), asyncio.Event()

    async def endless() -> AsyncGenerator[Event, None]:
        try:
            while True:
                yield GROUNDED
        finally:
            stopped.set()

    async with aclosing(metrics.watching(endless())) as answer:
        await anext(answer)
    assert stopped.is_set()
    assert read(metrics)["answers_total{en,broken_off}"] == 1


async def test_who_leaves_with_the_last_event_had_the_whole_answer() -> None:
    metrics = Metrics()
    async with aclosing(metrics.watching(_answer(GROUNDED, SENTENCE, DONE))) as answer:
        async for event in answer:
            if isinstance(event, Done):
                break
    assert read(metrics)["answers_total{en,answered}"] == 1


async def test_the_figures_of_an_answer_are_in_seconds() -> None:
    done = Done(
        timings=Timings(
            searched_ms=180, ground_ms=200, queued_ms=1500, prompt_ms=700, total_ms=4000
        ),
        tokens=Tokens(prompt=300, answer=9, reused=280),
        ahead=WorkedAhead(
            best="read", best_ms=5, passages=1, tokens=260, ms=800, vain_tokens=0, vain_ms=0
        ),
        withheld=("number", "name polarity"),
    )
    metrics = Metrics()
    await _whole(metrics, GROUNDED, SENTENCE, done)
    await _whole(metrics, GREETED, SENTENCE, done)  # quick, and no measure of anything
    samples = read(metrics)
    assert samples["answer_seconds_count{complete}"] == 1
    assert samples["answer_seconds_sum{searched}"] == 0.18
    assert "answer_seconds_count{first_token}" not in samples
    assert samples["queue_seconds_sum{}"] == 1.5
    assert samples["queue_seconds_bucket{1.0}"] == 0
    assert samples["queue_seconds_bucket{1.5}"] == 1
    assert samples["prompt_seconds_sum{}"] == 0.7
    assert [samples[f"tokens_total{{{of}}}"] for of in ("prompt", "answer", "reused")] == [
        300, 9, 280
    ]  # fmt: skip
    assert samples["sentences_withheld_total{}"] == 2
    assert samples["ahead_turns_total{read}"] == 1


def test_the_time_line_of_a_turn_is_counted_by_its_steps() -> None:
    metrics = Metrics()
    metrics.heard(TURN)
    line = TURN.timings["line"] | {"spoken": False, "heard_ms": -3}
    metrics.heard(replace(TURN, timings={"line": line}))
    samples = read(metrics)
    assert samples["turn_seconds_sum{heard,spoken}"] == 1.4
    assert samples["turn_seconds_sum{heard,typed}"] == 0
    assert samples["turn_seconds_count{end_of_turn,spoken}"] == 1


def _happening(kind: str, reason: str = "") -> Happening:
    return Happening(kind=kind, at=NOW, visit="v1", kb="museum", room="visit-v1", reason=reason)


def test_visits_and_avatars_are_counted_by_state_and_class_of_reason() -> None:
    metrics = Metrics()
    metrics.happened(_happening("visit.opened"))
    metrics.happened(_happening("visit.ended", "the room was gone"))
    metrics.happened(_happening("avatar.degraded", "the avatar left the room"))
    metrics.happened(_happening("turn.answered"))
    samples = read(metrics)
    assert samples["visits_opened_total{}"] == 1
    assert samples["visits_ended_total{room}"] == 1
    assert samples["avatar_steps_total{avatar,degraded}"] == 1


def test_how_things_stand_is_what_it_is_at_this_moment() -> None:
    samples = read(Metrics())
    age_s = (datetime.now(UTC) - NOW).total_seconds()
    assert samples["model_waiting{}"] == 2
    assert samples["ahead_tokens_total{}"] == 120
    assert samples["ahead_vain_tokens_total{}"] == 20
    assert samples["ahead_vain_seconds_total{}"] == 0.15
    assert samples["visits_open{}"] == 3
    assert samples["stage_sessions_open{}"] == 2
    assert samples["stage_month_cents{}"] == 15
    assert samples["webhooks_waiting{}"] == 7
    assert samples["runs{done}"] == 4
    assert samples['run_age_seconds{"m"\nuseum}'] == pytest.approx(age_s, abs=5)
    assert samples["database_up{}"] == 1


def test_without_the_database_the_rest_is_told_and_nothing_stale() -> None:
    metrics = Metrics()
    read(metrics)
    samples = read(metrics, replace(STANDING, visits=None, runs=None))
    assert samples["database_up{}"] == 0
    assert samples["model_waiting{}"] == 2
    assert not [name for name in samples if name.startswith(("visits_open{", "runs", "stage"))]


def test_labels_are_words_that_are_known_beforehand() -> None:
    metrics = Metrics()
    for number in range(40):
        metrics.happened(
            _happening("visit.ended", f"reason {number} of https://m.example/{number}")
        )
        metrics.happened(_happening(f"avatar.state-{number}", f"reason {number}"))
        for state in get_args(AvatarState):
            metrics.happened(_happening(f"avatar.{state}", f"reason {number}"))
    samples = read(metrics)
    ended = {name for name in samples if name.startswith("visits_ended_total")}
    steps = {name for name in samples if name.startswith("avatar_steps_total")}
    assert ended == {"visits_ended_total{other}"}
    assert len(steps) == len(get_args(AvatarState))
    assert "other" in CAUSES


def test_the_readme_names_every_metric() -> None:
    readme = (Path(__file__).parents[2] / "README.md").read_text()
    told = set(re.findall(r"`(groundling_\w+)[`{]", readme))
    found = {
        family.name + ("_total" if family.type == "counter" else "")
        for family in families(Metrics())
        if family.name.startswith("groundling_")
    }
    assert told == found
