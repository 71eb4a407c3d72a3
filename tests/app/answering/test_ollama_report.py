import asyncio
import json

import pytest
from typer.testing import CliRunner

from app.answering.ollama_report import fetch, report
from app.cli import app
from app.errors import ModelUnavailable
from tests.app.answering.test_ollama import SETTINGS
from tests.fakes.ollama import open_paper_ollama


async def test_the_model_in_force_is_told_and_measured() -> None:
    async with open_paper_ollama() as server:
        settings = SETTINGS.model_copy(update={"url": server.url, "window": 4096, "threads": 3})
        server.has = 3072
        found = await report(settings)
    assert (found.name, found.family, found.quantisation) == ("small", "tiny", "Q4_K_M")
    assert (found.window_asked, found.window, found.threads, found.prompts) == (
        4096,
        3072,
        3,
        "raw",
    )
    assert found.read_tokens > 300
    assert found.read_tokens_s == pytest.approx(100, rel=0.01)
    assert found.write_tokens_s == 40.0


async def test_a_model_is_fetched_and_a_failure_says_why() -> None:
    told: list[str] = []
    async with open_paper_ollama() as server:
        settings = SETTINGS.model_copy(update={"url": server.url})
        await fetch(settings, lambda doing, done, of: told.append(doing))
        assert told == ["pulling", "success"]
        for said, remedy in (
            ("pull model manifest: file does not exist", "GROUNDLING_MODEL__NAME"),
            ("dial tcp: lookup registry.example: no such host", "may reach the model library"),
            ("write /blobs/x: no space left on device", "disk of Ollama's machine is full"),
        ):
            server.stream_error = said
            with pytest.raises(ModelUnavailable, match=remedy):
                await fetch(settings)


async def test_the_command_prints_what_was_measured(monkeypatch: pytest.MonkeyPatch) -> None:
    async with open_paper_ollama() as server:
        monkeypatch.setenv("GROUNDLING_MODEL__URL", server.url)
        monkeypatch.setenv("GROUNDLING_MODEL__NAME", "small")

        def run(*arguments: str) -> str:
            return CliRunner().invoke(app, ["model", *arguments]).stdout

        assert json.loads(await asyncio.to_thread(run, "--json"))["window"] == 2048
        assert "quantisation    Q4_K_M" in await asyncio.to_thread(run, "--pull")
        server.failure = (404, "model 'small' not found")
        assert "ollama pull small" in json.loads(await asyncio.to_thread(run, "--json"))["error"]
