"""The command line of the knowledge side, `python -m ingest …`: all commands together.

What takes seconds to import is imported by the command that needs it, so that `--help` answers at
once.
"""

import typer

from ingest.cli import embedder, pages, processes, runs, sources

app = typer.Typer(
    name="python -m ingest",
    help="Fills knowledge bases from web pages and files.\n\n"
    "Start a Qdrant (`python -m ingest qdrant`, or set GROUNDLING_QDRANT__URL), `run` over some "
    "pages, and `search` them. Settings are environment variables; see .env.example.",
    no_args_is_help=True,
    rich_markup_mode="markdown",
    pretty_exceptions_enable=False,
    add_completion=False,
)
for room in (runs.app, pages.app, processes.app):
    app.add_typer(room)
app.add_typer(sources.app, name="sources")
app.add_typer(embedder.app, name="embedder")
