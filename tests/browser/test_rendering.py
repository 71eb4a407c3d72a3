"""Pages drawn by a real browser, which has no way to anywhere but through the fetcher."""

import asyncio
import os
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from pydantic import SecretStr

from ingest.errors import BrowserUnavailable, PageUnavailable
from ingest.settings import FetchSettings
from ingest.web.access import Access
from ingest.web.fetch import open_fetcher
from ingest.web.rendering import Renderer, open_renderer
from tests.fakes.internet import ALSO_PUBLIC, PUBLIC, Internet
from tests.fakes.web import Reply, Web, page, serve

SCRIPT = {"content_type": "text/javascript"}
DRAWN = """<!doctype html><title>App</title><noscript>Please use scripts.</noscript>
<div id=app></div><link rel=stylesheet href=/app.css><img src=/logo.png>
<script type=module src=/app.js></script>"""
APP = """
const hours = await (await fetch('/hours.json')).json();
await new Promise(done => setTimeout(done, 200));
document.getElementById('app').innerHTML = `<h1>Library</h1><p>Open until ${hours.until}.</p>`;
customElements.define('a-note', class extends HTMLElement {
  connectedCallback() { this.attachShadow({mode: 'open'}).innerHTML = '<p>Closed on Monday.</p>'; }
});
document.body.append(document.createElement('a-note'));
"""
SITE = {
    "/": Reply(body=DRAWN, headers={"ETag": '"1"'}),
    "/app.js": Reply(body=APP, **SCRIPT),
    "/hours.json": Reply(body='{"until": "20:00"}', content_type="application/json"),
}


def settings(**changes: object) -> FetchSettings:
    sandbox = os.geteuid() != 0
    given = {"delay_s": 0.0, "browser_sandbox": sandbox, "render_timeout_s": 15.0, **changes}
    return FetchSettings.model_validate(given)


@asynccontextmanager
async def renderer(
    web: Web, elsewhere: Web | None = None, access: Access | None = None, **changes: object
) -> AsyncIterator[Renderer]:
    """A renderer to which `web` is ours.example and `elsewhere` other.example, both public."""
    network = Internet(
        {"ours.example": [[PUBLIC]], "other.example": [[ALSO_PUBLIC]]},
        {PUBLIC: web.port, ALSO_PUBLIC: elsewhere.port if elsewhere else 1},
    )
    chosen = settings(**changes)
    async with (
        open_fetcher(chosen, access, network=network) as fetcher,
        open_renderer(chosen, fetcher) as opened,
    ):
        yield opened


async def drawn(render: Renderer, path: str = "/") -> str:
    got = await render.get(f"http://ours.example{path}")
    assert got is not None
    assert (got.content_type, got.charset, got.etag) == ("text/html", "utf-8", None)
    return got.body.decode()


async def test_a_page_that_a_script_draws_can_be_read() -> None:
    with serve(SITE) as web:
        async with renderer(web) as render:
            html = await drawn(render)
            assert "<h1>Library</h1><p>Open until 20:00.</p>" in html
            assert "Closed on Monday." in html
            assert "Please use scripts" not in html
            await drawn(render)
    # Neither styles nor pictures were fetched, and the script only once.
    assert sorted(web.paths) == ["/", "/", "/app.js", "/hours.json", "/hours.json"]


async def test_what_is_no_html_comes_as_it_is() -> None:
    with serve({"/": Reply(body="Open daily.", content_type="text/plain")}) as web:
        async with renderer(web) as render:
            got = await render.get("http://ours.example/")
    assert got is not None
    assert (got.content_type, got.body) == ("text/plain", b"Open daily.")


ESCAPES = """<!doctype html><title>Trap</title><p id=end>Waiting</p>
<iframe src="URL/frame"></iframe><iframe srcdoc="<img src='URL/srcdoc'>"></iframe>
<img src="URL/img"><link rel=preconnect href="URL/"><link rel=prefetch href="URL/prefetch">
<object data="URL/object"></object><video src="URL/video"></video><script src="URL/script"></script>
<a id=save download href="URL/download">x</a><form id=form method=post action="URL/form"></form>
<script>
const attempt = work => { try { const it = work(); it && it.catch && it.catch(() => 0) } catch {} };
const inside = "fetch('URL/worker').catch(()=>0);new WebSocket('ws://HOST/worker-socket')";
const blob = URL_.createObjectURL(new Blob([inside]));
attempt(() => fetch('URL/fetch'));
attempt(() => fetch('/inward'));
attempt(() => fetch('URL/post', {method: 'POST', body: 'x', mode: 'no-cors'}));
attempt(() => { const x = new XMLHttpRequest(); x.open('GET', 'URL/xhr'); x.send() });
attempt(() => new WebSocket('ws://HOST/socket'));
attempt(() => new EventSource('URL/events'));
attempt(() => navigator.sendBeacon('URL/beacon', 'x'));
attempt(() => new Worker(blob));
attempt(() => new SharedWorker(blob));
attempt(() => navigator.serviceWorker.register('/sw.js'));
attempt(() => import('URL/module'));
attempt(() => open('URL/popup'));
attempt(() => open('file:///etc/passwd'));
attempt(() => document.getElementById('save').click());
attempt(() => { const pc = new RTCPeerConnection({iceServers: [{urls: 'stun:127.0.0.1:UDP'}]});
  pc.createDataChannel('x'); pc.createOffer().then(offer => pc.setLocalDescription(offer)) });
attempt(() => { const frame = document.createElement('iframe'); document.body.append(frame);
  const Peer = frame.contentWindow.RTCPeerConnection;
  const pc = new Peer({iceServers: [{urls: 'stun:127.0.0.1:UDP'}]});
  pc.createDataChannel('x'); pc.createOffer().then(offer => pc.setLocalDescription(offer));
  new frame.contentWindow.WebSocket('ws://HOST/frame-socket') });
setTimeout(() => { document.getElementById('end').textContent = 'All tried.' }, 400);
setTimeout(() => { location.href = 'URL/navigation' }, 500);
</script>"""


async def test_a_page_reaches_nothing_private_whatever_it_tries() -> None:
    udp = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    udp.bind(("127.0.0.1", 0))
    udp.setblocking(False)
    with udp, serve({}) as inside:
        trap = (
            ESCAPES.replace("URL_", "window.URL")
            .replace("window.URL.", "window.\0.")
            .replace("URL/", inside.url("/"))
            .replace("\0", "URL")
            .replace("HOST", f"127.0.0.1:{inside.port}")
            .replace("UDP", str(udp.getsockname()[1]))
        )
        inward = Reply(status=302, headers={"Location": inside.url("/redirected")})
        with serve({"/": page(trap), "/inward": inward, "/sw.js": Reply(**SCRIPT)}) as web:
            async with renderer(web) as render:
                assert "All tried." in await drawn(render)
                await asyncio.sleep(0.3)
        with pytest.raises(BlockingIOError):
            udp.recv(2000)
        assert inside.connections == 0
    assert "/inward" in web.paths  # it was asked for, and led nowhere
    assert "/sw.js" not in web.paths


async def test_only_gets_leave_and_credentials_do_not_leave_the_source_s_sites() -> None:
    access = Access(
        headers={"X-Key": SecretStr("k-1")}, sites=frozenset({"ours.example"}), plain=True
    )
    talk = """<!doctype html><p>Talk</p><script>
    fetch('/api'); fetch('/api', {method: 'POST', body: 'x'}); fetch('http://other.example/api');
    </script>"""
    with serve({"/": page(talk), "/api": page("1")}) as web, serve({"/api": page("2")}) as other:
        async with renderer(web, other, access) as render:
            await drawn(render)
    assert [(asked.path, asked.headers.get("X-Key")) for asked in web.asked] == [
        ("/", "k-1"),
        ("/api", "k-1"),
    ]
    assert [(asked.path, asked.headers.get("X-Key")) for asked in other.asked] == [("/api", None)]


async def test_a_page_of_elsewhere_does_not_read_ours_with_our_credentials() -> None:
    access = Access(
        headers={"X-Key": SecretStr("k-1")}, sites=frozenset({"ours.example"}), plain=True
    )
    thief = "<!doctype html><p>Thief</p><script>fetch('http://ours.example/secret')</script>"
    with serve({"/secret": page("secret")}) as web, serve({"/": page(thief)}) as other:
        async with renderer(web, other, access) as render:
            await render.get("http://other.example/")
    assert [asked.headers.get("X-Key") for asked in web.asked] == [None]


async def test_a_script_may_send_the_browser_on_within_its_site() -> None:
    on = page("<!doctype html><script>location.replace('/de/')</script>")
    with serve({"/": on, "/de/": page("<!doctype html><p>Hallo")}) as web:
        async with renderer(web) as render:
            got = await render.get("http://ours.example/")
    assert got is not None
    assert (got.requested, got.url) == ("http://ours.example/", "http://ours.example/de/")
    assert b"Hallo" in got.body


@pytest.mark.parametrize(
    ("script", "words"),
    [
        ("while (true) {}", "not drawn within 4 s"),
        ("document.body.append('x'.repeat(300000))", "larger than 100,000 bytes"),
    ],
    ids=["busy", "large"],
)
async def test_a_page_that_takes_too_much_is_a_reason_and_the_next_one_is_drawn(
    script: str, words: str
) -> None:
    routes = {"/": page(f"<!doctype html><body><p>x<script>{script}</script>"), "/b": page("<p>b")}
    with serve(routes) as web:
        async with renderer(web, render_timeout_s=4.0, max_bytes=100_000) as render:
            with pytest.raises(PageUnavailable, match=words):
                await render.get("http://ours.example/")
            assert "<p>b" in await drawn(render, "/b")


async def test_a_page_that_never_rests_is_taken_as_it_stands_and_asks_only_so_often() -> None:
    restless = """<!doctype html><p>News</p><b></b><script>
    let n = 0; setInterval(() => { fetch('/poll?' + n++).catch(() => 0);
    document.querySelector('b').textContent += '!' }, 10)</script>"""
    with serve({"/": page(restless)}) as web:
        async with renderer(web, render_timeout_s=5.0) as render:
            assert "<p>News</p>" in await drawn(render)
    assert len(web.asked) <= 101


async def test_a_browser_that_is_not_there_is_named() -> None:
    with serve({}) as web, pytest.raises(BrowserUnavailable, match="/nowhere/chromium"):
        async with renderer(web, browser="/nowhere/chromium"):
            pass
