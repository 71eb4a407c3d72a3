"""Who judges what a visitor says, and what is about to be said to one."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, Protocol

Side = Literal["visitor", "answer"]
Category = Literal[
    "", "slur", "sexual", "violence", "hate", "self_harm", "obscene", "unsafe", "unjudged"
]
"""`unsafe` is a guard model's judgement, `unjudged` that it could not be asked; "" is allowed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """Whether a text may pass, and if not, why not."""

    allowed: bool
    category: Category = ""


ALLOWED = Verdict(allowed=True)


class Moderator(Protocol):
    """Judges texts. Never fails: what it cannot judge, it allows or declines as it was told to."""

    async def review(self, text: str, *, lang: str, side: Side) -> Verdict:
        """The verdict on a visitor's words, or on a sentence that is about to be said."""
        ...


class Moderators:
    """Implements Moderator with others, in their order; the first that objects decides."""

    def __init__(self, moderators: Sequence[Moderator]) -> None:
        self._moderators = moderators

    async def review(self, text: str, *, lang: str, side: Side) -> Verdict:
        """See Moderator."""
        for moderator in self._moderators:
            verdict = await moderator.review(text, lang=lang, side=side)
            if not verdict.allowed:
                return verdict
        return ALLOWED
