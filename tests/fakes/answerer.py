"""An answerer that says what it was told to."""

import asyncio
import hashlib
import time
from collections.abc import AsyncGenerator, Sequence
from datetime import UTC, datetime

from app.answering.events import (
    Abstained,
    Done,
    Event,
    Grounded,
    Quote,
    Sentence,
    Timings,
    Tokens,
    Turn,
)
from app.answering.listened import Spent, Words
from app.answering.preparation import Progress
from ingest.documents import Hit, Passage

HIT = Hit(
    passage=Passage(
        kb="museum",
        source="site",
        url="https://museum.example/visit",
        anchor="hours",
        title="Visit",
        headings=("Opening hours",),
        ordinal=0,
        text="The museum opens at ten.",
        lang="en",
        revision="r1",
        fetched_at=datetime(2026, 1, 2, tzinfo=UTC),
    ),
    score=0.95,
    cosine=0.9,
    bm25=0.5,
)
GROUNDED = Grounded(lang="en", hits=(HIT,), took_ms=7)
SENTENCE = Sentence(
    text="The museum opens at ten.",
    citations=(1,),
    quotes=(Quote(n=1, text="The museum opens at ten."),),
)
ABSTAINED = Abstained(text="I'm sorry, I don't find that.", reason="nothing_found")
DONE = Done(timings=Timings(ground_ms=7, total_ms=40), tokens=Tokens(prompt=300, answer=9))
ANSWER: tuple[Event, ...] = (GROUNDED, SENTENCE, DONE)


class ScriptedAnswerer:
    """Gives the events of `script`; an exception in it is raised, an Event of asyncio awaited."""

    def __init__(self, script: Sequence[Event | Exception | asyncio.Event] = ANSWER) -> None:
        self.script = script
        self.turns: list[Turn] = []
        self.prepared: list[tuple[str, str | None]] = []
        self.fails_to_prepare: Exception | None = None
        self.stopped = asyncio.Event()

    async def answer(self, turn: Turn) -> AsyncGenerator[Event, None]:
        self.turns.append(turn)
        try:
            for step in self.script:
                if isinstance(step, Exception):
                    raise step
                if isinstance(step, asyncio.Event):
                    await step.wait()
                else:
                    yield step
        finally:
            self.stopped.set()

    async def prepare(self, kb: str, lang: str | None = None) -> None:
        if self.fails_to_prepare:
            raise self.fails_to_prepare
        self.prepared.append((kb, lang))


class ScriptedAhead:
    """Keeps what it was told."""

    def __init__(self) -> None:
        self.heard: list[Words] = []
        self.forgotten: list[str] = []
        self.spent = Spent(tokens=120, ms=900, vain_tokens=20, vain_ms=150)

    def hear(self, words: Words) -> Progress:
        self.heard.append(words)
        return Progress(tokens=7, passages=1)

    def forget(self, visit: str) -> None:
        self.forgotten.append(visit)


class ScriptedSearcher:
    """Finds the same hits for every question, or fails.

    `burns_s` keeps a thread of its own busy for so long first, as an embedding model does.
    """

    def __init__(self) -> None:
        self.burns_s = 0.0
        self.hits = [HIT]
        self.fails: Exception | None = None
        self.asked: list[tuple[str, str, int, str | None]] = []

    async def search(
        self, question: str, kb: str, limit: int, lang: str | None = None
    ) -> list[Hit]:
        if self.fails:
            raise self.fails
        if self.burns_s:
            await asyncio.to_thread(_burn, self.burns_s)
        self.asked.append((question, kb, limit, lang))
        return self.hits[:limit]

    async def kbs(self) -> list[str]:
        if self.fails:
            raise self.fails
        return ["museum"]

    async def has(self, kb: str) -> bool:
        return kb in await self.kbs()


def _burn(seconds: float) -> None:
    """Compute without the interpreter's lock, as a model's kernels do."""
    until = time.perf_counter() + seconds
    while time.perf_counter() < until:
        hashlib.pbkdf2_hmac("sha256", b"question", b"salt", 20_000)
