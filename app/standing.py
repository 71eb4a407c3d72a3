"""How things stand at this moment, as figures for Prometheus."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime

from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from app.answering.listened import Spent
from app.answering.waiting import Load
from app.visits.records import VisitsNow
from ingest.catalog.tally import RunsNow


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """How things stand at this moment; None = the database did not answer."""

    load: Load
    spent: Spent
    visits: VisitsNow | None
    runs: RunsNow | None


class Gauges(Collector):
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
    yield _gauge("webhooks_waiting", "Messages that wait to be delivered.", now.untold)
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
