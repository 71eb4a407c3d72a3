from collections.abc import AsyncGenerator

from app.agent.speakable import speaking
from app.agent.turns import Line, Turn
from app.speaking.pronunciations import Pronunciations


async def _pieces(*pieces: str) -> AsyncGenerator[str, None]:
    for piece in pieces:
        yield piece


async def _heard(*pieces: str) -> str:
    return "".join([piece async for piece in speaking(lambda: "en")(_pieces(*pieces))])


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
    (spoken,) = [piece async for piece in speaking(lambda: "en")(_pieces(line))]
    assert isinstance(spoken, Line)
    assert (spoken, spoken.turn, spoken.caption) == ("At nine.", turn, line.caption)


async def test_a_line_is_read_in_the_language_of_its_turn_and_its_caption_stays() -> None:
    turn = Turn("t", lambda caption: None)
    turn.lang = "de"
    line = turn.line("sentence", "Das kostet 9,50 €.")
    (said,) = [piece async for piece in speaking(lambda: "en")(_pieces(line))]
    assert said == "Das kostet neun Euro fünfzig."
    assert isinstance(said, Line)
    assert said.caption["text"] == "Das kostet 9,50 €."


async def test_names_are_said_as_the_organisation_says_them() -> None:
    said = speaking(lambda: "en", Pronunciations({"": {"Quayside": "key side"}}))
    assert [piece async for piece in said(_pieces("The Quayside"))] == ["The key side"]
