"""What was said, heard by a speech recogniser: proof that the sound carries the answer."""

from functools import lru_cache

import numpy as np
from moonshine_voice import (  # type: ignore[import-untyped]
    ModelArch,
    Transcriber,
    get_model_path,
)

from tools.sound import RATE, Samples

_RATE = 16_000


def transcribe(sound: Samples) -> str:
    """The words in samples at the visitor's rate, as the recogniser writes them; blocks."""
    at = np.linspace(0, sound.size - 1, int(sound.size * _RATE / RATE))
    heard = np.interp(at, np.arange(sound.size), sound / 32768.0)
    lines = _recogniser().transcribe_without_streaming(heard.tolist(), _RATE).lines
    return " ".join(line.text for line in lines)


@lru_cache(maxsize=1)
def _recogniser() -> Transcriber:
    return Transcriber(model_path=str(get_model_path("tiny-en")), model_arch=ModelArch.TINY)
