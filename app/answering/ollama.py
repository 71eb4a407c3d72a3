"""The language model behind Ollama's native API: prompts are rendered here and sent raw.

One frozen block of options goes with every call, since the server restarts the model, and forgets
what it has read, when they differ.
"""

import asyncio
import logging
import time
from collections.abc import AsyncGenerator, AsyncIterator, Iterator, Mapping
from contextlib import aclosing, asynccontextmanager, contextmanager
from dataclasses import replace
from typing import Any

import httpx

from app.answering.held import Held, Reading
from app.answering.model import Took, Waited
from app.answering.ollama_client import CONNECT_S, Client
from app.answering.ollama_failures import only_thought, still_loading, translated
from app.answering.ollama_known import Known, common, inquire
from app.answering.ollama_threads import with_threads
from app.answering.template import MESSAGES, Template, messages
from app.answering.thoughts import Thoughts
from app.answering.waiting import Load, WaitingRoom
from app.errors import ModelBusy, ModelUnavailable
from app.settings import ModelSettings

logger = logging.getLogger(__name__)

_COUNT_MARGIN = 4  # the tokens that the server adds by itself
# Whoever asks whether all is well does not wait for a model to be loaded.
_READY_S = 2.0


@asynccontextmanager
async def open_model(
    settings: ModelSettings, transport: httpx.AsyncBaseTransport | None = None
) -> AsyncIterator["OllamaModel"]:
    """The model; nothing is asked of the server before the first use, so it may start later."""
    timeout = httpx.Timeout(settings.timeout_s, connect=CONNECT_S)
    async with Client(
        settings.url, timeout=timeout, transport=transport, trust_env=False
    ) as client:
        model = OllamaModel(client, settings)
        try:
            yield model
        finally:
            await model.close()


class OllamaModel:
    """A ChatModel in an Ollama server; `open_model` opens it."""

    def __init__(self, client: Client, settings: ModelSettings) -> None:
        self._client = client
        self._settings = settings
        self._known: Known | None = None
        self._stale = False
        self._learning: asyncio.Task[Known] | None = None
        self._learning_since = 0.0
        self._failed = False
        self._reading = asyncio.Lock()
        self._reads: set[asyncio.Task[Reading]] = set()
        self._room = WaitingRoom(
            places=settings.at_once, chairs=settings.waiting, longest_s=settings.wait_s
        )
        self.name = settings.name

    @property
    def window(self) -> int:
        return self.known.window

    @property
    def render(self) -> Template:
        return self.known.template

    @property
    def held(self) -> Held:
        return self.known.held

    @property
    def load(self) -> Load:
        """How busy the model is."""
        return self._room.load

    @property
    def threads(self) -> int:
        """How many threads it reads with; 0 before that is known."""
        return self._settings.threads

    @property
    def known(self) -> Known:
        """What the server told of the model. Raises ModelUnavailable before `learn`."""
        if self._known is None:
            raise ModelUnavailable(
                f"Nothing is known of the model {self.name} yet: Ollama at {self._settings.url} "
                "has not answered. Start it, and try again."
            )
        return self._known

    def count_tokens(self, text: str) -> int:
        return self.known.count(text)

    async def learn(self, within_s: float | None = None) -> None:
        if self._known is not None and not self._stale:
            return
        if self._learning is None:
            # Shared by all who wait, and not given up with any of them.
            self._learning = asyncio.create_task(self._learn(), name="learning")
            self._learning_since = time.monotonic()
            self._learning.add_done_callback(self._learnt)
        learning = self._learning
        done, _ = await asyncio.wait({learning}, timeout=within_s)
        if not done:
            raise still_loading(self._settings, time.monotonic() - self._learning_since)
        learning.result()

    async def ready(self) -> None:
        with self._asking():
            await self._client.ask("/api/show", {"model": self.name})
        if self._failed or self._learning is not None:
            await self.learn(_READY_S)

    async def read(self, prompt: str) -> Reading:
        await self.learn()
        # Whoever gives up while waiting for the turn has read nothing; what has begun is not
        # cancelled with its caller, because the server would go on and the work would be lost.
        await self._reading.acquire()
        task = asyncio.create_task(self._read(prompt))
        self._reads.add(task)
        task.add_done_callback(self._read_ended)
        return await asyncio.shield(task)

    async def write(
        self,
        prompt: str,
        took: Took | None = None,
        *,
        visit: str | None = None,
        waited: Waited | None = None,
    ) -> AsyncGenerator[str, None]:
        await self.learn()
        async with self._room.place(visit) as seconds:
            if waited:
                waited(seconds)
            async with aclosing(self._write(prompt, took)) as pieces:
                async for piece in pieces:
                    yield piece

    async def close(self) -> None:
        """Drop what is still being read or learnt; the server finishes it by itself."""
        tasks: list[asyncio.Task[Any]] = [*self._reads]
        if self._learning is not None:
            tasks.append(self._learning)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _learn(self) -> Known:
        with self._asking():
            body = common(self._settings, self._settings.window, 1)
            threads = await with_threads(self._client, self._settings, body)
            self._settings = self._settings.model_copy(update={"threads": threads})
            known = await inquire(self._client, self._settings)
        if self._known is not None:
            known.held.pace = self._known.held.pace
        self._known, self._stale = known, False
        return known

    def _learnt(self, task: asyncio.Task[Known]) -> None:
        self._learning = None
        self._failed = not task.cancelled() and task.exception() is not None

    async def _read(self, prompt: str) -> Reading:
        try:
            # 1, because 0 means no limit.
            path, body = self._call(prompt, 1)
            with self._asking(), self.held.giving(prompt) as new:
                return self._compare(prompt, new, await self._client.ask(path, body))
        finally:
            self._reading.release()

    def _read_ended(self, task: asyncio.Task[Reading]) -> None:
        self._reads.discard(task)
        if not task.cancelled() and (error := task.exception()):
            logger.warning("reading ahead failed", extra={"cause": type(error).__name__})

    async def _write(self, prompt: str, took: Took | None) -> AsyncGenerator[str, None]:
        path, body = self._call(prompt, self._settings.answer_tokens)
        thoughts = Thoughts(self.render.end)
        said = ""
        with self._asking(), self.held.giving(prompt) as new:
            async with aclosing(self._client.stream(path, body)) as parts:
                async for part in parts:
                    raw, apart = _written(part)
                    thoughts.seen |= bool(apart)
                    self.held.wrote(prompt, raw)
                    text = thoughts.feed(raw) + (thoughts.flush() if part.get("done") else "")
                    if text:
                        said = said or text.strip()
                        yield text
                    if part.get("done"):
                        reading = self._compare(prompt, new, part)
                        if took:
                            took(reading)
        if thoughts.seen and not said:
            raise only_thought(self._settings)

    @contextmanager
    def _asking(self) -> Iterator[None]:
        """Failures in our own words; after one, what is known of the server is asked again."""
        try:
            with translated(self._settings):
                yield
        except ModelBusy:
            raise
        except ModelUnavailable:
            self._stale = True
            raise

    def _call(self, prompt: str, most: int) -> tuple[str, dict[str, Any]]:
        body = common(self._settings, self.known.asked, most)
        if self.render is MESSAGES:
            return "/api/chat", {**body, "messages": messages(prompt)}
        return "/api/generate", {**body, "prompt": prompt, "raw": True}

    def _compare(self, prompt: str, new: int, last: Mapping[str, Any]) -> Reading:
        """What reading took; says so when our count falls short of theirs, cached part included."""
        theirs = int(last.get("prompt_eval_count") or 0)
        ours = self.count_tokens(prompt)
        if theirs > ours + _COUNT_MARGIN:
            logger.warning("tokens miscounted", extra={"ours": ours, "theirs": theirs})
        seconds, load_s = (
            int(last.get(name) or 0) / 1e9 for name in ("prompt_eval_duration", "load_duration")
        )
        reading = self.held.read(tokens=theirs or ours, new=new, seconds=seconds, load_s=load_s)
        return replace(reading, writing=_pace(last))


def _written(part: Mapping[str, Any]) -> tuple[str, str]:
    """What a part of an answer says, and what of it was thought; by either route."""
    message = part.get("message") or {}
    said = part.get("response") or message.get("content") or ""
    return str(said), str(part.get("thinking") or message.get("thinking") or "")


def _pace(last: Mapping[str, Any]) -> float:
    """Tokens a second that were written; 0 where that cannot be told."""
    seconds = int(last.get("eval_duration") or 0) / 1e9
    return int(last.get("eval_count") or 0) / seconds if seconds else 0.0
