"""The API as the agent sees it, playing a script."""

import asyncio
from collections.abc import AsyncGenerator, Mapping, Sequence
from typing import Any

from app.agent.api import AnswerEvent, Heard, KnownName, OpenedCall, Question
from app.errors import AnswerUnavailable

Script = Sequence[AnswerEvent | AnswerUnavailable | float]
"""What an answer consists of; a float waits that many seconds, an error breaks the answer off."""


class ScriptedApi:
    """Answers a question by the first script whose key it contains."""

    def __init__(self, scripts: Mapping[str, Script]) -> None:
        self.scripts = scripts
        self.questions: list[Question] = []
        self.closed_early: list[str] = []
        self.reports: list[tuple[str, dict[str, Any]]] = []
        self.heard: list[Heard] = []
        self.deaf: AnswerUnavailable | None = None
        self.renewed = 0
        self.stage_s: float | None = None

    async def answer(self, question: Question) -> AsyncGenerator[AnswerEvent, None]:
        self.questions.append(question)
        script = next(said for key, said in self.scripts.items() if key in question.text)
        finished = False
        try:
            for step in script:
                if isinstance(step, float):
                    await asyncio.sleep(step)
                elif isinstance(step, AnswerUnavailable):
                    raise step
                else:
                    yield step
            finished = True
        except AnswerUnavailable:
            finished = True
            raise
        finally:
            if not finished:
                self.closed_early.append(question.text)

    async def listen(self, heard: Heard) -> None:
        self.heard.append(heard)
        if self.deaf:
            raise self.deaf

    async def names(self, kb: str | None) -> Sequence[KnownName]:
        if self.deaf:
            raise self.deaf
        return [KnownName("Wilhelmine", ["wilhelm"])]

    async def open_call(self, room: str, *, kb: str | None, lang: str | None) -> OpenedCall:
        if self.deaf:
            raise self.deaf
        return OpenedCall(id=f"call in {room}", kb=kb or "default", lang=lang or "en")

    async def renew(self, visit: str) -> float | None:
        self.renewed += 1
        if self.deaf:
            raise self.deaf
        return self.stage_s

    async def report(self, visit: str, facts: Mapping[str, Any]) -> None:
        if self.deaf:
            raise self.deaf
        self.reports.append((visit, dict(facts)))
