"""One running stack for all tests that meet real servers: the sample pages in, the models loaded.

A pytest plugin, so that `tests/live`, `tests/browser` and `tests/quality` share the same stack.
"""

import os
import subprocess
from collections.abc import AsyncIterator, Callable, Iterator

import httpx
import pytest

from tools.places import ROOT, venv_python
from tools.stack import Stack, open_stack

RunIngest = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture(scope="session")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    """Everything, on free ports and in a state folder of its own."""
    # Imports LiveKit, which unit tests need not wait for.
    from tools.demo import ingest_samples

    with open_stack(tmp_path_factory.mktemp("state"), usual_ports=False) as started:
        ingest_samples(started)
        yield started


@pytest.fixture
async def api(stack: Stack) -> AsyncIterator[httpx.AsyncClient]:
    """The API of the stack, with its key."""
    headers = {"Authorization": f"Bearer {stack.keys['api_key']}"}
    async with httpx.AsyncClient(base_url=stack.url("api"), headers=headers, timeout=180) as client:
        yield client


@pytest.fixture
def run_ingest(stack: Stack) -> RunIngest:
    """The ingestion CLI, run as a user runs it, against the stack."""

    def run(*arguments: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [str(venv_python()), "-m", "ingest", *arguments],
            cwd=ROOT,
            env={**os.environ, **stack.env},
            capture_output=True,
            text=True,
            check=False,
        )

    return run
