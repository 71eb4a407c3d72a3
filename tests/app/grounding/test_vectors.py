import asyncio

import numpy as np
import pytest

from app.grounding.followup import in_context
from app.grounding.vectors import QuestionVectors
from ingest.documents import Vector
from tests.app.grounding.test_followup import TALK


class Embedder:
    """Embeds when it is let; the first `failures` times it fails."""

    def __init__(self, failures: int = 0) -> None:
        self.asked: list[str] = []
        self.may = asyncio.Event()
        self._failures = failures

    async def embed_query(self, text: str) -> Vector:
        self.asked.append(text)
        await self.may.wait()
        if len(self.asked) <= self._failures:
            raise OSError("no model")
        return np.array([float(len(text))], dtype=np.float32)


async def test_who_asks_while_a_text_is_embedded_waits_for_that() -> None:
    embedder = Embedder()
    vectors = QuestionVectors(embedder)
    glance = asyncio.create_task(vectors.embed_query("closed"))
    question = asyncio.create_task(vectors.embed_query("closed"))
    await asyncio.sleep(0)
    glance.cancel()
    embedder.may.set()
    assert list(await question) == [6.0]
    assert list(await vectors.embed_query("closed")) == [6.0]
    assert embedder.asked == ["closed"]


async def test_what_failed_is_tried_again() -> None:
    embedder = Embedder(failures=1)
    embedder.may.set()
    vectors = QuestionVectors(embedder)
    with pytest.raises(OSError, match="no model"):
        await vectors.embed_query("closed")
    assert list(await vectors.embed_query("closed")) == [6.0]


async def test_only_the_latest_are_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("app.grounding.vectors._KEPT", 2)
    embedder = Embedder()
    embedder.may.set()
    vectors = QuestionVectors(embedder)
    for text in ("one", "two", "one", "three", "one", "two"):
        await vectors.embed_query(text)
    assert embedder.asked == ["one", "two", "three", "two"]


async def test_a_question_that_was_lent_a_subject_lies_between_its_two_readings() -> None:
    embedder = Embedder()
    embedder.may.set()
    asked = in_context("And on Sundays?", TALK, "en")
    found = await QuestionVectors(embedder).embed_query(asked)
    assert embedder.asked == ["And on Sundays?", "And on Sundays? ticket"]
    assert list(found) == [18.5]
