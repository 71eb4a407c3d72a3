"""The web page in a real browser, without LiveKit: what it shows and asks for, how it fails."""

import shutil
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from playwright.async_api import Browser, Page, async_playwright, expect

from app.api.console import DIST
from app.api.server import create_app
from app.settings import Settings
from tests.fakes.house import PaperHouse, open_paper_house, serving, until

CHROMIUM = shutil.which("chromium") or shutil.which("google-chrome") or "chromium"
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--use-fake-ui-for-media-stream",
    "--use-fake-device-for-media-stream",
]
SIZES = {"desk": (1280, 800), "phone": (390, 844)}


@dataclass
class Visited:
    """A page, and all that it asked for and complained about."""

    page: Page
    url: str
    complaints: list[str] = field(default_factory=list)
    requests: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.page.on("console", lambda m: m.type == "error" and self.complaints.append(m.text))
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))
        self.page.on("request", lambda request: self.requests.append(request.url))

    def asked_elsewhere(self) -> list[str]:
        return [url for url in self.requests if not url.startswith((self.url, "data:", "blob:"))]


@pytest.fixture
async def browser() -> AsyncIterator[Browser]:
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        yield browser
        await browser.close()


@pytest.fixture
async def house(tmp_path: Path) -> AsyncIterator[PaperHouse]:
    async with open_paper_house(tmp_path) as house:
        yield house


@pytest.fixture
async def url(house: PaperHouse, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[str]:
    assert (DIST / "index.html").is_file(), "build the console first: make setup"
    monkeypatch.setenv("GROUNDLING_LIVEKIT__URL", "ws://127.0.0.1:9")
    async with serving(create_app(house, Settings())) as url:
        yield url


@pytest.fixture(params=SIZES)
async def visited(
    request: pytest.FixtureRequest, browser: Browser, url: str
) -> AsyncIterator[Visited]:
    width, height = SIZES[request.param]
    context = await browser.new_context(viewport={"width": width, "height": height}, locale="en")
    yield Visited(await context.new_page(), url)
    await context.close()


async def test_the_page_is_whole_and_asks_nobody_else(visited: Visited, tmp_path: Path) -> None:
    page = visited.page
    await page.goto(visited.url)

    await expect(page.get_by_role("heading", level=1)).to_have_text(
        "Ask, and hear what our pages say."
    )
    await expect(page.get_by_text("An artificial intelligence")).to_be_visible()
    await expect(page.get_by_text("Only the avatar’s own speech")).to_be_visible()
    assert await page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    picture = await page.screenshot(path=tmp_path / "start.png")
    assert len(picture) > 10_000
    assert visited.complaints == []
    assert visited.asked_elsewhere() == []


async def test_the_page_speaks_the_visitors_language(visited: Visited) -> None:
    page = visited.page
    await page.goto(visited.url)
    await page.get_by_label("Language").select_option("de")

    await expect(page.locator("html")).to_have_attribute("lang", "de")
    await expect(page.get_by_role("button", name="Sprechen")).to_be_visible()
    await page.get_by_label("Sprache").select_option("fr")
    await expect(page.get_by_role("button", name="Parler")).to_be_visible()


async def test_a_visit_that_cannot_be_had_says_so(visited: Visited, house: PaperHouse) -> None:
    house.rooms.down = True
    page = visited.page
    await page.goto(visited.url)
    await page.get_by_role("button", name="Start typing").click()

    failure = page.get_by_role("alert")
    await expect(failure).to_contain_text("The avatar cannot be reached at the moment")
    await expect(page.get_by_role("button", name="Start typing")).to_be_enabled()
    assert visited.asked_elsewhere() == []


async def test_a_room_that_cannot_be_joined_ends_the_visit(
    visited: Visited, house: PaperHouse
) -> None:
    page = visited.page
    await page.goto(visited.url)
    await page.get_by_role("button", name="Start talking").click()

    await expect(page.get_by_role("alert")).to_contain_text("could not be joined", timeout=20_000)
    await until(lambda: not house.rooms.jobs)


async def test_everything_can_be_reached_by_keyboard(visited: Visited) -> None:
    page = visited.page
    await page.goto(visited.url)
    reached = []
    for _ in range(3):
        await page.keyboard.press("Tab")
        reached.append(await page.evaluate("document.activeElement.id"))
    assert reached == ["language", "talk", "type"]


async def test_the_description_of_the_api_needs_no_other_host(visited: Visited) -> None:
    page = visited.page
    await page.goto(f"{visited.url}/schema")

    await expect(page.get_by_text("/v1/answers").first).to_be_visible()
    assert visited.complaints == []
    assert visited.asked_elsewhere() == []
