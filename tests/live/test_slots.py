"""Which settings of a real Ollama hold several visits beside one another, and which do not."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from app.answering.ollama import open_model
from app.settings import ModelSettings
from tools import servers
from tools.places import cache
from tools.processes import Processes, Service, any_port
from tools.stack import Stack

SEVERAL = {"OLLAMA_NUM_PARALLEL": "4"}
BESIDE = {"OLLAMA_MULTIUSER_CACHE": "1", "OLLAMA_NEW_ENGINE": "1"}


@contextmanager
def open_ollama(folder: Path, more: dict[str, str]) -> Iterator[str]:
    """A server of its own, with the models of the stack; its URL."""
    host = f"127.0.0.1:{any_port()}"
    url = f"http://{host}"
    env = {"OLLAMA_HOST": host, "OLLAMA_MODELS": str(cache() / "ollama"), "OLLAMA_NO_CLOUD": "1"}
    processes = Processes(folder)
    service = Service("ollama", [servers.ollama(), "serve"], url, env | more)
    try:
        processes.launch(service, {})
        processes.wait(service)
        yield url
    finally:
        processes.end_all()


@pytest.mark.parametrize(("more", "visits"), [(SEVERAL, 1), (SEVERAL | BESIDE, 2)])
async def test_what_the_server_holds_is_found_out(
    stack: Stack, tmp_path: Path, more: dict[str, str], visits: int
) -> None:
    name = stack.env["GROUNDLING_MODEL__NAME"]
    with open_ollama(tmp_path, more) as url:
        async with open_model(ModelSettings(url=url, name=name, at_once=2)) as model:
            await model.learn()
            assert model.held.visits == visits
