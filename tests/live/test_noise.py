"""Silence, noise and music before the real ears: nothing of them becomes a question."""

import asyncio
from collections.abc import Callable

import numpy as np
import pytest
from livekit import rtc
from livekit.agents import UserStateChangedEvent, inference, stt
from livekit.agents.vad import VADEventType, VADStream
from numpy.typing import NDArray

from app.agent import hibari, moonshine
from app.agent.ears import Ears
from app.settings import SpeechSettings

RATE = 16_000
SECONDS = 6.0
Sound = NDArray[np.float64]


@pytest.fixture(scope="module")
def hearing() -> moonshine.MoonshineSTT:
    return moonshine.load(SpeechSettings())


def _silence() -> Sound:
    return np.zeros(int(SECONDS * RATE))


def _noise() -> Sound:
    return np.random.default_rng(7).normal(0, 0.05, int(SECONDS * RATE))


def _music() -> Sound:
    """Chords that change every half second, as loud as speech."""
    at = np.arange(int(SECONDS * RATE)) / RATE
    roots = np.array([220.0, 262.0, 330.0, 196.0])[(at * 2).astype(int) % 4]
    chord = sum(np.sin(2 * np.pi * roots * ratio * at) for ratio in (1.0, 1.25, 1.5))
    return 0.1 * np.asarray(chord) * np.exp(-((at * 2) % 1) * 2)


def _question() -> Sound:
    voice = hibari.load(SpeechSettings())
    wave = np.concatenate(list(voice.say("How much is a ticket for an adult?", "en", 1.0)))
    at = np.linspace(0, len(wave) - 1, int(len(wave) * RATE / voice.rate))
    said = np.interp(at, np.arange(len(wave)), wave)
    return np.concatenate([said, np.zeros(int(RATE * 1.5))])


async def _play(sound: Sound, *listeners: stt.RecognizeStream | VADStream) -> None:
    step = RATE // 20
    pcm = (np.clip(sound, -1, 1) * 32767).astype(np.int16)
    for begin in range(0, len(pcm) - step, step):
        part = pcm[begin : begin + step].tobytes()
        for listener in listeners:
            listener.push_frame(rtc.AudioFrame(part, RATE, 1, step))
        await asyncio.sleep(0.05)
    for listener in listeners:
        listener.flush()


async def _detect(detection: VADStream, ears: Ears) -> None:
    """Tell the gate when somebody speaks, as a session does."""
    async for event in detection:
        if event.type == VADEventType.START_OF_SPEECH:
            ears.follow(UserStateChangedEvent(old_state="listening", new_state="speaking"))
        elif event.type == VADEventType.END_OF_SPEECH:
            ears.follow(UserStateChangedEvent(old_state="speaking", new_state="listening"))


async def _hear(stream: stt.RecognizeStream, ears: Ears, taken: list[str]) -> None:
    async for event in stream:
        passed = ears.take(event)
        if passed is not None and passed.type == stt.SpeechEventType.FINAL_TRANSCRIPT:
            taken.append(passed.alternatives[0].text)


async def _taken(hearing: moonshine.MoonshineSTT, sound: Sound) -> list[str]:
    """What passes the gate of a sound that is played in real time."""
    ears, taken = Ears(), list[str]()
    detection = inference.VAD().stream()
    async with hearing.stream() as stream:
        following = asyncio.gather(_detect(detection, ears), _hear(stream, ears, taken))
        await _play(sound, stream, detection)
        await asyncio.sleep(1.0)
        following.cancel()
        await asyncio.gather(following, return_exceptions=True)
    await detection.aclose()
    return taken


@pytest.mark.parametrize("sound", [_silence, _noise, _music], ids=["silence", "noise", "music"])
async def test_what_is_no_speech_asks_nothing(
    hearing: moonshine.MoonshineSTT, sound: Callable[[], Sound]
) -> None:
    taken = await _taken(hearing, sound())
    assert taken == []


async def test_speech_passes_the_same_gate(hearing: moonshine.MoonshineSTT) -> None:
    taken = await _taken(hearing, _question())
    assert "ticket" in " ".join(taken).lower()
