"""A visit whose words are followed while they are spoken."""

import asyncio
import time
from dataclasses import dataclass

from app.answering.preparation import Preparation, WorkedAhead
from app.answering.template import Exchange

# While a visitor was heard so lately, the model's memory is theirs: a step for another visit would
# push out what was read.
FLOOR_S = 4.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Words:
    """What a visitor has said of a turn so far; `final`: the turn may well be over.

    `history` is what was said before it, None for what the last answer tells of it.
    """

    visit: str
    turn: str
    kb: str
    text: str
    history: tuple[Exchange, ...] | None = None
    final: bool = False


@dataclass(slots=True)
class Spent:
    """What reading ahead has taken in turns that are over, and what of that was in vain."""

    tokens: int = 0
    ms: int = 0
    vain_tokens: int = 0
    vain_ms: int = 0

    def add(self, worked: WorkedAhead) -> None:
        """A turn is over."""
        self.tokens += worked.tokens
        self.ms += worked.ms
        self.vain_tokens += worked.vain_tokens
        self.vain_ms += worked.vain_ms


class ListenedVisit:
    """What is known of one visit: its newest words, its turn, what it has cost in vain.

    `spent` is where what its turns cost is added up.
    """

    def __init__(self, spent: Spent) -> None:
        self._spent = spent
        self.words: Words | None = None
        """Not searched for yet."""
        self.seeking: asyncio.Task[None] | None = None
        self.preparation: Preparation | None = None
        self.history: tuple[Exchange, ...] = ()
        self.heard_at = time.monotonic()
        self.vain_tokens = 0
        """Of the turns before this one."""
        self.asking = 0
        """How many of its questions are being answered."""
        self.asked_at = self.rests_at = float("inf")
        """When it last asked, and from when on that answer is over."""

    def hear(self, words: Words, lead: float) -> Preparation:
        """Take the words as they are now; gives the preparation of their turn."""
        self.heard_at = time.monotonic()
        self.words = words
        preparation = self.preparation
        if preparation is None or preparation.turn != words.turn:
            history = self.history if words.history is None else words.history
            preparation = Preparation(words.turn, history, lead)
            self.start(preparation)
        elif words.history is not None:
            # An interrupted answer enters the history late.
            preparation.history = words.history
        preparation.heard(words.text, final=words.final)
        return preparation

    def has_floor(self, now: float) -> bool:
        """Whether the model's memory is theirs: they were heard lately, and not answered since."""
        if self.preparation is None or now - self.heard_at >= FLOOR_S:
            return False
        return now < self.rests_at or not self.preparation.paused

    def start(self, preparation: Preparation | None) -> None:
        """Begin a turn, or end the last one: what it cost in vain is known now."""
        if self.preparation is not None:
            worked = self.preparation.outcome(time.monotonic())
            self.vain_tokens += worked.vain_tokens
            self._spent.add(worked)
        self.preparation = preparation
