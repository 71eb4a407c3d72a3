"""What the commands print for people: tables."""

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from rich.console import Group, RenderableType
from rich.markup import escape
from rich.table import Table
from rich.text import Text

from ingest.catalog.catalog import SeenPage, Shelf
from ingest.catalog.runs import SeenRun
from ingest.cli import told
from ingest.cli.carrying import Walked
from ingest.documents import Hit
from ingest.runs.diff import PageDiff
from ingest.runs.report import Outcome, Report
from ingest.sources.source import Source
from ingest.sources.store import KnownSource

_COLOURS = {
    **dict.fromkeys(("indexed", "done", "added"), "green"),
    **dict.fromkeys(("unchanged", "running", "duplicate", "alias", "changed"), "cyan"),
    **dict.fromkeys(("unavailable", "failed"), "red"),
}
_SHORT = 8
"""So much of a run's id names it among the latest."""


def report_table(report: Report, outcomes: Sequence[Outcome] | None = None) -> RenderableType:
    """The URLs of a run and what became of them; those given, or all."""
    counts = report.as_json(outcomes=False)
    states = ", ".join(f"{count} {state}" for state, count in counts["pages"].items()) or "no page"
    table = Table(
        title=f"{escape(report.source)} → {escape(report.kb)}",
        caption=f"{report.state}: {states}; {report.embedded} passages embedded, "
        f"{report.took_s:.1f} s; run {report.run[:_SHORT]}",
        expand=True,
    )
    table.add_column("", no_wrap=True)
    table.add_column("URL", overflow="fold", ratio=3)
    table.add_column("Passages", justify="right")
    table.add_column("Reason", overflow="fold", ratio=2)
    for outcome in report.outcomes if outcomes is None else outcomes:
        passages = str(outcome.passages) if outcome.passages else ""
        table.add_row(_state(outcome.state), escape(outcome.url), passages, escape(outcome.reason))
    if not report.reason:
        return table
    return Group(table, Text(f"{report.state}: {report.reason}", style="yellow"))


def shelves_table(shelves: Sequence[Shelf]) -> Table:
    """How much each knowledge base holds."""
    table = Table("Knowledge base", title="Indexed")
    table.add_column("Pages", justify="right")
    table.add_column("Passages", justify="right")
    for shelf in shelves:
        table.add_row(escape(shelf.kb), str(shelf.pages), str(shelf.passages))
    return table


def runs_table(runs: Sequence[SeenRun]) -> Table:
    """The latest runs and how they ended."""
    table = Table("Run", "", "Source", "Knowledge base", "Started", "Pages", title="Runs")
    for run in runs:
        pages = (run.report or {}).get("pages", {})
        counts = ", ".join(f"{count} {state}" for state, count in pages.items())
        state = _state(run.state) + ("" if run.kind == "crawl" else f" {run.kind}")
        where = (escape(run.source), escape(run.kb), _moment(run.started_at))
        table.add_row(run.id[:_SHORT], state, *where, counts or escape(run.reason))
    return table


def sources_table(sources: Sequence[KnownSource]) -> Table:
    """The stored sources: where they begin, and when they are due."""
    table = Table("Source", "Knowledge base", title="Sources", expand=True)
    table.add_column("Begins at", overflow="fold", ratio=1)
    table.add_column("Schedule (UTC)")
    table.add_column("Next run")
    for known in sources:
        starts = [*known.definition.get("urls", ()), *known.definition.get("sitemaps", ())]
        more = f" and {len(starts) - 1} more" if len(starts) > 1 else ""
        schedule = escape(known.definition.get("schedule") or "")
        due = _moment(known.next_at) if known.next_at else ""
        where = escape("".join(starts[:1]) + more)
        table.add_row(escape(known.name), escape(known.kb), where, schedule, due)
    return table


def source_table(known: KnownSource) -> Table:
    """Everything about one source but its secrets."""
    return _fields(told.source(known), title=f"{escape(known.name)} → {escape(known.kb)}")


def _fields(values: Mapping[str, Any], title: str) -> Table:
    table = Table(title=title, show_header=False)
    table.add_column("", style="dim")
    table.add_column("", overflow="fold")
    for name, value in values.items():
        lines = [f"{k}: {v}" for k, v in value.items()] if isinstance(value, dict) else value
        shown = "\n".join(map(str, lines)) if isinstance(lines, list) else str(lines)
        if value not in (None, [], {}, ""):
            table.add_row(name, escape(shown))
    return table


def pages_table(pages: Sequence[SeenPage]) -> Table:
    """Pages as they were last seen, and why those are not indexed that are not."""
    table = Table(expand=True)
    table.add_column("", no_wrap=True)
    table.add_column("URL", overflow="fold", ratio=3)
    table.add_column("Passages", justify="right")
    table.add_column("Seen", no_wrap=True)
    table.add_column("Reason", overflow="fold", ratio=2)
    for page in pages:
        reason = page.reason or (page.alias_of and f"the same as {page.alias_of}")
        seen = _moment(page.fetched_at) if page.fetched_at else ""
        passages = str(page.passages) if page.passages else ""
        table.add_row(_state(page.state), escape(page.url), passages, seen, escape(reason))
    return table


def diff_text(run: SeenRun, diffs: Sequence[PageDiff]) -> RenderableType:
    """What a run changed, page by page, the sentences that went and those that came."""
    counts = Counter(each.what for each in diffs)
    summary = ", ".join(f"{count} {what}" for what, count in counts.items()) or "nothing changed"
    text = Text(f"{run.source} → {run.kb}, run {run.id[:_SHORT]}: {summary}\n", style="bold")
    for each in diffs:
        text.append(f"\n{each.what}", style=_COLOURS.get(each.what, "yellow"))
        text.append(f" {each.url}" + (f" ({each.reason})" if each.reason else "") + "\n")
        for sentence in each.gone:
            text.append(f"  - {sentence}\n", style="red")
        for sentence in each.new:
            text.append(f"  + {sentence}\n", style="green")
    return text


def walk_table(source: Source, walked: Sequence[Walked]) -> Table:
    """What a run over the source would fetch, and why not the rest."""
    would = sum(not each.reason for each in walked)
    rest = len(walked) - would
    table = Table(
        title=f"{escape(source.name)} → {escape(source.kb)}",
        caption=f"{would} pages would be read, {rest} URLs would not; nothing was kept",
        expand=True,
    )
    table.add_column("Via", no_wrap=True)
    table.add_column("URL", overflow="fold", ratio=3)
    table.add_column("Why not", overflow="fold", ratio=2)
    for each in walked:
        table.add_row(each.via, escape(each.url), escape(each.reason))
    return table


def hits_table(hits: Sequence[Hit]) -> Table:
    """Passages with their scores, the best first."""
    table = Table(expand=True, show_lines=True)
    table.add_column("Score", no_wrap=True)
    table.add_column("Passage", overflow="fold", ratio=1)
    for hit in hits:
        passage = hit.passage
        text = f"[bold]{escape(passage.place)}[/bold]\n{escape(passage.text)}"
        score = f"{hit.score:.3f}\n[dim]cos {hit.cosine:.3f}\nbm25 {hit.bm25:.3f}[/dim]"
        table.add_row(score, f"{text}\n[dim]{escape(passage.link)}[/dim]")
    return table


def _moment(moment: datetime) -> str:
    return moment.astimezone().strftime("%Y-%m-%d %H:%M")


def _state(state: str) -> str:
    colour = _COLOURS.get(state, "yellow")
    return f"[{colour}]{state}[/{colour}]"
