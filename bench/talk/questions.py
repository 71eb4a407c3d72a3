"""What is asked: the golden questions about the sample pages, more of the kind, and noise."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

import numpy as np

from tools.places import ROOT
from tools.sound import RATE, Samples, read_wav

SETS = (ROOT / "data" / "questions.jsonl", Path(__file__).with_name("questions.jsonl"))
# The noise lies so far below the speech: a ventilated hall, or a window on a street.
BELOW_DB = 15.0
NOISE_S = 20

T = TypeVar("T")


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """A question, and the ways to say the fact that its answer has; none: it has no answer."""

    id: str
    text: str
    facts: tuple[str, ...]


def questions(lang: str = "en") -> list[Question]:
    """All questions in a language."""
    rows = [json.loads(line) for file in SETS for line in file.read_text().splitlines()]
    return [
        Question(id=row["id"], text=row["question"], facts=tuple(row["answer"]))
        for row in rows
        if row["lang"] == lang
    ]


def share(asked: Sequence[T], count: int) -> list[T]:
    """So many of them, evenly spread; all of them for 0 or more than there are."""
    if not 0 < count < len(asked):
        return list(asked)
    return [asked[number * len(asked) // count] for number in range(count)]


def room_noise(speech: Sequence[Path], seed: int = 7) -> Samples:
    """Pink noise, the same in every run, `BELOW_DB` below these recordings' mean loudness."""
    loudness = float(np.mean([np.sqrt(np.mean((read_wav(file) / 1.0) ** 2)) for file in speech]))
    size = RATE * NOISE_S
    spectrum = np.fft.rfft(np.random.default_rng(seed).normal(size=size))
    pink = np.fft.irfft(spectrum / np.sqrt(np.maximum(np.arange(len(spectrum)), 1)), size)
    level = loudness * 10 ** (-BELOW_DB / 20) / float(np.sqrt(np.mean(pink**2)))
    return np.clip(pink * level, -32768, 32767).astype(np.int16)
