"""Real sessions with a voice, a loudspeaker and dictated speech."""

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import pytest
from livekit.agents import AgentSession
from livekit.agents.stt import SpeechEventType

from app.agent import grounded_llm
from app.agent.api import Done, Grounded, Sentence
from app.agent.grounded_llm import GroundedLLM, Visit
from app.agent.speakable import speaking
from app.agent.turns import Caption, Turns
from app.agent.voice import Voice
from app.avatar.mouth import Mouth
from tests.fakes.api import ScriptedApi
from tests.fakes.carriers import PaperCarrier
from tests.fakes.speech import DictatedSTT, Microphone, ToneTTS

VISIT = Visit(id="v1", kb=None, lang="en", visitor="anna")
GROUNDED = Grounded(lang="en")
DONE = Done(timings={"total_ms": 1.0})
TEN = "One two three four five six seven eight nine ten"  # 0.2 s as ToneTTS speaks


@dataclass
class Talk:
    session: AgentSession[None]
    voice: ToneTTS
    ears: DictatedSTT
    told: list[tuple[float, Caption]] = field(default_factory=list)
    timed: list[tuple[str, Mapping[str, Any]]] = field(default_factory=list)

    def kinds(self) -> list[str]:
        return [caption["type"] for _, caption in self.told]

    def when(self, text: str) -> float:
        return next(at for at, caption in self.told if caption.get("text") == text)


@asynccontextmanager
async def _talk(api: ScriptedApi) -> AsyncIterator[Talk]:
    voice, ears = ToneTTS(), DictatedSTT()
    loop = asyncio.get_running_loop()
    told: list[tuple[float, Caption]] = []
    timed: list[tuple[str, Mapping[str, Any]]] = []
    turns = Turns(lambda c: told.append((loop.time(), c)), lambda *turn: timed.append(turn))
    grounded = GroundedLLM(api, turns, VISIT)
    async with AgentSession[None](
        llm=grounded,
        tts=voice,
        stt=ears,
        vad=None,
        turn_handling={
            "turn_detection": "stt",
            "endpointing": {"mode": "fixed", "min_delay": 0.05, "max_delay": 0.1},
            "interruption": {
                "mode": "vad",
                "resume_false_interruption": True,
                "false_interruption_timeout": 0.1,
            },
        },
        tts_text_transforms=[speaking(lambda: "en")],
        aec_warmup_duration=None,
    ) as session:
        session.input.audio = Microphone()
        session.output.audio = mouth = Mouth(PaperCarrier(lead_s=0.1))
        await session.start(Voice(grounded))
        yield Talk(session, voice, ears, told, timed)
        await mouth.aclose()


async def _until(true: Callable[[], bool]) -> None:
    async with asyncio.timeout(3):
        while not true():
            await asyncio.sleep(0.005)


async def test_each_caption_comes_when_its_sentence_is_heard() -> None:
    api = ScriptedApi(
        {"": [GROUNDED, Sentence(text=f"{TEN} [1]."), Sentence(text="🙂 **Then** this."), DONE]}
    )
    async with _talk(api) as talk:
        await talk.session.generate_reply(user_input="Count!")
        assert talk.voice.said == [f"{TEN}.", "Then this."]
        assert talk.kinds() == ["understood", "grounding", "sentence", "sentence", "done"]
        gap = talk.when("🙂 **Then** this.") - talk.when(f"{TEN} [1].")
    assert 0.15 < gap < 0.3


async def test_the_time_line_of_a_typed_turn_begins_when_it_came() -> None:
    api = ScriptedApi({"": [GROUNDED, 0.1, Sentence(text="🙂"), Sentence(text="At nine."), DONE]})
    async with _talk(api) as talk:
        await talk.session.generate_reply(user_input="When?")
        assert [turn for turn, _ in talk.timed] == [api.questions[0].turn]
        times = talk.timed[0][1]
        order = ["asked_ms", "sentence_ms", "sound_ms", "stage_ms", "heard_ms"]
        assert times["spoken"] is False
        assert 0 <= times["turn_ms"] < 100
        assert sorted(order, key=lambda name: times[name]) == order
        assert 100 <= times["sentence_ms"] <= times["heard_ms"] < 1000


async def test_what_has_no_sound_is_shown_in_its_place() -> None:
    api = ScriptedApi({"": [GROUNDED, Sentence(text="🙂"), Sentence(text="Hello."), DONE]})
    async with _talk(api) as talk:
        await talk.session.generate_reply(user_input="Smile!")
        assert talk.voice.said == ["Hello."]
        assert [caption.get("text") for _, caption in talk.told][2:4] == ["🙂", "Hello."]


async def test_an_interrupted_sentence_was_told_and_the_next_is_not() -> None:
    api = ScriptedApi({"": [GROUNDED, Sentence(text=TEN), Sentence(text="Never heard."), DONE]})
    async with _talk(api) as talk:
        speech = talk.session.generate_reply(user_input="Count!")
        await _until(lambda: "sentence" in talk.kinds())
        await talk.session.interrupt()
        await speech
        await asyncio.sleep(0.3)
        assert talk.kinds() == ["understood", "grounding", "sentence", "cut", "done"]


async def test_a_greeting_is_no_turn() -> None:
    async with _talk(ScriptedApi({})) as talk:
        await talk.session.say("Hello! What would you like to know?", add_to_chat_ctx=False)
        assert talk.voice.said == ["Hello!", "What would you like to know?"]
        assert talk.told == []
        assert not [item for item in talk.session.history.items if item.type == "message"]


async def test_an_answer_begun_too_early_leaves_no_trace() -> None:
    api = ScriptedApi(
        {
            "open today": [GROUNDED, Sentence(text="Yes, today."), DONE],
            "open": [GROUNDED, Sentence(text="At nine."), DONE],
        }
    )
    async with _talk(api) as talk:
        await _until(lambda: bool(talk.ears.streams))
        kinds = SpeechEventType
        talk.ears.hear(kinds.START_OF_SPEECH)
        talk.ears.hear(kinds.PREFLIGHT_TRANSCRIPT, "When do you open")
        await _until(lambda: len(api.questions) == 1)
        await asyncio.sleep(0.05)  # the first answer is complete by now
        assert talk.told == []
        talk.ears.hear(kinds.FINAL_TRANSCRIPT, "When do you open today?")
        talk.ears.hear(kinds.END_OF_SPEECH)
        await _until(lambda: "done" in talk.kinds())
        assert talk.voice.said == ["Yes, today."]
        assert talk.kinds() == ["understood", "grounding", "sentence", "done"]
        assert talk.told[0][1]["text"] == "When do you open today?"
        assert len({question.turn for question in api.questions}) == 1


async def test_an_answer_begun_early_and_kept_is_asked_for_once() -> None:
    api = ScriptedApi({"open": [GROUNDED, Sentence(text="At nine."), DONE]})
    async with _talk(api) as talk:
        await _until(lambda: bool(talk.ears.streams))
        kinds = SpeechEventType
        talk.ears.hear(kinds.START_OF_SPEECH)
        talk.ears.hear(kinds.PREFLIGHT_TRANSCRIPT, "When do you open?")
        await _until(lambda: len(api.questions) == 1)
        talk.ears.hear(kinds.FINAL_TRANSCRIPT, "When do you open?")
        talk.ears.hear(kinds.END_OF_SPEECH)
        await _until(lambda: "done" in talk.kinds())
        assert len(api.questions) == 1
        assert talk.kinds() == ["understood", "grounding", "sentence", "done"]
        times = talk.timed[0][1]
        assert times["asked_ms"] < times["turn_ms"] <= times["heard_ms"]


async def test_words_are_passed_on_while_they_are_spoken_under_the_turns_name() -> None:
    api = ScriptedApi({"open": [GROUNDED, Sentence(text="At nine."), DONE]})
    async with _talk(api) as talk:
        await _until(lambda: bool(talk.ears.streams))
        kinds = SpeechEventType
        talk.ears.hear(kinds.START_OF_SPEECH)
        talk.ears.hear(kinds.INTERIM_TRANSCRIPT, "When does it")
        await _until(lambda: bool(api.heard))
        talk.ears.hear(kinds.FINAL_TRANSCRIPT, "When does it open?")
        talk.ears.hear(kinds.END_OF_SPEECH)
        await _until(lambda: "done" in talk.kinds() and api.heard[-1].final)
        first = api.questions[0].turn
        assert [(heard.text, heard.turn) for heard in api.heard] == [
            ("When does it", first),
            ("When does it open?", first),
        ]
        talk.ears.hear(kinds.START_OF_SPEECH)
        talk.ears.hear(kinds.INTERIM_TRANSCRIPT, "Thanks, and when")
        await _until(lambda: len(api.heard) == 3)
        assert api.heard[-1].turn != first
        assert [said.text for said in api.heard[-1].history][:1] == ["When does it open?"]


async def _begin_answer(talk: Talk, first: str) -> None:
    await _until(lambda: bool(talk.ears.streams))
    talk.session.generate_reply(user_input="Count!")
    await _until(lambda: first in [caption.get("text") for _, caption in talk.told])


async def test_a_murmur_ends_no_answer_and_what_was_cut_is_said_again() -> None:
    said = [Sentence(text=text) for text in ("At nine.", f"{TEN} {TEN}.", "On Sundays at ten.")]
    async with _talk(ScriptedApi({"": [GROUNDED, *said, DONE]})) as talk:
        await _begin_answer(talk, said[1].text)
        kinds = SpeechEventType
        talk.ears.hear(kinds.START_OF_SPEECH)
        talk.session.output.audio.pause()  # type: ignore[union-attr]
        talk.ears.hear(kinds.INTERIM_TRANSCRIPT, "Mhm")
        talk.ears.hear(kinds.FINAL_TRANSCRIPT, "Mhm, okay.")
        talk.ears.hear(kinds.END_OF_SPEECH)
        talk.session.output.audio.resume()  # type: ignore[union-attr]
        await _until(lambda: "done" in talk.kinds())
        told = [caption["text"] for kind, caption in _named(talk) if kind == "sentence"]
        assert told == [sentence.text for sentence in said]
        whole = " ".join(sentence.text for sentence in said)
        await _until(lambda: _last_said(talk) == whole)


@pytest.mark.parametrize(
    ("hardly_heard_s", "remembered"), [(0.0, ["Count!", "At nine."]), (60.0, ["Count!"])]
)
async def test_words_end_an_answer_and_only_what_was_heard_is_remembered(
    hardly_heard_s: float, remembered: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(grounded_llm, "HARDLY_HEARD_S", hardly_heard_s)
    api = ScriptedApi(
        {
            "Sunday": [GROUNDED, Sentence(text="Closed."), DONE],
            "": [GROUNDED, Sentence(text="At nine."), Sentence(text=f"{TEN} {TEN} {TEN}."), DONE],
        }
    )
    async with _talk(api) as talk:
        await _begin_answer(talk, f"{TEN} {TEN} {TEN}.")
        kinds = SpeechEventType
        talk.ears.hear(kinds.START_OF_SPEECH)
        talk.ears.hear(kinds.FINAL_TRANSCRIPT, "And on Sunday?")
        talk.ears.hear(kinds.END_OF_SPEECH)
        await _until(lambda: "Closed." in [caption.get("text") for _, caption in talk.told])
        assert [said.text for said in api.questions[-1].history] == remembered


def _named(talk: Talk) -> list[tuple[str, Caption]]:
    return [(caption["type"], caption) for _, caption in talk.told]


def _last_said(talk: Talk) -> str:
    item = talk.session.history.items[-1]
    return (item.text_content or "").strip() if item.type == "message" else ""
