"""What every command shares: settings read once, errors said in one line, output."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Literal

import typer
from pydantic import ValidationError
from rich.console import Console
from rich.markup import escape

from ingest.cli import log
from ingest.errors import IngestError
from ingest.settings import KnowledgeSettings

OUT = Console()
ERR = Console(stderr=True)


def read_settings() -> KnowledgeSettings:
    """The settings; a wrong one is named and ends the command with status 2."""
    try:
        return KnowledgeSettings()
    except ValidationError as error:
        for problem in error.errors():
            name = "GROUNDLING_" + "__".join(str(part).upper() for part in problem["loc"])
            ERR.print(f"{name}: {problem['msg']}", markup=False, highlight=False)
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
