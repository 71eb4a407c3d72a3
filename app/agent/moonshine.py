"""Hearing in process: Moonshine's small English model, which ships inside its wheel.

Words come while they are spoken (about every half second), the line when it is over. LiveKit's
end-of-turn detection may ask for the end sooner (`flush`): Moonshine's own pause costs 0.3 s more.
"""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
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
from numpy.typing import NDArray

from app.settings import SpeechSettings

SAMPLE_RATE = 16_000
BLOCK = SAMPLE_RATE // 10
# Half a second apart, partial words cost 50-60 ms of a core for each second of speech.
INTERVAL = SAMPLE_RATE // 2
# The end of a turn is asked for after a pause. If all that was not transcribed yet is below this
# (of full scale), it holds no words, and another pass over the line (0.2 s and more) is spared.
QUIET = 0.01
LANGUAGE = LanguageCode("en")

Change = LineStarted | LineTextChanged | LineCompleted
Samples = NDArray[np.float32]


class MoonshineSTT(stt.STT[Any]):
    """Speech to text without a server; one model for all streams of a process."""

    def __init__(self, transcriber: Transcriber) -> None:
        super().__init__(
            capabilities=stt.STTCapabilities(
                streaming=True, interim_results=True, offline_recognize=False, manual_flush=True
            )
        )
        self.transcriber = transcriber

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


def load(settings: SpeechSettings) -> MoonshineSTT:
    """The model from the wheel (half a second, 130 MB); blocks."""
    options = {"return_audio_data": "false"}
    return MoonshineSTT(Transcriber(get_model_path("tiny-en"), ModelArch.TINY, options=options))


class MoonshineStream(stt.RecognizeStream):
    """One visitor's microphone."""

    def __init__(self, hearing: MoonshineSTT, *, conn_options: APIConnectOptions) -> None:
        super().__init__(stt=hearing, conn_options=conn_options, sample_rate=SAMPLE_RATE)
        self._transcriber = hearing.transcriber

    async def _run(self) -> None:
        loop = asyncio.get_running_loop()
        ear = _Ear(self._transcriber, lambda line: loop.call_soon_threadsafe(self._take, line))
        heard: list[Samples] = []
        try:
            with ThreadPoolExecutor(1, "moonshine") as thread, closing(ear):
                async for item in self._input_ch:
                    ends = not isinstance(item, rtc.AudioFrame)
                    if isinstance(item, rtc.AudioFrame):
                        heard.append(_samples(item))
                    waiting = not self._input_ch.empty()
                    if ends or (not waiting and sum(map(len, heard)) >= BLOCK):
                        await loop.run_in_executor(thread, ear.hear, np.concatenate(heard), ends)
                        heard = [np.empty(0, dtype=np.float32)]
        except MoonshineError as error:
            raise APIConnectionError(f"Moonshine failed: {error}", retryable=True) from error

    def _take(self, event: object) -> None:
        """Hand one change of a line on, in LiveKit's words."""
        if self._event_ch.closed or not isinstance(event, Change):
            return
        kinds = stt.SpeechEventType
        text = event.line.text.strip()
        if isinstance(event, LineStarted):
            self._send(kinds.START_OF_SPEECH)
        elif isinstance(event, LineCompleted):
            if text:
                self._send(kinds.FINAL_TRANSCRIPT, text)
            self._send(kinds.END_OF_SPEECH)
        elif text and not event.line.is_complete:
            self._send(kinds.INTERIM_TRANSCRIPT, text)

    def _send(self, kind: stt.SpeechEventType, text: str = "") -> None:
        spoken = [stt.SpeechData(language=LANGUAGE, text=text)] if text else []
        self._event_ch.send_nowait(stt.SpeechEvent(type=kind, alternatives=spoken))


class _Ear:
    """A stream of the model and how often it transcribes; lives in one thread."""

    _unread: int
    _loudest: float

    def __init__(self, transcriber: Transcriber, listener: Callable[[object], object]) -> None:
        self._transcriber = transcriber
        self._listener = listener
        self._stream = self._open()

    def hear(self, samples: Samples, ends: bool) -> None:
        """Add samples, transcribe when it is time, finish the line if the speech ends here."""
        # The binding's own interval is out of reach: who counts here knows what was not read yet.
        self._stream.add_audio(samples.tolist(), SAMPLE_RATE)
        self._unread += len(samples)
        self._loudest = max(self._loudest, float(np.abs(samples).max(initial=0.0)))
        if ends:
            if self._loudest > QUIET:
                self._stream.update_transcription(Transcriber.MOONSHINE_FLAG_FORCE_UPDATE)
            self._stream.stop()
            # Restarted, it would make a word ("Mm.") of the silence it still holds.
            self._stream.close()
            self._stream = self._open()
        elif self._unread >= INTERVAL:
            self._stream.update_transcription()
            self._unread, self._loudest = 0, 0.0

    def close(self) -> None:
        """Let go of the stream."""
        self._stream.close()

    def _open(self) -> Stream:
        self._unread, self._loudest = 0, 0.0
        stream = self._transcriber.create_stream(update_interval=float("inf"))
        stream.add_listener(self._listener)
        stream.start()
        return stream


def _samples(frame: rtc.AudioFrame) -> Samples:
    """The first channel, -1 to 1."""
    pcm = np.frombuffer(frame.data, dtype=np.int16)[:: frame.num_channels]
    return pcm.astype(np.float32) / 32768.0
