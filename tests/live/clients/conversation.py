"""What every client is asked to do, and what the visitor must hear of it."""

import asyncio
from typing import Protocol

from tests.live.clients.audience import Audience
from tests.live.clients.sounds import MELODY, melody, tone, wrong_with

INTERRUPTED_S = 0.3
PATIENCE_S = 40.0
ATTEMPTS = 3

SAID = ["agent.speak_started", "agent.speak_ended"]
CUT = ["agent.speak_started", "agent.speak_interrupted", "agent.speak_ended"]


class Client(Protocol):
    """One of other people's clients, in a session that has begun."""

    async def speak(self, pcm: bytes) -> None:
        """Have the avatar say this (24 kHz, 16 bit, mono); returns when it was given away."""

    async def interrupt(self) -> float:
        """Have it fall silent; gives the time of the order (`time.monotonic()`)."""

    async def stop(self) -> None:
        """End the session."""


async def converse(
    client: Client, heard: Audience, *, silent_within_s: float = INTERRUPTED_S, cut_s: float = 6.0
) -> list[str]:
    """Speak, interrupt, speak again and stop, and check what was heard each time.

    `cut_s` is how long the speech is that is interrupted after a second. Returns what the stage
    must have reported of it all: nothing twice, and an end for each beginning.
    """
    async with asyncio.timeout(PATIENCE_S):
        await heard.present()
        reports = SAID * await _says(client, heard, MELODY)
        await _falls_silent(client, heard, silent_within_s, cut_s)
        # Nothing of what was cut off comes back.
        reports += CUT + SAID * await _says(client, heard, (990.0,))
        await client.stop()
        await heard.gone()
    return reports


async def _says(client: Client, heard: Audience, tones: tuple[float, ...]) -> int:
    """Have it said until it is heard as it should be; returns how often it was said.

    While a machine is busy with other things, the listener's own buffer stretches or fills in what
    comes late; what the stage itself does wrong it would do every time.
    """
    for times in range(1, ATTEMPTS + 1):
        heard.forget()
        await client.speak(melody(tones))
        await heard.quiet()
        wrong = wrong_with(heard.voice, tones)
        if wrong is None:
            return times
    raise AssertionError(f"said {ATTEMPTS} times, and the last time {wrong}")


async def _falls_silent(client: Client, heard: Audience, within_s: float, cut_s: float) -> None:
    heard.forget()
    await client.speak(tone(cut_s, 550))
    await heard.sound()
    await asyncio.sleep(1.0)
    ordered = await client.interrupt()
    await heard.quiet(1.0)
    last = heard.last_sound()
    assert last is not None
    assert last - ordered < within_s
