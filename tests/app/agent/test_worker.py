import asyncio
import logging
import pickle
import socket
import subprocess
import sys
from types import SimpleNamespace
from typing import cast

import pytest
from livekit.agents import AgentServer

from app.agent.visit import read_visit
from app.agent.visit_log import VisitLog
from app.agent.worker import _serve, _without_speech, load, new_server
from app.avatar.states import State, Transition
from app.errors import AnswerUnavailable, StageRefused, StageUnavailable
from app.settings import AgentSettings, Settings
from tests.fakes.api import ScriptedApi


@pytest.fixture
def settings(monkeypatch: pytest.MonkeyPatch) -> Settings:
    for name in ("LIVEKIT_URL", "LIVEKIT_API_KEY", "LIVEKIT_API_SECRET"):
        monkeypatch.setenv(name, "")  # LiveKit's worker writes them; put back afterwards
    livekit = {"url": "ws://127.0.0.1:9", "key": "key", "secret": "s" * 32}
    return Settings.model_validate({"livekit": livekit, "agent": {"port": 0}})


def _serving(visits: int) -> AgentServer:
    return cast(AgentServer, SimpleNamespace(active_jobs=[object()] * visits))


def test_a_worker_that_can_take_a_visit_never_looks_busy_to_livekit() -> None:
    settings = AgentSettings(visits_at_once=3)
    assert [load(settings, _serving(n)) for n in range(5)] == pytest.approx([0, 0.2, 0.4, 1, 1])


def test_the_worker_waits_under_its_name_on_loopback(settings: Settings) -> None:
    server = new_server(settings)
    assert server._agent_name == "groundling"
    assert server._host == "127.0.0.1"
    # Both travel to the processes that attend visits.
    assert pickle.dumps((server.setup_fnc, server._entrypoint_fnc))


async def test_a_taken_port_is_named_with_its_setting(settings: Settings) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        settings.agent.port = taken.getsockname()[1]
        with pytest.raises(OSError, match="GROUNDLING_AGENT__PORT"):
            async with asyncio.timeout(20):
                await _serve(new_server(settings), 1)


def test_the_agent_loads_neither_torch_nor_the_knowledge_side() -> None:
    code = (
        "import sys, app.agent.worker, app.agent.visit; "
        "print([m for m in ('torch', 'qdrant_client', 'qdrant_edge', 'ollama', 'litestar', "
        "'llama_index', 'sentence_transformers') if m in sys.modules])"
    )
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert found.stdout.strip() == "[]"


def test_what_people_said_is_taken_out_of_livekits_log() -> None:
    record = logging.makeLogRecord({"lk.pii.text": "my name is Anna", "speech_id": "s1"})
    assert _without_speech(record)
    assert "Anna" not in str(vars(record))
    assert record.__dict__["speech_id"] == "s1"


def test_a_job_names_its_visit() -> None:
    visit = read_visit('{"visit": "v1", "kb": "museum", "lang": "fr", "visitor": "anna"}')
    assert (visit.id, visit.kb, visit.lang, visit.visitor) == ("v1", "museum", "fr", "anna")


@pytest.mark.parametrize("metadata", ["", "{}", '{"visit": "v1"}', "[1]"])
def test_a_job_without_a_visit_is_refused(metadata: str) -> None:
    with pytest.raises(ValueError, match="POST /v1/visits"):
        read_visit(metadata)


async def test_a_visit_is_reported_as_it_goes_and_when_it_ends() -> None:
    api = ScriptedApi({})
    log = VisitLog(api, "v1")
    await log.opens("s1")
    log.stage_seconds(1.5)
    log.step(Transition(before=None, state=State.CREATING, reason="the visitor is here", at=1.0))
    log.closed("s1", came=True)
    await log.close("visitor_left")
    step = {"at": 1.0, "state": "creating", "reason": "the visitor is here"}
    assert api.reports == [
        ("v1", {"stage_session": "s1"}),
        ("v1", {"stage_seconds": 1.5}),
        ("v1", {"avatar": step}),
        ("v1", {"stage_closed": "s1", "stage_unused": False}),
        ("v1", {"state": "ended", "ended_reason": "visitor_left", "stage_seconds": 1.5}),
    ]


async def test_a_report_that_fails_ends_nothing(caplog: pytest.LogCaptureFixture) -> None:
    class DeafApi(ScriptedApi):
        async def report(self, visit: str, facts: object) -> None:
            raise AnswerUnavailable("down")

    await VisitLog(DeafApi({}), "v1").close("visitor_left")
    assert "visit not reported" in caplog.text


async def test_nothing_costs_that_the_api_does_not_know_or_the_budget_does_not_allow() -> None:
    api = ScriptedApi({})
    api.stage_s = 0.0
    with pytest.raises(StageRefused, match="MONTH_CENTS"):
        await VisitLog(api, "v1").opens("s1")
    api.deaf = AnswerUnavailable("down")
    with pytest.raises(StageUnavailable, match="could not note"):
        await VisitLog(api, "v1").opens("s1")
    assert api.reports == []


async def test_a_lease_is_renewed_until_the_visit_ends() -> None:
    api, left = ScriptedApi({}), list[float]()
    api.stage_s = 30.0
    renewing = asyncio.create_task(VisitLog(api, "v1").renew(0.03, left.append))
    await asyncio.sleep(0.05)
    api.deaf = AnswerUnavailable("down for a moment")
    await asyncio.sleep(0.03)
    api.deaf = None
    await asyncio.sleep(0.03)
    renewing.cancel()
    assert api.renewed > 5
    assert set(left) == {30.0}
