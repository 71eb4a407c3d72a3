"""Sources from a TOML file."""

import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from ingest.errors import SourceRefused
from ingest.sources.source import Source, source_from


class SourcesUnreadable(ValueError):
    """The file of sources is not there or says something it cannot; the message says where."""


def read_sources(path: Path, environment: Mapping[str, str] | None = None) -> list[Source]:
    """The `[[source]]` tables of a TOML file, in order.

    Secrets may stand in the environment instead of the file: `secret_env` of the credentials names
    the variable of the secret, and `headers_env` that of each header.

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
    return [
        _source(path, number, table, environment or {}) for number, table in enumerate(tables, 1)
    ]


def _source(path: Path, number: int, table: Any, environment: Mapping[str, str]) -> Source:
    try:
        return source_from(_with_secrets(table, environment) if isinstance(table, dict) else table)
    except SourceRefused as error:
        raise SourcesUnreadable(f"{path}, source {number}, {error}") from error


def _with_secrets(table: dict[str, Any], environment: Mapping[str, str]) -> dict[str, Any]:
    """The table with what it leaves to the environment."""
    filled = dict(table)
    variables = filled.pop("headers_env", None)
    if isinstance(variables, dict):
        found = {k: _variable(environment, v, "headers_env") for k, v in variables.items()}
        filled["headers"] = {**filled.get("headers", {}), **found}
    credentials = filled.get("credentials")
    if isinstance(credentials, dict) and "secret_env" in credentials:
        kept = {k: v for k, v in credentials.items() if k != "secret_env"}
        secret = _variable(environment, credentials["secret_env"], "credentials.secret_env")
        filled["credentials"] = kept | {"secret": secret}
    return filled


def _variable(environment: Mapping[str, str], name: Any, field: str) -> str:
    value = environment.get(str(name))
    if not value:
        raise SourceRefused(field, f"the environment variable {name} is not set")
    return value
