"""The real embedding models: unit vectors, prefixes, the length they read, and who goes first."""

import asyncio
import time
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Literal

import numpy as np
import pytest

from ingest.embedding.embed import Embedder, open_embedder
from ingest.errors import EmbedderUnavailable
from ingest.settings import EmbedderSettings
from tools.models import ensure_minilm

MINILM = EmbedderSettings(
    model="sentence-transformers/all-MiniLM-L6-v2",
    path=str(ensure_minilm()),
    threads=1,
    backend="fp32",
)
PASSAGE = "The museum opens at nine o'clock on weekdays and sells tickets at the door. "


@pytest.fixture
async def embedder() -> AsyncIterator[Embedder]:
    async with open_embedder(MINILM) as opened:
        yield opened


async def test_vectors_have_unit_length_and_find_what_is_meant(embedder: Embedder) -> None:
    texts = ["The café serves soup.", PASSAGE, "Dogs may not come in."]
    vectors = await embedder.embed_passages(texts)
    question = await embedder.embed_query("When can I visit?")
    assert all(vector.shape == (embedder.dimensions,) for vector in vectors)
    assert all(vector.dtype == np.float32 for vector in vectors)
    assert all(np.linalg.norm(vector) == pytest.approx(1, abs=1e-5) for vector in vectors)
    assert int(np.argmax([vector @ question for vector in vectors])) == 1
    assert await embedder.embed_passages([]) == []


async def test_passages_come_back_in_their_order(embedder: Embedder) -> None:
    texts = [PASSAGE * (n % 5 + 1) + str(n) for n in range(11)]
    vectors = await embedder.embed_passages(texts)
    for text, vector in zip(texts, vectors, strict=True):
        [alone] = await embedder.embed_passages([text])
        assert float(alone @ vector) == pytest.approx(1, abs=1e-4)


async def test_the_window_is_what_the_model_reads(embedder: Embedder) -> None:
    assert embedder.window == 254
    words = ["museum"] * embedder.window
    assert embedder.count_tokens(" ".join(words)) == embedder.window
    full, beyond, other = await embedder.embed_passages(
        [" ".join(words), " ".join([*words, "dog"]), " ".join([*words[:-1], "dog"])]
    )
    assert float(full @ beyond) == pytest.approx(1, abs=1e-5)
    assert float(full @ other) < 0.9999


@pytest.mark.parametrize(
    ("backend", "name", "least"),
    [
        ("auto", MINILM.model, 0.9998),
        ("bf16", MINILM.model, 0.9998),
        ("int8", f"{MINILM.model}@int8", 0.97),
    ],
)
async def test_other_arithmetic_gives_the_same_vectors_or_another_name(
    embedder: Embedder, backend: Literal["auto", "bf16", "int8"], name: str, least: float
) -> None:
    texts = [PASSAGE, "Dogs may not come in.", "Der Eintritt kostet acht Euro."]
    usual = await embedder.embed_passages(texts)
    async with open_embedder(MINILM.model_copy(update={"backend": backend})) as other:
        assert other.name == name
        for vector, expected in zip(await other.embed_passages(texts), usual, strict=True):
            assert vector.dtype == np.float32
            assert np.linalg.norm(vector) == pytest.approx(1, abs=1e-5)
            assert float(vector @ expected) >= least


async def test_a_question_does_not_wait_for_a_long_page(embedder: Embedder) -> None:
    await embedder.embed_query("warm")
    began = time.monotonic()
    page = asyncio.create_task(embedder.embed_passages([PASSAGE * 12] * 60))
    another = asyncio.create_task(embedder.embed_passages([PASSAGE * 12] * 60))
    await asyncio.sleep(0.05)
    waits = []
    for _ in range(3):
        asked = time.monotonic()
        await embedder.embed_query("When do you open?")
        waits.append(time.monotonic() - asked)
    assert not page.done()
    await asyncio.gather(page, another)
    assert max(waits) < (time.monotonic() - began) / 5


async def test_the_event_loop_goes_on_while_the_model_works(embedder: Embedder) -> None:
    delays: list[float] = []
    page = asyncio.create_task(embedder.embed_passages([PASSAGE * 12] * 16))
    while not page.done():
        began = time.monotonic()
        await asyncio.sleep(0.005)
        delays.append(time.monotonic() - began - 0.005)
    delays.sort()
    assert delays[len(delays) // 2] < 0.02


async def test_a_folder_without_a_model_is_named(tmp_path: Path) -> None:
    settings = MINILM.model_copy(update={"path": str(tmp_path)})
    with pytest.raises(EmbedderUnavailable, match="GROUNDLING_EMBEDDER__PATH"):
        async with open_embedder(settings):
            pass
