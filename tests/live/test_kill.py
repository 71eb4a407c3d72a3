"""A run that is killed again and again ends as one that was left alone."""

import json
import os
import random
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from qdrant_client import QdrantClient, models
from sqlalchemy import create_engine, text

from ingest.catalog.steps import ATTEMPTS
from tests.fakes.web import Reply, Web, page, serve
from tests.live.test_queue import answers, free_port, running, wait_until

ROOT = Path(__file__).resolve().parents[2]
KILLS = int(os.environ.get("GROUNDLING_TEST_KILLS", "12"))
"""More for a closer look: each costs a second or two."""
PAGES = 24
LINES = ("opens in spring", "shows the old ropes", "was a warehouse", "keeps the ship's bell")


def site(version: int) -> dict[str, Reply]:
    """Pages that link to one another; each version says something else on most, and lacks one."""
    routes: dict[str, Reply] = {}
    for n in range(PAGES):
        said = version if n % 3 else 0
        parts = "".join(
            f"<h2>Part {i}</h2><p>Hall {n} {LINES[i]}, and so it was in year {said} of {n * i}.</p>"
            for i in range(4)
        )
        links = "".join(
            f'<p>See <a href="/{m}">hall {m}</a>.</p>' for m in (2 * n + 1, 2 * n + 2) if m < PAGES
        )
        body = f"<title>Hall {n}</title><main><h1>Hall {n}</h1>{parts}{links}</main>"
        routes[f"/{n}"] = page(body, ETag=f'"{said}-{n}"')
    if version > 1:
        routes[f"/{PAGES - 1}"] = Reply(status=410)
    return routes


@pytest.fixture
def shelf(tmp_path: Path) -> Iterator[str]:
    port = free_port()
    command = (
        sys.executable, "-m", "ingest", "qdrant", "--port", str(port),
        "--path", str(tmp_path / "qdrant"),
    )  # fmt: skip
    with running(*command, env=dict(os.environ), log=tmp_path / "qdrant.log"):
        wait_until(lambda: answers(port), "the shelf's start")
        yield f"http://127.0.0.1:{port}"


class Doomed:
    """Runs in processes of their own."""

    def __init__(self, web: Web, shelf: str) -> None:
        self._web = web
        self._shelf = shelf
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.live.doomed_run"],
            cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
        )  # fmt: skip

    def begin(self, folder: Path) -> int:
        """Begin a run, with a catalog in the folder and a knowledge base named after it."""
        folder.mkdir(exist_ok=True)
        told = [self._web.url("/0"), str(folder), self._shelf, folder.name]
        assert self._process.stdin is not None
        self._process.stdin.write(json.dumps(told) + "\n")
        self._process.stdin.flush()
        return self._said()

    def end(self) -> int:
        """The exit status of the run that was begun last; negative for the signal it died of."""
        return self._said()

    def complete(self, folder: Path) -> float:
        """How long an undisturbed run takes, in seconds."""
        began = time.monotonic()
        self.begin(folder)
        assert self.end() == 0
        return time.monotonic() - began

    def _said(self) -> int:
        assert self._process.stdout is not None
        return int(self._process.stdout.readline())

    def close(self) -> None:
        self._process.communicate()


@pytest.fixture
def web() -> Iterator[Web]:
    with serve(site(1)) as serving:
        yield serving


@pytest.fixture
def doomed(web: Web, shelf: str) -> Iterator[Doomed]:
    runs = Doomed(web, shelf)
    yield runs
    runs.close()


def points(client: QdrantClient, kb: str) -> dict[tuple[Any, ...], tuple[Any, ...]]:
    """Everything a knowledge base holds but for when it was fetched, its vectors included."""
    only = models.Filter(must=[models.FieldCondition(key="kb", match=models.MatchValue(value=kb))])
    found, _ = client.scroll("groundling", only, limit=10_000, with_payload=True, with_vectors=True)
    held: dict[tuple[Any, ...], tuple[Any, ...]] = {}
    for point in found:
        payload = dict(point.payload or {})
        for own in ("fetched_at", "kb"):
            del payload[own]
        key = (payload["url"], payload["ordinal"], payload["revision"])
        assert key not in held, "doubled"
        assert isinstance(point.vector, dict)
        # A vector that is reused has been normalised twice.
        dense = np.round(np.asarray(point.vector["dense"]), 5).tolist()
        held[key] = (payload, dense, point.vector.get("bm25"))
    return held


def terms(folder: Path) -> list[tuple[Any, ...]]:
    """The catalog's counts: terms and passages by language."""
    engine = create_engine(f"sqlite:///{folder}/g.db")
    with engine.connect() as connection:
        rows = connection.execute(text("SELECT term, passages FROM term ORDER BY term")).all()
        langs = connection.execute(text("SELECT lang, passages FROM language")).all()
    engine.dispose()
    return [tuple(row) for row in (*rows, *langs)]


class Watch(threading.Thread):
    """Looks again and again whether every page that was there is still there."""

    def __init__(self, shelf: str, urls: list[str]) -> None:
        super().__init__()
        self.absent: list[str] = []
        self.looks = 0
        self._client = QdrantClient(url=shelf, check_compatibility=False)
        self._urls = urls
        self._ended = threading.Event()

    def run(self) -> None:
        while not self._ended.wait(0.02):
            found, _ = self._client.scroll(
                "groundling",
                models.Filter(
                    must=[models.FieldCondition(key="kb", match=models.MatchValue(value="killed"))]
                ),
                limit=10_000,
                with_payload=["url"],
            )
            there = {(point.payload or {})["url"] for point in found}
            self.absent += [url for url in self._urls if url not in there]
            self.looks += 1

    def stop(self) -> None:
        self._ended.set()
        self.join()
        self._client.close()


def test_killed_at_random_points_it_ends_as_if_it_had_not_been(
    tmp_path: Path, web: Web, shelf: str, doomed: Doomed
) -> None:
    chance = random.Random(20261122)
    killed, spared = tmp_path / "killed", tmp_path / "spared"
    client = QdrantClient(url=shelf, check_compatibility=False)
    deaths, version = 0, 1
    for folder in (killed, spared):
        doomed.complete(folder)
    takes_s = 2.0
    while deaths < KILLS:
        version += 1
        web.routes.update(site(version))
        watch = Watch(shelf, [web.url(f"/{n}") for n in range(PAGES - 1)])
        watch.start()
        for _ in range(ATTEMPTS - 1):  # a page over which more workers die is left alone
            pid = doomed.begin(killed)
            time.sleep(chance.uniform(0, takes_s))
            with suppress(ProcessLookupError):  # it was quicker
                os.kill(pid, signal.SIGKILL)
            deaths += doomed.end() == -signal.SIGKILL
        doomed.complete(killed)
        watch.stop()
        takes_s = doomed.complete(spared)
        assert watch.absent == []
        assert watch.looks > 3
        left, right = points(client, "killed"), points(client, "spared")
        more = sorted(set(left) ^ set(right))
        assert not more, [(key, left.get(key, right.get(key))) for key in more[:6]]
        assert left == right
        assert terms(killed) == terms(spared)
    assert len({key[0] for key in points(client, "killed")}) == PAGES - 1
    client.close()
    print(f"\n{deaths} killed in {version} versions of the site; the same in the end")  # noqa: T201
