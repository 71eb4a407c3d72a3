"""The in-process models themselves: what Hibari says, Moonshine hears. No server is needed."""

import asyncio
import re

import numpy as np
import pytest
from livekit import rtc
from livekit.agents import stt

from app.agent.local_voice import LocalTTS
from app.agent.moonshine import MoonshineStream, MoonshineSTT
from app.agent.speech import Models, load_models, open_speech
from app.settings import SpeechSettings

SENTENCE = "The museum opens at nine in the morning and the entrance is free for children."


@pytest.fixture(scope="module")
def models() -> Models:
    return load_models(SpeechSettings())


@pytest.fixture
def ears(models: Models) -> MoonshineSTT:
    assert isinstance(models.stt, MoonshineSTT)
    return models.stt


@pytest.fixture
def voice(models: Models) -> LocalTTS:
    assert models.tts is not None
    return models.tts


async def _say(voice: LocalTTS, text: str) -> rtc.AudioFrame:
    async with voice.synthesize(text) as sound:
        return await sound.collect()


async def _push(stream: MoonshineStream, sound: rtc.AudioFrame, *, silence_s: float) -> None:
    """As a room does: 50 ms frames at the voice's rate and in real time, then silence."""
    step = sound.sample_rate // 20
    samples = np.frombuffer(sound.data, dtype=np.int16)
    quiet = np.zeros(int(silence_s * sound.sample_rate), dtype=np.int16)
    whole = np.concatenate((quiet[:step], samples, quiet))
    for begin in range(0, len(whole) - step, step):
        part = whole[begin : begin + step].tobytes()
        stream.push_frame(rtc.AudioFrame(part, sound.sample_rate, 1, step))
        await asyncio.sleep(0.05)


def _words(text: str) -> set[str]:
    return set(re.findall(r"[a-z]+", text.lower()))


async def _hear(stream: MoonshineStream) -> list[stt.SpeechEvent]:
    """All events up to the end of the first line."""
    events: list[stt.SpeechEvent] = []
    async with asyncio.timeout(30):
        async for event in stream:
            events.append(event)
            if event.type == stt.SpeechEventType.END_OF_SPEECH:
                return events
    raise AssertionError("the stream ended before the line did")


async def test_what_is_said_is_heard_word_by_word(voice: LocalTTS, ears: MoonshineSTT) -> None:
    sound = await _say(voice, SENTENCE)
    async with ears.stream() as stream:
        await _push(stream, sound, silence_s=1.5)
        events = await _hear(stream)
    kinds = [event.type for event in events]
    assert kinds[0] == stt.SpeechEventType.START_OF_SPEECH
    assert kinds.count(stt.SpeechEventType.INTERIM_TRANSCRIPT) >= 2
    assert kinds[-2] == stt.SpeechEventType.FINAL_TRANSCRIPT
    final = _words(events[-2].alternatives[0].text)
    assert {"museum", "opens", "entrance", "free", "children"} <= final


async def test_a_flush_ends_the_line_at_once_and_hearing_goes_on(
    voice: LocalTTS, ears: MoonshineSTT
) -> None:
    sound = await _say(voice, SENTENCE)
    async with ears.stream() as stream:
        for _ in range(2):
            await _push(stream, sound, silence_s=0.35)
            stream.flush()
            final = (await _hear(stream))[-2]
            assert final.type == stt.SpeechEventType.FINAL_TRANSCRIPT
            assert {"museum", "children"} <= _words(final.alternatives[0].text)


async def test_silence_is_cut_at_both_ends(voice: LocalTTS) -> None:
    sound = await _say(voice, "The museum opens at nine.")
    loud = np.flatnonzero(np.abs(np.frombuffer(sound.data, dtype=np.int16)) > 300)
    assert loud[0] / sound.sample_rate < 0.1
    assert 0.1 < (sound.samples_per_channel - loud[-1]) / sound.sample_rate < 0.35


async def test_every_sentence_of_a_text_is_said(voice: LocalTTS) -> None:
    one = await _say(voice, "The museum is open.")
    both = await _say(voice, "The museum is open. The museum is open.")
    assert both.duration == pytest.approx(2 * one.duration, abs=0.3)


def test_a_speech_server_is_the_other_choice() -> None:
    settings = SpeechSettings(stt="openai", tts="openai", url="http://127.0.0.1:9/v1")
    assert load_models(settings) == Models(None, None)
    speech = open_speech(settings, Models(None, None), "fr")
    assert (speech.stt.model, speech.tts.model) == ("whisper-1", "tts-1")
    assert (speech.stt.provider, speech.tts.provider) == ("127.0.0.1:9", "127.0.0.1:9")
