"""Sources on the command line; without Qdrant or a model."""

import json
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from ingest.cli.commands import app
from tests.fakes.web import page, robots, serve

runner = CliRunner()
MUSEUM = ("museum", "https://m.example/")


def told(*arguments: str) -> Any:
    result = runner.invoke(app, ["sources", *arguments, "--json"])
    assert result.exit_code == 0, result.output
    return json.loads(result.stdout)


def test_a_source_is_added_shown_changed_and_listed() -> None:
    asked = ("--schedule", "0 3 * * *", "--drop", "#news", "--drop", ".ad", "--exclude", "*/old/*")
    (added,) = told("add", *MUSEUM, *asked)["sources"]
    assert (added["limit"], added["drop"], added["sitemaps"]) == (200, ["#news", ".ad"], [])
    assert told("show", "museum") == added

    changed = told("change", "museum", "--limit", "9", "--schedule", "")
    assert (changed["limit"], changed["schedule"], changed["next_at"]) == (9, None, None)
    assert (changed["drop"], changed["urls"]) == (["#news", ".ad"], ["https://m.example/"])
    assert told("list") == {"sources": [changed]}
    assert told("list", "--kb", "other") == {"sources": []}
    for command in (["list"], ["show", "museum"]):
        shown = runner.invoke(app, ["sources", *command])
        assert "https://m.example/" in shown.stdout


def test_secrets_come_from_the_environment_and_are_not_shown(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("PASS", "hush")
    monkeypatch.setenv("KEY", "quiet")
    secret = ("--user", "guide", "--secret-env", "PASS", "--header-env", "X-Key=KEY")
    (added,) = told("add", *MUSEUM, *secret)["sources"]
    assert (added["credentials"], added["headers"]) == ("basic, set", {"X-Key": "set"})
    shown = runner.invoke(app, ["sources", "show", "museum"])
    stored = (tmp_path / "g.db").read_bytes()
    for word in ("hush", "quiet"):
        assert word not in f"{added} {shown.output}"
        assert word.encode() not in stored
    assert told("change", "museum", "--secret-env", "")["credentials"] is None


def test_a_file_of_sources_is_put_again_and_again(tmp_path: Path) -> None:
    path = tmp_path / "sources.toml"
    path.write_text('[[source]]\nname = "museum"\nurls = ["https://m.example/"]\n')
    (first,) = told("add", "--from", str(path))["sources"]
    path.write_text('[[source]]\nname = "museum"\nurls = ["https://m.example/"]\nlimit = 9\n')
    (second,) = told("add", "--from", str(path))["sources"]
    assert (second["id"], first["limit"], second["limit"]) == (first["id"], 200, 9)


@pytest.mark.parametrize(
    ("arguments", "reason"),
    [
        (["show", "library"], "has no source library"),
        (["change", "library", "--limit", "9"], "has no source library"),
        (["remove", "library", "--yes"], "has no source library"),
        (["run", "library"], "has no source library"),
        (["add", *MUSEUM], "has a source museum already"),
        (["change", "museum", "--schedule", "61 * * * *"], "'schedule'"),
        (["change", "museum", "--keep", "p["], "'keep.0'"),
        (["change", "museum", "--secret-env", "NOT_SET"], "NOT_SET is not set"),
    ],
)
def test_what_cannot_be_done_is_one_line(arguments: list[str], reason: str) -> None:
    told("add", *MUSEUM)
    failed = runner.invoke(app, ["sources", *arguments])
    assert failed.exit_code == 1
    assert reason in " ".join(failed.stderr.split())
    assert "Traceback" not in failed.stderr


def test_a_source_is_removed_only_when_that_was_meant_and_its_pages_could_be() -> None:
    told("add", *MUSEUM)
    assert runner.invoke(app, ["sources", "remove", "museum"], input="n\n").exit_code == 1
    # There is no model here, so its pages cannot be taken out of the index.
    assert runner.invoke(app, ["sources", "remove", "museum", "--yes"]).exit_code == 1
    assert told("show", "museum")["name"] == "museum"


def test_a_dry_run_lists_what_would_be_fetched_and_keeps_nothing() -> None:
    routes = {
        "/robots.txt": robots("User-agent: *\nDisallow: /private"),
        "/": page('<a href="/hours">Hours</a> <a href="/private/a">Private</a>'),
        "/hours": page("<p>We open at nine.</p>"),
    }
    with serve(routes) as web:
        told("add", "museum", web.url("/"), "--allow-private")
        (walked,) = told("run", "museum", "--dry-run")["sources"]
        assert [each["url"] for each in walked["would_fetch"]] == [web.url("/"), web.url("/hours")]
        (refused,) = [each for each in walked["would_not"] if "/private/" in each["url"]]
        assert "robots.txt" in refused["reason"]
        shown = runner.invoke(app, ["run", web.url("/"), "--allow-private", "--dry-run"])
        assert "2 pages would be read" in shown.stdout
    status = runner.invoke(app, ["status", "--json"])
    assert json.loads(status.stdout) == {"kbs": [], "runs": []}
