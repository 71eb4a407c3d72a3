"""What every client is asked to do, and what the visitor must hear of it."""

import asyncio
from typing import Protocol

import pytest

from tests.live.clients.audience import Audience
from tests.live.clients.sounds import (
    MELODY,
    PART_S,
    RATE,
    gaps_s,
    melody,
    pitch,
    pitches,
    sounding,
    tone,
)

# Two frames of 40 ms, in which the stage speaks.
TWO_FRAMES = 0.08
INTERRUPTED_S = 0.3
PATIENCE_S = 30.0

# What the stage reports of a whole conversation: nothing twice, and an end for each beginning.
AS_ASKED = [
    *("agent.speak_started", "agent.speak_ended"),
    *("agent.speak_started", "agent.speak_interrupted", "agent.speak_ended"),
    *("agent.speak_started", "agent.speak_ended"),
]


class Client(Protocol):
    """One of other people's clients, in a session that has begun."""

    async def speak(self, pcm: bytes) -> None:
        """Have the avatar say this (24 kHz, 16 bit, mono); returns when it was given away."""

    async def interrupt(self) -> float:
        """Have it fall silent; gives the time of the order (`time.monotonic()`)."""

    async def stop(self) -> None:
        """End the session."""


async def converse(
    client: Client, heard: Audience, *, silent_within_s: float = INTERRUPTED_S
) -> None:
    """Speak, interrupt, speak again and stop, and check what was heard each time."""
    async with asyncio.timeout(PATIENCE_S):
        await heard.present()
        await _says_all(client, heard)
        await _falls_silent(client, heard, silent_within_s)
        await _says_what_is_new(client, heard)
        await client.stop()
        await heard.gone()


async def _says_all(client: Client, heard: Audience) -> None:
    await client.speak(melody())
    await heard.quiet()
    sound = sounding(heard.voice)
    assert sound.size / RATE == pytest.approx(len(MELODY) * PART_S, abs=TWO_FRAMES)
    assert pitches(sound) == pytest.approx(MELODY, abs=4)
    assert gaps_s(sound) <= 0.04
    heard.forget()


async def _falls_silent(client: Client, heard: Audience, within_s: float) -> None:
    await client.speak(tone(6.0, 550))
    await heard.sound()
    await asyncio.sleep(1.0)
    ordered = await client.interrupt()
    await heard.quiet(1.0)
    last = heard.last_sound()
    assert last is not None
    assert last - ordered < within_s
    heard.forget()


async def _says_what_is_new(client: Client, heard: Audience) -> None:
    """After an interruption; nothing of what was cut off comes back."""
    await client.speak(tone(0.6, 990))
    await heard.quiet()
    sound = sounding(heard.voice)
    assert sound.size / RATE == pytest.approx(0.6, abs=TWO_FRAMES)
    assert pitch(sound) == pytest.approx(990, abs=4)
