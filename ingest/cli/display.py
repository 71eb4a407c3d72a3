"""What the commands print: tables for people, the same as JSON for programs."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict
from typing import Any

from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table

from ingest.catalog.catalog import SeenRun, Shelf
from ingest.documents import Hit
from ingest.runs.report import Outcome, Report
from ingest.sources.source import Source

_COLOURS = {
    "indexed": "green",
    "unchanged": "cyan",
    "retired": "yellow",
    "empty": "yellow",
    "unavailable": "red",
    "done": "green",
    "running": "cyan",
    "interrupted": "yellow",
    "failed": "red",
}


@contextmanager
def bar(console: Console, source: Source) -> Iterator[Callable[[Outcome], None]]:
    """The progress of a source while the context lasts: pages done, of at most so many."""
    progress = Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        TextColumn("{task.fields[url]}", style="dim"),
        console=console,
        transient=True,
    )
    task = progress.add_task(escape(source.name), total=source.limit, url="")
    with progress:
        yield lambda outcome: progress.update(task, advance=1, url=escape(outcome.url))


def report_table(report: Report) -> Table:
    """Every URL of a run and what became of it."""
    counts = report.as_json()
    told = ", ".join(f"{count} {state}" for state, count in counts["pages"].items()) or "no page"
    table = Table(
        title=f"{escape(report.source)} → {escape(report.kb)}",
        caption=f"{told}; {counts['passages_embedded']} passages embedded, {report.took_s:.1f} s",
        expand=True,
    )
    table.add_column("", no_wrap=True)
    table.add_column("URL", overflow="fold", ratio=3)
    table.add_column("Passages", justify="right")
    table.add_column("Reason", overflow="fold", ratio=2)
    for outcome in report.outcomes:
        passages = str(outcome.passages) if outcome.passages else ""
        table.add_row(_state(outcome.state), escape(outcome.url), passages, escape(outcome.reason))
    return table


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
    table = Table("", "Source", "Knowledge base", "Started", "Pages", title="Runs")
    for run in runs:
        pages = (run.report or {}).get("pages", {})
        told = ", ".join(f"{count} {state}" for state, count in pages.items())
        started = run.started_at.astimezone().strftime("%Y-%m-%d %H:%M")
        table.add_row(_state(run.state), escape(run.source), escape(run.kb), started, told)
    return table


def hits_table(hits: Sequence[Hit]) -> Table:
    """Passages with their scores, the best first."""
    table = Table(expand=True, show_lines=True)
    table.add_column("Score", no_wrap=True)
    table.add_column("Passage", overflow="fold", ratio=1)
    for hit in hits:
        passage = hit.passage
        told = f"[bold]{escape(passage.place)}[/bold]\n{escape(passage.text)}"
        score = f"{hit.score:.3f}\n[dim]cos {hit.cosine:.3f}\nbm25 {hit.bm25:.3f}[/dim]"
        table.add_row(score, f"{told}\n[dim]{escape(passage.link)}[/dim]")
    return table


def status_json(shelves: Sequence[Shelf], runs: Sequence[SeenRun]) -> dict[str, Any]:
    """The same as JSON: knowledge bases, and runs without the outcome of each URL."""
    told = [asdict(run) for run in runs]
    for run in told:
        run["report"] = {k: v for k, v in (run["report"] or {}).items() if k != "outcomes"}
        for moment in ("started_at", "ended_at"):
            run[moment] = run[moment] and run[moment].isoformat()
    return {"kbs": [asdict(shelf) for shelf in shelves], "runs": told}


def hits_json(hits: Sequence[Hit]) -> list[dict[str, Any]]:
    """Passages with their scores, as the API gives them too."""
    return [
        {
            "n": number,
            "url": hit.passage.url,
            "anchor": hit.passage.anchor,
            "link": hit.passage.link,
            "title": hit.passage.title,
            "headings": list(hit.passage.headings),
            "text": hit.passage.text,
            "lang": hit.passage.lang,
            "score": hit.score,
            "cosine": hit.cosine,
            "bm25": hit.bm25,
            "fetched_at": hit.passage.fetched_at.isoformat(),
        }
        for number, hit in enumerate(hits, 1)
    ]


def _state(state: str) -> str:
    return f"[{_COLOURS[state]}]{state}[/{_COLOURS[state]}]"
