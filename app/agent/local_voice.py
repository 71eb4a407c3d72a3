"""Speaking in this process: one voice and one thread, and the silence around each sentence cut."""

import asyncio
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any, Protocol
from uuid import uuid4

import numpy as np
from livekit.agents import APIConnectOptions, tts
from livekit.agents.types import DEFAULT_API_CONNECT_OPTIONS
from numpy.typing import NDArray

from app.agent.quiet import trimmed

Wave = NDArray[np.float32]


class Synthesiser(Protocol):
    """A model that makes sound of text. Blocks; called from one thread at a time."""

    name: str
    rate: int
    """Samples a second."""
    languages: frozenset[str]
    """What it can read, ISO 639-1."""

    def say(self, text: str, lang: str, speed: float) -> Iterator[Wave]:
        """The sound of a text, -1 to 1, sentence by sentence; speed 1 as it was recorded."""
        ...


class LocalTTS(tts.TTS[Any]):
    """Text to speech without a server."""

    def __init__(self, voice: Synthesiser) -> None:
        super().__init__(
            capabilities=tts.TTSCapabilities(streaming=False),
            sample_rate=voice.rate,
            num_channels=1,
        )
        self.voice = voice
        self.speed = 1.0
        """How fast it speaks, 1 as the voice was recorded."""
        self.lang = "en"
        self.thread = ThreadPoolExecutor(1, voice.name)

    @property
    def model(self) -> str:
        return self.voice.name

    @property
    def provider(self) -> str:
        return self.voice.name

    def synthesize(
        self, text: str, *, conn_options: APIConnectOptions = DEFAULT_API_CONNECT_OPTIONS
    ) -> "LocalStream":
        """The sound of a text, each of its sentences as soon as it is there."""
        return LocalStream(self, text, conn_options)

    async def aclose(self) -> None:
        """End the thread."""
        self.thread.shutdown(wait=False)


class LocalStream(tts.ChunkedStream):
    """The sound of one text."""

    def __init__(self, voice: LocalTTS, text: str, conn_options: APIConnectOptions) -> None:
        super().__init__(tts=voice, input_text=text, conn_options=conn_options)
        self._voice = voice

    async def _run(self, output_emitter: tts.AudioEmitter) -> None:
        loop = asyncio.get_running_loop()
        rate = self._voice.voice.rate
        output_emitter.initialize(
            request_id=str(uuid4()), sample_rate=rate, num_channels=1, mime_type="audio/pcm"
        )
        sentences = self._voice.voice.say(self._input_text, self._voice.lang, self._voice.speed)
        while (
            wave := await loop.run_in_executor(self._voice.thread, next, sentences, None)
        ) is not None:
            output_emitter.push(_pcm(trimmed(wave, rate)))
        output_emitter.flush()


def _pcm(wave: Wave) -> bytes:
    return (np.clip(wave, -1.0, 1.0) * 32767.0).astype("<i2").tobytes()
