import base64
import logging
from collections.abc import Iterator

import httpx
import pytest
from pydantic import SecretStr

from ingest.sources.source import Credentials, Source
from ingest.web.access import Access
from tests.fakes.certificates import Authority
from tests.fakes.internet import ALSO_PUBLIC, PUBLIC, Internet
from tests.fakes.sockets import Answer, http2
from tests.fakes.web import Reply, Web, page, redirect, serve
from tests.ingest.web.fetching import fetcher, refused

BASIC = Credentials(kind="basic", user="reader", secret=SecretStr("s3cret"))
KEY = {"X-Key": SecretStr("k-1234")}


def access(*sites: str, plain: bool = True) -> Access:
    return Access(headers=KEY, credentials=BASIC, sites=frozenset(sites), plain=plain)


@pytest.fixture
def ours() -> Iterator[Web]:
    with serve({"/": page("ours"), "/away": redirect("http://other.example/")}) as web:
        yield web


def shown(web: Web) -> list[tuple[str | None, str | None]]:
    return [(it.headers.get("Authorization"), it.headers.get("X-Key")) for it in web.asked]


async def test_a_source_s_own_site_sees_its_headers_and_credentials(ours: Web) -> None:
    async with fetcher(access(f"127.0.0.1:{ours.port}")) as fetch:
        assert await fetch.get(ours.url()) is not None
    basic = "Basic " + base64.b64encode(b"reader:s3cret").decode()
    assert shown(ours) == [(basic, "k-1234")]


async def test_nobody_else_sees_them_be_it_after_a_redirect_or_at_once(ours: Web) -> None:
    home = {"/": page("theirs"), "/home": redirect("http://ours.example/")}
    with serve(home) as theirs:
        network = Internet(
            {"ours.example": [[PUBLIC]], "other.example": [[ALSO_PUBLIC]]},
            {PUBLIC: ours.port, ALSO_PUBLIC: theirs.port},
        )
        async with fetcher(access("ours.example"), network=network) as fetch:
            for url in (
                "http://ours.example/away",
                "http://other.example/",
                "http://other.example/home",
            ):
                assert await fetch.get(url) is not None
    assert shown(theirs) == [(None, None)] * 3
    assert None not in {value for pair in shown(ours) for value in pair}
    assert len(ours.asked) == 2


@pytest.mark.parametrize(
    ("url", "seen"),
    [
        ("https://ours.example/x", True),
        ("https://OURS.example:443/x", True),
        ("https://ours.example:8443/", False),
        ("https://ours.example.evil.example/", False),
        ("https://ours.example@evil.example/", False),
        ("https://evil.example\\@ours.example:1/", False),
        ("https://sub.ours.example/", False),
        ("http://ours.example/", False),
    ],
)
def test_sites_are_told_apart_by_host_port_and_scheme(url: str, seen: bool) -> None:
    try:
        parsed = httpx.URL(url)
    except httpx.InvalidURL:
        assert not seen
        return
    assert bool(access("ours.example", plain=False).shown_to(parsed)) is seen


def test_plain_http_gets_them_only_if_the_source_itself_starts_there() -> None:
    safe = Source(name="a", urls=("https://a.example/",), credentials=BASIC)
    plain = Source(name="a", urls=("http://a.example/",), credentials=BASIC)
    url = httpx.URL("http://a.example/")
    assert not Access.of(safe, {"a.example"}).covers(url)
    assert Access.of(plain, {"a.example"}).covers(url)


def test_a_bearer_is_shown_as_such() -> None:
    bearer = Access(
        credentials=Credentials(kind="bearer", secret=SecretStr("t")), sites=frozenset({"a"})
    )
    assert bearer.shown_to(httpx.URL("https://a/")) == [(b"Authorization", b"Bearer t")]


@pytest.mark.parametrize("name", ["Bad Name", "", "Host", "Transfer-Encoding"])
def test_a_header_that_may_not_be_set_is_named(name: str) -> None:
    with pytest.raises(ValueError, match="no header that a source may set"):
        Access(headers={name: SecretStr("x")})


def test_a_value_that_cannot_be_sent_is_refused_without_being_quoted() -> None:
    bearer = Credentials(kind="bearer", secret=SecretStr("hush\r\nX: 1"))
    with pytest.raises(ValueError, match="X-Key") as header:
        Access(headers={"X-Key": SecretStr("hush\r\nX: 1")})
    with pytest.raises(ValueError, match="credentials") as credentials:
        Access(credentials=bearer)
    assert "hush" not in f"{header.value} {credentials.value}"


async def test_secrets_stand_in_no_log_and_no_reason(
    caplog: pytest.LogCaptureFixture, authority: Authority
) -> None:
    caplog.set_level(logging.DEBUG)
    answers = {"/": Answer(headers={"content-type": "image/png"})}
    with serve({"/": Reply(status=500)}) as web:
        sites = access("localhost", f"127.0.0.1:{web.port}")
        async with (
            http2(answers, authority.server("localhost")) as safe,
            fetcher(access(f"localhost:{safe.port}", *sites.sites)) as fetch,
        ):
            reasons = [
                await refused(fetch, web.url()),
                await refused(fetch, safe.url("/", "localhost")),
            ]
        assert safe.asked[0]["x-key"] == "k-1234"
    said = f"{caplog.text} {reasons} {sites!r}"
    for secret in ("s3cret", "k-1234", base64.b64encode(b"reader:s3cret").decode()):
        assert secret not in said
