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
