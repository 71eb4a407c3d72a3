"""Talk, barge-ins, visits one after another and at once, for as long as one likes.

`make soak` sets GROUNDLING_SOAK_S; without it the test is short. What grows is a leak: memory,
tasks, threads, open files, and rooms are counted at the beginning and at the end; then the same of
the agent's worker, through the whole house.
"""

import asyncio
import gc
import os
import threading
import time
from dataclasses import dataclass
from pathlib import Path

import httpx
import psutil
import pytest
from livekit import api

from tests.live.test_avatar import Talk, frames, livekit_server, talk
from tests.live.test_stage import Server
from tools.stack import Stack
from tools.visitor import open_visit

__all__ = ["livekit_server"]

SOAK_S = float(os.environ.get("GROUNDLING_SOAK_S", "20"))
AT_ONCE = 4
SETTLE_S = 15.0
BARGE_INS = 50
# Of each round's growth once everything is loaded: LiveKit's SDK keeps a little for every room.
MEMORY_MB_A_VISIT = 3.0


@dataclass(frozen=True)
class Held:
    """What this process holds now."""

    memory_mb: float
    tasks: int
    threads: int
    files: int

    @classmethod
    def now(cls) -> "Held":
        gc.collect()
        pages = int(Path("/proc/self/statm").read_text().split()[1])
        return cls(
            memory_mb=pages * os.sysconf("SC_PAGE_SIZE") / 2**20,
            tasks=len(asyncio.all_tasks()),
            threads=threading.active_count(),
            files=sum(1 for _ in Path("/proc/self/fd").iterdir()),
        )


async def _barge_in(talked: Talk) -> None:
    """Interrupt an answer in its middle; the next is heard."""
    heard = talked.visitor.heard
    heard.clear()
    speech = talked.session.say("long", audio=frames((400, 700), 2.0))
    async with asyncio.timeout(5):
        await talked.visitor.until_heard(400)
    await speech.interrupt(force=True)


async def _visit(server: Server, barge_ins: int) -> None:
    async with talk(server, limit_s=40 + 4 * barge_ins) as talked:
        for _ in range(barge_ins):
            await _barge_in(talked)
        talked.visitor.heard.clear()
        await talked.say((1000,), 0.4)
        await asyncio.sleep(0.3)
        assert talked.visitor.lengths()[2] > 0.3, "the avatar is mute"
    assert talked.ledger.closed_ones == talked.ledger.opened


async def _empty(server: Server) -> int:
    """How many are still in a room, once LiveKit has had the time to let them go."""
    people, until = 1, time.monotonic() + SETTLE_S
    async with server.admin() as livekit:
        while people and time.monotonic() < until:
            await asyncio.sleep(0.5)
            rooms = (await livekit.room.list_rooms(api.ListRoomsRequest())).rooms
            people = sum(room.num_participants for room in rooms)
    return people


async def test_nothing_leaks_and_no_avatar_falls_mute(
    livekit_server: Server, capsys: pytest.CaptureFixture[str]
) -> None:
    await asyncio.gather(*(_visit(livekit_server, 1) for _ in range(2)))
    await asyncio.sleep(1.5)
    before, began, visits, barge_ins = Held.now(), time.monotonic(), 0, 0
    while not visits or time.monotonic() - began < SOAK_S:
        several = AT_ONCE if visits % (AT_ONCE + 3) == 0 else 1
        each = 3 if several > 1 else max(1, min(BARGE_INS, int(SOAK_S / 10)))
        await asyncio.gather(*(_visit(livekit_server, each) for _ in range(several)))
        visits, barge_ins = visits + several, barge_ins + several * each
    people = await _empty(livekit_server)
    after, until = Held.now(), time.monotonic() + SETTLE_S
    while after.files > before.files + 4 and time.monotonic() < until:
        await asyncio.sleep(0.5)  # LiveKit's SDK lets sockets go late
        after = Held.now()
    with capsys.disabled():
        print(  # noqa: T201
            f"\nsoak: {time.monotonic() - began:.0f} s, {visits} visits, {barge_ins} barge-ins; "
            f"{before} -> {after}; {people} people still in rooms"
        )
    assert people == 0
    assert after.tasks <= before.tasks + 1
    assert after.threads <= before.threads + 2
    assert after.files <= before.files + 4
    assert after.memory_mb - before.memory_mb < MEMORY_MB_A_VISIT * visits + 30


@dataclass(frozen=True)
class Worker:
    """What the agent's worker holds now: itself, and the processes of its visits."""

    memory_mb: float
    processes: int
    threads: int
    files: int

    @classmethod
    def of(cls, pid: int) -> "Worker":
        main = psutil.Process(pid)
        return cls(
            memory_mb=main.memory_info().rss / 2**20,
            processes=1 + len(main.children(recursive=True)),
            threads=main.num_threads(),
            files=main.num_fds(),
        )


async def _asks(stack: Stack, timeout_s: float) -> None:
    """A visit through the whole house; its avatar is heard twice."""
    async with open_visit(stack.url("api")) as visitor:
        await visitor.hear_opening(timeout_s)
        reply = await visitor.ask("When was the lighthouse built?", timeout_s)
        assert "1871" in " ".join(sentence["text"] for sentence in reply.of("sentence"))
        assert reply.first_sound_at is not None, "the avatar is mute"


async def test_one_worker_takes_visit_after_visit_and_several_at_once(
    stack: Stack, api: httpx.AsyncClient, capsys: pytest.CaptureFixture[str]
) -> None:
    in_a_row, at_once = (20, AT_ONCE) if SOAK_S > 60 else (2, 2)
    child = stack.processes["agent"].child
    assert child is not None
    await _asks(stack, 60)
    await asyncio.sleep(5)
    before, began = Worker.of(child.pid), time.monotonic()
    for _ in range(in_a_row):
        await _asks(stack, 60)
    await asyncio.gather(*(_asks(stack, 60.0 * at_once) for _ in range(at_once)))
    after, until = Worker.of(child.pid), time.monotonic() + 2 * SETTLE_S
    while not _as_before(before, after) and time.monotonic() < until:
        await asyncio.sleep(0.5)  # a visit's process ends after the visit
        after = Worker.of(child.pid)
    with capsys.disabled():
        print(  # noqa: T201
            f"\nworker: {in_a_row} visits in a row, {at_once} at once in "
            f"{time.monotonic() - began:.0f} s; {before} -> {after}"
        )
    assert child.poll() is None
    assert _as_before(before, after)
    assert after.memory_mb - before.memory_mb < 0.5 * (in_a_row + at_once) + 20
    key = {"X-API-KEY": stack.keys["stage_key"]}
    async with httpx.AsyncClient(base_url=stack.url("stage"), headers=key) as stage:
        listed = (await stage.get("/v1/sessions?type=active")).json()["data"]
    assert not listed["results"]


def _as_before(before: Worker, after: Worker) -> bool:
    return (
        after.processes <= before.processes
        and after.files <= before.files + 4
        and after.threads <= before.threads + 2
    )
