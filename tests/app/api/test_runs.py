import json
from collections.abc import AsyncIterator
from dataclasses import replace

import httpx
import pytest

from ingest.errors import CatalogUnavailable
from ingest.runs.diff import PageDiff
from ingest.runs.report import Outcome
from ingest.sources.source import source_from
from tests.fakes.house import PaperHouse, until

OUTCOMES = (
    Outcome(url="https://m.example/c", state="indexed", passages=3),
    Outcome(url="https://m.example/a", state="unavailable", reason="404 Not Found"),
    Outcome(url="https://m.example/b", state="indexed", passages=2),
)


@pytest.fixture
async def run(house: PaperHouse) -> str:
    house.runs.outcomes = OUTCOMES
    museum = source_from({"name": "museum", "kb": "m", "urls": ["https://m.example/"]})
    return await house.runs.start(museum)


async def test_a_run_tells_how_far_it_is_and_then_its_report(
    api: httpx.AsyncClient, house: PaperHouse, run: str
) -> None:
    going = (await api.get(f"/v1/runs/{run}")).json()
    assert going["report"] is None
    assert (going["progress"]["state"], going["progress"]["found"]) == ("running", 3)

    await house.runs.carry_out(run)
    ended = (await api.get(f"/v1/runs/{run}")).json()
    assert ended["report"] == {
        "run": run,
        "kb": "m",
        "source": "museum",
        "state": "done",
        "reason": "",
        "took_s": 1.5,
        "pages": {"indexed": 2, "unavailable": 1},
        "passages_embedded": 5,
    }
    assert ended["progress"]["state"] == "done"


async def test_runs_are_listed_by_knowledge_base(
    api: httpx.AsyncClient, house: PaperHouse, run: str
) -> None:
    await house.runs.withdraw("other", "library")
    every = (await api.get("/v1/runs")).json()["runs"]
    assert [each["kb"] for each in every] == ["other", "m"]
    (own,) = (await api.get("/v1/runs?kb=m&limit=1")).json()["runs"]
    assert (own["run"], own["source"], own["kind"], own["state"]) == (
        run,
        "museum",
        "crawl",
        "running",
    )


async def told(lines: AsyncIterator[str]) -> AsyncIterator[tuple[str, dict[str, object]]]:
    async for line in lines:
        if line.startswith("event: "):
            name = line.removeprefix("event: ")
        elif line.startswith("data: "):
            yield name, json.loads(line.removeprefix("data: "))


async def test_progress_comes_as_events_until_the_run_is_done(
    served: httpx.AsyncClient, house: PaperHouse, run: str
) -> None:
    accept = {"Accept": "text/event-stream"}
    async with served.stream("GET", f"/v1/runs/{run}", headers=accept) as answered:
        events = told(answered.aiter_lines())
        name, progress = await anext(events)
        assert (name, progress["state"], progress["found"]) == ("progress", "running", 3)
        await house.runs.carry_out(run)
        rest = [event async for event in events]
    assert [name for name, _ in rest] == ["progress", "done"]
    assert rest[-1][1]["pages"] == {"indexed": 2, "unavailable": 1}


async def test_a_stream_that_breaks_says_why(
    served: httpx.AsyncClient, house: PaperHouse, run: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def report(run: str) -> None:
        raise CatalogUnavailable("The database does not answer.")

    monkeypatch.setattr(house.runs, "report", report)
    await house.runs.cancel(run)
    accept = {"Accept": "text/event-stream"}
    async with served.stream("GET", f"/v1/runs/{run}", headers=accept) as answered:
        events = [event async for event in told(answered.aiter_lines())]
    assert [name for name, _ in events] == ["progress", "error"]
    assert events[-1][1]["status"] == 503


async def test_outcomes_come_in_pages(api: httpx.AsyncClient, run: str) -> None:
    where = f"/v1/runs/{run}/report"
    first = (await api.get(where, params={"limit": 2})).json()
    assert [o["url"][-1] for o in first["outcomes"]] == ["a", "b"]
    assert first["outcomes"][0]["reason"] == "404 Not Found"
    second = (await api.get(where, params={"limit": 2, "after": first["after"]})).json()
    assert [o["url"][-1] for o in second["outcomes"]] == ["c"]
    assert second["after"] is None
    indexed = (await api.get(where, params={"state": "indexed"})).json()
    assert [o["url"][-1] for o in indexed["outcomes"]] == ["b", "c"]
    assert (await api.get(where, params={"state": "lost"})).status_code == 400


async def test_a_diff_tells_the_sentences(
    api: httpx.AsyncClient, house: PaperHouse, run: str
) -> None:
    house.runs.diffs = (
        PageDiff(url="https://m.example/a", what="changed", gone=("Open at 9.",), new=("At 10.",)),
        PageDiff(url="https://m.example/b", what="retired", gone=("Bye.",), reason="404 Not Found"),
    )
    told = (await api.get(f"/v1/runs/{run}/diff")).json()
    assert told["pages"] == {"changed": 1, "retired": 1}
    assert told["changes"][0]["new"] == ["At 10."]
    assert told["changes"][1]["reason"] == "404 Not Found"


async def test_a_run_is_rolled_back_by_another(
    api: httpx.AsyncClient, house: PaperHouse, run: str
) -> None:
    assert (await api.post(f"/v1/runs/{run}/rollback")).status_code == 409
    await house.runs.carry_out(run)
    undoing = await api.post(f"/v1/runs/{run}/rollback")
    assert undoing.status_code == 202
    await until(lambda: undoing.json()["run"] in house.runs.carried_out)
    assert house.runs.began[undoing.json()["run"]].kind == "rollback"


async def test_a_run_is_cancelled(api: httpx.AsyncClient, house: PaperHouse, run: str) -> None:
    assert (await api.post(f"/v1/runs/{run}/cancel")).status_code == 202
    assert house.runs.began[run].state == "cancelled"


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/v1/runs/none"),
        ("GET", "/v1/runs/none/report"),
        ("GET", "/v1/runs/none/diff"),
        ("POST", "/v1/runs/none/cancel"),
        ("POST", "/v1/runs/none/rollback"),
    ],
)
async def test_an_unknown_run_is_a_404(api: httpx.AsyncClient, method: str, path: str) -> None:
    refused = await api.request(method, path)
    assert refused.status_code == 404
    assert refused.json()["type"] == "urn:groundling:problem:no-such-run"


async def test_a_held_run_says_why(api: httpx.AsyncClient, house: PaperHouse, run: str) -> None:
    held = replace(house.runs.began[run], state="held", reason="it would remove 40 of 50 passages")
    house.runs.began[run] = held
    (told,) = (await api.get("/v1/runs")).json()["runs"]
    assert (told["state"], told["reason"]) == ("held", "it would remove 40 of 50 passages")
