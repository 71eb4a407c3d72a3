"""Hibari's English voice, which ships inside its wheel.

A sentence takes 20 to 100 ms on one core. Hibari puts a third of a second of silence before each
and half a second after it.
"""

from collections.abc import Iterator

from hibari import SAMPLE_RATE, Hibari  # type: ignore[import-untyped]

from app.agent.local_voice import Wave
from app.settings import SpeechSettings


class HibariVoice:
    """Implements Synthesiser."""

    name = "hibari"
    rate: int = SAMPLE_RATE
    languages = frozenset({"en"})

    def __init__(self, model: Hibari) -> None:
        self._model = model

    def say(self, text: str, lang: str, speed: float) -> Iterator[Wave]:
        """See Synthesiser.say."""
        sentences: Iterator[Wave] = self._model.stream(text, speed=speed)
        return sentences


def load(settings: SpeechSettings) -> HibariVoice:
    """The voice from the wheel, warmed by a first word (under a second); blocks."""
    model = Hibari()
    model("Hello.")
    return HibariVoice(model)
