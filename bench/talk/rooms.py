"""Rooms where LiveKit's documented pattern answers: its process, its model, its visitor."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import asdict
from uuid import uuid4

import httpx
from livekit import api

from app.settings import ModelSettings
from bench.talk.documented import Place
from bench.talk.talking import Opened
from tools.places import ROOT, venv_python
from tools.stack import Stack
from tools.visitor import Visitor

MODEL = "bench-documented"
LEAVES_S = 15.0


@asynccontextmanager
async def its_model(stack: Stack) -> AsyncIterator[str]:
    """The stack's model under a name of its own, loaded, with ours' window, threads and length.

    Their client cannot set these. Left to Ollama, the model's threads fight with the ears and the
    voice for the cores, and its answers go on for a minute.
    """
    env, ours = stack.env, ModelSettings()
    options = {
        "num_ctx": ours.window,
        "num_thread": int(env["GROUNDLING_MODEL__THREADS"]),
        "num_predict": ours.answer_tokens,
    }
    made = {"model": MODEL, "from": env["GROUNDLING_MODEL__NAME"], "parameters": options}
    async with httpx.AsyncClient(base_url=env["GROUNDLING_MODEL__URL"], timeout=300) as ollama:
        (await ollama.post("/api/create", json={**made, "stream": False})).raise_for_status()
        try:
            hello = {"model": MODEL, "messages": [{"role": "user", "content": "Hello."}]}
            await ollama.post("/v1/chat/completions", json=hello)
            yield MODEL
        finally:
            await ollama.request("DELETE", "/api/delete", json={"model": MODEL})


def documented(stack: Stack, model: str) -> Opened:
    """Rooms where the documented agent answers with this model."""

    @asynccontextmanager
    async def opened() -> AsyncIterator[Visitor]:
        room = f"bench-{uuid4()}"
        visitor = Visitor({"livekit_url": _url(stack), "token": _token(stack, room, "visitor")})
        async with _attended(stack, model, room):
            try:
                await visitor.join()
                yield visitor
            finally:
                await visitor.leave()

    return opened


@asynccontextmanager
async def _attended(stack: Stack, model: str, room: str) -> AsyncIterator[None]:
    """The agent's process, ended at the end of the block."""
    place = Place(
        url=_url(stack),
        token=_token(stack, room, "agent"),
        livekit_key=stack.keys["livekit_key"],
        livekit_secret=stack.keys["livekit_secret"],
        api=stack.url("api"),
        api_key=stack.keys["api_key"],
        ollama=stack.env["GROUNDLING_MODEL__URL"],
        model=model,
        stage=stack.url("stage"),
        stage_key=stack.keys["stage_key"],
    )
    with (stack.state / "documented.log").open("ab") as log:
        agent = await asyncio.create_subprocess_exec(
            *(venv_python(), "-m", "bench.talk.documented"),
            cwd=ROOT,
            stdin=asyncio.subprocess.PIPE,
            stdout=log,
            stderr=log,
        )
        assert agent.stdin is not None
        agent.stdin.write(json.dumps(asdict(place)).encode() + b"\n")
        try:
            yield
        finally:
            agent.stdin.close()
            try:
                await asyncio.wait_for(agent.wait(), LEAVES_S)
            except TimeoutError:
                agent.kill()
                await agent.wait()


def _url(stack: Stack) -> str:
    return stack.env["GROUNDLING_LIVEKIT__URL"]


def _token(stack: Stack, room: str, identity: str) -> str:
    key, secret = stack.keys["livekit_key"], stack.keys["livekit_secret"]
    grants = api.VideoGrants(room_join=True, room=room)
    return api.AccessToken(key, secret).with_identity(identity).with_grants(grants).to_jwt()
