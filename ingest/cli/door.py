"""What every command shares: settings read once, errors said in one line, output."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Literal

import typer
from rich.console import Console
from rich.markup import escape

from ingest import settings
from ingest.cli import log
from ingest.errors import IngestError
from ingest.settings import KnowledgeSettings

OUT = Console()
ERR = Console(stderr=True)


def read_settings() -> KnowledgeSettings:
    """The settings; a wrong one is named and ends the command with status 2."""
    try:
        return settings.read_settings(KnowledgeSettings)
    except settings.BadSettings as error:
        ERR.print(str(error), markup=False, highlight=False)
        raise typer.Exit(2) from None


@contextmanager
def door(level: Literal["INFO", "WARNING"], as_json: bool) -> Iterator[None]:
    """Where errors become words and an exit status, and logging begins."""
    log.configure(level, as_json=as_json)
    try:
        yield
    except IngestError as error:
        if as_json:
            print_json({"error": str(error)})
        ERR.print(f"[red]Failed:[/red] {escape(str(error))}", highlight=False)
        raise typer.Exit(1) from None
    except KeyboardInterrupt:
        ERR.print("Stopped; what was begun is kept, and running again goes on from here.")
        raise typer.Exit(130) from None


def print_json(value: dict[str, Any]) -> None:
    """Print JSON on stdout."""
    typer.echo(json.dumps(value, ensure_ascii=False, indent=2, default=str))
