"""How far a run is, and what became of each of its URLs."""

from collections import Counter
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from typing import Any, Literal

from ingest.catalog.runs import Phase, RunState, SeenRun
from ingest.errors import NoSuchRun
from ingest.runs.parts import Records

State = Literal[
    "indexed", "unchanged", "duplicate", "retired", "empty", "refused", "unavailable", "waiting"
]
"""Indexed: its passages are new or replaced. Unchanged: they stand as they were, nothing was
embedded. Duplicate: another URL says the same and is indexed in its place. Retired: it is gone and
so are its passages. Empty: nothing to read there. Refused: it may not be had (robots.txt, the
source's patterns and limits). Unavailable: it could not be had; what was indexed before stays.
Waiting: the run did not come to it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What became of one URL, with the reason if it was not indexed, and its passages now."""

    url: str
    state: State
    reason: str = ""
    passages: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class RunProgress:
    """How far a run is; `left_s` is a guess, None while there is nothing to guess from.

    `found` counts URLs, `fetched` those that the web was asked for, `waiting` what is left to do in
    this phase: URLs while it gathers, pages while it publishes.
    """

    run: str
    source: str
    kb: str
    state: RunState
    phase: Phase
    found: int = 0
    fetched: int = 0
    unchanged: int = 0
    indexed: int = 0
    failed: int = 0
    waiting: int = 0
    pages_per_s: float = 0.0
    left_s: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """One run over a source, as far as it came; `run` is its id in the catalog.

    `reason` says why it was held or failed.
    """

    run: str
    kb: str
    source: str
    outcomes: tuple[Outcome, ...]
    took_s: float
    state: RunState = "done"
    reason: str = ""
    embedded: int = 0

    @property
    def useful(self) -> bool:
        """Whether at least one page was indexed, or found as it was."""
        good = ("indexed", "unchanged", "duplicate")
        return any(outcome.state in good for outcome in self.outcomes)

    def as_json(self, *, outcomes: bool = True) -> dict[str, Any]:
        """The report as JSON has it, with how many URLs came to each state."""
        states = Counter(outcome.state for outcome in self.outcomes)
        told: dict[str, Any] = {
            "run": self.run,
            "kb": self.kb,
            "source": self.source,
            "state": self.state,
            "reason": self.reason,
            "took_s": round(self.took_s, 3),
            "pages": dict(states),
            "passages_embedded": self.embedded,
        }
        if outcomes:
            told["outcomes"] = [asdict(outcome) for outcome in self.outcomes]
        return told


# What a run that has not been settled yet knows of a URL, in the words of the report.
_SO_FAR: dict[str, Any] = {
    "": "waiting",
    "gathered": "waiting",
    "gone": "unavailable",
    "moved": "duplicate",
    "over": "refused",
}


async def report_of(records: Records, run: str) -> Report:
    """The report of a run as far as it has come.

    Raises:
        NoSuchRun: there is none of that id.
    """
    seen = await records.runs.get(run)
    if seen is None:
        raise NoSuchRun(run)
    done = await records.steps.done(run)
    counts = await records.changes.counts(run)
    published = seen.phase in ("finish", "done")
    changes = () if published else await records.changes.of(run)
    waiting = {change.url for change in changes if change.state != "done"}
    return Report(
        run=run,
        kb=seen.kb,
        source=seen.source,
        outcomes=tuple(
            Outcome(
                url=each.url,
                state="waiting" if each.url in waiting else _SO_FAR.get(each.outcome, each.outcome),
                reason=each.reason,
                passages=each.passages,
            )
            for each in done
        ),
        took_s=took_s(seen),
        state=seen.state,
        reason=seen.reason,
        embedded=counts["embedded"],
    )


async def progress_of(records: Records, run: str) -> RunProgress:
    """How far a run is.

    Raises:
        NoSuchRun: there is none of that id.
    """
    seen = await records.runs.get(run)
    if seen is None:
        raise NoSuchRun(run)
    steps, changes = await records.steps.counts(run), await records.changes.counts(run)
    by_outcome: Counter[str] = Counter()
    for (state, outcome), count in steps.items():
        by_outcome[outcome if state == "done" else state] += count
    gathering = seen.phase in ("start", "gather", "settle")
    published = changes.get("done", 0)
    waiting = (
        by_outcome["waiting"] + by_outcome["leased"]
        if gathering
        else changes.get("waiting", 0) + changes.get("leased", 0)
    )
    not_asked = by_outcome["waiting"] + by_outcome["leased"] + by_outcome["refused"]
    fetched = sum(by_outcome.values()) - not_asked - by_outcome["over"]
    began = (not gathering and seen.phase_at) or seen.started_at
    lasted_s = ((seen.ended_at or datetime.now(UTC)) - began).total_seconds()
    pace = (fetched if gathering else published) / max(lasted_s, 0.001)
    return RunProgress(
        run=run,
        source=seen.source,
        kb=seen.kb,
        state=seen.state,
        phase=seen.phase,
        found=sum(by_outcome.values()),
        fetched=fetched,
        unchanged=by_outcome["unchanged"],
        indexed=published if not gathering else 0,
        failed=by_outcome["unavailable"],
        waiting=waiting,
        pages_per_s=pace,
        left_s=waiting / pace if pace and seen.state == "running" else None,
    )


def took_s(run: SeenRun) -> float:
    """How long the run took, or goes on already."""
    return ((run.ended_at or datetime.now(UTC)) - run.started_at).total_seconds()
