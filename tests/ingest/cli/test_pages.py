"""Handing pages in on the command line; without Qdrant or a model."""

from pathlib import Path

import pytest
from typer.testing import CliRunner

from ingest.cli.commands import app

runner = CliRunner()


@pytest.mark.parametrize(
    ("text", "told"), [("hello", "is no crawl"), ('{"url": "nowhere"}\n', "holds no page")]
)
def test_what_is_no_crawl_is_said_before_a_model_is_loaded(
    tmp_path: Path, text: str, told: str
) -> None:
    file = tmp_path / "crawl.jsonl"
    file.write_text(text)
    failed = runner.invoke(app, ["import", str(file)])
    assert failed.exit_code == 1
    assert told in " ".join(failed.stderr.split())


@pytest.mark.parametrize(
    "command", [["add", "menu.md", "--url", "https://m.example/"], ["import", "crawl.jsonl"]]
)
def test_a_source_that_is_crawled_takes_nothing_in(tmp_path: Path, command: list[str]) -> None:
    for name in ("menu.md", "crawl.jsonl"):
        (tmp_path / name).write_text("# Menu")
    runner.invoke(app, ["sources", "add", "museum", "https://m.example/"])
    failed = runner.invoke(app, [*command, "--name", "museum"])
    assert failed.exit_code == 1
    assert "choose another name" in " ".join(failed.stderr.split())
