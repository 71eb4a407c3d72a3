"""Spoken questions in a real room, with working ahead and without it, in the same run."""

import asyncio
import statistics
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx

from bench.paced import Pace, open_paced
from tools.places import ROOT
from tools.reply import Reply
from tools.stack import Stack
from tools.visitor import Visitor, open_visit

SPOKEN = ROOT / "data" / "spoken"
TIMEOUT_S = 180.0
# A GPU box, for the stand-in.
GPU = Pace(reads=2000.0, writes=60.0)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Heard:
    """One spoken question: the visitor's wait, and the API's record of the turn."""

    wait_s: float
    read_before_end: bool
    record: dict[str, Any]


async def measure(
    stack: Stack, *, rounds: int = 1, only: Sequence[str] = (), pace: Pace | None = None
) -> dict[str, float]:
    """Each recording `rounds` times in one visit, both ways; with `pace`, a stand-in answers.

    `read_before_end` is the share of answered turns whose best passage had been read when the
    visitor stopped speaking; a turn without evidence (refused by the gate) counts in no figure.
    """
    recordings = [path for path in sorted(SPOKEN.glob("*.wav")) if not only or path.stem in only]
    figures: dict[str, float] = {}
    for ahead in (True, False):
        async with served(stack, ahead=ahead, pace=pace):
            heard = [
                turn
                for turn in await _talk(stack, recordings, rounds)
                if turn.record["reason"] != "nothing_found"
            ]
        name = "ahead" if ahead else "without"
        waits = sorted(turn.wait_s for turn in heard)
        figures |= {
            f"{name}_turns": len(waits),
            f"{name}_p50_s": round(statistics.median(waits), 2),
            f"{name}_p95_s": round(waits[int(0.95 * (len(waits) - 1) + 0.5)], 2),
            f"{name}_prompt_read_p50_ms": _median(heard, "timings", "prompt_ms"),
            f"{name}_reused_tokens_p50": _median(heard, "timings", "tokens", "reused"),
        }
        if ahead:
            figures |= _worked(heard)
    figures["without_to_ahead"] = round(figures["without_p50_s"] / figures["ahead_p50_s"], 1)
    return figures


async def measure_at_gpu_pace(stack: Stack, *, only: Sequence[str] = ()) -> dict[str, float]:
    """The same with a stand-in that reads and writes like a model on a GPU."""
    return await measure(stack, only=only, pace=GPU)


def _worked(heard: list[_Heard]) -> dict[str, float]:
    turns = [turn.record["timings"].get("ahead") or {} for turn in heard]
    share = sum(turn.read_before_end for turn in heard) / len(heard)
    return {
        "best_read_before_end": round(share, 2),
        "best_read_or_begun": round(
            sum(turn.get("best") in ("read", "begun") for turn in turns) / len(turns), 2
        ),
        "read_ahead_tokens_a_turn": round(statistics.mean(t.get("tokens", 0) for t in turns)),
        "in_vain_tokens_a_turn": round(statistics.mean(t.get("vain_tokens", 0) for t in turns)),
        "in_vain_ms_a_turn": round(statistics.mean(t.get("vain_ms", 0) for t in turns)),
    }


def _median(heard: list[_Heard], *path: str) -> float:
    found = []
    for turn in heard:
        value: Any = turn.record
        for name in path:
            value = (value or {}).get(name)
        if value is not None:
            found.append(value)
    return statistics.median(found) if found else 0.0


async def _talk(stack: Stack, recordings: Sequence[Path], rounds: int) -> list[_Heard]:
    heard = []
    async with (
        httpx.AsyncClient(base_url=stack.url("api"), timeout=30) as api,
        open_visit(stack.url("api")) as visitor,
    ):
        await visitor.hear_opening(TIMEOUT_S)
        for _ in range(rounds):
            for recording in recordings:
                heard.append(await _ask(api, visitor, recording))
    return heard


async def _ask(api: httpx.AsyncClient, visitor: Visitor, recording: Path) -> _Heard:
    reply = await visitor.ask(recording, TIMEOUT_S)
    ended = datetime.now(UTC) - timedelta(seconds=time.monotonic() - reply.asked_at)
    visit = (await api.get(f"/v1/visits/{visitor.visit['id']}")).json()
    record = _record_of(reply, visit["turns"])
    asked = datetime.fromisoformat(record["asked_at"])
    before = (record["timings"].get("ahead") or {}).get("best_ms")
    read = before is not None and asked - timedelta(milliseconds=before) <= ended
    return _Heard(wait_s=reply.wait_s, read_before_end=read, record=record)


def _record_of(reply: Reply, turns: list[dict[str, Any]]) -> dict[str, Any]:
    turn = reply.of("understood")[0]["turn"]
    return next(record for record in turns if record["turn"] == turn)


@asynccontextmanager
async def served(stack: Stack, *, ahead: bool, pace: Pace | None) -> AsyncIterator[None]:
    """The stack's API with these settings, warmed; as it was afterwards."""
    before = dict(stack.env)
    async with AsyncExitStack() as house:
        if pace is not None:
            ollama, model = (stack.env[f"GROUNDLING_MODEL__{name}"] for name in ("URL", "NAME"))
            url = await house.enter_async_context(open_paced(ollama, model, pace))
            stack.env["GROUNDLING_MODEL__URL"] = url
        stack.env["GROUNDLING_AHEAD__ON"] = str(ahead).lower()
        try:
            await _restarted(stack)
            yield
        finally:
            stack.env.clear()
            stack.env.update(before)
    await _restarted(stack)


async def _restarted(stack: Stack) -> None:
    await asyncio.to_thread(stack.restart, "api")
    await warm(stack)


async def warm(stack: Stack) -> None:
    """Wait until the API has warmed the model."""
    key = {"Authorization": f"Bearer {stack.keys['api_key']}"}
    async with httpx.AsyncClient(base_url=stack.url("api"), timeout=TIMEOUT_S) as api:
        await api.post("/v1/answers", json={"question": "Is there a lift?"}, headers=key)
