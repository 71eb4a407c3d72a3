import asyncio
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from itertools import pairwise

import pytest

from ingest.errors import PageUnavailable
from ingest.web.addresses import refusal
from tests.fakes.web import Reply, Web, packed, page, redirect, serve
from tests.ingest.web.fetching import fetcher, refused

HELLO = page("<p>Hello</p>")


async def reason(web: Web, path: str, **changes: object) -> PageUnavailable:
    async with fetcher(**changes) as fetch:
        return await refused(fetch, web.url(path))


async def test_a_page_comes_as_bytes_with_what_the_server_said_of_it() -> None:
    body = "Öffnungszeiten".encode("latin-1")
    said = {"ETag": '"v1"', "Last-Modified": "Mon, 01 Jun 2026 10:00:00 GMT"}
    reply = Reply(body=body, content_type="Text/HTML; Charset=ISO-8859-1", headers=said)
    with serve({"/": reply}) as web:
        async with fetcher() as fetch:
            got = await fetch.get(web.url("/"))
    assert got is not None
    assert (got.body, got.content_type, got.charset) == (body, "text/html", "iso-8859-1")
    assert (got.url, got.requested) == (web.url("/"), web.url("/"))
    assert (got.etag, got.last_modified) == ('"v1"', "Mon, 01 Jun 2026 10:00:00 GMT")
    assert got.fetched_at.tzinfo is UTC
    assert web.asked[0].headers["User-Agent"].startswith("Groundling/")


@pytest.mark.parametrize("validator", ["etag", "last_modified"])
async def test_an_unchanged_page_is_none(validator: str) -> None:
    said = {"ETag": '"v1"', "Last-Modified": "Mon, 01 Jun 2026 10:00:00 GMT"}
    with serve({"/": Reply(body="x", headers=said)}) as web:
        async with fetcher() as fetch:
            first = await fetch.get(web.url("/"))
            again = {validator: getattr(first, validator)}
            assert await fetch.get(web.url("/"), **again) is None


async def test_redirects_are_followed_to_where_they_end_without_the_validators() -> None:
    routes = {"/a": redirect("b"), "/b": redirect("/c", 301), "/c": page("end", ETag='"1"')}
    with serve(routes) as web:
        async with fetcher() as fetch:
            got = await fetch.get(web.url("/a"), etag='"1"')
    assert got is not None
    assert (got.requested, got.url, got.body) == (web.url("/a"), web.url("/c"), b"end")


@pytest.mark.parametrize(
    ("target", "words"),
    [
        ("/a", "redirects"),
        ("file:///etc/passwd", "only http and https"),
        ("ftp://example.org/", "only http and https"),
        ("http://user:pass@example.org/", "password"),
        ("http://169.254.169.254/latest/meta-data/", "metadata"),
        ("http://[::ffff:169.254.169.254]/", "metadata"),
        ("http://[broken", "not a URL"),
        ("http://example.org:99999/", "not a URL"),
    ],
)
async def test_a_redirect_is_checked_like_a_first_request(target: str, words: str) -> None:
    with serve({"/a": redirect(target)}) as web:
        assert words in str(await reason(web, "/a"))


@pytest.mark.parametrize(("status", "gone"), [(404, True), (410, True), (403, False), (500, False)])
async def test_an_error_status_says_whether_the_page_is_gone(status: int, gone: bool) -> None:
    with serve({"/": Reply(status=status)}) as web:
        error = await reason(web, "/")
    assert (error.gone, error.status) == (gone, status)
    assert str(status) in str(error)


@pytest.mark.parametrize(
    ("reply", "words"),
    [
        (Reply(body=b"PK\x03\x04\0\0\x08a", content_type="text/html"), "ZIP archive"),
        (Reply(body=b"GIF89a\0\0\x08a", content_type="text/html"), "binary"),
        (Reply(body=b"\x89PNG", content_type="image/png"), "image/png"),
        (Reply(body=b"x", headers={"Content-Encoding": "compress"}), "packed as compress"),
        (Reply(body=b"x", headers={"Content-Encoding": "gzip, gzip"}), "packed as gzip, gzip"),
        (Reply(status=206, body=b"x"), "a part that was not asked for"),
    ],
)
async def test_what_is_not_read_is_refused_with_its_reason(reply: Reply, words: str) -> None:
    with serve({"/": reply}) as web:
        assert words in str(await reason(web, "/"))


@pytest.mark.parametrize(
    "reply",
    [
        Reply(body="text", content_type="text/plain"),
        Reply(body="<p>x", content_type="application/xhtml+xml"),
        Reply(body="<p>x", content_type=None),
        Reply(body="<p>wide".encode("utf-16"), content_type="text/html"),
        Reply(body="<p>wide".encode("utf-16-le"), content_type="text/html; charset=utf-16"),
        packed(b"<p>x", "gzip"),
        packed(b"<p>x", "br"),
        packed(b"<p>x", "zstd"),
    ],
)
async def test_text_of_every_kind_is_taken(reply: Reply) -> None:
    with serve({"/": reply}) as web:
        async with fetcher() as fetch:
            assert await fetch.get(web.url("/")) is not None


async def test_a_body_over_the_limit_is_refused() -> None:
    with serve({"/": page("x" * 5000)}) as web:
        assert "larger than" in str(await reason(web, "/", max_bytes=4000))


async def test_a_body_that_drips_runs_into_the_time_limit() -> None:
    with serve({"/": Reply(body="x" * 1000, drip_s=0.05)}) as web:
        assert "did not arrive within 0.3 s" in str(await reason(web, "/", timeout_s=0.3))


async def test_hops_share_one_time_limit() -> None:
    with serve({"/": Reply(status=302, headers={"Location": "/"}, wait_s=0.2)}) as web:
        assert "did not arrive within 0.5 s" in str(await reason(web, "/", timeout_s=0.5))
        assert len(web.asked) < 5


async def test_a_name_nobody_knows_and_a_closed_port_are_reasons() -> None:
    async with fetcher() as fetch:
        with pytest.raises(PageUnavailable, match=r"nowhere\.invalid is not known"):
            await fetch.get("http://nowhere.invalid/")
        with serve({}) as web:
            closed = web.url("/")
        with pytest.raises(PageUnavailable, match="connection failed"):
            await fetch.get(closed)


async def test_a_busy_server_is_asked_again_when_it_says() -> None:
    busy = Reply(status=503, headers={"Retry-After": "0"})
    with serve({"/": [busy, Reply(status=429, headers={"Retry-After": "0"}), HELLO]}) as web:
        async with fetcher() as fetch:
            assert await fetch.get(web.url("/")) is not None
        assert len(web.asked) == 3


IN_AN_HOUR = format_datetime(datetime.now(UTC) + timedelta(hours=1), usegmt=True)


@pytest.mark.parametrize("pause", ["3600", IN_AN_HOUR], ids=["seconds", "date"])
async def test_a_server_that_wants_a_long_pause_is_left_alone(pause: str) -> None:
    with serve({"/": Reply(status=503, headers={"Retry-After": pause})}) as web:
        error = await reason(web, "/")
        assert len(web.asked) == 1
    assert error.status == 503
    assert "come back" in str(error)


async def test_requests_to_one_host_keep_their_distance() -> None:
    with serve({"/": HELLO}) as web:
        async with fetcher(delay_s=0.1) as fetch:
            await asyncio.gather(*(fetch.get(web.url("/")) for _ in range(3)))
            times = [asked.at for asked in web.asked]
            assert min(later - sooner for sooner, later in pairwise(times)) > 0.05
            fetch.pace(f"127.0.0.1:{web.port}", 0.4)
            await fetch.get(web.url("/"))
            await fetch.get(web.url("/"))
        assert web.asked[4].at - web.asked[3].at > 0.3


@pytest.mark.parametrize(
    "host", ["127.0.0.1", "localhost", "2130706433", "0x7f.1", "0", "[::ffff:127.0.0.1]", "127.1"]
)
async def test_loopback_is_refused_in_every_spelling(host: str) -> None:
    with serve({"/": HELLO}) as web:
        async with fetcher(allow_private=False) as fetch:
            with pytest.raises(PageUnavailable, match="private or reserved"):
                await fetch.get(web.url("/", host))
        assert web.asked == []


async def test_the_environment_s_proxy_is_not_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    with serve({"/": HELLO}) as web, serve({}) as proxy:
        for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY"):
            monkeypatch.setenv(name, proxy.url(""))
        async with fetcher() as fetch:
            assert await fetch.get(web.url("/")) is not None
        assert proxy.asked == []


@pytest.mark.parametrize(
    "address",
    [
        *(
            "127.0.0.1",
            "10.1.2.3",
            "172.16.0.1",
            "192.168.1.1",
            "100.64.0.1",
            "0.0.0.0",
            "224.0.0.1",
        ),
        *("169.254.1.1", "192.0.0.8", "255.255.255.255", "198.18.0.1", "::1", "::", "fe80::1%eth0"),
        *("fc00::1", "fec0::1", "ff02::1", "2001:db8::1", "::7f00:1", "::ffff:10.0.0.1"),
        *("64:ff9b::a00:1", "64:ff9b:1::1", "2002:7f00:1::", "2001:0:1:2:3:4:80ff:fffe"),
    ],
)
def test_an_address_that_is_not_public_is_refused_unless_allowed(address: str) -> None:
    assert "private" in refusal(address, allow_private=False)
    assert refusal(address, allow_private=True) == ""


@pytest.mark.parametrize(
    "address", ["169.254.169.254", "168.63.129.16", "fd00:ec2::254", "64:ff9b::a9fe:a9fe"]
)
def test_a_metadata_service_is_refused_whatever_is_allowed(address: str) -> None:
    assert "metadata" in refusal(address, allow_private=True)


@pytest.mark.parametrize(
    "address", ["9.9.9.9", "2620:fe::fe", "::ffff:9.9.9.9", "64:ff9b::909:909"]
)
def test_a_public_address_is_allowed(address: str) -> None:
    assert refusal(address, allow_private=False) == ""


async def test_what_the_server_says_to_crawlers_comes_with_the_page() -> None:
    said = {"X-Robots-Tag": "noindex", "Link": '</en>; rel="canonical"'}
    with serve({"/": page("x", **said), "/none": page("x")}) as web:
        async with fetcher() as fetch:
            got, bare = await fetch.get(web.url("/")), await fetch.get(web.url("/none"))
    assert got is not None
    assert bare is not None
    assert (got.robots, got.link) == ("noindex", '</en>; rel="canonical"')
    assert (bare.robots, bare.link) == ("", "")


async def test_connections_are_used_again_also_after_errors_and_redirects() -> None:
    routes = {"/": HELLO, "/gone": Reply(status=404, body="x" * 2000), "/on": redirect("/")}
    with serve(routes) as web:
        async with fetcher() as fetch:
            for _ in range(3):
                assert await fetch.get(web.url("/on")) is not None
                assert (await refused(fetch, web.url("/gone"))).gone
        assert len(web.asked) == 9
        assert web.connections == 1


async def test_no_cookie_is_kept() -> None:
    with serve({"/": page("x", Set_Cookie="visitor=1; Path=/")}) as web:
        async with fetcher() as fetch:
            await fetch.get(web.url("/"))
            await fetch.get(web.url("/"))
        assert "Cookie" not in web.asked[1].headers
