"""What a turn means, before anything is searched for it: something else than a question, or what.

A question that cannot be understood alone is rewritten by the model where there is time for it, and
else searched for with the words that the last turns were about.
"""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass

from app.answering.events import Turn
from app.answering.template import Exchange
from app.dialogue.acts import Act, recognise
from app.dialogue.replies import offer
from app.grounding.folding import fold
from app.grounding.followup import Exchanged, Rewriter, in_context, is_bare, stands_alone
from app.grounding.language import identify
from app.phrases import LANGUAGES

_UNKNOWN = "en"
_LONGEST_HALF = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Understood:
    """A turn as it is taken.

    `lang` is the language that its words are expected to be in, `search` what is searched for, and
    `question` what the model is asked. `asks` is False if there is nothing to search for.
    """

    act: Act
    lang: str | None
    search: str
    question: str
    asks: bool = True


async def understood(turn: Turn, rewriter: Rewriter) -> Understood:
    """What a turn means. "Yes" to an offer asks for what was offered."""
    lang = expected_language(turn.history, turn.lang)
    offered = offer(turn.history[-1].answered) if turn.history else ""
    spoken = lang or _UNKNOWN
    # In a thread, since the first of them all reads the phrasebook.
    act = await asyncio.to_thread(recognise, turn.question, lang=spoken, offered=bool(offered))
    if act.kind == "assent" and offered:
        asked = f"{offered} {turn.question}"
        return Understood(act=act, lang=act.lang, search=offered, question=asked)
    if act.kind != "question":
        said = turn.question
        # What is said again was said in the language of the visit.
        spoken_in = lang if act.kind in ("repeat", "slower", "shorter") else act.lang
        reply_in = turn.answered_in(spoken_in or _UNKNOWN)
        return Understood(act=act, lang=reply_in, search=said, question=said, asks=False)
    question = continued(turn.unanswered, turn.question, spoken)
    if stands_alone(question, turn.history, spoken):
        return Understood(act=act, lang=lang, search=question, question=question)
    rewritten = await rewriter.rewrite(question, turn.history, spoken)
    return Understood(
        act=act,
        lang=lang,
        search=in_context(question, turn.history, spoken, rewritten),
        question=rewritten or question,
    )


def continued(unanswered: Sequence[str], words: str, lang: str) -> str:
    """A visitor's words with what they go on from: what was said just before and never answered.

    A visitor who pauses in a question is heard in halves. What is no question ("stop"), or is said
    again, is not part of it, and neither is what came before that; nor is what is too long for
    half a question, such as a text that a program sends along.
    """
    for before in reversed(unanswered):
        if recognise(before, lang=lang).kind != "question" or len(before) > _LONGEST_HALF:
            break
        if not set(fold(before)) <= set(fold(words)):
            words = f"{before} {words}"
    return words


async def prepare() -> None:
    """Read the phrasebook of every language, which the first turn would otherwise wait for."""
    await asyncio.to_thread(recognise, "prepare", lang=_UNKNOWN)


def expected_language(history: Sequence[Exchange], lang: str | None) -> str | None:
    """The language that the next words are expected in: that of the last answer, else the visit's.

    So a visitor who has changed the language need not say so twice.
    """
    if not history:
        return lang
    said = history[-1].answered
    return identify(said, pages=(), expected=lang or _UNKNOWN, spoken=LANGUAGES)


def searched(words: str, history: Sequence[Exchange], *, final: bool = False) -> str:
    """What to search for while the words are still being spoken; "" when that cannot be told yet.

    With the last turn's subject beside it, "what is the" would find the last turn's passage, and
    have that read in vain.
    """
    lang = (expected_language(history, None) if history else None) or _UNKNOWN
    if not final and is_bare(words, lang):
        return ""
    return in_context(words, history, lang) if history else words


class NoRewriter:
    """Implements Rewriter where no model is asked."""

    async def rewrite(self, question: str, history: Sequence[Exchanged], lang: str) -> str | None:
        """Nothing: see Rewriter."""
        return None
