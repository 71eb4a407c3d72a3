"""Follow-ups rewritten by the language model, where it is fast enough for that.

What it began to read cannot be taken back and pushes out what was read ahead, so a model that would
be late is not asked at all.
"""

import asyncio
import logging
import re
from collections.abc import Sequence
from contextlib import aclosing

from app.answering.model import ChatModel
from app.answering.template import Exchange
from app.errors import AnswerError
from app.grounding.followup import Exchanged

logger = logging.getLogger(__name__)

RULES = (
    "Rewrite the visitor's last question so that it can be understood without the conversation: "
    "put in what its words stand for. Keep its language. Answer nothing, add nothing, give the "
    "question only."
)
_EXAMPLES = (
    Exchange(
        asked="How much is the tour of the castle?\nLast question: And how long does it take?",
        answered="How long does the tour of the castle take?",
    ),
    Exchange(
        asked="Wann öffnet die Bibliothek?\nLast question: Und sonntags?",
        answered="Wann öffnet die Bibliothek sonntags?",
    ),
)
# Of the history; the last question is nearly always about one of the last two.
_TURNS = 2
_LETTERS_OF_AN_ANSWER = 200
# A rewritten question is a sentence: about so many tokens, each as slow as so many read ones.
_TOKENS, _SLOWER = 20, 10
_MOST_LETTERS = 300


class ModelRewriter:
    """Implements Rewriter on a language model; `deadline_s` of 0 asks it never."""

    def __init__(self, model: ChatModel, deadline_s: float) -> None:
        self._model = model
        self._deadline_s = deadline_s

    async def rewrite(self, question: str, history: Sequence[Exchanged], lang: str) -> str | None:
        """See Rewriter; None too if the model fails or writes what is no question."""
        if not self._deadline_s:
            return None
        try:
            async with asyncio.timeout(self._deadline_s):
                await self._model.learn()
                prompt = self._prompt(question, history)
                written = await self._written(prompt) if self._in_time(prompt) else ""
        except (TimeoutError, AnswerError) as error:
            logger.info("follow-up not rewritten", extra={"reason": type(error).__name__})
            return None
        return written if _is_question_of(written, question, history) else None

    def _prompt(self, question: str, history: Sequence[Exchanged]) -> str:
        render = self._model.render
        past = "\n".join(
            f"Visitor: {each.asked}\nAvatar: {each.answered[:_LETTERS_OF_AN_ANSWER]}"
            for each in history[-_TURNS:]
        )
        asked = render.defang(f"{past}\nLast question: {question}")
        return render.closed(RULES, _EXAMPLES, asked)

    def _in_time(self, prompt: str) -> bool:
        held = self._model.held
        return held.unread(prompt) + _TOKENS * _SLOWER <= held.pace * self._deadline_s

    async def _written(self, prompt: str) -> str:
        """The first line that the model writes."""
        text = ""
        async with aclosing(self._model.write(prompt)) as pieces:
            async for piece in pieces:
                text += piece
                if "\n" in text.strip() or len(text) > _MOST_LETTERS:
                    break
        return text.strip().split("\n")[0].strip(' "“”„«»')


def _is_question_of(text: str, question: str, history: Sequence[Exchanged]) -> bool:
    """Whether a text can be the question rewritten: of its words and the history's, no answer."""
    words = set(re.findall(r"\w+", text.lower()))
    asked = set(re.findall(r"\w+", question.lower()))
    known = asked.union(*(re.findall(r"\w+", f"{e.asked} {e.answered}".lower()) for e in history))
    return bool(asked & words) and len(words - known) <= len(words) / 2
