"""Ears, a voice and a loudspeaker on LiveKit's real base classes: no model, no sound card."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

from livekit import rtc
from livekit.agents import LanguageCode, stt, tts
from livekit.agents.types import DEFAULT_API_CONNECT_OPTIONS, APIConnectOptions
from livekit.agents.voice import io

RATE = 24_000


class ToneTTS(tts.TTS[Any]):
    """Half a tone's length of silence for every word, so that lengths are known."""

    def __init__(self, seconds_a_word: float = 0.02) -> None:
        super().__init__(
            capabilities=tts.TTSCapabilities(streaming=False), sample_rate=RATE, num_channels=1
        )
        self.seconds_a_word = seconds_a_word
        self.said: list[str] = []

    def synthesize(
        self, text: str, *, conn_options: APIConnectOptions = DEFAULT_API_CONNECT_OPTIONS
    ) -> "ToneStream":
        self.said.append(text)
        return ToneStream(self, text, conn_options)


class ToneStream(tts.ChunkedStream):
    def __init__(self, voice: ToneTTS, text: str, conn_options: APIConnectOptions) -> None:
        super().__init__(tts=voice, input_text=text, conn_options=conn_options)
        self.seconds = voice.seconds_a_word * len(text.split())

    async def _run(self, output_emitter: tts.AudioEmitter) -> None:
        output_emitter.initialize(
            request_id="tone", sample_rate=RATE, num_channels=1, mime_type="audio/pcm"
        )
        output_emitter.push(b"\0\0" * int(self.seconds * RATE))
        output_emitter.flush()


class Loudspeaker(io.AudioOutput):
    """Plays in real time and reports as a real output does."""

    def __init__(self) -> None:
        super().__init__(
            label="loudspeaker",
            sample_rate=RATE,
            capabilities=io.AudioOutputCapabilities(pause=False),
        )
        self._begun_at: float | None = None
        self._pushed = 0.0
        self._end: asyncio.TimerHandle | None = None

    async def capture_frame(self, frame: rtc.AudioFrame) -> None:
        await super().capture_frame(frame)
        loop = asyncio.get_running_loop()
        if self._begun_at is None:
            self._begun_at = loop.time()
            self.on_playback_started(created_at=loop.time())
        self._pushed += frame.duration

    def flush(self) -> None:
        super().flush()
        if self._begun_at is not None and self._end is None:
            loop = asyncio.get_running_loop()
            self._end = loop.call_at(self._begun_at + self._pushed, self._finish, False)

    def clear_buffer(self) -> None:
        if self._begun_at is not None:
            self._finish(True)

    def _finish(self, interrupted: bool) -> None:
        if self._begun_at is None:
            return
        if self._end is not None:
            self._end.cancel()
        played = min(asyncio.get_running_loop().time() - self._begun_at, self._pushed)
        self._begun_at, self._pushed, self._end = None, 0.0, None
        self.on_playback_finished(playback_position=played, interrupted=interrupted)


class Microphone(io.AudioInput):
    """Silence in real time."""

    def __init__(self) -> None:
        super().__init__(label="microphone")

    def __aiter__(self) -> AsyncIterator[rtc.AudioFrame]:
        return self

    async def __anext__(self) -> rtc.AudioFrame:
        await asyncio.sleep(0.02)
        return rtc.AudioFrame(b"\0\0" * 320, 16_000, 1, 320)


class DictatedSTT(stt.STT[Any]):
    """Hears what a test dictates."""

    def __init__(self) -> None:
        super().__init__(
            capabilities=stt.STTCapabilities(
                streaming=True, interim_results=True, offline_recognize=False
            )
        )
        self.streams: list[DictatedStream] = []

    async def _recognize_impl(self, *args: Any, **options: Any) -> stt.SpeechEvent:
        raise NotImplementedError

    def stream(
        self,
        *,
        language: Any = None,
        conn_options: APIConnectOptions = DEFAULT_API_CONNECT_OPTIONS,
    ) -> "DictatedStream":
        stream = DictatedStream(stt=self, conn_options=conn_options)
        self.streams.append(stream)
        return stream

    def hear(self, kind: stt.SpeechEventType, text: str = "") -> None:
        said = [stt.SpeechData(language=LanguageCode("en"), text=text)] if text else []
        self.streams[-1]._event_ch.send_nowait(stt.SpeechEvent(type=kind, alternatives=said))


class DictatedStream(stt.RecognizeStream):
    async def _run(self) -> None:
        async for _ in self._input_ch:
            pass
