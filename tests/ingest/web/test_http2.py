import asyncio

import pytest

from tests.fakes.certificates import Authority
from tests.fakes.sockets import Answer, Listening, http2
from tests.fakes.web import page, serve
from tests.ingest.web.fetching import fetcher, refused

pytestmark = pytest.mark.usefixtures("impatient")


def at(web: Listening, path: str) -> str:
    return web.url(path, "localhost")


async def test_a_server_that_offers_http2_is_spoken_to_in_it(authority: Authority) -> None:
    answers = {f"/{n}": Answer(body=b"<p>page %d" % n) for n in range(20)}
    async with (
        http2(answers, authority.server("localhost")) as web,
        fetcher(per_host=8) as fetch,
    ):
        await fetch.get(at(web, "/0"))
        got = await asyncio.gather(*(fetch.get(at(web, f"/{n}")) for n in range(20)))
    assert [page and page.body for page in got] == [b"<p>page %d" % n for n in range(20)]
    assert web.connections == 1
    assert len(web.asked) == 21


async def test_one_that_does_not_is_spoken_to_in_http1(authority: Authority) -> None:
    with serve({"/": page("x")}, tls=authority.server("localhost")) as web:
        async with fetcher() as fetch:
            assert await fetch.get(web.url("/", "localhost")) is not None


async def test_answers_that_are_left_unread_do_not_bring_the_host_to_a_stand(
    authority: Authority,
) -> None:
    """More than the 16 MiB that httpcore lets be on their way at once."""
    film = Answer(body=bytes(3_000_000), headers={"content-type": "video/mp4"})
    answers = {"/film": film, "/": Answer(body=b"<p>still here")}
    async with (
        http2(answers, authority.server("localhost")) as web,
        fetcher(timeout_s=3, max_bytes=100_000) as fetch,
    ):
        for _ in range(8):
            assert "video/mp4" in str(await refused(fetch, at(web, "/film")))
        assert await fetch.get(at(web, "/")) is not None


async def test_one_answer_that_is_left_does_not_take_the_others_with_it(
    authority: Authority,
) -> None:
    film = Answer(body=bytes(3_000_000), headers={"content-type": "video/mp4"})
    answers = {"/film": film, "/": Answer(body=b"<p>" + b"x" * 90_000)}
    async with (
        http2(answers, authority.server("localhost")) as web,
        fetcher(per_host=4, timeout_s=5) as fetch,
    ):
        paths = ["/", "/film", "/", "/", "/", "/"] * 4
        got = await asyncio.gather(
            *(fetch.get(at(web, path)) for path in paths), return_exceptions=True
        )
    for path, answer in zip(paths, got, strict=True):
        assert isinstance(answer, Exception) is (path == "/film"), answer


@pytest.mark.parametrize(
    "answer",
    [
        Answer(raw=b"\0\0\4\1\4\0\0\0\1\xff\xff\xff\xff"),
        Answer(raw=b"HTTP/1.1 200 OK\r\n\r\n" * 10),
        Answer(raw=b"\0\0\10\7\0\0\0\0\0\0\0\0\0\0\0\0\1"),
        Answer(raw=b"\0\0\4\3\0\0\0\0\1\0\0\0\1"),
        Answer(status="many", body=b"<p>x"),
    ],
    ids=["no such header", "HTTP/1.1", "goodbye", "reset", "no status"],
)
async def test_broken_http2_is_a_reason(authority: Authority, answer: Answer) -> None:
    async with (
        http2({"/": answer}, authority.server("localhost")) as web,
        fetcher(timeout_s=0.3) as fetch,
    ):
        reason = str(await refused(fetch, at(web, "/")))
    assert "connection failed" in reason or "did not arrive" in reason


async def test_a_bomb_over_http2_stops_at_the_limit(authority: Authority) -> None:
    answers = {"/": Answer(body=b"x" * 2_000_000)}
    async with (
        http2(answers, authority.server("localhost")) as web,
        fetcher(max_bytes=100_000) as fetch,
    ):
        assert "larger than" in str(await refused(fetch, at(web, "/")))
