"""Speaking in process: Hibari's English voice, which ships inside its wheel.

A sentence takes 20 to 100 ms on one core. Hibari puts a third of a second of silence before each
and half a second after it; most of it is cut, so that the answer starts at once and flows.
"""

import asyncio
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from uuid import uuid4

import numpy as np
from hibari import SAMPLE_RATE, Hibari  # type: ignore[import-untyped]
from livekit.agents import APIConnectOptions, tts
from livekit.agents.types import DEFAULT_API_CONNECT_OPTIONS
from numpy.typing import NDArray

# Kept of the silence: cutting to these brought "ready to audible" from 0.37 to 0.12-0.22 s.
BEFORE_S, AFTER_S = 0.04, 0.2
# Hibari's silence stays below 0.001 of full scale, its softest consonants above 0.004.
SILENCE = 0.003


class HibariTTS(tts.TTS[Any]):
    """Text to speech without a server; one model and one thread a process."""

    def __init__(self, voice: Hibari) -> None:
        super().__init__(
            capabilities=tts.TTSCapabilities(streaming=False),
            sample_rate=SAMPLE_RATE,
            num_channels=1,
        )
        self.voice = voice
        self.speed = 1.0
        """How fast it speaks, 1 as the voice was recorded."""
        self.thread = ThreadPoolExecutor(1, "hibari")

    @classmethod
    def load(cls) -> "HibariTTS":
        """The voice from the wheel, warmed by a first word (under a second); blocks."""
        voice = Hibari()
        voice("Hello.")
        return cls(voice)

    @property
    def model(self) -> str:
        return "hibari"

    @property
    def provider(self) -> str:
        return "hibari"

    def synthesize(
        self, text: str, *, conn_options: APIConnectOptions = DEFAULT_API_CONNECT_OPTIONS
    ) -> "HibariStream":
        """The sound of a text, each of its sentences as soon as it is there."""
        return HibariStream(self, text, conn_options)

    async def aclose(self) -> None:
        """End the thread."""
        self.thread.shutdown(wait=False)


class HibariStream(tts.ChunkedStream):
    """The sound of one text."""

    def __init__(self, voice: HibariTTS, text: str, conn_options: APIConnectOptions) -> None:
        super().__init__(tts=voice, input_text=text, conn_options=conn_options)
        self._hibari = voice

    async def _run(self, output_emitter: tts.AudioEmitter) -> None:
        loop = asyncio.get_running_loop()
        output_emitter.initialize(
            request_id=str(uuid4()), sample_rate=SAMPLE_RATE, num_channels=1, mime_type="audio/pcm"
        )
        sentences: Iterator[NDArray[np.float32]] = self._hibari.voice.stream(
            self._input_text, speed=self._hibari.speed
        )
        while (
            wave := await loop.run_in_executor(self._hibari.thread, next, sentences, None)
        ) is not None:
            output_emitter.push(_pcm(_trimmed(wave)))
        output_emitter.flush()


def _trimmed(wave: NDArray[np.float32]) -> NDArray[np.float32]:
    """The wave with its silence cut; all silence stays as it is."""
    loud = np.flatnonzero(np.abs(wave) > SILENCE)
    if not len(loud):
        return wave
    begin = max(0, int(loud[0] - BEFORE_S * SAMPLE_RATE))
    return wave[begin : int(loud[-1] + AFTER_S * SAMPLE_RATE)]


def _pcm(wave: NDArray[np.float32]) -> bytes:
    return (np.clip(wave, -1.0, 1.0) * 32767.0).astype("<i2").tobytes()
