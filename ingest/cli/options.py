"""Options that several commands share, and what their values become."""

import os
from collections.abc import Iterable
from typing import Annotated, Any

import typer

from ingest.errors import SourceRefused

AsJson = Annotated[bool, typer.Option("--json", help="Print JSON on stdout and nothing else.")]
LogAsJson = Annotated[bool, typer.Option("--json", help="Log as JSON lines.")]
Kb = Annotated[str, typer.Option("--kb", help="The knowledge base.")]
AnyKb = Annotated[str | None, typer.Option("--kb", help="Only this knowledge base; else all.")]
Run = Annotated[str, typer.Argument(help="A run's id, or how it begins.", metavar="RUN")]
Force = Annotated[
    bool, typer.Option("--force", help="Go on with a run that was held: it removes a lot.")
]
DryRun = Annotated[
    bool, typer.Option("--dry-run", help="List what would be fetched; index and keep nothing.")
]
Queue = Annotated[bool, typer.Option("--queue", help="Let a `worker` do it, if there is a queue.")]
Depth = Annotated[
    int | None, typer.Option(min=0, help="How many links away from the URLs to go; else 1.")
]
Limit = Annotated[
    int | None, typer.Option(min=1, help="How many pages to ask for at most; else 200.")
]
Private = Annotated[
    bool | None,
    typer.Option(
        "--allow-private/--no-private", help="Fetch from this machine and private networks."
    ),
]
Sitemaps = Annotated[
    list[str] | None,
    typer.Option("--sitemap", help="A sitemap that robots.txt does not name; repeatable."),
]
Include = Annotated[
    list[str] | None, typer.Option(help="Only URLs like this (with * and ?); repeatable.")
]
Exclude = Annotated[
    list[str] | None, typer.Option(help="No URLs like this (with * and ?); repeatable.")
]
Keep = Annotated[
    list[str] | None, typer.Option(help="Read only what this CSS selector selects; repeatable.")
]
Drop = Annotated[
    list[str] | None, typer.Option(help="Leave out what this CSS selector selects; repeatable.")
]
Lang = Annotated[str | None, typer.Option(help="Its language, such as en; '' for none.")]
Schedule = Annotated[
    str | None, typer.Option(help="When to run, as '0 3 * * *' in UTC; '' for never.")
]
Render = Annotated[
    bool | None, typer.Option("--render/--no-render", help="Draw its pages in a browser first.")
]
User = Annotated[str | None, typer.Option(help="The user of basic credentials.")]
SecretEnv = Annotated[
    str | None,
    typer.Option(
        metavar="NAME",
        help="The environment variable that holds the password, or without --user the bearer "
        "token; '' for no credentials.",
    ),
]
HeadersEnv = Annotated[
    list[str] | None,
    typer.Option(
        "--header-env",
        metavar="HEADER=NAME",
        help="A header and the environment variable that holds its value; repeatable.",
    ),
]


def given(**options: Any) -> dict[str, Any]:
    """The options that were given, as fields of a source; '' takes a field away."""
    return {name: value or None if value == "" else value for name, value in options.items()
            if value is not None}  # fmt: skip


def secrets(
    user: str | None, secret_env: str | None, headers_env: Iterable[str] | None
) -> dict[str, Any]:
    """The credentials and headers that the environment holds: secrets do not stand in commands.

    Raises:
        SourceRefused: a variable is not set, or a header has none.
    """
    fields: dict[str, Any] = {}
    if secret_env is not None:
        fields["credentials"] = _credentials(user, secret_env) if secret_env else None
    elif user is not None:
        raise SourceRefused("user", "--secret-env must name the variable of its password")
    if headers_env is not None:
        fields["headers"] = {}
        for pair in headers_env:
            name, sign, variable = pair.partition("=")
            if not sign:
                raise SourceRefused("headers", f"{name!r} does not name a variable: HEADER=NAME")
            fields["headers"][name] = _variable(variable)
    return fields


def _credentials(user: str | None, variable: str) -> dict[str, str]:
    kind = "bearer" if user is None else "basic"
    return {"kind": kind, "user": user or "", "secret": _variable(variable)}


def _variable(name: str) -> str:
    value = os.environ.get(name)
    if not value:
        raise SourceRefused("secret", f"the environment variable {name} is not set")
    return value
