"""Which of the model's sentences are said: those that the pages say, each with its sources."""

import asyncio
from collections.abc import AsyncGenerator, Sequence
from contextlib import aclosing

from app.answering.check.checker import Checker
from app.answering.check.followups import follow_up, misses
from app.answering.check.likeness import Likeness
from app.answering.check.polarity import without_yes_no
from app.answering.cite import attribute
from app.answering.events import Sentence, Turn
from app.answering.late import own_sentence
from app.answering.notes import Notes
from ingest.documents import Passage


class Release:
    """Lets through what may be said of one answer, or has the pages speak instead.

    `shown` are the passages that the model has read. Without a checker, everything is let through;
    without likeness, what rests on another language is compared by what it counts alone.
    """

    def __init__(
        self,
        turn: Turn,
        shown: Sequence[Passage],
        lang: str,
        checker: Checker | None,
        notes: Notes,
        likeness: Likeness | None = None,
    ) -> None:
        self._question = turn.question
        self._subject = turn.subject
        self._follow_up = follow_up(turn, lang)
        self._shown = shown
        self._lang = lang
        self._checker = checker
        self._notes = notes
        self._likeness = likeness
        self._foreign = [each for each in shown if each.lang not in (lang, "")]
        self._own_instead = False

    async def sentences(self, written: AsyncGenerator[str, None]) -> AsyncGenerator[Sentence, None]:
        """Those of the written sentences that may be said; or what the pages say instead.

        A question that assumes what the pages contradict is answered with their own sentence,
        unless the model's first one does not share the assumption.
        """
        learning = asyncio.create_task(self._learn())
        try:
            async with aclosing(self._allowed(written)) as allowed:
                async for sentence in allowed:
                    yield sentence
        finally:
            learning.cancel()
            await asyncio.gather(learning, return_exceptions=True)

    async def _learn(self) -> None:
        """Look at the passages in another language while the model reads them."""
        if self._checker is not None and self._likeness is not None and self._foreign:
            await self._likeness.read(self._foreign)

    async def _allowed(self, written: AsyncGenerator[str, None]) -> AsyncGenerator[Sentence, None]:
        correction = None
        if self._checker is not None:
            correction = await asyncio.to_thread(
                self._checker.correct, self._question, self._shown, self._lang
            )
        said = False
        async for text in written:
            sentence = await self._checked(text)
            if sentence is None:
                continue
            if correction is not None and not said and not correction.is_in(text, self._lang):
                break
            said = True
            yield sentence
        if not said and (instead := correction.sentence if correction else self._own()):
            yield instead

    async def _checked(self, text: str) -> Sentence | None:
        """A sentence with its sources, None if it may not be said."""
        if self._checker is None:
            return Sentence(text=text, citations=attribute(text, self._shown, self._lang))
        # Small models begin with a yes where the pages say no: only what follows it can be held
        # against them.
        text = without_yes_no(text)
        text = text[:1].upper() + text[1:]
        self._own_instead = self._own_instead or not text
        verdict = await asyncio.to_thread(
            self._checker.check,
            text,
            question=self._question,
            passages=self._shown,
            lang=self._lang,
        )
        if not verdict.supported:
            self._own_instead = self._own_instead or verdict.reasons == ("day",)
            self._notes.withheld(verdict.reasons)
            return None
        if self._follow_up is not None and (
            missed := misses(text, self._follow_up, verdict.quotes, self._shown, self._lang)
        ):
            self._own_instead = True
            self._notes.withheld((missed,))
            return None
        if verdict.foreign and not await self._is_like(text):
            self._notes.withheld(("meaning",))
            return None
        return Sentence(text=text, citations=verdict.citations, quotes=verdict.quotes)

    async def _is_like(self, text: str) -> bool:
        """Whether the passages in another language, on which it rests, say something like it."""
        return self._likeness is None or await self._likeness.is_like(text, self._foreign)

    def _own(self) -> Sentence | None:
        """The pages' own sentence, where the model answers, but beside the point.

        It says yes or no and nothing else, or speaks of another day or another thing.
        """
        if not self._own_instead:
            return None
        return own_sentence(self._question, self._shown, self._lang, self._subject)
