import asyncio
from collections.abc import Callable

from app.agent.api import Said
from app.agent.listening import PAUSE_S, Listening
from app.agent.turns import Turns
from app.errors import AnswerUnavailable
from tests.fakes.api import ScriptedApi

PAST = (Said(role="visitor", text="Hello!"), Said(role="avatar", text="Hello."))


def listening(api: ScriptedApi, turns: Turns | None = None) -> Listening:
    return Listening(api, turns or Turns(lambda _: None), "v1", lambda: PAST)


async def until(true: Callable[[], bool]) -> None:
    async with asyncio.timeout(3):
        while not true():
            await asyncio.sleep(0.005)


async def test_words_are_sent_when_they_say_something_new() -> None:
    api = ScriptedApi({})
    ears = listening(api)
    for text in ("At", "At what", "At what time", "At what time is", "At what time is it?"):
        ears.hear(text, final=False)
        await asyncio.sleep(PAUSE_S + 0.02)
    assert [heard.text for heard in api.heard] == ["At what", "At what time"]
    assert (api.heard[0].visit, api.heard[0].history, api.heard[0].final) == ("v1", PAST, False)
    await ears.close()


async def test_of_words_that_come_too_fast_the_latest_are_sent() -> None:
    api = ScriptedApi({})
    ears = listening(api)
    for text in ("When", "When does", "When does the museum", "When does the museum close"):
        ears.hear(text, final=False)
    ears.hear("When does the museum close?", final=True)
    await until(lambda: bool(api.heard))
    await asyncio.sleep(PAUSE_S * 2)
    assert [(heard.text, heard.final) for heard in api.heard] == [
        ("When does the museum close?", True)
    ]
    await ears.close()


async def test_a_turn_of_several_lines_is_sent_whole_and_the_next_begins_anew() -> None:
    api, turns = ScriptedApi({}), Turns(lambda _: None)
    ears = listening(api, turns)
    ears.hear("I have a question.", final=True)
    ears.hear("When do you close?", final=True)
    await until(lambda: bool(api.heard))
    turn = turns.coming
    assert (api.heard[-1].text, api.heard[-1].turn) == (
        "I have a question. When do you close?", turn,
    )  # fmt: skip
    turns.commit("m1", text="…", lang="en")
    ears.hear("When do you close?", final=False)
    await until(lambda: len(api.heard) == 2)
    assert api.heard[-1].text == "When do you close?"
    assert api.heard[-1].turn == turns.coming != turn
    await ears.close()


async def test_an_api_that_does_not_listen_changes_nothing() -> None:
    api = ScriptedApi({})
    api.deaf = AnswerUnavailable("the API is away")
    ears = listening(api)
    ears.hear("When do you", final=False)
    await asyncio.sleep(PAUSE_S + 0.05)
    ears.hear("When do you close", final=False)
    await until(lambda: len(api.heard) == 2)
    await ears.close()
