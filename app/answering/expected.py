"""How long a first sentence is likely to take, so that a visitor's wait can be filled in time."""

from app.answering.events import Timings
from app.answering.held import Held

# Seconds beside the reading: the server's call, the first words, and their check. Qwen2.5-Coder
# 0.5B on one core took 0.34 to 0.63 s where nothing else was being read.
_FIRST_S = 0.5
# The share of the newest answer.
_FRESH = 0.3
# An answer that had to wait for something else says little of the next one.
_MOST_S = 3.0


class Expected:
    """Learns from each answer what the first sentence takes beside the reading of the prompt."""

    def __init__(self) -> None:
        self._beside_s = _FIRST_S

    def ms(self, prompt: str, held: Held) -> int:
        """About how many milliseconds from now on, for this prompt."""
        return round(1000 * (held.unread(prompt) / held.pace + self._beside_s))

    def learn(self, took: Timings) -> None:
        """An answer took this; one without a sentence of its own says nothing."""
        if took.first_sentence_ms is None or took.prompt_ms is None:
            return
        beside_s = (took.first_sentence_ms - took.ground_ms - took.prompt_ms) / 1000
        self._beside_s += _FRESH * (min(max(0.0, beside_s), _MOST_S) - self._beside_s)
