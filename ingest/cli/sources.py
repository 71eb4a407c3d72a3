"""Commands about sources: what is read, how, and when."""

import asyncio
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from ingest.cli.door import OUT, door, print_json, read_settings
from ingest.cli.options import (
    AnyKb,
    AsJson,
    Depth,
    Drop,
    DryRun,
    Exclude,
    Force,
    HeadersEnv,
    Include,
    Kb,
    Keep,
    Lang,
    Limit,
    Private,
    Queue,
    Render,
    Schedule,
    SecretEnv,
    Sitemaps,
    User,
    given,
    secrets,
)
from ingest.cli.reading import sources_of_file
from ingest.cli.runs import carry_out, showing
from ingest.errors import SourceRefused
from ingest.sources.source import Source, source_from

if TYPE_CHECKING:
    from ingest.sources.store import KnownSource

app = typer.Typer(
    help="What is read, how, and when: sources as records.\n\n"
    "Their passwords and tokens come from environment variables and are stored encrypted.",
    no_args_is_help=True,
    rich_markup_mode="markdown",
)

Name = Annotated[str, typer.Argument(help="The source's name.", metavar="NAME")]
Urls = Annotated[list[str] | None, typer.Argument(help="Where to start.", metavar="URL…")]


@app.command(
    epilog="Examples:\n\n"
    "`python -m ingest sources add museum https://example.org/ --kb museum --schedule '0 3 * * *'`"
    "\n\n`python -m ingest sources add intranet https://i.example/ --user guide --secret-env PASS`"
    "\n\n`python -m ingest sources add --from data/sources.toml`\n\n"
    "A source of the file that is there already is replaced."
)
def add(
    name: Annotated[str | None, typer.Argument(help="Its name.", metavar="NAME")] = None,
    urls: Urls = None,
    file: Annotated[
        Path | None, typer.Option("--from", help="A TOML file of [[source]] tables instead.")
    ] = None,
    kb: Kb = "default",
    sitemaps: Sitemaps = None,
    include: Include = None,
    exclude: Exclude = None,
    depth: Depth = None,
    limit: Limit = None,
    lang: Lang = None,
    schedule: Schedule = None,
    keep: Keep = None,
    drop: Drop = None,
    user: User = None,
    secret_env: SecretEnv = None,
    headers_env: HeadersEnv = None,
    allow_private: Private = None,
    render: Render = None,
    as_json: AsJson = False,
) -> None:
    """Add a source, or all sources of a file; nothing is fetched before a run."""
    if (name is None) == (file is None):
        raise typer.BadParameter("give a name with URLs, or --from a file", param_hint="NAME")
    if file is not None:
        wanted = sources_of_file(file, "--from")
    else:
        asked = given(
            name=name, urls=urls, kb=kb, sitemaps=sitemaps, include=include, exclude=exclude,
            depth=depth, limit=limit, lang=lang, schedule=schedule, keep=keep, drop=drop,
            allow_private=allow_private, render=render,
        )  # fmt: skip
        wanted = [_described(asked, user, secret_env, headers_env)]
    settings = read_settings()
    with door("WARNING", as_json):
        from ingest.cli import actions

        stored = asyncio.run(actions.put_sources(wanted, settings, anew=file is not None))
        _show_all(stored, as_json)


@app.command("list", epilog="Example: `python -m ingest sources list --kb museum`")
def list_(kb: AnyKb = None, as_json: AsJson = False) -> None:
    """List the sources of a knowledge base, or of all."""
    settings = read_settings()
    with door("WARNING", as_json):
        from ingest.cli import actions

        _show_all(asyncio.run(actions.read_sources(kb, settings)), as_json)


@app.command(epilog="Example: `python -m ingest sources show museum`")
def show(name: Name, kb: Kb = "default", as_json: AsJson = False) -> None:
    """Show all of a source but its secrets."""
    settings = read_settings()
    with door("WARNING", as_json):
        from ingest.cli import actions

        _show(asyncio.run(actions.read_source(name, kb, settings)), as_json)


@app.command(
    epilog="Example: `python -m ingest sources change museum --limit 500 --schedule ''`\n\n"
    "What is not given stays, also its secrets; a list that is given replaces the old one."
)
def change(
    name: Name,
    urls: Urls = None,
    kb: Kb = "default",
    sitemaps: Sitemaps = None,
    include: Include = None,
    exclude: Exclude = None,
    depth: Depth = None,
    limit: Limit = None,
    lang: Lang = None,
    schedule: Schedule = None,
    keep: Keep = None,
    drop: Drop = None,
    user: User = None,
    secret_env: SecretEnv = None,
    headers_env: HeadersEnv = None,
    allow_private: Private = None,
    render: Render = None,
    as_json: AsJson = False,
) -> None:
    """Change some of what a source says."""
    values = given(
        urls=urls or None, sitemaps=sitemaps, include=include, exclude=exclude, depth=depth,
        limit=limit, lang=lang, schedule=schedule, keep=keep, drop=drop,
        allow_private=allow_private, render=render,
    )  # fmt: skip
    settings = read_settings()
    with door("WARNING", as_json):
        from ingest.cli import actions

        values |= secrets(user, secret_env, headers_env)
        _show(asyncio.run(actions.change_source(name, kb, values, settings)), as_json)


@app.command(
    epilog="Example: `python -m ingest sources remove museum --yes`\n\n"
    "Its pages are taken out of the knowledge base and cannot be answered from again."
)
def remove(
    name: Name,
    kb: Kb = "default",
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Do not ask.")] = False,
    as_json: AsJson = False,
) -> None:
    """Remove a source, and retire its pages."""
    settings = read_settings()
    with door("WARNING", as_json):
        from ingest.cli import actions, carrying

        known = asyncio.run(actions.read_source(name, kb, settings))
        if not yes:
            typer.confirm(f"Remove {name} and take its pages out of {kb}?", abort=True, err=True)
        # First its pages: if that fails, the source is still there to be removed again.
        done = asyncio.run(carrying.withdraw(name, kb, settings, showing(as_json)))
        if done.state == "done":
            asyncio.run(actions.remove_source(known, settings))
        if as_json:
            print_json({"removed": name, "kb": kb, "report": done.as_json(outcomes=False)})
        else:
            OUT.print(f"{name} was removed; {len(done.outcomes)} pages retired.", markup=False)


@app.command(
    epilog="Examples:\n\n"
    "`python -m ingest sources run museum`\n\n"
    "`python -m ingest sources run museum --dry-run`\n\n"
    "`python -m ingest sources run --all`"
)
def run(
    name: Annotated[str | None, typer.Argument(help="Its name.", metavar="NAME")] = None,
    every: Annotated[bool, typer.Option("--all", help="Run over all sources.")] = False,
    kb: AnyKb = None,
    dry_run: DryRun = False,
    force: Force = False,
    queue: Queue = False,
    as_json: AsJson = False,
) -> None:
    """Run over a stored source, or over all of them."""
    if (name is None) != every:
        raise typer.BadParameter("give a name or --all, one of the two", param_hint="NAME")
    settings = read_settings()
    with door("WARNING", as_json):
        from ingest.cli import actions

        wanted = asyncio.run(actions.whole_sources(name, kb, settings))
    carry_out(wanted, dry_run=dry_run, force=force, queue=queue, as_json=as_json)


def _described(
    asked: dict[str, Any], user: str | None, secret_env: str | None, headers_env: list[str] | None
) -> Source:
    try:
        return source_from(asked | secrets(user, secret_env, headers_env))
    except SourceRefused as error:
        raise typer.BadParameter(error.reason, param_hint=error.field) from error


def _show_all(known: "list[KnownSource]", as_json: bool) -> None:
    from ingest.cli import display, told

    if as_json:
        print_json({"sources": [told.source(each) for each in known]})
    else:
        OUT.print(display.sources_table(known))


def _show(known: "KnownSource", as_json: bool) -> None:
    from ingest.cli import display, told

    if as_json:
        print_json(told.source(known))
    else:
        OUT.print(display.source_table(known))
