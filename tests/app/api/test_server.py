"""The API as a process: it ends when told to, whatever streams are open, and leaves nothing."""

import asyncio
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from app.api.console import policy
from app.settings import LiveKitSettings
from tests.fakes.house import PaperHouse

PROCESS = """
import asyncio, sys
from pathlib import Path
from app.api.server import run
from app.settings import Settings
from contextlib import asynccontextmanager
from tests.fakes.answerer import GROUNDED
from tests.fakes.house import open_paper_house

@asynccontextmanager
async def open_house():
    async with open_paper_house(Path.cwd()) as house:
        house.answerer.script = (GROUNDED, asyncio.Event())
        yield house
        print("house closed, model stopped:", house.answerer.stopped.is_set(), flush=True)

run(Settings(), open_house)
print("returned", flush=True)
"""


@pytest.fixture
def port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return int(listener.getsockname()[1])


@pytest.fixture
def process(tmp_path: Path, port: int) -> Iterator[subprocess.Popen[str]]:
    env = {
        **os.environ,
        "GROUNDLING_API__PORT": str(port),
        "PYTHONPATH": str(Path(__file__).parents[3]),
    }
    started = subprocess.Popen(
        [sys.executable, "-c", PROCESS], cwd=tmp_path, env=env, stdout=subprocess.PIPE, text=True
    )
    yield started
    started.kill()
    started.communicate()


async def test_sigterm_ends_it_cleanly_with_a_stream_open(
    process: subprocess.Popen[str], port: int
) -> None:
    url = f"http://127.0.0.1:{port}"
    async with httpx.AsyncClient(base_url=url, timeout=10) as client:
        await _ready(client)
        request = client.stream(
            "POST", "/v1/answers", json={"question": "?"}, headers={"Accept": "text/event-stream"}
        )
        async with request as answered:
            assert answered.status_code == 200
            await anext(answered.aiter_lines())
            told = time.monotonic()
            process.send_signal(signal.SIGTERM)
            code = await asyncio.to_thread(process.wait, 15)
    said = process.stdout.read() if process.stdout else ""
    assert code == 0
    assert time.monotonic() - told < 8
    assert said.splitlines() == ["house closed, model stopped: True", "returned"]


async def test_killed_it_leaves_nobody_on_the_port(
    process: subprocess.Popen[str], port: int
) -> None:
    async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}") as client:
        await _ready(client)
    process.kill()
    process.wait(5)
    with socket.create_server(("127.0.0.1", port)):
        pass


def test_a_port_that_is_taken_is_named(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        number = str(taken.getsockname()[1])
        env = {
            **os.environ,
            "GROUNDLING_API__PORT": number,
            "PYTHONPATH": str(Path(__file__).parents[3]),
        }
        ended = subprocess.run(
            [sys.executable, "-c", PROCESS],
            cwd=tmp_path, env=env, capture_output=True, text=True, timeout=30, check=False,
        )  # fmt: skip
    assert ended.returncode == 1
    assert f"127.0.0.1:{number} cannot be listened on" in ended.stderr


async def test_every_response_forbids_other_hosts_but_livekit(api: httpx.AsyncClient) -> None:
    allowed = (await api.get("/health")).headers["content-security-policy"]
    assert "default-src 'self'" in allowed
    assert "connect-src 'self' ws://127.0.0.1:7880 http://127.0.0.1:7880" in allowed
    public = LiveKitSettings(url="ws://livekit:7880", public_url="wss://live.museum.example")
    assert "wss://live.museum.example https://live.museum.example" in policy(public)


async def test_the_description_lists_every_route(api: httpx.AsyncClient) -> None:
    described = (await api.get("/schema/openapi.json")).json()
    assert set(described["paths"]) == {
        "/health",
        "/metrics",
        "/ready",
        "/v1/calls",
        "/v1/chat/completions",
        "/v1/models",
        "/v1/models/{model}",
        "/v1/answers",
        "/v1/documents",
        "/v1/imports",
        "/v1/pages",
        "/v1/unanswered",
        "/v1/webhooks",
        "/v1/webhooks/again",
        "/v1/runs",
        "/v1/runs/{run}",
        "/v1/runs/{run}/cancel",
        "/v1/runs/{run}/diff",
        "/v1/runs/{run}/report",
        "/v1/runs/{run}/rollback",
        "/v1/search",
        "/v1/sources",
        "/v1/sources/{source}",
        "/v1/sources/{source}/runs",
        "/v1/visits",
        "/v1/vocabulary",
        "/v1/visits/{visit}",
        "/v1/visits/{visit}/lease",
        "/v1/visits/{visit}/listen",
        "/v1/visits/{visit}/visitors",
    }


async def test_the_loop_is_free_while_a_question_is_embedded(
    api: httpx.AsyncClient, house: PaperHouse
) -> None:
    house.grounder.burns_s = 0.8
    latest = 0.0
    searching = asyncio.create_task(api.post("/v1/search", json={"question": "When?"}))
    while not searching.done():
        asleep = time.perf_counter()
        await asyncio.sleep(0.005)
        latest = max(latest, time.perf_counter() - asleep - 0.005)
    assert searching.result().status_code == 200
    assert latest < 0.25, f"the loop stood still for {latest * 1000:.0f} ms"


async def _ready(client: httpx.AsyncClient) -> None:
    async with asyncio.timeout(30):
        while True:
            try:
                if (await client.get("/ready")).status_code == 200:
                    return
            except httpx.ConnectError:
                pass
            await asyncio.sleep(0.1)
