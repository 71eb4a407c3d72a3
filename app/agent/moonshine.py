"""Hearing in process: Moonshine's small English model, which ships inside its wheel.

Words come while they are spoken (about every half second), the line when it is over. LiveKit's
end-of-turn detection may ask for the end sooner (`flush`): Moonshine's own pause costs 0.3 s more.
"""

import asyncio
import time
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
BLOCK = SAMPLE_RATE // 20
# Partial words come so long after the first sound, and after one another. A pass over the line
# takes 0.05 to 0.1 s, on a busy machine 0.2 to 0.4: no more than this share of a core goes to them.
INTERVAL = 3 * SAMPLE_RATE // 10
SHARE = 0.35
# After so long a silence the visitor may have finished: what was said is transcribed at once and an
# answer begun, while voice detection still waits. Of five questions each, the API was asked 0.55 to
# 1.42 s after their last sound without it, 0.31 to 0.74 s with it (busy machine, 2026-11-23).
PAUSE = 15 * SAMPLE_RATE // 100
# In silence Moonshine only looks whether its line is over.
SILENT = SAMPLE_RATE
# The end of a turn is asked for after a pause. If all that was not transcribed yet is below this
# (of full scale), it holds no words, and another pass over the line (0.2 s and more) is spared.
QUIET = 0.01
LANGUAGE = LanguageCode("en")

Samples = NDArray[np.float32]


class Pause:
    """All that was said is transcribed, and nothing is being said."""


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
        self._line = ""

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
        kinds = stt.SpeechEventType
        if self._event_ch.closed:
            return
        if isinstance(event, LineStarted):
            self._send(kinds.START_OF_SPEECH)
        elif isinstance(event, LineCompleted):
            self._line = ""
            if text := event.line.text.strip():
                self._send(kinds.FINAL_TRANSCRIPT, text)
            self._send(kinds.END_OF_SPEECH)
        elif isinstance(event, LineTextChanged) and not event.line.is_complete:
            self._line = event.line.text.strip()
            if self._line:
                self._send(kinds.INTERIM_TRANSCRIPT, self._line)
        elif isinstance(event, Pause) and self._line:
            self._send(kinds.PREFLIGHT_TRANSCRIPT, self._line)

    def _send(self, kind: stt.SpeechEventType, text: str = "") -> None:
        spoken = [stt.SpeechData(language=LANGUAGE, text=text)] if text else []
        self._event_ch.send_nowait(stt.SpeechEvent(type=kind, alternatives=spoken))


class _Ear:
    """A stream of the model and when it transcribes; lives in one thread."""

    _unread: int
    _quiet: int
    _spoken: bool
    _voiced: bool

    def __init__(self, transcriber: Transcriber, listener: Callable[[object], object]) -> None:
        self._transcriber = transcriber
        self._listener = listener
        self._due = INTERVAL
        self._stream = self._open()

    def hear(self, samples: Samples, ends: bool) -> None:
        """Add samples, transcribe when it is time, finish the line if the speech ends here."""
        # The binding's own interval is out of reach: who counts here knows what was not read yet.
        self._stream.add_audio(samples.tolist(), SAMPLE_RATE)
        self._count(samples)
        if ends:
            if self._spoken:
                self._transcribe()
            self._stream.stop()
            # Restarted, it would make a word ("Mm.") of the silence it still holds.
            self._stream.close()
            self._stream = self._open()
        elif self._voiced and self._quiet >= PAUSE:
            if self._spoken:
                self._transcribe()
            self._voiced = False
            self._listener(Pause())
        elif self._spoken and self._unread >= self._due:
            self._transcribe()
        elif self._unread >= SILENT:
            self._stream.update_transcription()
            self._unread = 0

    def close(self) -> None:
        """Let go of the stream."""
        self._stream.close()

    def _count(self, samples: Samples) -> None:
        """How much was not transcribed yet, whether it may hold words, and the silence after it.

        `_voiced`: something was heard since the last pause.
        """
        loud = np.flatnonzero(np.abs(samples) > QUIET)
        if not len(loud):
            self._unread += len(samples)
            self._quiet += len(samples)
            return
        # Words are due so long after they begin: the silence before them does not count.
        self._unread = self._unread + len(samples) if self._spoken else len(samples) - int(loud[0])
        self._spoken = self._voiced = True
        self._quiet = len(samples) - 1 - int(loud[-1])

    def _transcribe(self) -> None:
        began = time.monotonic()
        # Unforced, it would wait for half a second of new sound.
        self._stream.update_transcription(Transcriber.MOONSHINE_FLAG_FORCE_UPDATE)
        took = time.monotonic() - began
        self._due = max(INTERVAL, round(took / SHARE * SAMPLE_RATE))
        self._unread, self._spoken = 0, False

    def _open(self) -> Stream:
        self._unread = self._quiet = 0
        self._spoken = self._voiced = False
        stream = self._transcriber.create_stream(update_interval=float("inf"))
        stream.add_listener(self._listener)
        stream.start()
        return stream


def _samples(frame: rtc.AudioFrame) -> Samples:
    """The first channel, -1 to 1."""
    pcm = np.frombuffer(frame.data, dtype=np.int16)[:: frame.num_channels]
    return pcm.astype(np.float32) / 32768.0
