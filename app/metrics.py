"""What happened and how long it took, as figures for Prometheus.

Labels are words that are known beforehand, and names of knowledge bases whose runs are known: no
visitor, no URL and no sentence is one. The registry is our own and no other library's.
"""

from collections.abc import AsyncGenerator, Mapping
from contextlib import aclosing
from dataclasses import asdict
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

from app.answering.events import Abstained, Done, Event, Grounded
from app.errors import ModelBusy
from app.phrases import LANGUAGES
from app.standing import Gauges, Standing
from app.visits.happenings import Happening
from app.visits.records import LINE, AvatarState, SpokenTurn
from app.visits.webhooks import Outcome
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


class Metrics:
    """Everything that is counted since this process began."""

    def __init__(self) -> None:
        # The times at which counters began would be as long as all the rest together.
        disable_created_metrics()  # type: ignore[no-untyped-call]
        self._registry = registry = CollectorRegistry()
        self._standing = Gauges()
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

        self._webhooks = counter("webhooks", "Attempts to deliver a webhook.", "outcome")

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

    def sent(self, outcome: Outcome) -> None:
        """It was tried to deliver a webhook."""
        self._webhooks.labels(outcome).inc()

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


def _lang(lang: str) -> str:
    return lang if lang in LANGUAGES else "other"
