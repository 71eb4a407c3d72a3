"""The command line: usage, exit statuses, JSON; without Qdrant, Redis or a model."""

import json
import subprocess
import sys
import threading
from pathlib import Path

import pytest
from typer.testing import CliRunner

from ingest.cli.commands import app

ROOT = Path(__file__).resolve().parents[3]
COMMANDS = (
    *("run", "runs", "report", "diff", "rollback", "cancel"),
    *("status", "search", "pages", "add", "import", "forget", "qdrant", "worker"),
    *(f"sources {name}" for name in ("add", "list", "show", "change", "remove", "run")),
)

runner = CliRunner()


@pytest.mark.parametrize("command", COMMANDS)
def test_help_teaches_with_an_example(command: str) -> None:
    result = runner.invoke(
        app, [*command.split(), "--help"], env={"COLUMNS": "100", "NO_COLOR": "1"}
    )
    assert result.exit_code == 0
    assert "Example" in result.stdout
    assert "--json" in result.stdout


def test_help_loads_no_big_library() -> None:
    big = (
        *("torch", "llama_index", "livekit", "qdrant_client", "sqlalchemy", "trafilatura"),
        *("lxml", "numpy", "httpx", "croniter", "cryptography"),
    )
    code = (
        "import sys\nfrom ingest.cli.commands import app\n"
        "try:\n    app(['run', '--help'])\nexcept SystemExit:\n    pass\n"
        f"print([name for name in {big!r} if name in sys.modules], file=sys.stderr)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert done.stderr.strip() == "[]"


@pytest.mark.parametrize(
    "arguments",
    [
        ["run"],
        ["run", "https://m.example/", "--sources", "sources.toml"],
        ["run", "--sources", "missing.toml"],
        ["run", "https://m.example/", "--depth", "-1"],
        ["run", "ftp://m.example/"],
        ["sources", "add"],
        ["sources", "add", "museum"],
        ["sources", "add", "museum", "https://m.example/", "--schedule", "daily"],
        ["sources", "add", "museum", "https://m.example/", "--secret-env", "NOT_SET"],
        ["sources", "add", "museum", "https://m.example/", "--header-env", "X-Key"],
        ["sources", "add", "--from", "missing.toml"],
        ["sources", "run"],
        ["sources", "run", "museum", "--all"],
        ["report", "4f1c", "--state", "lost"],
        ["pages", "--state", "lost"],
        ["add", "a.pdf", "b.pdf", "--url", "https://m.example/a.pdf"],
        ["add", "a.pdf", "--url", "a.pdf"],
        ["import", "missing.warc"],
        ["search"],
        ["search", "  "],
        ["qdrant", "--port", "70000"],
        ["unknown"],
    ],
)
def test_wrong_usage_is_status_2(arguments: list[str]) -> None:
    result = runner.invoke(app, arguments)
    assert result.exit_code == 2
    assert result.stdout == ""


def test_a_wrong_setting_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GROUNDLING_EMBEDDER__THREADS", "none")
    result = runner.invoke(app, ["status"])
    assert result.exit_code == 2
    assert "GROUNDLING_EMBEDDER__THREADS" in result.stderr


@pytest.mark.parametrize("arguments", [["run", "https://m.example/"], ["search", "tickets"]])
def test_a_failure_is_one_line_with_the_remedy(arguments: list[str]) -> None:
    result = runner.invoke(app, arguments)
    assert result.exit_code == 1
    assert "GROUNDLING_EMBEDDER__PATH" in result.stderr
    assert "Traceback" not in result.stderr


def test_a_failure_is_json_where_json_was_asked_for() -> None:
    result = runner.invoke(app, ["search", "tickets", "--json"])
    assert result.exit_code == 1
    assert "GROUNDLING_EMBEDDER__PATH" in json.loads(result.stdout)["error"]


def test_a_database_that_cannot_be_opened_is_status_1(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GROUNDLING_DATABASE__URL", f"sqlite+aiosqlite:///{tmp_path}")
    before = set(threading.enumerate())
    result = runner.invoke(app, ["status"])
    assert result.exit_code == 1
    assert "GROUNDLING_DATABASE__URL" in result.stderr
    # A connection's thread that is left behind writes a traceback below the message, now and then.
    assert not [each.name for each in {*threading.enumerate()} - before if "connect" in each.name]


def test_a_worker_without_a_queue_says_what_to_set() -> None:
    result = runner.invoke(app, ["worker"])
    assert result.exit_code == 1
    assert "GROUNDLING_QUEUE__URL" in result.stderr


def test_an_empty_installation_has_a_status() -> None:
    result = runner.invoke(app, ["status", "--json"])
    assert result.exit_code == 0
    assert json.loads(result.stdout) == {"kbs": [], "runs": []}
    assert runner.invoke(app, ["status"]).exit_code == 0
