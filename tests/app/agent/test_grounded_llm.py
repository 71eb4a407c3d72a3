import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from livekit.agents import AgentSession, llm

from app.agent.api import Abstained, Done, Grounded, Sentence, Source
from app.agent.fillers import SHORT
from app.agent.grounded_llm import GroundedLLM, Visit, history
from app.agent.turns import Caption, Turns
from app.agent.voice import Voice
from app.errors import AnswerLater, AnswerUnavailable
from app.phrases import phrase
from tests.fakes.api import ScriptedApi

HOURS = Source(n=1, url="http://m.ex/h", link="http://m.ex/h#when", title="Hours", text="At nine.")
GROUNDED = Grounded(lang="en", hits=[HOURS])
OPEN = Sentence(text="We open at nine [1].", citations=[1, 7])
DONE = Done(timings={"total_ms": 12.0}, tokens={"prompt": 30, "answer": 6})
VISIT = Visit(id="v1", kb="museum", lang="en", visitor="anna")
BROKEN = AnswerUnavailable("the API answered 503: no model")


@asynccontextmanager
async def _talk(
    api: ScriptedApi, *, filler_s: float = 0.0
) -> AsyncIterator[tuple[AgentSession[None], list[Caption]]]:
    """A session in text mode, and what the page is told."""
    told: list[Caption] = []
    grounded = GroundedLLM(api, Turns(told.append), VISIT, filler_s=filler_s)
    async with AgentSession[None](
        llm=grounded, vad=None, turn_handling={"turn_detection": None}
    ) as session:
        await session.start(Voice(grounded))
        yield session, told


async def test_a_turn_is_answered_and_told_in_order() -> None:
    api = ScriptedApi({"open": [GROUNDED, OPEN, Sentence(text="Come in."), DONE]})
    async with _talk(api) as (session, told):
        result = await session.run(user_input="When do you open?")
        result.expect.next_event().is_message(role="assistant")
        result.expect.no_more_events()
    assert [caption["type"] for caption in told] == [
        "understood",
        "grounding",
        "sentence",
        "sentence",
        "done",
    ]
    understood, grounding, sentence, _, done = told
    turn = api.questions[0].turn
    assert {caption["turn"] for caption in told} == {turn}
    assert (understood["text"], understood["lang"]) == ("When do you open?", "en")
    assert grounding["hits"][0]["link"] == HOURS.link
    assert sentence["text"] == OPEN.text
    assert sentence["citations"] == [{"n": 1, "link": HOURS.link, "title": "Hours"}]
    assert done["timings"] == {"total_ms": 12.0}


async def test_a_wait_is_filled_once_and_never_with_the_same_words_twice_in_a_row() -> None:
    french = Grounded(lang="fr", hits=[HOURS])
    api = ScriptedApi(
        {
            "open": [GROUNDED, 0.1, OPEN, 0.1, Sentence(text="Come in."), DONE],
            "late": [0.1, GROUNDED, OPEN, DONE],
            "ouvert": [french, 0.1, Sentence(text="À neuf heures."), DONE],
        }
    )
    async with _talk(api, filler_s=0.03) as (session, told):
        for asked in ("When do you open?", "How late?", "Quand est-ce ouvert ?"):
            await session.run(user_input=asked)
    kinds = [caption["type"] for caption in told[:6]]
    assert kinds == ["understood", "grounding", "filler", "sentence", "sentence", "done"]
    fillers = [caption["text"] for caption in told if caption["type"] == "filler"]
    assert fillers == [*SHORT["en"], SHORT["fr"][0]]
    assert [said.text for said in api.questions[2].history if said.role == "avatar"] == [
        f"{OPEN.text} Come in.",
        OPEN.text,
    ]


async def test_an_answer_in_time_needs_no_filler() -> None:
    api = ScriptedApi({"open": [GROUNDED, OPEN, DONE], "broken": [BROKEN]})
    async with _talk(api, filler_s=0.5) as (session, told):
        await session.run(user_input="When do you open?")
        await session.run(user_input="Is it broken?")
        await asyncio.sleep(0)
    assert "filler" not in {caption["type"] for caption in told}


async def test_the_api_gets_what_was_said_before() -> None:
    api = ScriptedApi({"": [GROUNDED, OPEN, DONE]})
    async with _talk(api) as (session, _):
        await session.run(user_input="When do you open?")
        await session.run(user_input="And on Sundays?")
    first, second = api.questions
    assert (first.visit, first.kb, first.lang, first.history) == ("v1", "museum", "en", ())
    assert [(said.role, said.text) for said in second.history] == [
        ("visitor", "When do you open?"),
        ("avatar", OPEN.text),
    ]
    assert second.turn != first.turn


async def test_an_api_that_fails_is_apologised_for_in_the_visitors_language() -> None:
    api = ScriptedApi(
        {
            "ouvert": [Grounded(lang="fr"), Sentence(text="À neuf heures."), DONE],
            "cassé": [BROKEN],
            "après": [GROUNDED, OPEN, DONE],
        }
    )
    async with _talk(api) as (session, told):
        await session.run(user_input="C'est ouvert ?")
        told.clear()
        result = await session.run(user_input="C'est cassé ?")
        message = result.expect.next_event().is_message(role="assistant").event().item
        assert (message.text_content or "").strip() == phrase("apology", "fr")
        assert [caption["type"] for caption in told] == ["understood", "apology", "done"]
        assert told[1]["reason"] == str(BROKEN)
        result = await session.run(user_input="Et après ?")
        message = result.expect.next_event().is_message(role="assistant").event().item
        assert (message.text_content or "").strip() == OPEN.text


async def test_a_busy_model_is_told_in_other_words() -> None:
    async with _talk(ScriptedApi({"": [GROUNDED, AnswerLater("eight wait")]})) as (session, told):
        result = await session.run(user_input="When do you open?")
        message = result.expect.next_event().is_message(role="assistant").event().item
        assert (message.text_content or "").strip() == phrase("busy", "en")
    assert told[-2]["type"] == "apology"


async def test_an_answer_that_breaks_off_ends_with_the_apology() -> None:
    api = ScriptedApi({"": [GROUNDED, OPEN, BROKEN]})
    async with _talk(api) as (session, told):
        await session.run(user_input="When do you open?")
    assert [caption["type"] for caption in told][2:] == ["sentence", "apology", "done"]


async def test_what_the_pages_do_not_say_is_abstained_from() -> None:
    api = ScriptedApi({"": [Grounded(lang="en"), Abstained(text="Not there.", reason="x"), DONE]})
    async with _talk(api) as (session, told):
        await session.run(user_input="Who won?")
    assert told[2] == {
        "type": "abstained",
        "turn": told[0]["turn"],
        "text": "Not there.",
        "reason": "x",
    }


async def test_an_interruption_closes_the_stream() -> None:
    api = ScriptedApi({"": [GROUNDED, OPEN, 30.0, DONE]})
    async with _talk(api) as (session, told):
        session.generate_reply(user_input="When do you open?")
        async with asyncio.timeout(2):
            while "sentence" not in [caption["type"] for caption in told]:
                await asyncio.sleep(0.01)
        await session.interrupt()
        assert api.closed_early == ["When do you open?"]
    assert [caption["type"] for caption in told][2:] == ["sentence", "cut", "done"]


async def test_an_answer_that_nobody_commits_to_is_not_told() -> None:
    api = ScriptedApi({"": [GROUNDED, OPEN, DONE]})
    told: list[Caption] = []
    grounded = GroundedLLM(api, Turns(told.append), VISIT)
    context = llm.ChatContext.empty()
    context.add_message(role="user", content="When do you")
    async with grounded.chat(chat_ctx=context) as stream:
        assert [chunk async for chunk in stream]
    assert told == []


async def test_silence_is_not_asked_about() -> None:
    api = ScriptedApi({})
    told: list[Caption] = []
    grounded = GroundedLLM(api, Turns(told.append), VISIT)
    context = llm.ChatContext.empty()
    context.add_message(role="user", content="  ")
    async with grounded.chat(chat_ctx=context) as stream:
        assert [chunk async for chunk in stream] == []
    assert api.questions == []


class Listener:
    """Implements Manner and keeps what it was told."""

    def __init__(self) -> None:
        self.told: list[str] = []
        self.spoken: list[str] = []

    def read(self, lang: str) -> None:
        self.spoken.append(lang)

    def understand(self, lang: str) -> None:
        self.told.append(lang)

    def slow_down(self) -> None:
        self.told.append("slowly")


async def test_another_language_holds_for_the_turns_that_follow() -> None:
    french = [Grounded(lang="fr", act="language"), Sentence(text="Bien sûr."), DONE]
    slowly = [Grounded(lang="fr", act="slower"), Sentence(text="Bien. Sûr."), DONE]
    api = ScriptedApi({"French": french, "lentement": slowly, "": [GROUNDED, DONE]})
    told: list[Caption] = []
    listener = Listener()
    turns = Turns(told.append)
    grounded = GroundedLLM(api, turns, VISIT, listener)

    async def said(text: str, *, commit: bool) -> None:
        context = llm.ChatContext.empty()
        message = context.add_message(role="user", content=text)
        async with grounded.chat(chat_ctx=context) as stream:
            assert [chunk async for chunk in stream]
        if commit:
            turns.commit(message.id)

    await said("In French", commit=False)
    assert listener.told == []
    await said("In French, please", commit=True)
    await said("Plus lentement", commit=True)
    await said("Quand ?", commit=True)
    assert listener.told == ["fr", "slowly"]
    assert listener.spoken == ["fr", "fr", GROUNDED.lang]
    assert [question.lang for question in api.questions] == ["en", "en", "fr", "fr"]
    assert "language" in [caption.get("act") for caption in told]


def _heard_for(seconds: float, *, interrupted: bool) -> llm.ChatMessage:
    metrics: llm.MetricsReport = {
        "started_speaking_at": 100.0,
        "stopped_speaking_at": 100.0 + seconds,
    }
    return llm.ChatMessage(
        role="assistant", content=["We open"], interrupted=interrupted, metrics=metrics
    )


def test_an_answer_that_was_hardly_heard_is_taken_back() -> None:
    half = llm.ChatMessage(role="user", content=["When do you open"])

    def said(answer: llm.ChatMessage) -> list[str]:
        return [each.text for each in history([half, answer])]

    assert said(_heard_for(1.0, interrupted=True)) == ["When do you open"]
    assert said(_heard_for(2.0, interrupted=True)) == ["When do you open", "We open"]
    assert said(_heard_for(1.0, interrupted=False)) == ["When do you open", "We open"]
