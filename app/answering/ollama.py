"""The language model behind Ollama's native API: prompts are rendered here and sent raw.

One frozen block of options goes with every call, since the server restarts the model, and forgets
what it has read, when they differ.
"""

import asyncio
import logging
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Mapping
from contextlib import aclosing, asynccontextmanager
from dataclasses import dataclass
from typing import Any, cast

import httpx
from ollama import AsyncClient

from app.answering.held import Held, Reading
from app.answering.model import Took
from app.answering.ollama_failures import translated
from app.answering.template import MESSAGES, Template, UnknownFormat, chat, messages, take_apart
from app.answering.tokens import control_tokens, counter
from app.errors import ModelUnavailable
from app.settings import ModelSettings

logger = logging.getLogger(__name__)

_CONNECT_S = 5.0
# Batches of 64 tokens read as fast as the usual 512 on a CPU, take a tenth of the memory, and let
# another visit's answer through at least every second.
_BATCH = 64
_COUNT_MARGIN = 4  # the tokens that the server adds by itself


@asynccontextmanager
async def open_model(
    settings: ModelSettings, transport: httpx.AsyncBaseTransport | None = None
) -> AsyncIterator["OllamaModel"]:
    """The model; nothing is asked of the server before the first use, so it may start later."""
    timeout = httpx.Timeout(settings.timeout_s, connect=_CONNECT_S)
    async with _Client(
        settings.url, timeout=timeout, transport=transport, trust_env=False
    ) as client:
        model = OllamaModel(client, settings)
        try:
            yield model
        finally:
            await model.close()


class _Client(AsyncClient):
    """The official client, with the fields of the API that its methods have no parameters for."""

    async def ask(self, path: str, body: Mapping[str, Any]) -> dict[str, Any]:
        return await self._request(dict[str, Any], "POST", path, json={**body, "stream": False})

    async def stream(self, path: str, body: Mapping[str, Any]) -> AsyncGenerator[Any, None]:
        asked = {**body, "stream": True}
        parts = await self._request(dict[str, Any], "POST", path, json=asked, stream=True)
        # The client gives a generator, and types it as an iterator.
        async with aclosing(cast("AsyncGenerator[dict[str, Any], None]", parts)) as parts:
            async for part in parts:
                yield part


@dataclass(frozen=True, slots=True)
class _Known:
    """What the server told about the model."""

    template: Template
    window: int
    count: Callable[[str], int]
    held: Held


class OllamaModel:
    """A ChatModel in an Ollama server; `open_model` opens it."""

    def __init__(self, client: _Client, settings: ModelSettings) -> None:
        self._client = client
        self._settings = settings
        self._known: _Known | None = None
        self._learning = asyncio.Lock()
        self._reading = asyncio.Lock()
        self._reads: set[asyncio.Task[Reading]] = set()
        self.name = settings.name

    @property
    def window(self) -> int:
        return self._knowledge.window

    @property
    def render(self) -> Template:
        return self._knowledge.template

    @property
    def held(self) -> Held:
        return self._knowledge.held

    def count_tokens(self, text: str) -> int:
        return self._knowledge.count(text)

    async def learn(self) -> None:
        async with self._learning:
            if self._known is None:
                with translated(self._settings):
                    self._known = await self._inquire()

    async def ready(self) -> None:
        with translated(self._settings):
            await self._client.ask("/api/show", {"model": self.name})

    async def read(self, prompt: str) -> Reading:
        await self.learn()
        # Whoever gives up while waiting for the turn has read nothing; what has begun is not
        # cancelled with its caller, because the server would go on and the work would be lost.
        await self._reading.acquire()
        task = asyncio.create_task(self._read(prompt))
        self._reads.add(task)
        task.add_done_callback(self._read_ended)
        return await asyncio.shield(task)

    async def write(self, prompt: str, took: Took | None = None) -> AsyncGenerator[str, None]:
        await self.learn()
        path, body = self._call(prompt, self._settings.answer_tokens)
        with translated(self._settings), self.held.giving(prompt) as new:
            async with aclosing(self._client.stream(path, body)) as parts:
                async for part in parts:
                    if text := part.get("response") or part.get("message", {}).get("content"):
                        self.held.wrote(text)
                        yield text
                    if part.get("done"):
                        reading = self._compare(prompt, new, part)
                        if took:
                            took(reading)

    async def close(self) -> None:
        """Drop what is still being read; the server finishes it by itself."""
        for task in self._reads:
            task.cancel()
        await asyncio.gather(*self._reads, return_exceptions=True)

    @property
    def _knowledge(self) -> _Known:
        if self._known is None:
            raise ModelUnavailable(
                f"Nothing is known of the model {self.name} yet: Ollama at {self._settings.url} "
                "has not answered. Start it, and try again."
            )
        return self._known

    async def _inquire(self) -> _Known:
        asked = {"model": self.name, "verbose": True}
        info = (await self._client.ask("/api/show", asked))["model_info"]
        trained = info.get(f"{info.get('general.architecture')}.context_length")
        # Building the tokenizer takes half a second, on a thread so that nobody waits.
        count = await asyncio.to_thread(counter, info)
        try:
            renderings = [await self._rendered(turns) for turns in range(3)]
            template = take_apart(renderings, control_tokens(info))
        except UnknownFormat as error:
            logger.warning("chat format not usable raw", extra={"cause": str(error)})
            template = MESSAGES
        window = self._settings.window
        return _Known(template, min(window, int(trained or window)), count, Held(count))

    async def _rendered(self, turns: int) -> str:
        # One token at most, for a server that does not know the last field, and answers.
        asked = {**self._common(1), "messages": chat(turns), "_debug_render_only": True}
        answer = await self._client.ask("/api/chat", asked)
        try:
            return str(answer["_debug_info"]["rendered_template"])
        except KeyError:
            raise UnknownFormat("This Ollama does not show how it renders a chat.") from None

    async def _read(self, prompt: str) -> Reading:
        try:
            # 1, because 0 means no limit.
            path, body = self._call(prompt, 1)
            with translated(self._settings), self.held.giving(prompt) as new:
                return self._compare(prompt, new, await self._client.ask(path, body))
        finally:
            self._reading.release()

    def _read_ended(self, task: asyncio.Task[Reading]) -> None:
        self._reads.discard(task)
        if not task.cancelled() and (error := task.exception()):
            logger.warning("reading ahead failed", extra={"cause": type(error).__name__})

    def _call(self, prompt: str, most: int) -> tuple[str, dict[str, Any]]:
        body = self._common(most)
        if self.render is MESSAGES:
            return "/api/chat", {**body, "messages": messages(prompt)}
        return "/api/generate", {**body, "prompt": prompt, "raw": True}

    def _common(self, most: int) -> dict[str, Any]:
        options = _options(self._settings, most)
        # The server's defaults drop the front of a long prompt, rules included, silently.
        whole = {"truncate": False, "shift": False}
        return {"model": self.name, "options": options, "keep_alive": -1, "think": False, **whole}

    def _compare(self, prompt: str, new: int, last: Mapping[str, Any]) -> Reading:
        """What reading took; says so when our count falls short of theirs, cached part included."""
        theirs = int(last.get("prompt_eval_count") or 0)
        ours = self.count_tokens(prompt)
        if theirs > ours + _COUNT_MARGIN:
            logger.warning("tokens miscounted", extra={"ours": ours, "theirs": theirs})
        seconds, load_s = (
            int(last.get(name) or 0) / 1e9 for name in ("prompt_eval_duration", "load_duration")
        )
        return self.held.read(tokens=theirs or ours, new=new, seconds=seconds, load_s=load_s)


def _options(settings: ModelSettings, most: int) -> dict[str, Any]:
    """The one block of options; only the length of the output may differ between calls."""
    return {
        "num_ctx": settings.window,
        "num_thread": settings.threads,
        "num_batch": _BATCH,
        "num_predict": most,
        "temperature": 0,
        "seed": 1,
        # Penalties would push the answer away from the wording of the passages.
        "repeat_penalty": 1.0,
    }
