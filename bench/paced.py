"""A stand-in behind Ollama's API that reads and writes at a set pace, and thinks nothing.

It shows what the voice loop costs beside a model of that speed, on a machine that has no such one
or is busy. The real Ollama behind it tells of the model; prompts never reach it. Like the real one
it does one thing at a time, keeps what two prompts begin with alike, and finishes what it reads.
"""

import asyncio
import json
import re
import socket
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import httpx
import uvicorn

from app.answering.held import Held
from app.answering.tokens import counter

# What every call costs the real server before it reads.
CALL_S = 0.15
_PASSAGES = re.compile(r"\n\[\w+\] (?:[^:\n]*: )?([^\n]*)")


@dataclass(frozen=True, slots=True, kw_only=True)
class Pace:
    """Tokens a second."""

    reads: float
    writes: float


@asynccontextmanager
async def open_paced(ollama: str, model: str, pace: Pace) -> AsyncIterator[str]:
    """A stand-in in front of the Ollama at this URL; gives its own URL."""
    async with httpx.AsyncClient(base_url=ollama, timeout=60) as client:
        shown = await client.post("/api/show", json={"model": model, "verbose": True})
        app = _Paced(client, Held(counter(shown.json()["model_info"])), pace)
        config = uvicorn.Config(app, log_config=None, lifespan="off")
        server = uvicorn.Server(config)
        listener = socket.create_server(("127.0.0.1", 0))
        task = asyncio.create_task(server.serve(sockets=[listener]))
        try:
            # Whoever calls before it serves waits in the listener's queue.
            yield f"http://127.0.0.1:{listener.getsockname()[1]}"
        finally:
            server.should_exit = True
            await task


class _Paced:
    """The server as an ASGI application."""

    def __init__(self, client: httpx.AsyncClient, held: Held, pace: Pace) -> None:
        self._client = client
        self._held = held
        self._pace = pace
        self._one = asyncio.Lock()

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        body, more = b"", True
        while more:
            message = await receive()
            body += message.get("body", b"")
            more = message.get("more_body", False)
        asked = json.loads(body or b"{}")
        # Without a prompt a model is only loaded: the real one is.
        if scope["path"] != "/api/generate" or not asked.get("prompt"):
            answer = await self._client.request(scope["method"], scope["path"], content=body)
            lines = _one(answer.content)
        else:
            lines = self._generated(asked)
        head = {"type": "http.response.start", "status": 200, "headers": _JSON}
        await send(head)
        async for line in lines:
            await send({"type": "http.response.body", "body": line, "more_body": True})
        await send({"type": "http.response.body", "body": b""})

    async def _generated(self, asked: dict[str, Any]) -> AsyncGenerator[bytes, None]:
        prompt, most = asked["prompt"], asked["options"]["num_predict"]
        async with self._one:
            with self._held.giving(prompt) as new:
                reading_s = new / self._pace.reads
                await asyncio.sleep(CALL_S + reading_s)
            for piece in _answer(prompt) if most > 1 else ():
                await asyncio.sleep(1 / self._pace.writes)
                self._held.wrote(prompt, piece)
                yield _line(response=piece, done=False)
            yield _line(
                response="",
                done=True,
                prompt_eval_count=self._held.tokens(prompt),
                prompt_eval_duration=round(reading_s * 1e9),
                load_duration=round(CALL_S * 1e9),
            )


_JSON = [(b"content-type", b"application/x-ndjson")]


async def _one(content: bytes) -> AsyncGenerator[bytes, None]:
    yield content


def _line(**fields: Any) -> bytes:
    return json.dumps(fields).encode() + b"\n"


def _answer(prompt: str) -> list[str]:
    """The sentence of the passages that shares most words with the question, word by word."""
    asked = prompt.rpartition("Passages:")[2]
    passages, _, question = asked.partition("Question: ")
    wanted = set(re.findall(r"\w{3,}", question.lower()))
    sentences = [
        sentence
        for text in _PASSAGES.findall(passages)
        for sentence in re.split(r"(?<=[.!?])\s+", text)
        if sentence
    ]
    best = max(
        sentences,
        key=lambda sentence: len(wanted & set(re.findall(r"\w{3,}", sentence.lower()))),
        default="Yes.",
    )
    return re.findall(r"\s*\S+", best)
