"""Runs that workers share, called by a real Redis and a real Postgres."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from tests.fakes.web import Reply, page, serve
from tests.live.postgres import cluster
from tools.models import ensure_minilm

ROOT = Path(__file__).resolve().parents[2]
HOURS = "<main><h1>Hours</h1><p>The harbour museum opens every day at nine.</p></main>"
PATIENCE_S = 240


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return int(listener.getsockname()[1])


@contextmanager
def running(*command: str, env: dict[str, str], log: Path) -> Iterator[subprocess.Popen[bytes]]:
    """A process of ours, ended at the end if it has not ended before."""
    with log.open("ab") as out:
        process = subprocess.Popen(command, cwd=ROOT, env=env, stdout=out, stderr=out)
    try:
        yield process
    finally:
        process.terminate()
        try:
            process.wait(30)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def wait_until(true: Callable[[], bool], what: str) -> None:
    deadline = time.monotonic() + PATIENCE_S
    while not true():
        assert time.monotonic() < deadline, f"{what} did not happen within {PATIENCE_S} s"
        time.sleep(0.2)


def answers(port: int) -> bool:
    try:
        socket.create_connection(("127.0.0.1", port), 1).close()
    except OSError:
        return False
    return True


@pytest.fixture(params=["redis", "postgres"])
def queue(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The URL of a queue's server of its own."""
    if request.param == "postgres":
        with cluster() as url:
            yield url
        return
    port = free_port()
    server = (
        "redis-server", "--bind", "127.0.0.1", "--port", str(port), "--save", "",
        "--dir", str(tmp_path),
    )  # fmt: skip
    with running(*server, env=dict(os.environ), log=tmp_path / "redis.log"):
        wait_until(lambda: answers(port), "the start of Redis")
        yield f"redis://127.0.0.1:{port}/0"


@pytest.fixture
def env(tmp_path: Path) -> Iterator[dict[str, str]]:
    """The settings of an installation with an embedded Qdrant of its own, without a queue."""
    qdrant = free_port()
    env = {
        **os.environ,
        "GROUNDLING_DATABASE__URL": f"sqlite+aiosqlite:///{tmp_path}/g.db",
        "GROUNDLING_QDRANT__URL": f"http://127.0.0.1:{qdrant}",
        "GROUNDLING_EMBEDDER__MODEL": "sentence-transformers/all-MiniLM-L6-v2",
        "GROUNDLING_EMBEDDER__PATH": str(ensure_minilm()),
        "GROUNDLING_FETCH__DELAY_S": "0",
        "GROUNDLING_QUEUE__HEARTBEAT_S": "3",
    }
    engine = (
        sys.executable, "-m", "ingest", "qdrant", "--port", str(qdrant),
        "--path", str(tmp_path / "qdrant"),
    )  # fmt: skip
    with running(*engine, env=env, log=tmp_path / "qdrant.log"):
        wait_until(lambda: answers(qdrant), "the shelf's start")
        yield env


def ingest(env: dict[str, str], *arguments: str) -> dict[str, Any]:
    done = subprocess.run(
        [sys.executable, "-m", "ingest", *arguments, "--json"],
        cwd=ROOT, env=env, capture_output=True, text=True, check=True,
    )  # fmt: skip
    told = json.loads(done.stdout)
    assert isinstance(told, dict)
    return told


def test_a_killed_workers_pages_are_taken_over_by_the_others(
    env: dict[str, str], queue: str, tmp_path: Path
) -> None:
    slow = Reply(body=HOURS.replace("nine", "ten"), wait_s=600)
    routes = {f"/{n}": page(HOURS.replace("nine", str(n))) for n in range(4)} | {"/slow": slow}
    env = {**env, "GROUNDLING_QUEUE__URL": queue, "GROUNDLING_FETCH__TIMEOUT_S": "600"}
    worker = (sys.executable, "-m", "ingest", "worker", "--json")
    with serve(routes) as web:
        urls = [web.url(path) for path in routes]
        run = ("run", *urls, "--depth", "0", "--allow-private", "--queue")
        [first] = ingest(env, *run)["runs"].values()
        assert first
        with running(*worker, env=env, log=tmp_path / "worker.log") as doomed:
            wait_until(lambda: "/slow" in web.paths, "the last page's turn")
            doomed.send_signal(signal.SIGKILL)
            doomed.wait()
        web.routes["/slow"] = page(slow.body if isinstance(slow.body, str) else "")

        with running(*worker, env=env, log=tmp_path / "worker.log") as heir:
            wait_until(
                lambda: ingest(env, "runs")["runs"][0]["state"] == "done", "the run's completion"
            )
            heir.terminate()
            assert heir.wait(60) == 0

    [only] = ingest(env, "runs")["runs"]
    assert only["id"] == first
    assert only["report"]["pages"] == {"indexed": 5}
    assert ingest(env, "status")["kbs"] == [{"kb": "default", "pages": 5, "passages": 5}]


def test_a_queue_that_is_not_there_is_named(env: dict[str, str]) -> None:
    env = {**env, "GROUNDLING_QUEUE__URL": f"redis://127.0.0.1:{free_port()}/0"}
    done = subprocess.run(
        [sys.executable, "-m", "ingest", "run", "https://m.example/", "--queue"],
        cwd=ROOT, env=env, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 1
    assert "GROUNDLING_QUEUE__URL" in done.stderr
    assert "Traceback" not in done.stderr
