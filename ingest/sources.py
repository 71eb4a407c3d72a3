"""What to ingest: the sources of a run, from the command line or a TOML file."""

import tomllib
from pathlib import Path
from urllib.parse import urlsplit

from pydantic import BaseModel, ConfigDict, Field, ValidationError


class SourcesUnreadable(ValueError):
    """The file of sources is not there or says something it cannot; the message says where."""


class Source(BaseModel):
    """A site or a set of pages, its knowledge base, and how far its links are followed."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: str = Field(min_length=1)
    kb: str = Field("default", min_length=1)
    urls: tuple[str, ...] = Field(min_length=1)
    depth: int = Field(1, ge=0)
    limit: int = Field(200, ge=1)
    allow_private: bool = False


def source_of(urls: list[str]) -> Source:
    """The source that a few URLs make: named after the host of the first."""
    host = urlsplit(urls[0] if "//" in urls[0] else f"//{urls[0]}").netloc
    return Source(name=host or urls[0], urls=tuple(urls))


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
