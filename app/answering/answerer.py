"""From a visitor's turn to spoken, sourced sentences: the one path behind every door."""

import logging
import time
from collections.abc import AsyncGenerator, Sequence
from contextlib import aclosing
from dataclasses import dataclass
from typing import Literal, Protocol

from app.answering.cite import attribute
from app.answering.model import ChatModel
from app.answering.prompt import Packer, Prompt
from app.answering.refusal import has_sign, refuses
from app.answering.sentences import SentenceStream, ended
from app.answering.template import Exchange
from app.grounding.grounder import Grounding
from app.phrases import phrase
from app.settings import ModelSettings
from ingest.documents import Hit

logger = logging.getLogger(__name__)

Reason = Literal["nothing_found", "not_in_pages"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Turn:
    """One thing that a visitor said, with what came before; `lang` is the expected language."""

    question: str
    kb: str
    lang: str | None = None
    history: tuple[Exchange, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Grounded:
    """What was found; citations number its hits from 1. Always the first event of an answer."""

    lang: str
    hits: tuple[Hit, ...]
    took_ms: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Sentence:
    """One sentence to say, and the numbers of the hits that it rests on, perhaps none."""

    text: str
    citations: tuple[int, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Abstained:
    """The pages do not say it; `text` tells the visitor so, in the question's language."""

    text: str
    reason: Reason


@dataclass(frozen=True, slots=True, kw_only=True)
class Timings:
    """Milliseconds since the question came; None for what did not happen."""

    ground_ms: int
    first_token_ms: int | None = None
    first_sentence_ms: int | None = None
    total_ms: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Tokens:
    """How many tokens the model read and wrote; both 0 when it was not asked."""

    prompt: int = 0
    answer: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Done:
    """The last event of an answer that came to its end."""

    timings: Timings
    tokens: Tokens


Event = Grounded | Sentence | Abstained | Done


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

    def __init__(self, grounder: Grounds, model: ChatModel, settings: ModelSettings) -> None:
        self._grounder = grounder
        self._model = model
        self._settings = settings

    async def prepare(
        self, kb: str, lang: str | None = None, history: Sequence[Exchange] = ()
    ) -> None:
        """Have the model read what the next prompt of a visit begins with, while nobody waits."""
        await self._grounder.prepare(kb)
        packer = await self._packer()
        await self._model.read(packer.opening(history))

    async def answer(self, turn: Turn) -> AsyncGenerator[Event, None]:
        """Grounded, then sentences or Abstained, then Done; closing it stops the model at once."""
        answer = _Answer(turn)
        found = await self._grounder.ground(turn.question, turn.kb, turn.lang)
        answer.grounded()
        yield Grounded(lang=found.lang, hits=found.hits, took_ms=found.took_ms)
        if not found.hits:
            yield _abstained("nothing_found", found.lang)
            yield answer.done(Tokens())
            return
        passages = [hit.passage for hit in found.hits]
        packer = await self._packer()
        prompt = packer.pack(turn.question, passages, turn.history, found.lang)
        # The model cannot rest a sentence on what it has not been shown.
        shown = passages[: prompt.passages]
        async with aclosing(self._sentences(prompt, answer, found.lang)) as sentences:
            async for sentence in sentences:
                answer.said()
                yield Sentence(text=sentence, citations=attribute(sentence, shown, found.lang))
        if not answer.spoken:
            yield _abstained("not_in_pages", found.lang)
        yield answer.done(
            Tokens(prompt=prompt.tokens, answer=self._model.count_tokens(answer.text))
        )

    async def _packer(self) -> Packer:
        await self._model.learn()
        return Packer(
            self._model.render, self._model.count_tokens, self._model.window, self._settings
        )

    async def _sentences(
        self, prompt: Prompt, answer: "_Answer", lang: str
    ) -> AsyncGenerator[str, None]:
        """What the model says that may be spoken; nothing when it refuses."""
        stream = SentenceStream(lang)
        async with aclosing(self._model.write(prompt.text)) as pieces:
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

    def __init__(self, turn: Turn) -> None:
        self._started = time.perf_counter()
        self._ground_ms = 0
        self._first_token_ms: int | None = None
        self._first_sentence_ms: int | None = None
        self._kb = turn.kb
        self.text = ""

    @property
    def spoken(self) -> bool:
        return self._first_sentence_ms is not None

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
            first_token_ms=self._first_token_ms,
            first_sentence_ms=self._first_sentence_ms,
            total_ms=self._now(),
        )
        logger.info(
            "turn answered",
            extra={
                "kb": self._kb, "spoken": self.spoken, "total_ms": timings.total_ms,
                "first_sentence_ms": timings.first_sentence_ms, "prompt_tokens": tokens.prompt,
            },
        )  # fmt: skip
        return Done(timings=timings, tokens=tokens)

    def _now(self) -> int:
        return round((time.perf_counter() - self._started) * 1000)


def _abstained(reason: Reason, lang: str) -> Abstained:
    return Abstained(text=phrase("refusal", lang), reason=reason)
