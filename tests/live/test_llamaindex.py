"""LlamaIndex's OpenAI-like model, pointed at the OpenAI-compatible door."""

import asyncio
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from app.answering.template import Exchange
from app.api.server import create_app
from app.settings import Settings
from tests.fakes.house import open_paper_house, serving
from tools import places

SCRIPT = Path(__file__).parent / "llamaindex_chat.py"
# Beside ours, and not among ours: they do not go together with the `openai` that LiveKit needs.
PACKAGES = (
    *("llama-index-llms-openai-like==0.8.1", "llama-index-llms-openai==0.8.3"),
    *("openai==2.54.0", "distro==1.9.0"),
)


@pytest.fixture(scope="module")
def folder() -> Path:
    """Where LlamaIndex's client lies; fetched once, and what it needs besides is here already."""
    folder = places.cache() / f"llamaindex-{places.fingerprint(*PACKAGES)[:12]}"
    if not folder.exists():
        with places.replacing(folder) as workshop:
            command = [sys.executable, "-m", "pip", "install", "--quiet", "--no-deps"]
            target = workshop / folder.name
            subprocess.run([*command, "--target", target, *PACKAGES], check=True)
    return folder


async def test_llamaindex_chats_with_the_pages(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    async with (
        open_paper_house(tmp_path) as house,
        serving(create_app(house, Settings())) as url,
    ):
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, SCRIPT, url),
            env={**os.environ, "PYTHONPATH": str(folder)},
            stdout=asyncio.subprocess.PIPE,
        )
        output, _ = await asyncio.wait_for(process.communicate(), 120)

    answer = json.loads(output)
    assert [answer[way] for way in ("whole", "streamed", "completed")] == [
        "The museum opens at ten."
    ] * 3
    assert answer["tokens"] == 309
    past = (Exchange(asked="Where are you?", answered="At the harbour."),)
    assert [turn.history for turn in house.answerer.turns] == [past, past, ()]
    assert {turn.question for turn in house.answerer.turns} == {"When do you open?"}
