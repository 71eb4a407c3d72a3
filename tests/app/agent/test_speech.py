import logging
from collections.abc import Iterator

import numpy as np
import pytest
from pydantic import ValidationError

from app.agent.engines import preloaded, require
from app.agent.local_voice import LocalTTS, Wave
from app.agent.moonshine import MoonshineSTT
from app.agent.speech import SLOWLY, Models, Speech, open_speech
from app.settings import SpeechSettings
from tests.fakes.speech import DictatedSTT, ToneTTS

SERVER = SpeechSettings(stt="openai", tts="openai", url="http://127.0.0.1:9/v1")


class Hum:
    """A voice that hums, once for every word."""

    name = "hum"
    rate = 8_000
    languages = frozenset({"en"})

    def __init__(self) -> None:
        self.said: list[tuple[str, str, float]] = []

    def say(self, text: str, lang: str, speed: float) -> Iterator[Wave]:
        self.said.append((text, lang, speed))
        for _ in text.split():
            yield np.full(int(self.rate * 0.1 / speed), 0.5, dtype=np.float32)


async def test_a_voice_in_this_process_speaks_at_the_speed_that_is_asked_for() -> None:
    hum = Hum()
    voice = LocalTTS(hum)
    settings = SpeechSettings(speed=2.0)
    speech = open_speech(settings, Models(DictatedSTT(), voice), "en")
    async with speech.tts.synthesize("one two") as sound:
        assert (await sound.collect()).duration == pytest.approx(0.1, abs=0.02)
    speech.slow_down()
    async with speech.tts.synthesize("one two") as sound:
        await sound.collect()
    assert hum.said == [("one two", "en", 2.0), ("one two", "en", 2.0 * SLOWLY)]
    open_speech(settings, Models(DictatedSTT(), voice), "en")
    assert voice.speed == 2.0
    await voice.aclose()


async def test_a_language_that_voice_or_ears_lack_is_said(caplog: pytest.LogCaptureFixture) -> None:
    voice = LocalTTS(Hum())
    speech = Speech(DictatedSTT(), voice)
    with caplog.at_level(logging.WARNING):
        speech.understand("fr")
    assert "the voice does not know the language" in caplog.text
    assert "the ears keep their language" in caplog.text
    assert voice.lang == "fr"
    await voice.aclose()


async def test_a_speed_that_the_voice_has_not_is_said(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.WARNING):
        Speech(DictatedSTT(), ToneTTS()).slow_down()
    assert "the voice keeps its speed" in caplog.text


async def test_a_server_gets_what_the_settings_say() -> None:
    settings = SERVER.model_copy(update={"stt_model": "base", "voice": "nova", "speed": 1.2})
    speech = open_speech(settings, Models(None, None), "fr")
    assert (speech.stt.model, speech.tts.model) == ("base", "tts-1")
    assert speech.stt.provider == speech.tts.provider == "127.0.0.1:9"
    speech.understand("de")
    speech.slow_down()
    await speech.tts.aclose()


def test_ears_and_voices_that_are_not_installed_are_said_with_what_to_install() -> None:
    with pytest.raises(ValueError, match="pip install livekit-plugins-hearwell"):
        require(SpeechSettings(stt="hearwell"))
    with pytest.raises(ValueError, match="GROUNDLING_SPEECH__TTS is 'speakwell'"):
        require(SpeechSettings(tts="speakwell"))
    require(SpeechSettings())
    require(SERVER)


def test_options_that_a_plugin_refuses_are_said_with_their_setting() -> None:
    settings = SERVER.model_copy(update={"tts_options": {"colour": "blue"}})
    with pytest.raises(ValueError, match="GROUNDLING_SPEECH__TTS_OPTIONS"):
        open_speech(settings, Models(DictatedSTT(), None), "en")


def test_no_name_reaches_outside_its_place() -> None:
    with pytest.raises(ValidationError):
        SpeechSettings(stt="..os")


def test_only_plugins_are_imported_ahead() -> None:
    assert preloaded(SpeechSettings()) == []
    assert preloaded(SERVER) == ["livekit.plugins.openai"]


def test_moonshine_is_told_nothing_of_languages(caplog: pytest.LogCaptureFixture) -> None:
    ears = MoonshineSTT.__new__(MoonshineSTT)
    with caplog.at_level(logging.WARNING):
        Speech(ears, ToneTTS()).understand("en")
    assert not caplog.records
