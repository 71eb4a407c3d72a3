"""The command line of the serving side: `groundling api | agent | stage | ready | model | ask`.

Every process reads its settings here, once. Big libraries are imported by the command that needs
them, so that `--help` answers at once and a thin image can run what it carries.
"""

import asyncio
import json
from dataclasses import asdict
from datetime import datetime
from importlib import import_module
from typing import Annotated, Any
from urllib.parse import urlencode

import httpx
import typer
from rich.console import Console
from rich.markup import escape
from rich.progress import Progress
from rich.table import Table

from app import log
from app.errors import AnswerError, StageError, VisitError
from app.evaluation.answering import answers
from app.evaluation.attacking import attacks
from app.evaluation.commands import app as evaluation
from app.evaluation.fitting import fit
from app.evaluation.gating import gate
from app.settings import Settings
from ingest.errors import IngestError
from ingest.settings import BadSettings, read_settings

app = typer.Typer(
    name="groundling",
    help="Grounds a talking avatar in your own pages. `python -m ingest` fills the knowledge base.",
    no_args_is_help=True,
    rich_markup_mode="markdown",
    pretty_exceptions_enable=False,
)

evaluation.command()(fit)
evaluation.command()(gate)
evaluation.command()(answers)
evaluation.command()(attacks)
app.add_typer(evaluation, name="eval")

AsJson = Annotated[
    bool, typer.Option("--json", help="Machine-readable output: JSON, nothing else.")
]
Words = Annotated[str, typer.Argument(help="The question, in quotes.")]

_out = Console()
_err = Console(stderr=True)


def _settings(as_json: bool) -> Settings:
    try:
        settings = read_settings(Settings)
    except BadSettings as error:
        _err.print(str(error), style="red", markup=False, highlight=False)
        raise typer.Exit(2) from None
    if as_json:
        settings.log.form = "json"
    log.configure(settings.log)
    return settings


def _fail(message: str, as_json: bool) -> typer.Exit:
    if as_json:
        _out.print_json(json.dumps({"error": message}))
    else:
        _err.print(f"[red]{message}[/red]", highlight=False)
    return typer.Exit(1)


@app.command()
def api(as_json: AsJson = False) -> None:
    """Serve the HTTP API and the web page until SIGTERM or Ctrl-C.

    Needs the database, Qdrant, Ollama and LiveKit of the settings; `groundling ready` says which
    of them answers.
    """
    _serve("app.api.server", as_json)


@app.command()
def agent(as_json: AsJson = False) -> None:
    """Serve visits: listen, ask the API, and let the avatar speak, until SIGTERM or Ctrl-C.

    `GROUNDLING_SPEECH__STT` names the ears: moonshine, whisper, openai (a server that speaks its
    audio API), or a livekit plugin; `GROUNDLING_SPEECH__TTS` the voice: hibari, piper, kokoro,
    openai, or a plugin. What is not installed is named, with the package that brings it.
    """
    _serve("app.agent.worker", as_json)


@app.command()
def stage(as_json: AsJson = False) -> None:
    """Serve a video stage here that speaks LiveAvatar's LITE protocol, until SIGTERM or Ctrl-C.

    It listens on 127.0.0.1:8089 (`GROUNDLING_STAGE__HOST`, `__PORT`); where others can reach it, it
    needs `GROUNDLING_STAGE__KEY`. It performs in the LiveKit rooms that callers bring, and with
    `GROUNDLING_LIVEKIT__URL`, `__KEY` and `__SECRET` in rooms of its own.
    """
    _serve("app.stage.server", as_json)


def _serve(process: str, as_json: bool) -> None:
    """Run the `serve` of a process's module until it is told to stop."""
    settings = _settings(as_json)
    try:
        import_module(process).serve(settings)
    except (IngestError, AnswerError, VisitError, StageError, ValueError) as error:
        raise _fail(str(error), as_json) from None


@app.command()
def ready(as_json: AsJson = False) -> None:
    """Say whether the API and its neighbours answer; exit 1 if one does not."""
    settings = _settings(as_json)
    answer = _request(settings, "GET", "/ready", as_json, statuses=(200, 503))
    if as_json:
        _out.print_json(json.dumps(answer))
    else:
        for name, state in answer.get("neighbours", {}).items():
            shown = "[green]ready[/green]" if state == "ok" else f"[red]down[/red]: {state}"
            _out.print(f"{name:<10} {shown}")
        if load := answer.get("model"):
            _out.print(f"model      {load['writing']} answering, {load['waiting']} waiting")
    if not answer.get("ready"):
        raise typer.Exit(1)


@app.command()
def model(
    pull: Annotated[
        bool, typer.Option("--pull", help="Have Ollama fetch the model first, as `ollama pull`.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Say which model is in force and measure it: window, pace of reading and writing.

    Takes some seconds, on a CPU half a minute, and makes the model forget what it read ahead.
    """
    from app.answering.ollama_report import fetch, report

    settings = _settings(as_json)
    try:
        if pull:
            with Progress(console=_err, transient=True, disable=as_json) as told:
                task = told.add_task(settings.model.name)
                asyncio.run(
                    fetch(
                        settings.model,
                        lambda doing, done, of: told.update(
                            task, description=doing, completed=done, total=of or None
                        ),
                    )
                )
        found = asyncio.run(report(settings.model))
    except AnswerError as error:
        raise _fail(str(error), as_json) from None
    if as_json:
        _out.print_json(json.dumps(asdict(found)))
        return
    for name, value in asdict(found).items():
        _out.print(f"{name.replace('_', ' '):<15} {value}", highlight=False)


@app.command()
def ask(
    question: Words,
    kb: Annotated[
        str | None, typer.Option(help="The knowledge base; the API's own when left out.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Ask the running API a question and print the answer with its sources.

    Example: `groundling ask "When do you close on Saturdays?"`
    """
    settings = _settings(as_json)
    body = {"question": question} | ({"kb": kb} if kb else {})
    answer = _request(settings, "POST", "/v1/answers", as_json, body=body)
    if as_json:
        _out.print_json(json.dumps(answer))
        return
    links = {hit["n"]: hit["link"] for hit in answer["hits"]}
    for sentence in answer["sentences"]:
        marks = "".join(f" [dim]\\[{n}][/dim]" for n in sentence["citations"])
        _out.print(f"{sentence['text']}{marks}", highlight=False)
    for n in sorted({n for sentence in answer["sentences"] for n in sentence["citations"]}):
        _out.print(f"[dim]\\[{n}] {links[n]}[/dim]", highlight=False)


@app.command()
def unanswered(
    kb: Annotated[str | None, typer.Option(help="One knowledge base; all when left out.")] = None,
    since: Annotated[
        datetime | None, typer.Option(help="Only what was asked since then (UTC).")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """List what visitors asked and the pages do not say, the most frequent first.

    Example: `groundling unanswered --kb museum --since 2026-11-01`
    """
    settings = _settings(as_json)
    asked = {"kb": kb, "since": since.isoformat() if since else None}
    query = urlencode({name: value for name, value in asked.items() if value})
    answer = _request(settings, "GET", f"/v1/unanswered?{query}", as_json)
    if as_json:
        _out.print_json(json.dumps(answer))
        return
    table = Table("Times", "Question", "Language", "Knowledge base", "Asked last", box=None)
    for each in answer["questions"]:
        last = each["last_asked"][:10]
        table.add_row(str(each["times"]), escape(each["question"]), each["lang"], each["kb"], last)
    _out.print(table)


def _request(
    settings: Settings,
    method: str,
    path: str,
    as_json: bool,
    *,
    body: dict[str, Any] | None = None,
    statuses: tuple[int, ...] = (200, 201),
) -> Any:
    """The JSON of one call to the API; leaves with exit code 1 and the reason when it fails."""
    key = settings.api.key
    headers = {"Authorization": f"Bearer {key.get_secret_value()}"} if key else {}
    url = settings.api.url.rstrip("/") + path
    try:
        response = httpx.request(
            method, url, json=body, headers=headers, timeout=settings.model.timeout_s
        )
    except httpx.HTTPError as error:
        raise _fail(
            f"No answer from {url} ({error}). Is `groundling api` running?", as_json
        ) from None
    if response.status_code not in statuses:
        try:
            detail = response.json().get("detail", response.text)
        except ValueError:
            detail = response.text[:200]
        raise _fail(f"{url} answered {response.status_code}: {detail}", as_json) from None
    return response.json()
