"""What of the recogniser's text is taken for the visitor's words, and with which names in it.

LiveKit's voice detection is the gate: what a recogniser writes while nobody has spoken is not
passed on. Dropped text is counted, never logged.
"""

import logging
import time
from collections.abc import Callable
from dataclasses import replace

from livekit.agents import UserStateChangedEvent, stt

from app.agent.api import Api
from app.errors import AnswerUnavailable
from app.hearing.invented import is_invented
from app.hearing.vocabulary import Name, Vocabulary

# Recognisers close a line up to a second after the voice was last heard, on a busy machine two.
LATE_S = 3.0

logger = logging.getLogger(__name__)


class Ears:
    """Follows one visit; `vocabulary` may be put in place while it goes on."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self.vocabulary = Vocabulary()
        self.dropped = 0
        """How many texts were not taken for words."""
        self._clock = clock
        self._speaking = False
        self._ended_at = float("-inf")

    async def learn(self, api: Api, kb: str | None) -> None:
        """Take up the names of a knowledge base; without them names stay as they are heard."""
        try:
            names = await api.names(kb)
        except AnswerUnavailable as error:
            logger.warning("no names to listen for", extra={"reason": str(error)})
            return
        self.vocabulary = Vocabulary(Name(name.text, frozenset(name.like)) for name in names)

    def follow(self, event: UserStateChangedEvent) -> None:
        """The visitor begins or ends to speak, as voice detection has it."""
        if self._speaking and event.new_state != "speaking":
            self._ended_at = self._clock()
        self._speaking = event.new_state == "speaking"

    def take(self, event: stt.SpeechEvent) -> stt.SpeechEvent | None:
        """The event with names as they are written; None if nobody said that."""
        if not event.alternatives or not event.alternatives[0].text:
            return event
        first, *others = event.alternatives
        reason = self._doubt(first.text)
        if reason:
            self.dropped += event.type == stt.SpeechEventType.FINAL_TRANSCRIPT
            logger.info("words not taken for the visitor's", extra={"reason": reason})
            return None
        corrected = self.vocabulary.correct(first.text)
        if corrected == first.text:
            return event
        return replace(event, alternatives=[replace(first, text=corrected), *others])

    def _doubt(self, text: str) -> str:
        """Why this may not have been said; "" if it may."""
        if not self._speaking and self._clock() - self._ended_at > LATE_S:
            return "nobody spoke"
        return "invented" if is_invented(text) else ""
