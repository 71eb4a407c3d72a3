"""The events of a turn whose words are declined, and what is said then."""

import asyncio
from collections.abc import AsyncGenerator

from app.answering.events import Abstained, Event, Grounded, Tokens, Turn
from app.answering.notes import Notes
from app.answering.preparation import Preparation
from app.answering.understanding import expected_language
from app.grounding.language import identify
from app.moderation.moderator import Verdict
from app.phrases import LANGUAGES, Occasion, phrase

# Whoever speaks of ending their life is told where help is; that nobody could judge the words is
# our failure, and not theirs.
_OCCASIONS: dict[str, Occasion] = {"self_harm": "care", "unjudged": "apology"}


def declined(verdict: Verdict, lang: str) -> Abstained:
    """What is said instead of an answer to words that were not allowed."""
    occasion = _OCCASIONS.get(verdict.category, "declined")
    return Abstained(text=phrase(occasion, lang), reason="declined")


async def turned_down(
    verdict: Verdict, turn: Turn, notes: Notes, prepared: Preparation | None
) -> AsyncGenerator[Event, None]:
    """Grounded on nothing, what is said in the visitor's language, Done; no model is asked."""
    if prepared is not None:
        prepared.turned_away()
    expected = expected_language(turn.history, turn.lang) or "en"
    lang = await asyncio.to_thread(
        identify, turn.question, pages=(), expected=expected, spoken=LANGUAGES
    )
    lang = turn.answered_in(lang)
    notes.grounded()
    yield Grounded(lang=lang, hits=(), took_ms=0)
    yield declined(verdict, lang)
    yield notes.done(Tokens())
