"""LiveKit's language-model port, filled by our API: every answer the agent gives is grounded.

Typed turns, spoken turns and answers begun ahead of time all come through `GroundedLLM.chat`, so
none can bypass the pages. Retrieval and the model live behind the API; none is known here.
"""

import asyncio
import logging
from collections.abc import Sequence
from contextlib import aclosing
from dataclasses import dataclass, replace
from typing import Any, Protocol

from livekit.agents import NOT_GIVEN, APIConnectOptions, NotGivenOr, llm
from livekit.agents.types import DEFAULT_API_CONNECT_OPTIONS

from app.agent.api import (
    Abstained,
    AnswerEvent,
    Api,
    Done,
    Grounded,
    Question,
    Said,
    Sentence,
    Source,
)
from app.agent.fillers import Fillers, Wait, without_filler
from app.agent.turns import Line, Turn, Turns
from app.errors import AnswerLater, AnswerUnavailable
from app.phrases import Occasion, phrase

# What is sent along of earlier talk; the API takes from it what fits the model's window.
REMEMBERED = 12
# Who breaks in so soon after an answer began was still asking. A sound of theirs takes 0.35 s to
# make the avatar fall silent.
HARDLY_HEARD_S = 1.5

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Visit:
    """The visit that the agent attends."""

    id: str
    kb: str | None
    lang: str
    visitor: str


class Manner(Protocol):
    """How the agent hears and speaks, as far as a visitor can change it."""

    def understand(self, lang: str) -> None:
        """Hear this language (ISO 639-1) from now on."""

    def read(self, lang: str) -> None:
        """Speak this language, until another is to be spoken."""

    def slow_down(self) -> None:
        """Speak more slowly from now on."""


class GroundedLLM(llm.LLM[Any]):
    """Answers from the pages; one stream a generation.

    When nothing can be said soon after the turn was committed, a filler is: see `Fillers`, which
    gets `filler_s`.
    """

    def __init__(
        self,
        api: Api,
        turns: Turns,
        visit: Visit,
        manner: Manner | None = None,
        *,
        filler_s: float = 0.0,
    ) -> None:
        super().__init__()
        self.fillers = Fillers(filler_s)
        self.manner = manner
        self.api = api
        self.turns = turns
        self.visit = visit
        self.lang = visit.lang
        """The language of the last answer: an apology is said in it."""

    def obey(self, act: str, lang: str) -> None:
        """Speak the answer's language, and do what the visitor asked for beside an answer."""
        if act == "language":
            self.visit = replace(self.visit, lang=lang)
        if self.manner is None:
            return
        self.manner.read(lang)
        if act == "language":
            self.manner.understand(lang)
        if act == "slower":
            self.manner.slow_down()

    @property
    def model(self) -> str:
        return "grounded"

    @property
    def provider(self) -> str:
        return "groundling"

    def chat(
        self,
        *,
        chat_ctx: llm.ChatContext,
        tools: list[llm.Tool] | None = None,
        conn_options: APIConnectOptions = DEFAULT_API_CONNECT_OPTIONS,
        parallel_tool_calls: NotGivenOr[bool] = NOT_GIVEN,
        tool_choice: NotGivenOr[llm.ToolChoice] = NOT_GIVEN,
        extra_kwargs: NotGivenOr[dict[str, Any]] = NOT_GIVEN,
    ) -> "AnswerStream":
        """The answer to the last thing the visitor said; tools are not offered to the model."""
        return AnswerStream(self, chat_ctx=chat_ctx, tools=tools or [], conn_options=conn_options)


class AnswerStream(llm.LLMStream):
    """One answer, sentence by sentence; cancelled by LiveKit when the visitor interrupts."""

    def __init__(
        self,
        grounded: GroundedLLM,
        *,
        chat_ctx: llm.ChatContext,
        tools: list[llm.Tool],
        conn_options: APIConnectOptions,
    ) -> None:
        super().__init__(grounded, chat_ctx=chat_ctx, tools=tools, conn_options=conn_options)
        self._grounded = grounded
        self._sources: dict[int, Source] = {}
        self._wait = Wait()
        self._filling: asyncio.Task[None] | None = None

    async def _run(self) -> None:
        asked = _last_question(self._chat_ctx)
        if asked is None:
            return
        visit, turns = self._grounded.visit, self._grounded.turns
        turn = turns.propose(asked.id)
        question = Question(
            text=asked.text_content or "",
            turn=turn.id,
            visit=visit.id,
            kb=visit.kb,
            lang=visit.lang,
            history=history(self._chat_ctx.items[: self._chat_ctx.items.index(asked)]),
        )
        turn.upon_commit(lambda: self._fill(turn))
        timings: dict[str, float | None] = {}
        completed = False
        turn.times.mark("asked")
        try:
            async with aclosing(self._grounded.api.answer(question)) as events:
                async for event in events:
                    timings = self._take(event, turn) or timings
            completed = True
        except AnswerUnavailable as error:
            logger.warning("turn not answered", extra={"turn": turn.id, "reason": str(error)})
            occasion: Occasion = "busy" if isinstance(error, AnswerLater) else "apology"
            apology = phrase(occasion, self._grounded.lang)
            self._say(turn.line("apology", apology, reason=str(error)))
            completed = True
        finally:
            if self._filling is not None:
                self._filling.cancel()
            if completed:
                turn.complete(timings)
            else:
                turn.cancelled()

    def _take(self, event: AnswerEvent, turn: Turn) -> dict[str, float | None] | None:
        """Say or tell what arrived; the timings, when the answer is complete."""
        match event:
            case Grounded():
                self._wait.expect(event.wait_ms / 1000)
                self._grounded.lang = turn.lang = event.lang
                self._sources = {hit.n: hit for hit in event.hits}
                turn.upon_commit(lambda: self._grounded.obey(event.act, event.lang))
                turn.tell("grounding", act=event.act, hits=[_hit(hit) for hit in event.hits])
            case Sentence():
                citations = [
                    {"n": n, "link": self._sources[n].link, "title": self._sources[n].title}
                    for n in event.citations
                    if n in self._sources
                ]
                self._say(turn.line("sentence", event.text, citations=citations))
            case Abstained():
                self._say(turn.line("abstained", event.text, reason=event.reason))
            case Done():
                self._count(event)
                return event.timings
        return None

    def _fill(self, turn: Turn) -> None:
        """From now on the visitor waits."""
        waiting = self._grounded.fillers.fill(
            self._wait,
            lambda: turn.lang or self._grounded.lang,
            lambda said: self._say(turn.line("filler", said)),
        )
        self._filling = asyncio.create_task(waiting, name="filler")

    def _say(self, line: Line) -> None:
        if self._filling is not None:
            self._filling.cancel()
        # A validated delta would copy the line into a plain string and lose its turn.
        delta = llm.ChoiceDelta.model_construct(role="assistant", content=line)
        self._event_ch.send_nowait(llm.ChatChunk(id=line.turn.id, delta=delta))

    def _count(self, done: Done) -> None:
        prompt, answer = done.tokens.get("prompt") or 0, done.tokens.get("answer") or 0
        usage = llm.CompletionUsage(
            prompt_tokens=prompt, completion_tokens=answer, total_tokens=prompt + answer
        )
        self._event_ch.send_nowait(llm.ChatChunk(id="usage", usage=usage))


def _last_question(chat_ctx: llm.ChatContext) -> llm.ChatMessage | None:
    for item in reversed(chat_ctx.items):
        if item.type == "message" and item.role == "user" and (item.text_content or "").strip():
            return item
    return None


def history(items: Sequence[llm.ChatItem]) -> tuple[Said, ...]:
    """What was said, as it goes along with the next question.

    An answer that the visitor had hardly begun to hear when they went on asking is taken back.
    """
    said = [
        Said(role="visitor" if item.role == "user" else "avatar", text=text)
        for item in items
        if item.type == "message"
        and item.role in ("user", "assistant")
        and not _was_hardly_heard(item)
        and (text := without_filler((item.text_content or "").strip()))
    ]
    return tuple(said[-REMEMBERED:])


def _was_hardly_heard(message: llm.ChatMessage) -> bool:
    began = message.metrics.get("started_speaking_at")
    ended = message.metrics.get("stopped_speaking_at")
    if not message.interrupted or began is None or ended is None:
        return False
    return ended - began < HARDLY_HEARD_S


def _hit(hit: Source) -> dict[str, Any]:
    return {
        "n": hit.n,
        "url": hit.url,
        "link": hit.link,
        "title": hit.title,
        "headings": hit.headings,
        "text": hit.text,
        "score": hit.score,
    }
