"""Turns as OpenTelemetry spans, for whoever watches many houses: OTLP over HTTP, if asked for.

They are made here and not by the agent, since only the API knows both sides of a turn, and one
process is then enough to send them. No words of anybody are in them, nor the visit's id, with
which what was said can be read. The provider is our own and no other library's: LiveKit's spans,
which hold transcripts, go nowhere.
"""

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Any

from opentelemetry import trace
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor

from app.settings import TracingSettings
from app.visits.records import LINE, SpokenTurn
from app.visits.timeline import steps
from ingest.settings import VERSION

_FIGURES = ("act", "late", "queued_ms", "prompt_ms")
_OF_LINE = ("spoken", "heard_ms", "filler_ms")
_NS_A_MS = 1_000_000


class Tracing:
    """Makes spans of turns; without a provider, none."""

    def __init__(self, provider: TracerProvider | None = None) -> None:
        self._tracer = provider.get_tracer("groundling", VERSION) if provider else None

    def turn(self, turn: SpokenTurn) -> None:
        """A turn was heard: one span for it, and one for each of its steps."""
        done = steps(turn.timings)
        if self._tracer is None or not done:
            return
        line = turn.timings[LINE]
        # When it was asked is known here: the wall clocks of two machines are never compared.
        asked_at = turn.asked_at - timedelta(milliseconds=line.get("asked_ms", 0))
        zero = int(asked_at.timestamp() * 1000) * _NS_A_MS
        root = self._tracer.start_span(
            "turn",
            context=trace.set_span_in_context(trace.INVALID_SPAN),
            attributes=attributes(turn),
            start_time=zero + min(step.begin_ms for step in done) * _NS_A_MS,
        )
        within = trace.set_span_in_context(root)
        for step in done:
            begin = zero + step.begin_ms * _NS_A_MS
            span = self._tracer.start_span(step.name, context=within, start_time=begin)
            span.end(zero + step.end_ms * _NS_A_MS)
        root.end(zero + max(step.end_ms for step in done) * _NS_A_MS)


def attributes(turn: SpokenTurn) -> dict[str, str | bool | int | float]:
    """What a turn's span says of it, in figures and fixed words."""
    timings = turn.timings
    found: dict[str, Any] = {
        "turn": turn.name,
        "lang": turn.lang,
        "abstained": bool(turn.abstained),
        "abstained.reason": turn.abstained or None,
        **{name: timings.get(name) for name in _FIGURES},
        **{name: timings[LINE].get(name) for name in _OF_LINE},
        **_under("tokens", timings.get("tokens")),
        **_under("ahead", timings.get("ahead")),
    }
    return {f"groundling.{name}": value for name, value in found.items() if value is not None}


def _under(name: str, figures: Mapping[str, Any] | None) -> dict[str, Any]:
    return {f"{name}.{figure}": value for figure, value in (figures or {}).items()}


@asynccontextmanager
async def open_tracing(settings: TracingSettings) -> AsyncIterator[Tracing]:
    """Spans go to the receiver that the settings name, in the background; nowhere without one.

    A receiver that is gone costs nothing but its spans, and lines in the log.
    """
    if not settings.url:
        yield Tracing()
        return
    from opentelemetry.exporter.otlp.proto.http.trace_exporter import (
        OTLPSpanExporter,  # here, since it is of no use without a receiver
    )

    resource = Resource.create({"service.name": "groundling", "service.version": VERSION})
    provider = TracerProvider(resource=resource, shutdown_on_exit=False)
    exporter = OTLPSpanExporter(endpoint=f"{settings.url.rstrip('/')}/v1/traces")
    provider.add_span_processor(BatchSpanProcessor(exporter))
    try:
        yield Tracing(provider)
    finally:
        await asyncio.to_thread(provider.shutdown)
