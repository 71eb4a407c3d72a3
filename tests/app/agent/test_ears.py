import pytest
from livekit.agents import LanguageCode, UserStateChangedEvent, stt

from app.agent.ears import LATE_S, Ears
from app.errors import AnswerUnavailable
from app.hearing.vocabulary import Name, Vocabulary
from tests.fakes.api import ScriptedApi


class Clock:
    now = 100.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def ears(clock: Clock) -> Ears:
    return Ears(clock)


def _final(text: str) -> stt.SpeechEvent:
    said = stt.SpeechData(language=LanguageCode("en"), text=text)
    return stt.SpeechEvent(type=stt.SpeechEventType.FINAL_TRANSCRIPT, alternatives=[said])


def _voice(ears: Ears, *, speaks: bool) -> None:
    states = ("listening", "speaking") if speaks else ("speaking", "listening")
    ears.follow(UserStateChangedEvent(old_state=states[0], new_state=states[1]))


def test_text_without_a_voice_is_not_taken(ears: Ears) -> None:
    assert ears.take(_final("Thank you.")) is None
    assert ears.dropped == 1


def test_text_is_taken_while_somebody_speaks_and_shortly_after(ears: Ears, clock: Clock) -> None:
    _voice(ears, speaks=True)
    clock.now += 60
    assert ears.take(_final("How much is it?")) is not None
    _voice(ears, speaks=False)
    clock.now += LATE_S - 0.1
    assert ears.take(_final("And for children?")) is not None
    clock.now += 1
    assert ears.take(_final("Mm.")) is None


def test_what_is_made_up_is_not_taken_from_a_voice_either(ears: Ears) -> None:
    _voice(ears, speaks=True)
    assert ears.take(_final("Thanks for watching!")) is None


def test_names_are_written_as_the_pages_write_them(ears: Ears) -> None:
    ears.vocabulary = Vocabulary([Name("Wilhelmine")])
    _voice(ears, speaks=True)
    taken = ears.take(_final("the wilhelmina"))
    assert taken is not None
    assert taken.alternatives[0].text == "the Wilhelmine"
    assert taken.alternatives[0].language == "en"


async def test_names_come_from_the_api(ears: Ears) -> None:
    await ears.learn(ScriptedApi({}), "museum")
    assert ears.vocabulary.correct("the willhelmine") == "the Wilhelmine"


async def test_without_the_api_names_stay_as_they_are_heard(ears: Ears) -> None:
    api = ScriptedApi({})
    api.deaf = AnswerUnavailable("no API")
    await ears.learn(api, None)
    assert ears.vocabulary.correct("the willhelmine") == "the willhelmine"


def test_events_without_text_pass(ears: Ears) -> None:
    event = stt.SpeechEvent(type=stt.SpeechEventType.START_OF_SPEECH)
    assert ears.take(event) is event
