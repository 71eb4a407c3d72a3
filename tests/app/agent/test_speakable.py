from collections.abc import AsyncGenerator

import pytest

from app.agent.speakable import speak_plainly, speakable
from app.agent.turns import Line, Turn


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("We open at nine [1].", "We open at nine."),
        ("We open at nine.[1][2]", "We open at nine."),
        ("Open daily [1, 2] and free [^3].", "Open daily and free."),
        ("Open daily【1†hours】.", "Open daily."),
        ("**Free** for *children* under `six`.", "Free for children under six."),
        ("__Free__ and _quiet_, see snake_case_name.", "Free and quiet, see snake_case_name."),
        ("See [the hours](https://m.example/h#x) first.", "See the hours first."),
        ("See https://m.example/hours?d=1. Then come.", "See. Then come."),
        ("Write to us (https://m.example) or www.m.example/x!", "Write to us or!"),
        ("![A door](door.png) opens.", "A door opens."),
        ("## Hours\n- Monday\n- Tuesday", "Hours Monday Tuesday"),
        ("| Day | Hours |\n| --- | --- |\n| Mon | 9 |", "Day, Hours Mon, 9"),
        ("Welcome 👋🏽 to us 🇫🇷 ❤️!", "Welcome to us!"),
        ("5 * 3 is 15, and 2 < 3.", "5 * 3 is 15, and 2 < 3."),
        ("Am 12. März ist frei, ab 3 €.", "Am 12. März ist frei, ab 3 €."),
        ("<b>Bold</b> words.", "Bold words."),
        ("Where? At 1,000 m².", "Where? At 1,000 m²."),
        ("🙂 [1] https://m.example/", ""),
    ],
)
def test_only_words_are_read(written: str, read: str) -> None:
    assert speakable(written) == read


async def _pieces(*pieces: str) -> AsyncGenerator[str, None]:
    for piece in pieces:
        yield piece


async def _heard(*pieces: str) -> str:
    return "".join([piece async for piece in speak_plainly(_pieces(*pieces))])


async def test_markers_that_come_in_pieces_are_not_read() -> None:
    heard = await _heard(
        "We open ", "[", "1", "] at ", "**ni", "ne**. See ht", "tps://m.ex/a", " ."
    )
    assert heard == "We open at nine. See."


async def test_single_letters_give_the_same_as_the_whole() -> None:
    text = "Hello! See [hours](https://m.example/h) [1]. *Free* for all 🙂. Bye."
    assert await _heard(*text) == await _heard(text) == "Hello! See hours. Free for all. Bye."


async def test_a_line_stays_a_line() -> None:
    turn = Turn("t", lambda caption: None)
    line = turn.line("sentence", "At nine [1].")
    (spoken,) = [piece async for piece in speak_plainly(_pieces(line))]
    assert isinstance(spoken, Line)
    assert (spoken, spoken.turn, spoken.caption) == ("At nine.", turn, line.caption)
