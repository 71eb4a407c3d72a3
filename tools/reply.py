"""What came back for one question: the events, the sound, the picture, and when."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from PIL import Image

from tools.sound import Samples

Event = dict[str, Any]
# A pause in speech; and by how much a line's caption may come after its first sound.
PAUSE_S, AHEAD_S = 0.3, 0.4
# What is said to fill a wait is no answer.
LINES = frozenset({"sentence", "abstained", "apology"})
# "answered" is the whole answer of an agent that knows no sentences.
SAID = LINES | {"answered"}
ANEW_S = 10.0


def first_word(sounds: Sequence[float], line_at: float) -> float | None:
    """When the answer is first heard behind a filler, given when each 20 ms of sound came.

    The caption of the answer's first line came at `line_at`, a moment after the line's first sound
    (`AHEAD_S` at most). Where the filler runs into the answer without a pause, the caption decides:
    what is heard by then is the answer, so the wait is never taken for shorter than it was.
    """
    onsets = (
        at
        for before, at in zip((float("-inf"), *sounds), sounds, strict=False)
        if at - before > PAUSE_S and line_at - AHEAD_S <= at
    )
    began = next(onsets, None)
    running = next((at for at in sounds if at >= line_at), None)
    if began is None or running is None:
        return began or running
    return min(began, running)


@dataclass(slots=True)
class Reply:
    """What came back for one question; times in seconds of `time.monotonic()`.

    `sounds` is when each 20 ms of sound came, the line times when captions of the answer did.
    """

    asked_at: float
    events: list[Event] = field(default_factory=list)
    sounds: list[float] = field(default_factory=list)
    first_line_at: float = 0.0
    last_line_at: float = 0.0
    done_at: float = 0.0
    sound: Samples = field(default_factory=lambda: np.zeros(0, np.int16))
    picture: Image.Image | None = None

    def take(self, event: Event, now: float) -> None:
        """Add what was told just now."""
        self.events.append(event)
        if event["type"] in LINES:
            self.last_line_at = now
            self.first_line_at = self.first_line_at or now
        elif event["type"] == "done":
            self.done_at = now

    def is_told(self, now: float) -> bool:
        """Whether all captions of the answer are there.

        An answer that is begun anew is told to be done before it is heard: it is waited for.
        """
        kinds = {event["type"] for event in self.events}
        if "apology" in kinds:
            return True
        anew = SAID.isdisjoint(kinds) and now - self.done_at < ANEW_S
        return "done" in kinds and not anew

    @property
    def first_sound_at(self) -> float | None:
        """The first sound, be it only "one moment"."""
        return self.sounds[0] if self.sounds else None

    @property
    def wait_s(self) -> float:
        """From the end of the question to the first audible word of the answer.

        Raises:
            NothingHeard: nothing of an answer was heard.
        """
        heard_at = self.first_sound_at
        if self.of("filler"):
            heard_at = first_word(self.sounds, self.first_line_at) if self.first_line_at else None
        if heard_at is None:
            raise NothingHeard("The avatar said nothing that could be heard.")
        return heard_at - self.asked_at

    @property
    def sound_s(self) -> float:
        """From the end of the question to the first sound, be it only "one moment"."""
        return self.wait_s if self.first_sound_at is None else self.first_sound_at - self.asked_at

    def of(self, kind: str) -> list[Event]:
        """The events of one type, in order."""
        return [event for event in self.events if event["type"] == kind]


class NothingHeard(Exception):
    """The avatar did not speak, or did not appear, in the time that was given."""
