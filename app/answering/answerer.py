"""From a visitor's turn to spoken, sourced sentences: the one path behind every door."""

import logging
import time
from collections.abc import AsyncGenerator, Sequence
from contextlib import aclosing
from typing import Protocol

from app.answering.ahead import Ahead, exchanged
from app.answering.cite import attribute
from app.answering.events import (
    Abstained,
    Done,
    Event,
    Grounded,
    Reason,
    Sentence,
    Timings,
    Tokens,
    Turn,
)
from app.answering.held import Reading
from app.answering.late import hurried, own_sentence
from app.answering.model import ChatModel
from app.answering.preparation import Evidence, Preparation
from app.answering.prompt import Packer, Prompt, packer_for
from app.answering.refusal import has_sign, refuses
from app.answering.sentences import SentenceStream, ended
from app.answering.template import Exchange
from app.grounding.grounder import Grounding
from app.phrases import phrase
from app.settings import ModelSettings
from ingest.documents import Hit, Passage

logger = logging.getLogger(__name__)


class Grounds(Protocol):
    """What the answerer needs of the grounder."""

    async def ground(self, question: str, kb: str, lang: str | None) -> Grounding:
        """The passages that an answer may rest on."""

    async def prepare(self, kb: str) -> None:
        """Load what the first question would otherwise wait for."""


class Answerer:
    """Answers turns from the pages, or says that they do not answer.

    Lets through the errors of grounding (IngestError) and of the model (AnswerError).
    """

    def __init__(
        self, grounder: Grounds, model: ChatModel, settings: ModelSettings, ahead: Ahead
    ) -> None:
        self._grounder = grounder
        self._model = model
        self._settings = settings
        self._ahead = ahead

    async def prepare(
        self, kb: str, lang: str | None = None, history: Sequence[Exchange] = ()
    ) -> None:
        """Have the model read what the next prompt of a visit begins with, while nobody waits."""
        await self._grounder.prepare(kb)
        packer = await self._packer()
        opening = packer.opening(history)
        # Read again, it would push out what is being read for somebody who speaks now.
        if self._model.held.shared(opening) < len(opening):
            await self._model.read(opening)

    async def answer(self, turn: Turn) -> AsyncGenerator[Event, None]:
        """Grounded, then sentences or Abstained, then Done; closing it stops the model at once."""
        said: list[str] = []
        with self._ahead.asked(turn.visit, turn.name) as prepared:
            async with aclosing(self._events(turn, prepared)) as events:
                async for event in events:
                    if isinstance(event, Sentence | Abstained):
                        said.append(event.text)
                    if isinstance(event, Done):
                        history = exchanged(turn.history, turn.question, said)
                        self._ahead.answered(turn.visit, history)
                    yield event

    async def _events(
        self, turn: Turn, prepared: Preparation | None
    ) -> AsyncGenerator[Event, None]:
        answer = _Answer(turn, prepared)
        found = await self._grounder.ground(turn.question, turn.kb, turn.lang)
        answer.grounded()
        if not found.hits:
            if prepared is not None:
                prepared.turned_away()
            yield Grounded(lang=found.lang, hits=(), took_ms=found.took_ms)
            yield _abstained("nothing_found", found.lang)
            yield answer.done(Tokens())
            return
        packer = await self._packer()
        evidence = self._evidence(turn, found.hits, prepared, packer)
        yield Grounded(lang=found.lang, hits=evidence.hits, took_ms=found.took_ms)
        prompt = packer.pack(turn.question, evidence.texts, turn.history, found.lang)
        if prepared is not None:
            prepared.asked(prompt.text, evidence)
        # The model cannot rest a sentence on what it has not been shown.
        shown = [hit.passage for hit in evidence.hits[: prompt.passages]]
        async with (
            aclosing(self._sentences(prompt, answer, found.lang)) as sentences,
            aclosing(self._in_time(turn, answer, sentences, shown, found.lang)) as spoken,
        ):
            async for sentence in spoken:
                answer.said()
                yield sentence
        if not answer.spoken:
            yield _abstained("not_in_pages", found.lang)
        written = self._model.count_tokens(answer.text)
        yield answer.done(Tokens(prompt=prompt.tokens, answer=written, reused=answer.reused))

    async def _in_time(
        self,
        turn: Turn,
        answer: "_Answer",
        sentences: AsyncGenerator[str, None],
        shown: Sequence[Passage],
        lang: str,
    ) -> AsyncGenerator[Sentence, None]:
        """The sentences with their sources; in a visit, the pages' own if the model is late."""

        def instead() -> Sentence | None:
            return own_sentence(turn.question, shown, lang) if turn.visit else None

        left_s = self._settings.deadline_s - answer.seconds
        async with aclosing(hurried(sentences, left_s, instead)) as spoken:
            async for sentence in spoken:
                if isinstance(sentence, Sentence):
                    answer.late = True
                    yield sentence
                else:
                    yield Sentence(text=sentence, citations=attribute(sentence, shown, lang))

    def _evidence(
        self, turn: Turn, found: tuple[Hit, ...], prepared: Preparation | None, packer: Packer
    ) -> Evidence:
        if prepared is not None:
            return prepared.evidence(found, turn.history, packer, self._model.held)
        return Evidence(hits=found, texts=packer.evidence([hit.passage for hit in found]))

    async def _packer(self) -> Packer:
        await self._model.learn()
        return packer_for(self._model, self._settings)

    async def _sentences(
        self, prompt: Prompt, answer: "_Answer", lang: str
    ) -> AsyncGenerator[str, None]:
        """What the model says that may be spoken; nothing when it refuses."""
        stream = SentenceStream(lang)
        async with aclosing(self._model.write(prompt.text, answer.took)) as pieces:
            async for piece in pieces:
                answer.heard(piece)
                for sentence in stream.feed(piece):
                    if not answer.allows(sentence):
                        return
                    yield sentence
        rest = stream.flush()
        # Half a sentence, cut off by the limit of tokens, is worse than none after a whole one.
        cut_off = answer.spoken and not ended(rest) and self._full(answer.text)
        if rest and not cut_off and answer.allows(rest):
            yield rest

    def _full(self, text: str) -> bool:
        return self._model.count_tokens(text) >= self._settings.answer_tokens - 1


class _Answer:
    """What has happened so far in one answer."""

    def __init__(self, turn: Turn, prepared: Preparation | None) -> None:
        self._started = time.monotonic()
        self._prepared = prepared
        self._reading: Reading | None = None
        self._ground_ms = 0
        self._first_token_ms: int | None = None
        self._first_sentence_ms: int | None = None
        self._kb = turn.kb
        self.text = ""
        self.late = False
        """The model was late, and the pages' own words were said."""

    @property
    def spoken(self) -> bool:
        return self._first_sentence_ms is not None

    @property
    def seconds(self) -> float:
        """Since the question came."""
        return time.monotonic() - self._started

    @property
    def reused(self) -> int:
        return self._reading.tokens - self._reading.new if self._reading else 0

    def took(self, reading: Reading) -> None:
        self._reading = reading

    def grounded(self) -> None:
        self._ground_ms = self._now()

    def heard(self, piece: str) -> None:
        if self._first_token_ms is None:
            self._first_token_ms = self._now()
        self.text += piece

    def said(self) -> None:
        if self._first_sentence_ms is None:
            self._first_sentence_ms = self._now()

    def allows(self, sentence: str) -> bool:
        """Whether a sentence may be spoken: neither a sign, nor, as the first, a refusal."""
        return not (has_sign(sentence) if self.spoken else refuses(sentence))

    def done(self, tokens: Tokens) -> Done:
        timings = Timings(
            ground_ms=self._ground_ms,
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
                "first_sentence_ms": timings.first_sentence_ms, "prompt_tokens": tokens.prompt,
                "reused_tokens": tokens.reused, "best_ahead": ahead.best if ahead else None,
                "late": self.late, "vain_tokens": ahead.vain_tokens if ahead else None,
            },
        )  # fmt: skip
        return Done(timings=timings, tokens=tokens, ahead=ahead, late=self.late)

    def _now(self) -> int:
        return round(self.seconds * 1000)


def _abstained(reason: Reason, lang: str) -> Abstained:
    return Abstained(text=phrase("refusal", lang), reason=reason)
