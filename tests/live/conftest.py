"""One running stack for all live tests: real servers, real models, the sample pages ingested."""

import os
import subprocess
from collections.abc import AsyncIterator, Iterator

import httpx
import pytest

from tools.demo import ingest_samples
from tools.places import ROOT
from tools.stack import Stack, open_stack


@pytest.fixture(scope="session")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    """Everything, on free ports and in a state folder of its own."""
    with open_stack(tmp_path_factory.mktemp("state"), usual_ports=False) as started:
        ingest_samples(started)
        yield started


@pytest.fixture
async def api(stack: Stack) -> AsyncIterator[httpx.AsyncClient]:
    """The API of the stack, with its key."""
    headers = {"Authorization": f"Bearer {stack.keys['api_key']}"}
    async with httpx.AsyncClient(base_url=stack.url("api"), headers=headers, timeout=120) as client:
        yield client


@pytest.fixture
def run_ingest(stack: Stack):  # type: ignore[no-untyped-def]
    """The ingestion CLI, run as a user runs it, against the stack."""

    def run(*arguments: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [str(ROOT / ".venv/bin/python"), "-m", "ingest", *arguments],
            cwd=ROOT,
            env={**os.environ, **stack.env},
            capture_output=True,
            text=True,
            check=False,
        )

    return run
