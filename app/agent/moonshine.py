"""Hearing in process: Moonshine's small English model, which ships inside its wheel.

Words come while they are spoken (about every half second), the line when it is over. LiveKit's
end-of-turn detection may ask for the end sooner (`flush`): Moonshine's own pause costs 0.3 s more.
"""

import asyncio
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any

import numpy as np
from livekit import rtc
from livekit.agents import APIConnectionError, APIConnectOptions, LanguageCode, NotGivenOr, stt
from livekit.agents.types import DEFAULT_API_CONNECT_OPTIONS, NOT_GIVEN
from livekit.agents.utils import AudioBuffer
from moonshine_voice import (  # type: ignore[import-untyped]
    ModelArch,
    MoonshineError,
    Transcriber,
    get_model_path,
)
from moonshine_voice.transcriber import (  # type: ignore[import-untyped]
    LineCompleted,
    LineStarted,
    LineTextChanged,
    Stream,
)

SAMPLE_RATE = 16_000
BLOCK = SAMPLE_RATE // 10
LANGUAGE = LanguageCode("en")

Line = LineStarted | LineTextChanged | LineCompleted


class MoonshineSTT(stt.STT[Any]):
    """Speech to text without a server; one model for all streams of a process."""

    def __init__(self, transcriber: Transcriber) -> None:
        super().__init__(
            capabilities=stt.STTCapabilities(
                streaming=True, interim_results=True, offline_recognize=False, manual_flush=True
            )
        )
        self.transcriber = transcriber

    @classmethod
    def load(cls) -> "MoonshineSTT":
        """The model from the wheel (half a second, 130 MB); blocks."""
        options = {"return_audio_data": "false"}
        return cls(Transcriber(get_model_path("tiny-en"), ModelArch.TINY, options=options))

    @property
    def model(self) -> str:
        return "tiny-en"

    @property
    def provider(self) -> str:
        return "moonshine"

    async def _recognize_impl(
        self,
        buffer: AudioBuffer,
        *,
        language: NotGivenOr[str] = NOT_GIVEN,
        conn_options: APIConnectOptions,
    ) -> stt.SpeechEvent:
        raise NotImplementedError("Moonshine hears streams only: call stream()")

    def stream(
        self,
        *,
        language: NotGivenOr[str] = NOT_GIVEN,
        conn_options: APIConnectOptions = DEFAULT_API_CONNECT_OPTIONS,
    ) -> "MoonshineStream":
        """A stream of its own thread; closing it ends the thread."""
        return MoonshineStream(self, conn_options=conn_options)


class MoonshineStream(stt.RecognizeStream):
    """One visitor's microphone."""

    def __init__(self, hearing: MoonshineSTT, *, conn_options: APIConnectOptions) -> None:
        super().__init__(stt=hearing, conn_options=conn_options, sample_rate=SAMPLE_RATE)
        self._transcriber = hearing.transcriber

    async def _run(self) -> None:
        loop = asyncio.get_running_loop()
        heard = np.empty(0, dtype=np.float32)
        try:
            with ThreadPoolExecutor(1, "moonshine") as thread, self._listening(loop) as stream:
                async for item in self._input_ch:
                    if isinstance(item, rtc.AudioFrame):
                        heard = np.concatenate((heard, _samples(item)))
                        if len(heard) < BLOCK:
                            continue
                    ends = not isinstance(item, rtc.AudioFrame)
                    await loop.run_in_executor(thread, _hear, stream, heard, ends)
                    heard = heard[:0]
        except MoonshineError as error:
            raise APIConnectionError(f"Moonshine failed: {error}", retryable=True) from error

    @contextmanager
    def _listening(self, loop: asyncio.AbstractEventLoop) -> Iterator[Stream]:
        stream = self._transcriber.create_stream()
        stream.add_listener(lambda line: loop.call_soon_threadsafe(self._take, line))
        stream.start()
        try:
            yield stream
        finally:
            stream.close()

    def _take(self, line: object) -> None:
        """Hand one change of a line on, in LiveKit's words."""
        if self._event_ch.closed or not isinstance(line, Line):
            return
        kinds = stt.SpeechEventType
        text = line.line.text.strip()
        if isinstance(line, LineStarted):
            self._send(kinds.START_OF_SPEECH)
        elif isinstance(line, LineCompleted):
            if text:
                self._send(kinds.FINAL_TRANSCRIPT, text)
            self._send(kinds.END_OF_SPEECH)
        elif text and not line.line.is_complete:
            self._send(kinds.INTERIM_TRANSCRIPT, text)

    def _send(self, kind: stt.SpeechEventType, text: str = "") -> None:
        spoken = [stt.SpeechData(language=LANGUAGE, text=text)] if text else []
        self._event_ch.send_nowait(stt.SpeechEvent(type=kind, alternatives=spoken))


def _samples(frame: rtc.AudioFrame) -> np.ndarray[tuple[int], np.dtype[np.float32]]:
    """The first channel, -1 to 1."""
    pcm = np.frombuffer(frame.data, dtype=np.int16)[:: frame.num_channels]
    return pcm.astype(np.float32) / 32768.0


def _hear(
    stream: Stream, samples: np.ndarray[tuple[int], np.dtype[np.float32]], ends: bool
) -> None:
    """Give samples to the model, and if the speech ends here, have it finish the line. Blocks."""
    stream.add_audio(samples.tolist(), SAMPLE_RATE)
    if ends:
        stream.stop()
        stream.start()
