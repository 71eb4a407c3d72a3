import asyncio
import time

import pytest

from ingest.web import pace as room
from ingest.web.pace import LocalPace
from tests.fakes.sockets import listening
from tests.fakes.web import Reply, page, serve
from tests.ingest.web.fetching import fetcher, refused


class Counting:
    """A pace that lets everyone pass and remembers who asked."""

    def __init__(self) -> None:
        self.turns: list[tuple[str, float]] = []

    async def turn(self, host: str, delay_s: float) -> None:
        self.turns.append((host, delay_s))


async def test_turns_come_at_their_distance_host_by_host() -> None:
    pace, began = LocalPace(), time.monotonic()
    await asyncio.gather(*(pace.turn("a.example", 0.05) for _ in range(3)), pace.turn("b", 9))
    assert 0.1 <= time.monotonic() - began < 1


async def test_hosts_that_were_asked_long_ago_are_forgotten(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(room, "_MANY", 10)
    pace = LocalPace()
    for n in range(100):
        await pace.turn(f"{n}.example", 0)
    assert len(pace._free_at) <= 12


async def test_each_request_takes_a_turn_and_redirects_do_too() -> None:
    pace = Counting()
    with serve({"/": page("x"), "/a": Reply(status=302, headers={"Location": "/"})}) as web:
        async with fetcher(pace=pace, delay_s=0.5) as fetch:
            await fetch.get(web.url("/a"))
            fetch.pace(f"127.0.0.1:{web.port}", 3)
            await fetch.get(web.url("/"))
            await fetch.part(web.url("/"), of=web.url("/"))
    host = f"127.0.0.1:{web.port}"
    assert pace.turns == [(host, 0.5), (host, 0.5), (host, 3)]


async def test_a_host_is_asked_by_so_many_at_once_and_no_more() -> None:
    now, most = 0, 0

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        nonlocal now, most
        while await reader.readuntil(b"\r\n\r\n"):
            now += 1
            most = max(most, now)
            await asyncio.sleep(0.02)
            now -= 1
            writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok")

    async with listening(talk) as web, fetcher(per_host=3) as fetch:
        await asyncio.gather(*(fetch.get(web.url(f"/{n}")) for n in range(12)))
    assert most == 3
    assert web.connections == 3


async def test_a_host_that_asks_for_a_pause_has_it_from_everyone() -> None:
    busy = Reply(status=429, headers={"Retry-After": "3600"})
    with serve({"/": busy, "/b": page("b")}) as web:
        async with fetcher() as fetch:
            assert (await refused(fetch, web.url("/"))).status == 429
            assert "come back" in str(await refused(fetch, web.url("/b")))
        assert web.paths == ["/"]


async def test_one_page_in_repair_closes_no_other() -> None:
    repair = Reply(status=503, headers={"Retry-After": "3600"})
    with serve({"/": repair, "/b": page("b")}) as web:
        async with fetcher() as fetch:
            await refused(fetch, web.url("/"))
            assert await fetch.get(web.url("/b")) is not None


async def test_a_short_pause_is_waited_for_by_the_others_too() -> None:
    busy = Reply(status=503, headers={"Retry-After": "1"})
    with serve({"/": [busy, page("a")], "/b": page("b")}) as web:
        async with fetcher() as fetch:
            first = asyncio.create_task(fetch.get(web.url("/")))
            while not web.asked:
                await asyncio.sleep(0.01)
            await asyncio.sleep(0.05)
            await asyncio.gather(first, fetch.get(web.url("/b")))
        assert min(asked.at for asked in web.asked[1:]) - web.asked[0].at > 0.9
