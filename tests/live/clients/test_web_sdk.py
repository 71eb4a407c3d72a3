"""LiveAvatar's web SDK (0.0.18) in a real browser on our stage: only `apiUrl` is ours."""

import base64
import threading
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import httpx
from playwright.async_api import Page, async_playwright

from tests.browser.test_console import ARGUMENTS, CHROMIUM
from tests.live.clients.conftest import Stage
from tests.live.clients.conversation import converse
from tools.clients import web_folder


class Quiet(SimpleHTTPRequestHandler):
    def log_message(self, *_: object) -> None:
        pass


@contextmanager
def published(folder: Path) -> Iterator[str]:
    """The folder on a web server of its own: another origin than the stage's."""
    serve = partial(Quiet, directory=str(folder))
    with ThreadingHTTPServer(("127.0.0.1", 0), serve) as server:
        threading.Thread(target=server.serve_forever).start()
        try:
            yield f"http://127.0.0.1:{server.server_port}"
        finally:
            server.shutdown()


class InBrowser:
    """A visitor's page, which drives the avatar itself."""

    def __init__(self, page: Page) -> None:
        self._page = page

    async def enter(self, page: str, url: str, token: str) -> None:
        await self._page.goto(page)
        await self._page.evaluate("it => (window.invitation = it)", {"token": token, "apiUrl": url})
        # A real click: without one the browser plays no sound.
        await self._page.click("#enter")
        await self._page.wait_for_function("client.told.includes('connected')", timeout=20_000)

    async def speak(self, pcm: bytes) -> None:
        await self._page.evaluate("it => client.speak(it)", base64.b64encode(pcm).decode())

    async def interrupt(self) -> float:
        ordered = time.monotonic()
        await self._page.evaluate("client.interrupt()")
        return ordered

    async def stop(self) -> None:
        assert await self._page.evaluate("client.plays()")
        await self._page.evaluate("client.keepAlive()")
        await self._page.evaluate("client.stop()")

    async def told(self) -> list[str]:
        return list(await self._page.evaluate("client.told"))


async def mint(stage: Stage) -> str:
    """A session token, as an application's own server asks for one."""
    body = {
        "mode": "LITE",
        "avatar_id": stage.avatar_id,
        "video_settings": {"quality": "low", "encoding": "VP8"},
    }
    async with httpx.AsyncClient(headers={"X-API-KEY": stage.key}) as server:
        answer = await server.post(f"{stage.url}/v1/sessions/token", json=body)
        return str(answer.raise_for_status().json()["data"]["session_token"])


@asynccontextmanager
async def browsing(complaints: list[str]) -> AsyncIterator[Page]:
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        page = await browser.new_page()
        page.on("pageerror", lambda error: complaints.append(str(error)))
        yield page
        await browser.close()


async def test_the_web_sdk_is_heard(served: Stage) -> None:
    """Where it goes its own way, so does LiveAvatar.

    It takes 1000 for success where the description says 100, reads the mode from the session token,
    calls with cookies from a page elsewhere, cuts speech by characters of base64 (300 and 750 ms),
    interrupts without an `event_id`, and hears of nothing but beginnings and ends of speech.
    """
    complaints: list[str] = []
    with published(web_folder()) as address:
        async with browsing(complaints) as page:
            client = InBrowser(page)
            await client.enter(address, served.url, await mint(served))
            session = await served.opened()
            async with served.visitor(session) as heard:
                reports = await converse(client, heard)
            told = await client.told()
    assert complaints == []
    assert told[-1] == "over: CLIENT_INITIATED"
    assert told.count("stream ready") == 1
    spoken = [what for what in told if what in ("started", "ended")]
    assert spoken == ["started", "ended"] * reports.count("agent.speak_started")
    record = await served.over(session)
    assert record["end_reason"] == "USER_CLOSED"
    assert await served.told(session) == reports
