"""The serving command line: help, exit codes, errors with their remedy, JSON."""

import json
import socket
from collections.abc import Iterator

import pytest
from typer.testing import CliRunner

from app.cli import app
from tests.fakes.web import Reply, serve

RUNNER = CliRunner()


@pytest.fixture
def taken() -> Iterator[int]:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        yield listener.getsockname()[1]


@pytest.mark.parametrize(
    "command", ["api", "agent", "stage", "ready", "model", "ask", "unanswered"]
)
def test_every_command_explains_itself_and_has_json(command: str) -> None:
    told = RUNNER.invoke(app, [command, "--help"])
    assert told.exit_code == 0
    assert "--json" in told.output


def test_a_bad_setting_is_named_and_nothing_starts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GROUNDLING_MODEL__WINDOW", "many")
    told = RUNNER.invoke(app, ["ready"])
    assert told.exit_code == 2
    assert "GROUNDLING_MODEL__WINDOW" in told.output


def test_a_group_of_settings_is_not_set_whole(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GROUNDLING_LOG", "debug")
    for command in (["ready"], ["eval", "attacks"]):
        told = RUNNER.invoke(app, command)
        assert told.exit_code == 2
        assert "GROUNDLING_LOG__" in told.output


def test_an_api_that_is_not_there_is_named_with_the_remedy(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("GROUNDLING_API__URL", "http://127.0.0.1:9")
    told = RUNNER.invoke(app, ["ready", "--json"])
    assert told.exit_code == 1
    assert "groundling api" in json.loads(told.stdout)["error"]


@pytest.mark.parametrize("process", ["stage", "api"])
def test_a_taken_port_is_one_clear_line(
    process: str, taken: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(f"GROUNDLING_{process.upper()}__PORT", str(taken))
    told = RUNNER.invoke(app, [process])
    assert told.exit_code == 1
    assert str(taken) in told.output
    assert "Traceback" not in told.output


def test_a_neighbour_that_is_down_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    state = {"ready": False, "neighbours": {"qdrant": "ok", "ollama": "does not answer"}}
    reply = Reply(body=json.dumps(state), status=503, content_type="application/json")
    with serve({"/ready": reply}) as web:
        monkeypatch.setenv("GROUNDLING_API__URL", web.url("").rstrip("/"))
        told = RUNNER.invoke(app, ["ready"])
    assert told.exit_code == 1
    assert "ollama" in told.output
    assert "does not answer" in told.output


def test_unanswered_questions_are_listed_by_frequency(monkeypatch: pytest.MonkeyPatch) -> None:
    question = {
        "kb": "museum",
        "question": "Is there [free] parking?",
        "lang": "en",
        "reason": "not_in_pages",
        "times": 7,
        "first_asked": "2026-11-01T10:00:00Z",
        "last_asked": "2026-11-20T10:00:00Z",
    }
    reply = Reply(
        body=json.dumps({"questions": [question]}), status=200, content_type="application/json"
    )
    with serve({"/v1/unanswered?kb=museum": reply, "/v1/unanswered?": reply}) as web:
        monkeypatch.setenv("GROUNDLING_API__URL", web.url("").rstrip("/"))
        told = RUNNER.invoke(app, ["unanswered", "--kb", "museum"])
        as_json = RUNNER.invoke(app, ["unanswered", "--kb", "museum", "--json"])
    assert "Is there [free] parking?" in told.output
    assert "7" in told.output
    assert json.loads(as_json.stdout) == {"questions": [question]}
