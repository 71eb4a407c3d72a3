"""What is noted of one answer while it comes about: its times, its text, how it went."""

import logging
import time
from collections.abc import Sequence

from app.answering.events import Done, Timings, Tokens, Turn
from app.answering.held import Reading
from app.answering.preparation import Preparation
from app.answering.refusal import has_sign, refuses

logger = logging.getLogger(__name__)


class Notes:
    """What has happened so far in one answer; its clock starts with it."""

    def __init__(self, turn: Turn, prepared: Preparation | None) -> None:
        self._started = time.monotonic()
        self._prepared = prepared
        self._reading: Reading | None = None
        self._understood_ms: int | None = None
        self._searched_ms: int | None = None
        self._ground_ms = 0
        self._queued_ms: int | None = None
        self._first_token_ms: int | None = None
        self._first_sentence_ms: int | None = None
        self._kb = turn.kb
        self.visit = turn.visit
        self.text = ""
        """What the model wrote, spoken or not."""
        self.late = False
        """The model was late, and the pages' own words were said."""
        self._withheld: list[str] = []

    @property
    def spoken(self) -> bool:
        """Whether a sentence was said already."""
        return self._first_sentence_ms is not None

    @property
    def seconds(self) -> float:
        """Since the question came."""
        return time.monotonic() - self._started

    @property
    def reused(self) -> int:
        """How many tokens of the prompt had been read before."""
        return self._reading.tokens - self._reading.new if self._reading else 0

    def took(self, reading: Reading) -> None:
        """The server has read the prompt."""
        self._reading = reading

    def understood(self) -> None:
        """What to search for is known."""
        self._understood_ms = self._now()

    def grounded(self, gate_ms: int | None = None) -> None:
        """What there is to rest the answer on is known; the gate took so long, if one was asked."""
        self._ground_ms = self._now()
        if gate_ms is not None:
            self._searched_ms = self._ground_ms - gate_ms

    def waited(self, seconds: float) -> None:
        """The model is this question's now, after so long."""
        self._queued_ms = round(seconds * 1000)

    def heard(self, piece: str) -> None:
        """The model wrote this."""
        if self._first_token_ms is None:
            self._first_token_ms = self._now()
        self.text += piece

    def said(self) -> None:
        """A sentence goes out."""
        if self._first_sentence_ms is None:
            self._first_sentence_ms = self._now()

    def withheld(self, reasons: Sequence[str]) -> None:
        """A sentence is not said, for these reasons."""
        self._withheld.append(" ".join(reasons))

    def allows(self, sentence: str) -> bool:
        """Whether a sentence may be spoken: neither a sign, nor, as the first, a refusal."""
        return not (has_sign(sentence) if self.spoken else refuses(sentence))

    def done(self, tokens: Tokens) -> Done:
        """The answer has come to its end."""
        timings = Timings(
            understood_ms=self._understood_ms,
            searched_ms=self._searched_ms,
            ground_ms=self._ground_ms,
            queued_ms=self._queued_ms,
            prompt_ms=self._reading.ms if self._reading else None,
            first_token_ms=self._first_token_ms,
            first_sentence_ms=self._first_sentence_ms,
            total_ms=self._now(),
        )
        ahead = self._prepared.outcome(self._started) if self._prepared else None
        logger.info(
            "turn answered",
            extra={
                "kb": self._kb, "spoken": self.spoken, "total_ms": timings.total_ms,
                "queued_ms": timings.queued_ms,
                "first_sentence_ms": timings.first_sentence_ms, "prompt_tokens": tokens.prompt,
                "reused_tokens": tokens.reused, "best_ahead": ahead.best if ahead else None,
                "late": self.late, "withheld": self._withheld,
                "vain_tokens": ahead.vain_tokens if ahead else None,
            },
        )  # fmt: skip
        withheld = tuple(self._withheld)
        return Done(timings=timings, tokens=tokens, ahead=ahead, late=self.late, withheld=withheld)

    def _now(self) -> int:
        return round(self.seconds * 1000)
