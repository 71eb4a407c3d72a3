import asyncio
from collections.abc import Sequence

import pytest

from app.answering.waiting import Load, WaitingRoom
from app.errors import ModelBusy


def room(places: int = 1, chairs: int = 8, longest_s: float = 5.0) -> WaitingRoom:
    return WaitingRoom(places=places, chairs=chairs, longest_s=longest_s)


class Visitors:
    """Ask one after the other; `served` are those who had the place, in their order."""

    def __init__(self, room: WaitingRoom) -> None:
        self._room = room
        self.served: list[str] = []
        self.done = asyncio.Event()

    async def ask(self, name: str) -> None:
        async with self._room.place(name.rstrip("0123456789")):
            self.served.append(name)
            await self.done.wait()

    async def all(self, names: Sequence[str]) -> list[asyncio.Task[None]]:
        tasks = []
        for name in names:
            tasks.append(asyncio.create_task(self.ask(name)))
            await asyncio.sleep(0)
        return tasks


async def test_a_free_place_is_had_at_once() -> None:
    busy = room(places=2)
    async with busy.place("a") as first, busy.place("b") as second:
        assert first == second == 0.0
        assert busy.load == Load(writing=2, waiting=0)
    assert busy.load == Load(writing=0, waiting=0)


async def test_visits_take_turns_whoever_asked_first() -> None:
    visitors = Visitors(room())
    tasks = await visitors.all(["a1", "a2", "a3", "b1", "c1", "b2"])
    visitors.done.set()
    await asyncio.gather(*tasks)
    assert visitors.served == ["a1", "b1", "c1", "a2", "b2", "a3"]


async def test_the_wait_is_told() -> None:
    busy = room()
    waits: list[float] = []

    async def ask() -> None:
        async with busy.place("a") as waited:
            waits.append(waited)
            await asyncio.sleep(0.02)

    await asyncio.gather(ask(), ask())
    assert waits[0] == 0.0
    assert waits[1] > 0.015


async def test_who_finds_no_chair_is_sent_away_with_a_time() -> None:
    busy = room(chairs=1)
    visitors = Visitors(busy)
    tasks = await visitors.all(["a", "b"])
    with pytest.raises(ModelBusy, match="1 answers are being written and 1 questions wait") as no:
        await visitors.ask("c")
    assert 1 <= no.value.retry_after_s <= 120
    visitors.done.set()
    await asyncio.gather(*tasks)


async def test_one_visit_cannot_take_all_the_chairs() -> None:
    visitors = Visitors(room(chairs=3))
    tasks = await visitors.all(["a1", "a2", "a3", "a4", "b1"])
    visitors.done.set()
    results = await asyncio.gather(*tasks, return_exceptions=True)
    assert isinstance(results[3], ModelBusy)
    assert visitors.served == ["a1", "b1", "a2", "a3"]


async def test_nobody_waits_longer_than_allowed() -> None:
    busy = room(longest_s=0.02)
    async with busy.place("a"):
        with pytest.raises(ModelBusy):
            async with busy.place("b"):
                raise AssertionError
        assert busy.load == Load(writing=1, waiting=0)


async def test_who_gives_up_frees_the_chair_also_at_the_last_moment() -> None:
    busy = room(chairs=1)
    visitors = Visitors(busy)
    async with busy.place("a"):
        for name in ("b", "c"):
            (waiting,) = await visitors.all([name])
            assert busy.load == Load(writing=1, waiting=1)
            waiting.cancel()
            await asyncio.gather(waiting, return_exceptions=True)
            assert busy.load == Load(writing=1, waiting=0)
        (last,) = await visitors.all(["d"])
    assert busy.load == Load(writing=1, waiting=0)  # the place is theirs, who do not know it yet
    last.cancel()
    await asyncio.gather(last, return_exceptions=True)
    assert visitors.served == []
    assert busy.load == Load(writing=0, waiting=0)


async def test_a_failed_answer_frees_its_place() -> None:
    busy = room()
    with pytest.raises(ValueError, match="broken"):
        async with busy.place("a"):
            raise ValueError("broken")
    assert busy.load == Load(writing=0, waiting=0)
