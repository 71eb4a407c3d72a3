"""Commands about runs: begin one, watch what it did, end it, take it back."""

import asyncio
from collections.abc import Callable
from contextlib import AbstractContextManager
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, get_args

import typer

from ingest.cli.door import ERR, OUT, door, print_json, read_settings
from ingest.cli.options import AsJson, Depth, DryRun, Force, Limit, Private, Queue, Run, given
from ingest.cli.reading import sources_of_file
from ingest.errors import SourceRefused
from ingest.settings import KnowledgeSettings
from ingest.sources.source import Source, source_of

if TYPE_CHECKING:
    from ingest.cli.live import Told
    from ingest.runs.report import Report

app = typer.Typer()


@app.command(
    epilog="Examples:\n\n"
    "`python -m ingest run https://example.org/`\n\n"
    "`python -m ingest run https://example.org/visit --depth 2 --limit 500 --kb museum`\n\n"
    "`python -m ingest run --sources data/sources.toml`\n\n"
    "Running again costs little: what did not change is neither cut nor embedded anew. "
    "Exit status: 0 done, 1 failed, held or no page could be used, 2 wrong usage.",
)
def run(
    urls: Annotated[
        list[str] | None, typer.Argument(help="Where to start.", metavar="URL…")
    ] = None,
    sources: Annotated[
        Path | None,
        typer.Option(help="A TOML file of [[source]] tables: name, urls, kb, depth, limit."),
    ] = None,
    kb: Annotated[str | None, typer.Option(help="The knowledge base; else `default`.")] = None,
    depth: Depth = None,
    limit: Limit = None,
    allow_private: Private = None,
    dry_run: DryRun = False,
    force: Force = False,
    queue: Queue = False,
    as_json: AsJson = False,
) -> None:
    """Fetch pages, follow their links on the same site, and index what they say."""
    asked = given(kb=kb, depth=depth, limit=limit, allow_private=allow_private)
    wanted = _wanted(urls or [], sources, asked)
    carry_out(wanted, dry_run=dry_run, force=force, queue=queue, as_json=as_json)


def carry_out(
    sources: list[Source], *, dry_run: bool, force: bool, queue: bool, as_json: bool
) -> None:
    """Run over sources as the options say, show what became of them, and leave with a status."""
    settings = read_settings()
    with door("WARNING", as_json):
        if dry_run:
            _walk(sources, settings, as_json)
            return
        carried = _carry(sources, settings, force=force, queue=queue, as_json=as_json)
    from ingest.cli import display, told

    if as_json:
        print_json(told.carried(carried))
    else:
        for report in carried.reports:
            OUT.print(display.report_table(report))
        for name, begun in carried.handed_on.items():
            OUT.print(f"{name}: run {begun} was handed to the workers", markup=False)
        for name, reason in carried.refused.items():
            ERR.print(f"{name}: {reason}", markup=False, highlight=False)
    if not carried.useful:
        raise typer.Exit(1)


def _carry(
    sources: list[Source], settings: KnowledgeSettings, *, force: bool, queue: bool, as_json: bool
) -> Any:
    from ingest.cli import carrying

    if queue and settings.queue.url is not None:
        return asyncio.run(carrying.hand_over(sources, settings, force=force))
    if queue:
        ERR.print("There is no queue (GROUNDLING_QUEUE__URL): the run is carried out here.")
    return asyncio.run(carrying.run_over(sources, settings, showing(as_json), force=force))


def _walk(sources: list[Source], settings: KnowledgeSettings, as_json: bool) -> None:
    from ingest.cli import carrying, display, told

    walks: list[dict[str, Any]] = []
    for source in sources:
        walked = asyncio.run(carrying.walk_over(source, settings))
        walks.append(told.walk(source, walked))
        if not as_json:
            OUT.print(display.walk_table(source, walked))
    if as_json:
        print_json({"sources": walks})


def showing(as_json: bool) -> Callable[[str], AbstractContextManager["Told"]]:
    """Shows on stderr how the run over a source goes on, unless JSON was asked for."""
    from ingest.cli.live import shown

    return partial(shown, ERR, quiet=as_json)


@app.command(epilog="Example: `python -m ingest runs --limit 5 --json | jq '.runs[0].state'`")
def runs(
    limit: Annotated[int, typer.Option(min=1, help="How many runs to show.")] = 20,
    as_json: AsJson = False,
) -> None:
    """List the latest runs, the newest first."""
    settings = read_settings()
    with door("WARNING", as_json):
        from ingest.cli import carrying, display, told

        found = asyncio.run(carrying.read_runs(limit, settings))
        if as_json:
            print_json({"runs": [told.run(each) for each in found]})
        else:
            OUT.print(display.runs_table(found))


@app.command(epilog="Example: `python -m ingest report 4f1c --state unavailable`")
def report(
    run: Run,
    state: Annotated[
        str | None, typer.Option(help="Only URLs of which this became, such as unavailable.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Show what became of each URL of a run, and why those were not indexed that were not."""
    settings = read_settings()
    with door("WARNING", as_json):
        from ingest.cli import carrying, display
        from ingest.runs.report import State

        if state is not None and state not in get_args(State):
            known = ", ".join(get_args(State))
            raise typer.BadParameter(f"it is one of {known}", param_hint="--state")
        found = asyncio.run(carrying.read_report(run, settings))
        wanted = [outcome for outcome in found.outcomes if state in (None, outcome.state)]
        if as_json:
            outcomes = [o for o in found.as_json()["outcomes"] if state in (None, o["state"])]
            print_json(found.as_json(outcomes=False) | {"outcomes": outcomes})
        else:
            OUT.print(display.report_table(found, wanted))


@app.command(epilog="Example: `python -m ingest diff 4f1c`")
def diff(run: Run, as_json: AsJson = False) -> None:
    """Show what a run changed, or would change if it is held: pages, and the sentences."""
    settings = read_settings()
    with door("WARNING", as_json):
        from ingest.cli import carrying, display, told

        seen, diffs = asyncio.run(carrying.read_diff(run, settings))
        if as_json:
            print_json(told.diff(seen, diffs))
        else:
            OUT.print(display.diff_text(seen, diffs))


@app.command(
    epilog="Example: `python -m ingest rollback 4f1c`\n\n"
    "The next run over the source reads the web again, and may bring back what was taken back."
)
def rollback(run: Run, as_json: AsJson = False) -> None:
    """Take back what a run changed; pages that changed again since stay as they are."""
    settings = read_settings()
    with door("WARNING", as_json):
        from ingest.cli import carrying

        done = asyncio.run(carrying.roll_back(run, settings, showing(as_json)))
    show_report(done, as_json)


@app.command(epilog="Example: `python -m ingest cancel 4f1c`")
def cancel(run: Run, as_json: AsJson = False) -> None:
    """End a run, whoever carries it out; what it has published stays."""
    settings = read_settings()
    with door("WARNING", as_json):
        from ingest.cli import carrying, told

        seen = asyncio.run(carrying.cancel_run(run, settings))
        if as_json:
            print_json(told.run(seen))
        else:
            OUT.print(f"The run over {seen.source} is {seen.state}.", markup=False)


def show_report(report: "Report", as_json: bool) -> None:
    """Print how a run ended; one that is not done ends the command with status 1."""
    from ingest.cli import display

    if as_json:
        print_json(report.as_json())
    else:
        OUT.print(display.report_table(report))
    if report.state != "done":
        raise typer.Exit(1)


def _wanted(urls: list[str], path: Path | None, asked: dict[str, Any]) -> list[Source]:
    if bool(urls) == (path is not None):
        raise typer.BadParameter("give URLs or --sources, one of the two", param_hint="URL…")
    try:
        found = sources_of_file(path) if path else [source_of(urls)]
    except SourceRefused as error:
        raise typer.BadParameter(str(error), param_hint="URL…") from error
    return [source.model_copy(update=asked) for source in found]
