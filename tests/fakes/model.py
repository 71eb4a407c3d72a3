"""A chat model that says what it was told to say, piece by piece."""

import asyncio
import re
from collections.abc import AsyncGenerator, Awaitable, Callable, Sequence

from app.answering.held import FIRST_PACE, Held, Reading
from app.answering.model import Took, Waited
from app.answering.template import Template
from app.errors import ModelUnavailable, PromptTooLong

CHATML = Template(
    start="<|im_start|>system\n",
    after_rules="<|im_end|>\n<|im_start|>user\n",
    after_asked="<|im_end|>\n<|im_start|>assistant\n",
    after_answered="<|im_end|>\n<|im_start|>user\n",
    end="<|im_end|>\n<|im_start|>assistant\n",
    control=frozenset({"<|im_start|>", "<|im_end|>", "<|endoftext|>"}),
)

_TOKEN = re.compile(r"<\|\w+\|>|\w{1,6}|[^\w\s]|\n")


class ScriptedModel:
    """Implements ChatModel; a token is a control token, up to six letters of a word, or a sign.

    `pieces` is what it writes, or a function of the prompt. What it got stands in `read_ahead`
    and `prompts`, who asked in `visits`; `written` counts pieces handed out, `stopped` is True once
    a writing has ended, also by being closed early. Reading takes as long as `takes` does. With
    `error` set, every call raises it.
    """

    def __init__(
        self,
        pieces: Sequence[str] | Callable[[str], Sequence[str]] = ("Yes.",),
        *,
        window: int = 2048,
        answer_tokens: int = 64,
        error: Exception | None = None,
    ) -> None:
        self._pieces = pieces if callable(pieces) else lambda _: pieces
        self._answer_tokens = answer_tokens
        self.name = "scripted"
        self.window = window
        self.render = CHATML
        self.error = error
        self.read_ahead: list[str] = []
        self.held = Held(self.count_tokens)
        self.prompts: list[str] = []
        self.visits: list[str | None] = []
        self.written = 0
        self.stopped = False
        self.takes: Callable[[], Awaitable[None]] = lambda: asyncio.sleep(0)

    def count_tokens(self, text: str) -> int:
        return len(_TOKEN.findall(text))

    async def learn(self, within_s: float | None = None) -> None:
        self._fail()

    async def ready(self) -> None:
        self._fail()

    async def read(self, prompt: str) -> Reading:
        self._check(prompt)
        with self.held.giving(prompt) as new:
            self.read_ahead.append(prompt)
            await self.takes()
            return self._reading(prompt, new)

    async def write(
        self,
        prompt: str,
        took: Took | None = None,
        *,
        visit: str | None = None,
        waited: Waited | None = None,
    ) -> AsyncGenerator[str, None]:
        self._check(prompt)
        self.visits.append(visit)
        if waited:
            waited(0.0)
        self.prompts.append(prompt)
        try:
            with self.held.giving(prompt) as new:
                for piece in self._pieces(prompt)[: self._answer_tokens]:
                    await asyncio.sleep(0)
                    self._fail()
                    self.written += 1
                    self.held.wrote(prompt, piece)
                    yield piece
                if took:
                    took(self._reading(prompt, new))
        finally:
            self.stopped = True

    def _reading(self, prompt: str, new: int) -> Reading:
        """As a small machine would take for it."""
        return self.held.read(tokens=self.count_tokens(prompt), new=new, seconds=new / FIRST_PACE)

    def _check(self, prompt: str) -> None:
        self._fail()
        if self.count_tokens(prompt) > self.window:
            raise PromptTooLong("The prompt does not fit. Pack it.")

    def _fail(self) -> None:
        if self.error:
            raise self.error


def unavailable() -> ModelUnavailable:
    return ModelUnavailable("The model is away. Start it.")
