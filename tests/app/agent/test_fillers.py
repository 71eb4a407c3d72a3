import asyncio

import pytest

from app.agent.fillers import LONG, SHORT, Fillers, Wait, without_filler

AFTER_S = 0.05


async def _said(expected_s: float | None, *, within_s: float, lang: str = "en") -> list[str]:
    """What is said in the first seconds of a wait that is expected to last so long."""
    said: list[str] = []
    wait = Wait()
    if expected_s is not None:
        wait.expect(expected_s)
    filling = asyncio.create_task(Fillers(AFTER_S).fill(wait, lambda: lang, said.append))
    await asyncio.sleep(within_s)
    filling.cancel()
    await asyncio.gather(filling, return_exceptions=True)
    return said


async def test_a_wait_that_is_known_to_be_long_is_filled_at_once() -> None:
    assert await _said(1.5, within_s=AFTER_S / 2) == [SHORT["en"][0]]
    assert await _said(8.0, within_s=AFTER_S / 2, lang="de") == [LONG["de"][0]]


async def test_an_answer_that_is_almost_there_is_not_kept_waiting() -> None:
    assert await _said(0.3, within_s=0.3) == []


async def test_a_wait_that_lasts_longer_than_was_thought_is_filled() -> None:
    assert await _said(0.1, within_s=0.4) == [SHORT["en"][0]]


async def test_a_wait_of_which_nothing_is_known_is_filled_after_a_while() -> None:
    assert await _said(None, within_s=AFTER_S / 5) == []
    assert await _said(None, within_s=AFTER_S * 4) == [SHORT["en"][0]]


async def test_a_language_without_fillers_is_not_filled_with_anothers() -> None:
    assert await _said(8.0, within_s=AFTER_S, lang="fi") == []


@pytest.mark.parametrize("filler", [SHORT["en"][0], LONG["en"][0], LONG["pl"][0]])
def test_the_history_is_without_them(filler: str) -> None:
    assert without_filler(f"{filler} At nine.") == "At nine."
