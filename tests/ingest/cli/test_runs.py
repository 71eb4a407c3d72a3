"""What runs did, on the command line; from the catalog alone."""

import asyncio
import json
from typing import Any

import pytest
from typer.testing import CliRunner

from ingest.catalog.catalog import SeenPage
from ingest.catalog.changes import Change
from ingest.catalog.steps import Done
from ingest.cli.carrying import open_records
from ingest.cli.commands import app
from ingest.documents import Article
from ingest.settings import KnowledgeSettings

runner = CliRunner()
URL = "https://m.example/hours"


async def filled() -> str:
    """A run that goes on, which indexed a page again and could not have another."""
    async with open_records(KnowledgeSettings()) as records:
        run = await records.runs.open("m", "museum", kind="crawl", definition={}, phase="publish")
        assert run is not None
        await records.steps.note(
            run,
            [
                Done(url=URL, outcome="indexed", passages=2),
                Done(url="https://m.example/old", outcome="unavailable", reason="404 Not Found"),
            ],
        )
        for revision, hours in (("r1", "nine"), ("r2", "ten")):
            text = f"The museum is small. It opens at {hours}."
            article = Article(url=URL, title="Hours", lang="en", text=text)
            await records.articles.put("m", revision, article, [], 0)
        await records.changes.plan(run, [Change(url=URL, action="put", before="r1", after="r2")])
        await records.changes.finish(run, URL, 1)
        gone = SeenPage(
            kb="m", url="https://m.example/old", source="museum", state="unavailable",
            reason="404 Not Found",
        )  # fmt: skip
        await records.pages.touch([(gone, None)])
        return run


@pytest.fixture
def run() -> str:
    return asyncio.run(filled())


def told(*arguments: str) -> Any:
    result = runner.invoke(app, [*arguments, "--json"])
    assert result.exit_code == 0, result.output
    return json.loads(result.stdout)


def test_runs_are_listed_and_named_by_how_their_ids_begin(run: str) -> None:
    (listed,) = told("runs")["runs"]
    assert (listed["id"], listed["source"], listed["state"]) == (run, "museum", "running")
    assert "definition" not in listed
    assert told("report", run[:6])["run"] == run
    assert run[:8] in runner.invoke(app, ["runs"]).stdout


def test_a_report_tells_why_a_url_is_not_there(run: str) -> None:
    report = told("report", run, "--state", "unavailable")
    assert report["pages"] == {"indexed": 1, "unavailable": 1}
    (outcome,) = report["outcomes"]
    assert (outcome["url"], outcome["reason"]) == ("https://m.example/old", "404 Not Found")
    shown = runner.invoke(app, ["report", run]).stdout
    assert "404 Not Found" in shown
    assert URL in shown


def test_a_diff_tells_the_sentences_that_differ(run: str) -> None:
    diff = told("diff", run)
    assert diff["pages"] == {"changed": 1}
    (change,) = diff["changes"]
    assert (change["gone"], change["new"]) == (["It opens at nine."], ["It opens at ten."])
    shown = runner.invoke(app, ["diff", run]).stdout
    assert "- It opens at nine." in shown
    assert "+ It opens at ten." in shown


def test_a_run_is_cancelled_without_a_model(run: str) -> None:
    assert told("cancel", run)["state"] == "cancelled"
    assert told("runs")["runs"][0]["report"]["pages"] == {"indexed": 1, "unavailable": 1}


def test_pages_tell_why_they_are_not_indexed(run: str) -> None:
    (page,) = told("pages", "--kb", "m", "--state", "unavailable")["pages"]
    assert (page["url"], page["reason"]) == ("https://m.example/old", "404 Not Found")
    assert told("pages", "--kb", "m", "--url", "/new")["pages"] == []
    assert "404 Not Found" in runner.invoke(app, ["pages", "--kb", "m"]).stdout


@pytest.mark.parametrize("command", ["report", "diff", "cancel", "rollback"])
def test_an_unknown_run_is_one_line(command: str) -> None:
    failed = runner.invoke(app, [command, "4f1c"])
    assert failed.exit_code == 1
    assert "No run has the id 4f1c" in failed.stderr
