"""Sources from a TOML file."""

import tomllib
from pathlib import Path

from pydantic import ValidationError

from ingest.sources.source import Source


class SourcesUnreadable(ValueError):
    """The file of sources is not there or says something it cannot; the message says where."""


def read_sources(path: Path) -> list[Source]:
    """The `[[source]]` tables of a TOML file, in order.

    Raises:
        SourcesUnreadable: the file cannot be read, or a table has a wrong or unknown field.
    """
    try:
        tables = tomllib.loads(path.read_text(encoding="utf-8")).get("source")
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise SourcesUnreadable(f"{path} cannot be read as TOML: {error}") from error
    if not isinstance(tables, list) or not tables:
        raise SourcesUnreadable(
            f"{path} names no source; write one as [[source]] with name and urls"
        )
    sources: list[Source] = []
    for number, table in enumerate(tables, 1):
        try:
            sources.append(Source.model_validate(table))
        except ValidationError as error:
            first = error.errors()[0]
            field = ".".join(str(part) for part in first["loc"])
            raise SourcesUnreadable(
                f"{path}, source {number}, field {field!r}: {first['msg']}"
            ) from error
    return sources
