"""What the avatar said, heard by a speech recogniser: proof that its audio carries the answer."""

import numpy as np
from moonshine_voice import ModelArch, Transcriber, get_model_path
from numpy.typing import NDArray

from tools.sound import RATE


def transcribe(samples: NDArray[np.int16]) -> str:
    """The words in 16-bit mono samples at the visitor's rate, in lower case."""
    model = Transcriber(model_path=str(get_model_path("tiny-en")), model_arch=ModelArch.TINY)
    at = np.linspace(0, samples.size - 1, int(samples.size * 16_000 / RATE))
    floats = np.interp(at, np.arange(samples.size), samples / 32768.0)
    said = model.transcribe_without_streaming([float(x) for x in floats], 16_000)
    return " ".join(line.text for line in said.lines).lower()
