"""When a line is transcribed, over a recogniser that only notes it; the real one is tested live."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from app.agent import moonshine
from app.agent.moonshine import SAMPLE_RATE, Pause


class Line:
    """A stream that notes what it is asked to do."""

    def __init__(self, done: list[str]) -> None:
        self._done = done

    def add_listener(self, listener: Callable[[object], object]) -> None:
        """Nothing is heard by this one."""

    def start(self) -> None:
        """It is always listening."""

    def add_audio(self, samples: list[float], rate: int) -> None:
        assert rate == SAMPLE_RATE

    def update_transcription(self, flags: int = 0) -> None:
        self._done.append("transcribed" if flags else "looked")

    def stop(self) -> None:
        self._done.append("ended")

    def close(self) -> None:
        """Nothing is held."""


class Recogniser:
    """Gives such streams."""

    def __init__(self, done: list[str]) -> None:
        self._done = done

    def create_stream(self, update_interval: float) -> Line:
        return Line(self._done)


class Ear:
    """An ear, and what it does: "transcribed", "looked" (at silence), "pause", "ended"."""

    def __init__(self) -> None:
        self.did: list[str] = []
        recogniser: Any = Recogniser(self.did)
        self._ear = moonshine._Ear(recogniser, self._listen)

    def hear(self, loudness: float, seconds: float, *, ends: bool = False) -> list[str]:
        """What is done while this is heard, in blocks."""
        self.did.clear()
        block = np.full(moonshine.BLOCK, loudness, dtype=np.float32)
        for _ in range(round(seconds * SAMPLE_RATE / len(block))):
            self._ear.hear(block, False)
        if ends:
            self._ear.hear(block[:0], True)
        return list(self.did)

    def _listen(self, event: object) -> None:
        assert isinstance(event, Pause)
        self.did.append("pause")


def test_words_are_transcribed_so_long_after_they_begin_and_again_while_they_go_on() -> None:
    ear = Ear()
    ear.hear(0.0, 0.8)
    assert ear.hear(0.1, 0.25) == []
    assert ear.hear(0.1, 0.05) == ["transcribed"]
    assert ear.hear(0.1, 0.6) == ["transcribed"] * 2


def test_a_pause_is_told_once_when_all_before_it_is_transcribed() -> None:
    ear = Ear()
    ear.hear(0.1, 0.4)
    assert ear.hear(0.0, 0.1) == []
    assert ear.hear(0.0, 0.4) == ["transcribed", "pause"]
    # What was heard last may have been transcribed already.
    ear.hear(0.1, 0.3)
    assert ear.hear(0.0, 0.4) == ["pause"]


def test_the_end_of_speech_is_at_once_where_nothing_is_left_to_transcribe() -> None:
    ear = Ear()
    ear.hear(0.1, 0.4)
    ear.hear(0.0, 0.3)
    assert ear.hear(0.0, 0.1, ends=True) == ["ended"]
    ear.hear(0.1, 0.1)
    assert ear.hear(0.0, 0.0, ends=True) == ["transcribed", "ended"]


def test_silence_is_only_looked_at_now_and_then() -> None:
    assert Ear().hear(0.001, 2.0) == ["looked"] * 2


def test_on_a_busy_machine_passes_over_the_line_leave_time_for_others(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    ear, clock = Ear(), iter(range(100))
    monkeypatch.setattr("app.agent.moonshine.time.monotonic", lambda: next(clock) * 0.35)
    assert ear.hear(0.1, 1.25) == ["transcribed"]
    assert ear.hear(0.1, 0.05) == ["transcribed"]
