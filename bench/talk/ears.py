"""The answers as a listener understands them: their sound, transcribed, and searched for the fact.

The recogniser errs as well, so that what it does not find may have been said all the same.
"""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from moonshine_voice import (  # type: ignore[import-untyped]
    ModelArch,
    Transcriber,
    get_model_path,
)

from bench.talk.figures import Turn
from bench.talk.questions import Question
from bench.talk.talking import Asked
from bench.talk.words import has_fact
from tools.sound import RATE, Samples

_RATE = 16_000


def hear(asked: Sequence[Asked], questions: Sequence[Question]) -> list[Turn]:
    """The turns of these questions, with their answers by ear. Blocks for half a second each."""
    ears = Transcriber(model_path=str(get_model_path("tiny-en")), model_arch=ModelArch.TINY)
    turns = []
    for one, question in zip(asked, questions, strict=True):
        by_ear = "" if one.sound is None else _transcribed(ears, one.sound)
        right = bool(question.facts) and has_fact(by_ear, question.facts)
        turns.append(replace(one.turn, by_ear=by_ear, right_by_ear=right))
    return turns


def _transcribed(ears: Transcriber, sound: Samples) -> str:
    at = np.linspace(0, sound.size - 1, int(sound.size * _RATE / RATE))
    heard = np.interp(at, np.arange(sound.size), sound / 32768.0)
    lines = ears.transcribe_without_streaming(heard.tolist(), _RATE).lines
    return " ".join(line.text for line in lines)
