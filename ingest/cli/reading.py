"""What commands read before they begin, told as wrong usage when it cannot be used."""

import os
from pathlib import Path

import typer

from ingest.sources.file import SourcesUnreadable, read_sources
from ingest.sources.source import Source


def sources_of_file(path: Path, option: str = "--sources") -> list[Source]:
    """The sources of a TOML file, their secrets from the environment; status 2 if it has none."""
    try:
        return read_sources(path, os.environ)
    except SourcesUnreadable as error:
        raise typer.BadParameter(str(error), param_hint=option) from error
