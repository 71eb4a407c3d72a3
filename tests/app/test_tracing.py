"""Spans as they are made, and as they arrive at a receiver."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

import pytest
from opentelemetry import trace
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.sdk.trace import ReadableSpan, TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

from app.settings import TracingSettings
from app.tracing import Tracing, open_tracing
from app.visits.records import SpokenTurn
from tests.app.visits.test_timeline import ANSWERED, HEARD

ASKED_AT = datetime(2026, 11, 23, 12, 0, 1, tzinfo=UTC)
TURN = SpokenTurn(
    name="t-1",
    asked_at=ASKED_AT,
    question="When does the museum close?",
    answer="At six in the evening.",
    lang="en",
    citations=[{"n": 1, "link": "https://museum.example/#hours", "title": "Opening hours"}],
    timings={
        **ANSWERED,
        "act": "question",
        "tokens": {"prompt": 300, "answer": 9, "reused": 280},
        "ahead": {"best": "read", "best_ms": 700, "tokens": 260, "vain_tokens": 40, "vain_ms": 90},
        "line": HEARD,
    },
)


class Receiver(ThreadingHTTPServer):
    """An OTLP receiver on loopback."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Taking)
        self.requests: list[tuple[str, ExportTraceServiceRequest]] = []

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"


class _Taking(BaseHTTPRequestHandler):
    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        assert isinstance(self.server, Receiver)
        self.server.requests.append((self.path, ExportTraceServiceRequest.FromString(body)))
        self.send_response(200)
        self.end_headers()

    def log_message(self, format: str, *args: object) -> None:
        pass


@contextmanager
def receiver() -> Iterator[Receiver]:
    with Receiver() as server:
        thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield server
        server.shutdown()
        thread.join()


def _spans_of(turn: SpokenTurn) -> dict[str, ReadableSpan]:
    kept, provider = InMemorySpanExporter(), TracerProvider(shutdown_on_exit=False)
    provider.add_span_processor(SimpleSpanProcessor(kept))
    Tracing(provider).turn(turn)
    provider.shutdown()
    return {span.name: span for span in kept.get_finished_spans()}


def _ms(span: ReadableSpan) -> tuple[int, int]:
    """From the end of speech, which was 450 ms before the question came."""
    zero = int(ASKED_AT.timestamp() * 1000) - 450
    assert span.start_time is not None
    assert span.end_time is not None
    return span.start_time // 1_000_000 - zero, span.end_time // 1_000_000 - zero


def test_a_turn_is_a_span_with_its_steps_in_it() -> None:
    spans = _spans_of(TURN)
    root = spans.pop("turn")
    assert root.parent is None
    assert _ms(root) == (0, 1400)
    assert {span.parent.span_id for span in spans.values() if span.parent} == {root.context.span_id}
    assert _ms(spans["end_of_turn"]) == (0, 600)
    assert _ms(spans["first_token"]) == (510, 850)
    assert _ms(spans["heard"]) == (1210, 1400)
    assert len(spans) == 9


def test_a_turn_that_was_begun_before_the_end_of_speech_contains_that() -> None:
    line = HEARD | {"asked_ms": -200}
    early = replace(TURN, asked_at=ASKED_AT, timings={**TURN.timings, "line": line})
    spans = _spans_of(early)
    assert spans["turn"].start_time == spans["rewrite"].start_time
    assert spans["end_of_turn"].start_time - spans["turn"].start_time == 200_000_000  # type: ignore[operator]


def test_the_figures_are_told_and_no_words() -> None:
    spans = _spans_of(TURN)
    told = dict(spans["turn"].attributes or {})
    assert told["groundling.act"] == "question"
    assert told["groundling.abstained"] is False
    assert told["groundling.spoken"] is True
    assert told["groundling.ahead.best"] == "read"
    assert told["groundling.ahead.vain_tokens"] == 40
    assert told["groundling.tokens.reused"] == 280
    everything = "".join(span.to_json() for span in spans.values())
    for words in ("museum", "six", "Opening"):
        assert words not in everything


def test_without_a_receiver_there_is_nothing() -> None:
    Tracing().turn(TURN)
    assert _spans_of(replace(TURN, timings=ANSWERED)) == {}


async def test_spans_arrive_at_the_receiver_before_the_house_is_closed() -> None:
    with receiver() as server:
        async with open_tracing(TracingSettings(url=f"{server.url}/")) as tracing:
            tracing.turn(TURN)
        ((path, request),) = server.requests
    assert path == "/v1/traces"
    (of_service,) = request.resource_spans
    service = {one.key: one.value.string_value for one in of_service.resource.attributes}
    assert service["service.name"] == "groundling"
    (scope,) = of_service.scope_spans
    assert {span.name for span in scope.spans} >= {"turn", "end_of_turn", "synthesis", "heard"}


async def test_the_standards_variable_alone_sends_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    with receiver() as server:
        monkeypatch.setenv("OTEL_EXPORTER_OTLP_ENDPOINT", server.url)
        for settings in (TracingSettings(), TracingSettings(url="")):
            async with open_tracing(settings) as tracing:
                tracing.turn(TURN)
        assert server.requests == []


async def test_a_receiver_that_is_gone_keeps_nobody_waiting() -> None:
    with receiver() as server:
        url = server.url
    async with asyncio.timeout(8), open_tracing(TracingSettings(url=url)) as tracing:
        tracing.turn(TURN)


def test_livekits_own_spans_go_nowhere() -> None:
    from livekit.agents import telemetry

    assert isinstance(trace.get_tracer_provider(), trace.ProxyTracerProvider)
    with telemetry.tracer.start_as_current_span("user_turn") as span:
        assert not span.is_recording()
