"""The command line of the knowledge side: `python -m ingest run | status | search | forget | …`.

What takes seconds to import is imported by the command that needs it,
so that `--help` answers at once.
"""

import asyncio
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from ingest.cli.door import ERR, OUT, door, print_json, read_settings
from ingest.errors import SourceRefused
from ingest.settings import KnowledgeSettings
from ingest.sources.file import SourcesUnreadable, read_sources
from ingest.sources.source import Source, source_of

if TYPE_CHECKING:
    from ingest.runs.pipeline import Progress
    from ingest.runs.report import Report

app = typer.Typer(
    name="python -m ingest",
    help="Fills knowledge bases from web pages.\n\n"
    "Start a Qdrant (`python -m ingest qdrant`, or set GROUNDLING_QDRANT__URL), `run` over some "
    "pages, and `search` them. Settings are environment variables; see .env.example.",
    no_args_is_help=True,
    rich_markup_mode="markdown",
    pretty_exceptions_enable=False,
    add_completion=False,
)

AsJson = Annotated[bool, typer.Option("--json", help="Print JSON on stdout and nothing else.")]
LogAsJson = Annotated[bool, typer.Option("--json", help="Log as JSON lines.")]
Kb = Annotated[str, typer.Option("--kb", help="The knowledge base.")]


@app.command(
    epilog="Examples:\n\n"
    "`python -m ingest run https://example.org/`\n\n"
    "`python -m ingest run https://example.org/visit --depth 2 --limit 500 --kb museum`\n\n"
    "`python -m ingest run --sources data/sources.toml`\n\n"
    "Running again costs little: what did not change is neither cut nor embedded anew. "
    "Exit status: 0 done, 1 failed or no page could be used, 2 wrong usage.",
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
    depth: Annotated[
        int | None, typer.Option(min=0, help="How many links away from the URLs to go; else 1.")
    ] = None,
    limit: Annotated[
        int | None, typer.Option(min=1, help="How many pages to ask for at most; else 200.")
    ] = None,
    allow_private: Annotated[
        bool, typer.Option("--allow-private", help="Fetch from this machine and private networks.")
    ] = False,
    queue: Annotated[
        bool, typer.Option("--queue", help="Let a `worker` do it, if there is a queue.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Fetch pages, follow their links on the same site, and index what they say."""
    asked = {"kb": kb, "depth": depth, "limit": limit, "allow_private": allow_private or None}
    wanted = _sources(urls or [], sources, {k: v for k, v in asked.items() if v is not None})
    settings = read_settings()
    with door("WARNING", as_json):
        if queue and settings.queue.url is not None:
            _enqueue(wanted, settings, as_json)
            return
        if queue:
            ERR.print("There is no queue (GROUNDLING_QUEUE__URL): the run is carried out here.")
        reports = _run_here(wanted, settings, as_json)
    _show(reports, as_json)
    if not any(report.useful for report in reports):
        raise typer.Exit(1)


@app.command(epilog="Example: `python -m ingest status --json | jq '.kbs'`")
def status(
    runs: Annotated[int, typer.Option(min=1, help="How many runs to show.")] = 10,
    as_json: AsJson = False,
) -> None:
    """Show how much each knowledge base holds, and how the latest runs ended."""
    settings = read_settings()
    with door("WARNING", as_json):
        from ingest.cli import actions, display

        found = asyncio.run(actions.read_status(settings, runs))
    if as_json:
        print_json(display.status_json(found.shelves, found.runs))
        return
    OUT.print(display.shelves_table(found.shelves), display.runs_table(found.runs))


@app.command(epilog='Example: `python -m ingest search "When do you open on Sundays?" --limit 3`')
def search(
    words: Annotated[str, typer.Argument(help="What to look for, in quotes, in any language.")],
    kb: Kb = "default",
    limit: Annotated[int, typer.Option(min=1, max=100, help="How many passages to show.")] = 5,
    as_json: AsJson = False,
) -> None:
    """Find the passages nearest to some words, with their scores."""
    if not words.strip():
        raise typer.BadParameter("there are no words to look for", param_hint="WORDS")
    settings = read_settings()
    with door("WARNING", as_json):
        from ingest.cli import actions, display

        hits = asyncio.run(actions.search_passages(words, kb, limit, settings))
    if as_json:
        print_json({"question": words, "kb": kb, "hits": display.hits_json(hits)})
    elif hits:
        OUT.print(display.hits_table(hits))
    else:
        OUT.print(f"The knowledge base {kb} holds nothing yet; `python -m ingest run` fills it.")


@app.command(
    epilog="Example: `python -m ingest forget https://example.org/old-prices`\n\n"
    "A later run that meets the page again indexes it again."
)
def forget(
    url: Annotated[str, typer.Argument(help="The page's address, as `run` reported it.")],
    kb: Annotated[
        str | None, typer.Option(help="Only in this knowledge base; else in all.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Take a page out of the index and the catalog."""
    settings = read_settings()
    with door("WARNING", as_json):
        from ingest.cli import actions

        kbs = asyncio.run(actions.forget_page(url, kb, settings))
    if as_json:
        print_json({"url": url, "forgotten_in": kbs})
    elif kbs:
        OUT.print(f"Forgotten in {', '.join(kbs)}: {url}", markup=False)
    if not kbs:
        ERR.print(
            f"No knowledge base knows {url}; `status` and `run` show addresses.", markup=False
        )
        raise typer.Exit(1)


@app.command(
    epilog="Example: `python -m ingest qdrant --port 6333 --path .groundling/state/qdrant`"
)
def qdrant(
    host: Annotated[str | None, typer.Option(help="Where to listen; else as set.")] = None,
    port: Annotated[
        int | None, typer.Option(min=0, max=65535, help="The port; 0 takes a free one.")
    ] = None,
    path: Annotated[str | None, typer.Option(help="The folder that holds the points.")] = None,
    as_json: LogAsJson = False,
) -> None:
    """Serve the embedded Qdrant until SIGTERM or Ctrl-C: for one machine, up to 50,000 passages."""
    given = {k: v for k, v in {"host": host, "port": port, "path": path}.items() if v is not None}
    settings = read_settings().embedded_qdrant.model_copy(update=given)
    with door("INFO", as_json):
        from ingest.embedded_qdrant.server import serve

        serve(settings)


@app.command(
    epilog="Example: `GROUNDLING_QUEUE__URL=redis://127.0.0.1:6379/0 python -m ingest worker`"
)
def worker(as_json: LogAsJson = False) -> None:
    """Carry out runs from the queue, one at a time, until SIGTERM or Ctrl-C."""
    settings = read_settings()
    with door("INFO", as_json):
        from ingest.runs.queue import work

        asyncio.run(work(settings))


def _sources(urls: list[str], path: Path | None, asked: dict[str, Any]) -> list[Source]:
    if bool(urls) == (path is not None):
        raise typer.BadParameter("give URLs or --sources, one of the two", param_hint="URL…")
    try:
        found = read_sources(path) if path else [source_of(urls)]
    except SourcesUnreadable as error:
        raise typer.BadParameter(str(error), param_hint="--sources") from error
    except SourceRefused as error:
        raise typer.BadParameter(str(error), param_hint="URL…") from error
    return [source.model_copy(update=asked) for source in found]


def _enqueue(sources: list[Source], settings: KnowledgeSettings, as_json: bool) -> None:
    from ingest.cli import actions

    jobs = asyncio.run(actions.enqueue_sources(sources, settings))
    if as_json:
        print_json({"jobs": jobs})
        return
    for name, job in jobs.items():
        told = f"enqueued as {job}" if job else "waits or is carried out already"
        OUT.print(f"{name}: {told}", markup=False)


def _run_here(sources: list[Source], settings: KnowledgeSettings, as_json: bool) -> list["Report"]:
    from ingest.cli import actions, display

    quiet = as_json or not ERR.is_terminal

    def shown(source: Source) -> AbstractContextManager["Progress"]:
        return nullcontext(lambda outcome: None) if quiet else display.bar(ERR, source)

    return asyncio.run(actions.run_sources(sources, settings, shown))


def _show(reports: list["Report"], as_json: bool) -> None:
    from ingest.cli import display

    if as_json:
        print_json({"reports": [report.as_json() for report in reports]})
        return
    for report in reports:
        OUT.print(display.report_table(report))
