"""A visit in a real browser, with everything real behind it: seen, heard, typed, spoken."""

import asyncio
import wave
from pathlib import Path

import pytest
from playwright.async_api import async_playwright, expect

from tests.browser.test_console import ARGUMENTS, CHROMIUM
from tools.places import MADE, ROOT
from tools.stack import Stack

ANSWER_MS = 120_000
QUESTION = ROOT / "data" / "spoken" / "lighthouse-steps.wav"
# Before the question: time to join and to hear the opening. After it: the file would start again.
BEFORE_S, AFTER_S = 22, 240

PLAYING = """() => [...document.querySelectorAll('audio, video')].some(
    (media) => !media.paused && media.currentTime > 0.5)"""


@pytest.fixture
def microphone(tmp_path: Path) -> Path:
    """A recording for the browser's fake microphone: silence, the question, silence."""
    path = tmp_path / "microphone.wav"
    with wave.open(str(QUESTION)) as question, wave.open(str(path), "wb") as file:
        file.setparams(question.getparams())
        second = b"\0\0" * question.getframerate()
        file.writeframes(second * BEFORE_S)
        file.writeframes(question.readframes(question.getnframes()))
        file.writeframes(second * AFTER_S)
    assert path.stat().st_size > 1_000_000  # a missing file would be silence, without a word
    return path


async def test_a_visitor_sees_hears_and_reads_the_answer(
    stack: Stack, microphone: Path, tmp_path: Path
) -> None:
    fake = f"--use-file-for-fake-audio-capture={microphone}"
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(
            executable_path=CHROMIUM, args=[*ARGUMENTS, fake]
        )
        page = await browser.new_page(viewport={"width": 1280, "height": 800}, locale="en")
        complaints: list[str] = []
        page.on("pageerror", lambda error: complaints.append(str(error)))
        await page.goto(stack.url("api"))
        await page.get_by_role("button", name="Start talking").click()

        await expect(page.locator("video")).to_be_visible(timeout=30_000)
        log = page.get_by_role("log")
        # The recogniser may take "lighthouse" for other words: that the answer is right tells more.
        await expect(log).to_contain_text("How many steps", ignore_case=True, timeout=ANSWER_MS)
        await expect(log).to_contain_text("152", timeout=ANSWER_MS)
        await expect(page.locator("#sources")).to_contain_text("lighthouse", ignore_case=True)
        assert await page.evaluate(PLAYING)
        # What was said stands in the log once, and no longer below it as words in the making.
        await expect(page.locator("#interim")).to_be_hidden()
        MADE.mkdir(exist_ok=True)
        await page.screenshot(path=MADE / "console.png")

        # How the answer came about is folded below it.
        times = log.locator("details.times").first
        await expect(times.locator("summary")).to_contain_text("after your words", timeout=10_000)
        await times.locator("summary").click()
        steps = times.get_by_role("row")
        await expect(steps.first).to_contain_text("Sure that you had finished")
        await expect(steps.last).to_contain_text("Heard")
        await expect(steps.last).to_contain_text(" ms")
        await page.screenshot(path=MADE / "time-line.png")

        await asyncio.sleep(3)
        await page.locator("#words").fill("When was the lighthouse built?")
        await page.keyboard.press("Enter")
        await expect(log).to_contain_text("1871", timeout=ANSWER_MS)
        await page.get_by_role("button", name="Leave").click()
        await expect(page.locator("body")).to_have_attribute("data-phase", "ended")
        assert complaints == []
        await browser.close()


async def test_whoever_is_invited_reads_what_was_said_and_may_stay_longer(stack: Stack) -> None:
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        context = await browser.new_context(locale="en")
        await context.grant_permissions(["clipboard-read", "clipboard-write"])
        host = await context.new_page()
        await host.goto(stack.url("api"))
        await host.get_by_role("button", name="Start typing").click()
        await expect(host.locator("video")).to_be_visible(timeout=30_000)
        await host.locator("#words").fill("When was the lighthouse built?")
        await host.keyboard.press("Enter")
        await expect(host.get_by_role("log")).to_contain_text("1871", timeout=ANSWER_MS)
        await host.get_by_role("button", name="Invite").click()
        await expect(host.locator("#notice")).to_contain_text("copied")
        link = await host.evaluate("navigator.clipboard.readText()")

        guest = await context.new_page()
        await guest.goto(link)
        await guest.get_by_role("button", name="Start typing").click()
        log = guest.get_by_role("log")
        await expect(log).to_contain_text("1871", timeout=30_000)
        await host.get_by_role("button", name="Leave").click()
        await guest.locator("#words").fill("How tall is the lighthouse?")
        await guest.keyboard.press("Enter")
        await expect(log).to_contain_text("38", timeout=ANSWER_MS)
        await guest.get_by_role("button", name="Leave").click()
        await expect(guest.locator("body")).to_have_attribute("data-phase", "ended")

        # Who comes when it is over is told so, and may begin one of their own.
        late = await context.new_page()
        await late.goto(link)
        await late.get_by_role("button", name="Start typing").click()
        await expect(late.locator("#failure")).to_contain_text("has ended")
        assert "#" not in late.url
        await browser.close()
