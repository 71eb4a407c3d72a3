"""Servers and name servers that mean us harm, or are just broken: nothing private is reached."""

import asyncio
import ssl
import tracemalloc
from pathlib import Path

import pytest

from ingest.errors import PageUnavailable
from tests.fakes.certificates import LONG_AGO, Authority
from tests.fakes.internet import ALSO_PUBLIC, PUBLIC, Internet
from tests.fakes.sockets import listening, saying
from tests.fakes.web import Reply, packed, page, redirect, serve
from tests.ingest.web.fetching import fetcher, refused

OK = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n"
PRIVATE = ["127.0.0.1", "10.0.0.1", "169.254.169.254", "::1", "::ffff:10.0.0.1", "fd00::1"]


SPELLINGS = [
    *("127.0.0.1", "localhost", "2130706433", "0x7f.1", "0x7f000001", "0177.0.0.1", "127.1"),
    *("0", "0.0.0.0", "017700000001", "[::1]", "[::ffff:127.0.0.1]", "[::ffff:7f00:1]"),
    *("[::127.0.0.1]", "[64:ff9b::7f00:1]", "[2002:7f00:1::]", "%E2%91%A027.0.0.1"),
]

pytestmark = pytest.mark.usefixtures("impatient")


async def test_loopback_is_reached_in_no_spelling() -> None:
    with serve({"/": page("secret")}) as web, serve({}) as near:
        network = Internet({"far.example": [[PUBLIC]]}, {PUBLIC: near.port})
        async with (
            fetcher(allow_private=False) as direct,
            fetcher(network=network, allow_private=False) as redirected,
        ):
            for host in SPELLINGS:
                await refused(direct, web.url("/", host))
                near.routes["/"] = redirect(web.url("/", host))
                await refused(redirected, "http://far.example/")
        assert web.asked == []
        assert len(near.asked) == len(SPELLINGS)


@pytest.mark.parametrize("address", PRIVATE)
async def test_a_name_is_refused_for_any_private_address_it_has(address: str) -> None:
    with serve({"/": page("secret")}) as web:
        names = {"two.example": [[PUBLIC, address]], "one.example": [[address]]}
        network = Internet(names, {PUBLIC: web.port, address: web.port})
        async with fetcher(network=network, allow_private=False) as fetch:
            for name in names:
                assert "is at" in str(await refused(fetch, f"http://{name}/"))
        assert network.dialled == []


async def test_a_name_that_moves_home_after_it_was_checked_is_not_followed() -> None:
    """DNS rebinding: what is dialled is what was judged, and each new connection is judged anew."""
    routes = {"/": page("out", Connection="close"), "/on": redirect("/")}
    with serve(routes) as outside, serve({"/": page("secret")}) as inside:
        network = Internet(
            {"turncoat.example": [[PUBLIC], ["127.0.0.1"]]},
            {PUBLIC: outside.port, "127.0.0.1": inside.port},
        )
        async with fetcher(network=network, allow_private=False) as fetch:
            got = await fetch.get("http://turncoat.example/")
            assert got is not None
            assert got.body == b"out"
            assert "127.0.0.1" in str(await refused(fetch, "http://turncoat.example/"))
        assert network.dialled == [PUBLIC]
        assert inside.asked == []


async def test_a_kept_connection_stays_with_the_address_that_was_checked() -> None:
    with serve({"/": page("out")}) as outside:
        network = Internet(
            {"turncoat.example": [[PUBLIC], ["127.0.0.1"]]},
            {PUBLIC: outside.port, "127.0.0.1": 1},
        )
        async with fetcher(network=network, allow_private=False) as fetch:
            for _ in range(2):
                assert await fetch.get("http://turncoat.example/") is not None
        assert network.dialled == [PUBLIC]


async def test_an_address_that_does_not_answer_leaves_room_for_the_next() -> None:
    with serve({"/": page("here")}) as web:
        network = Internet({"two.example": [[ALSO_PUBLIC, PUBLIC]]}, {PUBLIC: web.port})
        async with fetcher(network=network, allow_private=False) as fetch:
            assert await fetch.get("http://two.example/") is not None
        assert network.dialled == [ALSO_PUBLIC, PUBLIC]


async def test_redirects_end_after_a_few() -> None:
    chain = {f"/{n}": redirect(f"/{n + 1}") for n in range(50)}
    with serve({**chain, "/50": page("end")}) as web:
        async with fetcher(max_redirects=5) as fetch:
            assert "more than 5 redirects" in str(await refused(fetch, web.url("/0")))
        assert len(web.asked) == 6


@pytest.mark.parametrize("where", ["file:///etc/passwd", "gopher://a.example/", "//", "http:///x"])
async def test_a_redirect_to_no_web_address_goes_nowhere(where: str) -> None:
    with serve({"/": redirect(where)}) as web:
        async with fetcher(max_redirects=2) as fetch:
            await refused(fetch, web.url("/"))


async def test_a_redirect_to_a_url_without_end_is_cut_short_in_the_reason() -> None:
    with serve({"/": redirect("/" + "x" * 50_000)}) as web:
        async with fetcher() as fetch:
            reason = str(await refused(fetch, web.url("/")))
    assert "longer than 2,000 characters" in reason
    assert len(reason) < 300


@pytest.mark.parametrize("packing", ["gzip", "br", "zstd"])
async def test_a_bomb_is_not_let_off(packing: str) -> None:
    with serve({"/": packed(bytes(20_000_000), packing)}) as web:
        async with fetcher(max_bytes=1_000_000) as fetch:
            tracemalloc.start()
            try:
                reason = str(await refused(fetch, web.url("/")))
                held = tracemalloc.get_traced_memory()[1]
            finally:
                tracemalloc.stop()
    assert reason.startswith("is a binary file")  # it was looked at before it was read to the end
    assert held < 3_000_000


@pytest.mark.parametrize("packing", ["gzip", "br", "zstd"])
async def test_a_bomb_of_text_stops_at_the_limit(packing: str) -> None:
    with serve({"/": packed(b" " * 20_000_000, packing)}) as web:
        async with fetcher(max_bytes=1_000_000) as fetch:
            assert "larger than 1,000,000" in str(await refused(fetch, web.url("/")))


@pytest.mark.parametrize("packing", ["gzip", "br", "zstd"])
@pytest.mark.parametrize("harm", ["cut", "nonsense"])
async def test_broken_packing_is_named(packing: str, harm: str) -> None:
    whole = packed(b"<p>" + bytes(range(32, 127)) * 50, packing)
    body = whole.content[:-9] if harm == "cut" else b"no such thing at all"
    with serve({"/": Reply(body=body, headers=whole.headers)}) as web:
        async with fetcher() as fetch:
            assert "compression is broken" in str(await refused(fetch, web.url("/")))


async def test_a_body_without_end_stops_at_the_limit() -> None:
    endless = saying(OK + b"\r\n", endless=b"x" * 10_000)
    async with listening(endless) as web, fetcher(max_bytes=100_000) as fetch:
        assert "larger than 100,000" in str(await refused(fetch, web.url()))


@pytest.mark.parametrize("drip", [b"x", b"X-Slow: 1\r\n"], ids=["body", "headers"])
async def test_a_drip_without_end_runs_out_of_time(drip: bytes) -> None:
    start = OK + (b"\r\n" if drip == b"x" else b"")
    dripping = saying(start, endless=drip, pause_s=0.01)
    async with listening(dripping) as web, fetcher(timeout_s=0.15) as fetch:
        assert "did not arrive within 0.15 s" in str(await refused(fetch, web.url()))


async def test_a_server_that_never_answers_runs_out_of_time() -> None:
    async with listening(saying(pause_s=0, endless=b"")) as closed:
        async with fetcher(timeout_s=0.1) as fetch:
            assert "disconnected" in str(await refused(fetch, closed.url()))
        assert closed.connections == 3

    async def silent(reader: asyncio.StreamReader, _: asyncio.StreamWriter) -> None:
        while await reader.read(1000):
            pass

    async with listening(silent) as web:
        async with fetcher(timeout_s=0.1) as fetch:
            assert "did not arrive within 0.1 s" in str(await refused(fetch, web.url()))
        assert web.connections == 1


@pytest.mark.parametrize(
    "said",
    [
        OK + b"Content-Length: 1000\r\n\r\n<p>short",
        OK + b"Content-Length: 5\r\nContent-Length: 9\r\n\r\n<p>two lengths",
        OK + b"Content-Length: -5\r\n\r\n<p>x",
        OK + b"Content-Length: 99999999999999999999999\r\n\r\n<p>x",
        OK + b"Transfer-Encoding: chunked\r\n\r\nfff\r\n<p>short",
        OK + b"Transfer-Encoding: chunked\r\n\r\nzz\r\n<p>no size\r\n",
        OK + b"Transfer-Encoding: chunked\r\n\r\n" + b"f" * 200_000,
        OK + b"Broken header without colon\r\n\r\n",
        OK + b"X-Null: a\0b\r\n\r\n",
        OK + b"X-Long: " + b"x" * 300_000 + b"\r\n\r\n",
        b"HTTP/1.1 abc OK\r\n\r\n",
        b"SSH-2.0-OpenSSH_9.2\r\n",
        b"\x16\x03\x01\x02\0\x01\0",
        b"",
    ],
)
async def test_an_answer_that_is_no_http_is_a_reason(said: bytes) -> None:
    async with listening(saying(said)) as web:
        async with fetcher(timeout_s=2) as fetch:
            reason = str(await refused(fetch, web.url()))
        assert "connection failed" in reason
        assert len(reason) < 400
        assert web.connections == 3  # it might have been an accident


async def test_a_connection_that_broke_once_is_forgiven() -> None:
    times = iter([b"", OK + b"Content-Length: 5\r\n\r\n<p>ok"])

    async def moody(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await saying(next(times))(reader, writer)

    async with listening(moody) as web, fetcher() as fetch:
        assert await fetch.get(web.url()) is not None


async def test_validators_that_could_not_be_sent_back_are_not_kept() -> None:
    odd = 'ETag: "caf\xe9"\r\nLast-Modified: \x01\r\n'.encode("latin-1")
    long = b'ETag: "' + b"x" * 5000 + b'"\r\n'
    for headers in (odd, long):
        said = OK + headers + b"Content-Length: 5\r\n\r\n<p>ok"
        async with listening(saying(said)) as web, fetcher() as fetch:
            got = await fetch.get(web.url())
            if got:
                assert (got.etag, got.last_modified) == (None, None)


async def test_what_is_not_to_be_sent_is_a_reason_too() -> None:
    async with fetcher() as fetch:
        with serve({"/": page("x")}) as web, pytest.raises(PageUnavailable):
            await fetch.get(web.url("/"), etag="a\nb")


async def test_a_good_certificate_is_taken(authority: Authority) -> None:
    with serve({"/": page("safe")}, tls=authority.server("localhost")) as web:
        async with fetcher() as fetch:
            assert await fetch.get(web.url("/", "localhost")) is not None


@pytest.mark.parametrize(
    ("harm", "words"),
    [
        ("expired", "certificate has expired"),
        ("another name", "not valid for 'localhost'"),
        ("an address", "not valid for 'localhost'"),
        ("unknown authority", "unable to get local issuer"),
    ],
)
async def test_a_bad_certificate_is_refused(
    authority: Authority, tmp_path: Path, harm: str, words: str
) -> None:
    strange = tmp_path / "strange"
    strange.mkdir()
    tls: dict[str, ssl.SSLContext] = {
        "expired": authority.server("localhost", until=LONG_AGO),
        "another name": authority.server("other.example"),
        "an address": authority.server("127.0.0.1"),
        "unknown authority": Authority(strange).server("localhost"),
    }
    with serve({"/": page("stolen")}, tls=tls[harm]) as web:
        async with fetcher() as fetch:
            assert words in str(await refused(fetch, web.url("/", "localhost")))
        assert web.asked == []


async def test_tls_that_is_none_is_a_reason(authority: Authority) -> None:
    async def talk(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 400 Bad Request\r\n\r\n")
        await writer.drain()

    async with listening(talk) as plain, fetcher() as fetch:
        url = plain.url().replace("http:", "https:")
        assert "connection failed" in str(await refused(fetch, url))


async def test_tls_that_turns_to_nonsense_is_a_reason(authority: Authority) -> None:
    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        socket = writer.get_extra_info("socket")
        writer.write(OK + b"Content-Length: 100\r\n\r\n<p>")
        await writer.drain()
        await asyncio.sleep(0.05)
        socket._sock.send(b"no TLS record at all, but many words of it")
        await asyncio.sleep(0.05)

    async with listening(talk, authority.server("localhost")) as web, fetcher() as fetch:
        assert "connection failed" in str(await refused(fetch, web.url("/", "localhost")))
