"""What happened and how long it took, as figures for Prometheus.

Labels are words that are known beforehand, and names of knowledge bases whose runs are known: no
visitor, no URL and no sentence is one. The registry is our own and no other library's.
"""

from collections.abc import AsyncGenerator, Iterator, Mapping
from contextlib import aclosing
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from typing import Any, get_args

from prometheus_client import (
    CONTENT_TYPE_LATEST,
    CollectorRegistry,
    Counter,
    Histogram,
    Info,
    ProcessCollector,
    disable_created_metrics,
    generate_latest,
)
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from app.answering.events import Abstained, Done, Event, Grounded
from app.answering.listened import Spent
from app.answering.waiting import Load
from app.errors import ModelBusy
from app.phrases import LANGUAGES
from app.visits.happenings import Happening
from app.visits.records import LINE, AvatarState, SpokenTurn, VisitsNow
from ingest.catalog.tally import RunsNow
from ingest.settings import VERSION

MEDIA_TYPE = CONTENT_TYPE_LATEST

# Seconds. A visitor notices from a quarter of a second on, and waits for no minute.
_BUCKETS = (0.05, 0.1, 0.25, 0.5, 0.75, 1, 1.5, 2, 3, 5, 8, 12, 20, 30, 60)

# Figures of an answer that count from the question, and what has been reached then.
_REACHED = {
    "understood": "understood_ms",
    "searched": "searched_ms",
    "grounded": "ground_ms",
    "first_token": "first_token_ms",
    "first_sentence": "first_sentence_ms",
    "complete": "total_ms",
}
# The same for a turn, from the end of speech.
_HEARD = {
    "end_of_turn": "turn_ms",
    "sound": "sound_ms",
    "stage": "stage_ms",
    "filler": "filler_ms",
    "heard": "heard_ms",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """How things stand at this moment; None = the database did not answer."""

    load: Load
    spent: Spent
    visits: VisitsNow | None
    runs: RunsNow | None


class Metrics:
    """Everything that is counted since this process began."""

    def __init__(self) -> None:
        # The times at which counters began would be as long as all the rest together.
        disable_created_metrics()  # type: ignore[no-untyped-call]
        self._registry = registry = CollectorRegistry()
        self._standing = _Gauges()
        registry.register(self._standing)
        ProcessCollector(registry=registry)
        Info("groundling_build", "What runs here.", registry=registry).info({"version": VERSION})

        def counter(name: str, what: str, *labels: str) -> Counter:
            return Counter(f"groundling_{name}", what, labels, registry=registry)

        def histogram(name: str, what: str, *labels: str) -> Histogram:
            return Histogram(
                f"groundling_{name}", what, labels, registry=registry, buckets=_BUCKETS
            )

        self._answers = counter("answers", "Answers, by what came of them.", "lang", "outcome")
        self._answer_s = histogram(
            "answer_seconds", "From a question to each step of its answer.", "until"
        )
        self._queue_s = histogram("queue_seconds", "How long questions waited for the model.")
        self._prompt_s = histogram("prompt_seconds", "How long the model read before it wrote.")
        self._tokens = counter("tokens", "Tokens of prompts and answers.", "of")
        self._withheld = counter("sentences_withheld", "Sentences of the model that were not said.")
        self._ahead = counter(
            "ahead_turns", "Turns listened to, by what was read of their best passage.", "best"
        )
        self._turn_s = histogram(
            "turn_seconds", "From the end of the visitor's words to each step.", "until", "words"
        )
        self._visits = counter("visits_opened", "Visits that were opened.")
        self._ended = counter("visits_ended", "Visits that ended, by why.", "cause")
        self._avatar = counter("avatar_steps", "States that avatars came into.", "state", "cause")

    async def watching(self, answer: AsyncGenerator[Event, None]) -> AsyncGenerator[Event, None]:
        """The answer as it comes; what came of it is counted once it is known."""
        seen = _Seen()
        try:
            async with aclosing(answer):
                async for event in answer:
                    seen.take(event)
                    if isinstance(event, Done):
                        self._done(event, seen)
                    yield event
        except Exception as error:
            seen.outcome = "busy" if isinstance(error, ModelBusy) else "failed"
            raise
        finally:
            self._answers.labels(_lang(seen.lang), seen.outcome).inc()

    def heard(self, turn: SpokenTurn) -> None:
        """The answer of a turn was heard."""
        line: Mapping[str, Any] = turn.timings[LINE]
        words = "spoken" if line["spoken"] else "typed"
        for until, figure in _HEARD.items():
            if (took_ms := line.get(figure)) is not None:
                self._turn_s.labels(until, words).observe(max(0, took_ms) / 1000)

    def happened(self, happening: Happening) -> None:
        """Something happened in a visit."""
        room, _, what = happening.kind.partition(".")
        if room == "visit" and what == "opened":
            self._visits.inc()
        elif room == "visit":
            self._ended.labels(happening.cause or "other").inc()
        elif room == "avatar" and what in get_args(AvatarState):
            self._avatar.labels(what, happening.cause or "other").inc()

    def text(self, standing: Standing) -> bytes:
        """All of it in Prometheus' own form."""
        self._standing.standing = standing
        return generate_latest(self._registry)

    def _done(self, done: Done, seen: "_Seen") -> None:
        if seen.outcome == "replied":
            return
        timings = asdict(done.timings)
        for until, figure in _REACHED.items():
            if (took_ms := timings[figure]) is not None:
                self._answer_s.labels(until).observe(took_ms / 1000)
        for took, histogram in (
            (done.timings.queued_ms, self._queue_s),
            (done.timings.prompt_ms, self._prompt_s),
        ):
            if took is not None:
                histogram.observe(took / 1000)
        for of, count in asdict(done.tokens).items():
            self._tokens.labels(of).inc(count)
        self._withheld.inc(len(done.withheld))
        if done.ahead is not None:
            self._ahead.labels(done.ahead.best).inc()


class _Seen:
    """What is known of an answer so far; one that is closed before its end was broken off."""

    def __init__(self) -> None:
        self.lang = ""
        self.outcome = "broken_off"
        self._replied = False
        self._reason: str | None = None

    def take(self, event: Event) -> None:
        match event:
            case Grounded():
                self.lang = event.lang
                self._replied = event.act != "question" and not event.hits
            case Abstained():
                self._reason = event.reason
            case Done():
                said = "late" if event.late else "replied" if self._replied else "answered"
                self.outcome = self._reason or said


class _Gauges(Collector):
    """What is looked up when it is asked for, and what others add up."""

    standing: Standing | None = None

    def collect(self) -> Iterator[Metric]:
        if (now := self.standing) is None:
            return
        yield _gauge("model_writing", "Answers that the model writes.", now.load.writing)
        yield _gauge("model_waiting", "Questions that wait for the model.", now.load.waiting)
        yield from _spent(now.spent)
        up = now.visits is not None and now.runs is not None
        yield _gauge("database_up", "Whether the database answered to this.", up)
        if now.visits is not None:
            yield from _visits(now.visits)
        if now.runs is not None:
            yield from _runs(now.runs)


def _gauge(name: str, what: str, value: float) -> GaugeMetricFamily:
    return GaugeMetricFamily(f"groundling_{name}", what, value=value)


def _spent(spent: Spent) -> Iterator[Metric]:
    for name, what, value in (
        ("tokens", "Tokens that were read ahead.", spent.tokens),
        ("vain_tokens", "Those of them that no question had a use for.", spent.vain_tokens),
        ("seconds", "How long the model read ahead.", spent.ms / 1000),
        ("vain_seconds", "How long of that was for nothing.", spent.vain_ms / 1000),
    ):
        yield CounterMetricFamily(f"groundling_ahead_{name}", what, value=value)


def _visits(now: VisitsNow) -> Iterator[Metric]:
    yield _gauge("visits_open", "Visits that are open.", now.visits)
    yield _gauge("stage_sessions_open", "Paid sessions that are open.", now.sessions)
    yield _gauge(
        "stage_month_seconds", "What the stage charges this month (UTC), in time.", now.month_s
    )
    yield _gauge("stage_month_cents", "The same in cents.", now.month_cents)


def _runs(now: RunsNow) -> Iterator[Metric]:
    states = GaugeMetricFamily(
        "groundling_runs", "Ingest runs that are remembered, by state.", labels=["state"]
    )
    for state, count in now.states.items():
        states.add_metric([state], count)
    yield states
    ages = GaugeMetricFamily(
        "groundling_run_age_seconds", "Since a run over the kb was last done.", labels=["kb"]
    )
    for kb, done_at in now.done_at.items():
        ages.add_metric([kb], (datetime.now(UTC) - done_at).total_seconds())
    yield ages


def _lang(lang: str) -> str:
    return lang if lang in LANGUAGES else "other"
