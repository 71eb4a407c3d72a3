"""Commands that serve until they are told to stop: the embedded Qdrant, and a worker."""

import asyncio
from typing import Annotated

import typer

from ingest.cli.door import door, read_settings
from ingest.cli.options import LogAsJson

app = typer.Typer()


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
    """Take part in runs from the queue, and begin those that are due, until SIGTERM or Ctrl-C."""
    settings = read_settings()
    with door("INFO", as_json):
        from ingest.cli.working import serve_runs

        asyncio.run(serve_runs(settings))
