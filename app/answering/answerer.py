"""From a visitor's turn to spoken, sourced sentences: the one path behind every door."""

import asyncio
from collections.abc import AsyncGenerator, Sequence
from contextlib import aclosing
from dataclasses import replace
from typing import Protocol

from app.answering.abstaining import refusal
from app.answering.ahead import Ahead
from app.answering.check.checker import Checker
from app.answering.check.likeness import Likeness
from app.answering.events import (
    Abstained,
    Done,
    Event,
    Grounded,
    Reason,
    Sentence,
    Tokens,
    Turn,
)
from app.answering.excerpts import Excerpts, Shown, shown
from app.answering.expected import Expected
from app.answering.late import hurried, own_sentence
from app.answering.model import ChatModel
from app.answering.moderated import declined, turned_down
from app.answering.notes import Notes
from app.answering.orders import harmless_passage, is_for_visitors
from app.answering.preparation import Evidence, Preparation
from app.answering.prompt import Packer, Prompt, packer_for
from app.answering.release import Release
from app.answering.replying import replied
from app.answering.template import Exchange, exchanged
from app.answering.understanding import NoRewriter, Understood, prepare, understood
from app.answering.wording import completed
from app.answering.writing import written
from app.grounding.followup import Rewriter, lent
from app.grounding.grounder import Grounding
from app.moderation.moderator import Moderator, Side, Verdict
from app.moderation.words import WordModerator
from app.settings import ModelSettings
from ingest.documents import Hit, Passage


class Grounds(Protocol):
    """What the answerer needs of the grounder."""

    async def ground(self, question: str, kb: str, lang: str | None) -> Grounding:
        """The passages that an answer may rest on."""

    async def prepare(self, kb: str) -> None:
        """Load what the first question would otherwise wait for."""


class Unanswered(Protocol):
    """Keeps the questions that the pages do not answer. Never fails, never takes long."""

    async def note(self, kb: str, question: str, lang: str, reason: str) -> None:
        """This was asked, and refused."""


class Answerer:
    """Answers turns from the pages, or says that they do not answer.

    Lets through the errors of grounding (IngestError) and of the model (AnswerError). Without a
    checker, what the model says is said unchecked; without excerpts, the model reads whole
    passages; without likeness, what rests on passages in another language is compared by what it
    counts; without `unanswered`, no refusal is kept.
    """

    def __init__(
        self,
        grounder: Grounds,
        model: ChatModel,
        settings: ModelSettings,
        ahead: Ahead,
        *,
        excerpts: Excerpts | None = None,
        checker: Checker | None = None,
        likeness: Likeness | None = None,
        rewriter: Rewriter | None = None,
        unanswered: Unanswered | None = None,
        moderator: Moderator | None = None,
    ) -> None:
        self._grounder = grounder
        self._model = model
        self._settings = settings
        self._ahead = ahead
        self._excerpts = excerpts
        self._checker = checker
        self._likeness = likeness
        self._rewriter = rewriter or NoRewriter()
        self._unanswered = unanswered
        self._moderator = moderator or WordModerator()
        self._expected = Expected()

    async def prepare(
        self, kb: str, lang: str | None = None, history: Sequence[Exchange] = ()
    ) -> None:
        """Have the model read what the next prompt of a visit begins with, while nobody waits."""
        await asyncio.gather(self._grounder.prepare(kb), self._read_opening(history), prepare())

    async def answer(self, turn: Turn) -> AsyncGenerator[Event, None]:
        """Grounded, then sentences or Abstained, then Done; closing it stops the model at once."""
        said: list[str] = []
        with self._ahead.asked(turn.visit, turn.name) as prepared:
            async with aclosing(self._events(turn, prepared)) as events:
                async for event in events:
                    if isinstance(event, Sentence | Abstained):
                        said.append(event.text)
                    if isinstance(event, Done):
                        history = exchanged(turn.history, turn.said, said)
                        self._ahead.answered(turn.visit, history)
                    yield event

    async def _events(
        self, turn: Turn, prepared: Preparation | None
    ) -> AsyncGenerator[Event, None]:
        """What a turn is taken for, and what comes of it."""
        notes = Notes(turn, prepared)
        heard = await self._review(turn.said, turn.lang, "visitor")
        if not heard.allowed:
            async for event in turned_down(heard, turn, notes, prepared):
                yield event
            return
        meant = await understood(turn, self._rewriter)
        notes.understood()
        if not meant.asks:
            for event in replied(meant, turn, notes, prepared):
                yield await self._decent(event, meant.lang)
            return
        turn = replace(turn, question=meant.question, subject=lent(meant.search))
        async with aclosing(self._answered(turn, meant, notes, prepared)) as events:
            async for event in events:
                yield event

    async def _answered(
        self, turn: Turn, meant: Understood, notes: Notes, prepared: Preparation | None
    ) -> AsyncGenerator[Event, None]:
        """The steps of an answer to a question."""
        found = await self._grounder.ground(meant.search, turn.kb, meant.lang)
        lang = turn.answered_in(found.lang)
        notes.grounded(found.took_ms - found.search_ms)
        if not found.hits:
            if prepared is not None:
                prepared.turned_away()
            yield Grounded(lang=lang, hits=(), took_ms=found.took_ms, act=meant.act.kind)
            yield await self._abstained(turn, "nothing_found", lang)
            yield notes.done(Tokens())
            return
        # A model may take minutes to load; somebody who stands there is not kept that long.
        limits = self._settings
        packer = await self._packer(limits.deadline_s if turn.visit else limits.wait_s)
        evidence = await self._evidence(turn, meant.search, found.hits, prepared, packer)
        asked = completed(turn.question, turn.subject)
        prompt = packer.pack(asked, evidence.texts, turn.history, lang)
        yield Grounded(
            lang=lang,
            hits=evidence.hits,
            took_ms=found.took_ms,
            wait_ms=self._expected.ms(prompt.text, self._model.held),
            act=meant.act.kind,
        )
        if prepared is not None:
            prepared.asked(prompt.text, evidence)
        # The model cannot rest a sentence on what it has not been shown.
        shown = [harmless_passage(hit.passage) for hit in evidence.hits[: prompt.passages]]
        said = self._spoken(turn, prompt, notes, shown, lang)
        async with aclosing(said) as sentences:
            async for sentence in sentences:
                notes.said()
                yield sentence
        if not notes.spoken:
            yield await self._abstained(turn, "not_in_pages", lang, shown)
        written = self._model.count_tokens(notes.text)
        done = notes.done(Tokens(prompt=prompt.tokens, answer=written, reused=notes.reused))
        self._expected.learn(done.timings)
        yield done

    async def _spoken(
        self,
        turn: Turn,
        prompt: Prompt,
        notes: Notes,
        shown: Sequence[Passage],
        lang: str,
    ) -> AsyncGenerator[Sentence, None]:
        """What is said of what the model writes; in a visit, the pages' own if it is late."""

        def instead() -> Sentence | None:
            if not turn.visit:
                return None
            return own_sentence(turn.question, shown, lang, turn.subject)

        release = Release(turn, shown, lang, self._checker, notes, self._likeness)
        most = self._settings.answer_tokens
        left_s = self._settings.deadline_s - notes.seconds
        async with (
            aclosing(written(self._model, prompt, notes, lang, most)) as sentences,
            aclosing(release.sentences(sentences)) as released,
            aclosing(hurried(released, left_s, instead)) as spoken,
        ):
            async for sentence, late in spoken:
                notes.late = notes.late or late
                verdict = await self._review(sentence.text, lang, "answer")
                if verdict.allowed and is_for_visitors(sentence.text):
                    yield sentence
                else:
                    notes.withheld((verdict.category or "machine",))

    async def _evidence(
        self,
        turn: Turn,
        question: str,
        found: tuple[Hit, ...],
        prepared: Preparation | None,
        packer: Packer,
    ) -> Evidence:
        held = self._model.held
        excerpts: Shown = {}
        if self._excerpts is not None:
            excerpts = await self._excerpts.of(question, found, held)
        if prepared is not None:
            return prepared.evidence(found, turn.history, packer, held, excerpts)
        return Evidence(hits=found, texts=packer.evidence([shown(hit, excerpts) for hit in found]))

    async def _read_opening(self, history: Sequence[Exchange]) -> None:
        opening = (await self._packer()).opening(history)
        # Read again, it would push out what is being read for somebody who speaks now.
        if self._model.held.shared(opening) < len(opening):
            await self._model.read(opening)

    async def _packer(self, within_s: float | None = None) -> Packer:
        await self._model.learn(within_s)
        return packer_for(self._model, self._settings)

    async def _abstained(
        self, turn: Turn, reason: Reason, lang: str, shown: Sequence[Passage] = ()
    ) -> Abstained:
        """The refusal, with what the pages do cover; the question is kept for who writes them."""
        if self._unanswered is not None:
            asked = completed(turn.question, turn.subject)
            await self._unanswered.note(turn.kb, asked, lang, reason)
        said = refusal(reason, lang, shown)
        allowed = (await self._review(said.text, lang, "answer")).allowed
        return said if allowed else refusal(reason, lang)

    async def _review(self, text: str, lang: str | None, side: Side) -> Verdict:
        return await self._moderator.review(text, lang=lang or "en", side=side)

    async def _decent(self, event: Event, lang: str | None) -> Event:
        """A reply that may be said: what is said again may be a caller's own history."""
        if isinstance(event, Sentence):
            verdict = await self._review(event.text, lang, "answer")
            return event if verdict.allowed else declined(verdict, lang or "en")
        return event
