"""With how many threads the model reads, asked of a small server like Ollama."""

import pytest

from app.answering.ollama import open_model
from app.settings import ModelSettings
from tests.fakes.ollama import PaperOllama, open_paper_ollama


async def _chosen(server: PaperOllama, threads: int = 0) -> int:
    async with open_model(ModelSettings(name="small", url=server.url, threads=threads)) as model:
        await model.learn()
        await model.read("Rules.")
        return model.threads


@pytest.mark.parametrize(
    ("slower", "chosen"),
    [
        ({1: 2.0, 2: 1.1, 3: 1.0, 4: 1.0}, 2),
        ({1: 1.0, 2: 1.0, 3: 1.0, 4: 5.0}, 1),
        ({1: 4.0, 2: 3.0, 3: 1.0, 4: 2.0}, 3),
    ],
)
async def test_the_fewest_threads_that_read_about_fastest_are_taken(
    slower: dict[int, float], chosen: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("os.cpu_count", lambda: 4)
    async with open_paper_ollama() as server:
        server.slower = slower
        assert await _chosen(server) == chosen
        tried = {body["options"]["num_thread"] for body in server.bodies("/api/generate")}
        assert server.bodies("/api/generate")[-1]["options"]["num_thread"] == chosen
    assert tried == {1, 2, 3, 4}


async def test_threads_that_are_set_are_not_tried() -> None:
    async with open_paper_ollama() as server:
        assert await _chosen(server, threads=3) == 3
        assert len(server.bodies("/api/generate")) == 1


async def test_a_model_on_a_gpu_is_not_loaded_again_and_again(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("os.cpu_count", lambda: 16)
    async with open_paper_ollama() as server:
        server.on_gpu = 1.0
        assert await _chosen(server) == 1
        bodies = server.bodies("/api/generate")
    assert {body["options"]["num_thread"] for body in bodies} == {1}
