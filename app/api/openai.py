"""The OpenAI-compatible door: `POST /v1/chat/completions` and `GET /v1/models`.

For programs that speak to OpenAI. They get the same grounded answers as by `POST /v1/answers`:
whatever instructions or tools a caller sends, only the pages are spoken from.
"""

import logging
import time
from collections.abc import AsyncGenerator
from contextlib import aclosing
from typing import Any
from uuid import uuid4

import msgspec
from litestar import Request, Response, Router, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody

from app.answering.events import Abstained, Done, Grounded, Sentence, Tokens, Turn
from app.api.cited import WireSentence
from app.api.conversation import conversation
from app.api.events import EventStream, kept_alive, unless_gone
from app.api.openai_faults import fault_of, respond
from app.api.openai_wire import (
    AnswerMessage,
    CachedTokens,
    ChatRequest,
    Choice,
    Completion,
    Delta,
    DeltaChoice,
    FaultBody,
    Grounds,
    Model,
    ModelList,
    Piece,
    Refused,
    Usage,
    heard,
    ignored_of,
)
from app.api.ports import AnswerEvent, House
from app.api.problems import OURS, problem_of
from app.api.wire import Said, numbered
from app.settings import GroundingSettings

logger = logging.getLogger(__name__)

IGNORED = "X-Groundling-Ignored"
_STARTED = int(time.time())


@post("/chat/completions", status_code=200, tags=["openai"])
async def complete(
    request: Request[Any, Any, Any],
    data: JSONBody[ChatRequest],
    house: NamedDependency[House],
    defaults: NamedDependency[GroundingSettings],
) -> Response[Completion]:
    """An answer from the pages in OpenAI's form; with `stream`, sentence by sentence as events.

    `model` names a knowledge base. What the answer rests on stands in `groundling` of the message,
    or of the last delta. Instructions, tools and sampling have no effect; the header
    X-Groundling-Ignored names those that were sent.
    """
    await _known(data.model, house, defaults)
    chat = heard(data.messages)
    ignored = [*ignored_of(await request.json()), *chat.unheard]
    past = conversation([Said(role=who, text=text) for who, text in chat.said])
    turn = Turn(
        question=chat.question, kb=data.model, history=past.history, unanswered=past.unanswered
    )
    telling = _Telling(house.metrics.watching(house.answerer.answer(turn)), data, ignored)
    headers = {IGNORED: ", ".join(ignored).encode("ascii", "replace").decode()} if ignored else {}
    if not data.stream:
        whole = await unless_gone(request.receive, telling.whole())
        return Response(whole, headers=headers)
    # The first event is awaited here, so that what is down already is still a status code.
    first = await unless_gone(request.receive, telling.first())
    events = kept_alive(telling.events(first))
    return EventStream(events, headers)  # type: ignore[return-value]


@get("/models", tags=["openai"])
async def list_models(
    house: NamedDependency[House], defaults: NamedDependency[GroundingSettings]
) -> ModelList:
    """The knowledge bases that there are."""
    return ModelList(data=[_model(kb) for kb in await _kbs(house, defaults)])


@get("/models/{model:str}", tags=["openai"])
async def read_model(
    model: FromPath[str],
    house: NamedDependency[House],
    defaults: NamedDependency[GroundingSettings],
) -> Model:
    """One knowledge base."""
    await _known(model, house, defaults)
    return _model(model)


def openai_routes() -> Router:
    """The door, with errors as OpenAI's clients read them."""
    return Router(
        "/",
        route_handlers=[complete, list_models, read_model],
        exception_handlers={Exception: respond},
    )


class _Telling:
    """One answer on its way out."""

    def __init__(
        self, answer: AsyncGenerator[AnswerEvent, None], data: ChatRequest, ignored: list[str]
    ) -> None:
        self._answer = answer
        self._id = f"chatcmpl-{uuid4().hex}"
        self._created = int(time.time())
        self._model = data.model
        self._tells_usage = bool(data.stream_options and data.stream_options.include_usage)
        self._grounds = Grounds(ignored=ignored, sentences=[])
        self._tokens = Tokens()

    async def first(self) -> AnswerEvent:
        return await anext(self._answer)

    async def whole(self) -> Completion:
        async with aclosing(self._answer) as answer:
            async for part in answer:
                self._take(part)
        said = " ".join(sentence.text for sentence in self._grounds.sentences)
        message = AnswerMessage(content=said, groundling=self._grounds)
        return Completion(
            id=self._id,
            created=self._created,
            model=self._model,
            choices=[Choice(message=message)],
            usage=_usage(self._tokens),
        )

    async def events(self, first: AnswerEvent) -> AsyncGenerator[bytes, None]:
        async with aclosing(self._answer) as answer:
            self._take(first)
            yield self._piece(Delta(role="assistant", content=""))
            try:
                async for part in answer:
                    if said := self._take(part):
                        yield self._piece(Delta(content=said))
            except OURS as error:
                logger.warning("answer broken off", extra={"reason": problem_of(error).detail})
                yield _event(FaultBody(error=fault_of(error)[1]))
                return
            except Exception as error:
                logger.error("answer broken off", exc_info=error)
                yield _event(FaultBody(error=fault_of(error)[1]))
                return
        yield self._piece(Delta(groundling=self._grounds), finish="stop")
        if self._tells_usage:
            yield self._piece(None, usage=_usage(self._tokens))
        yield b"data: [DONE]\n\n"

    def _take(self, part: AnswerEvent) -> str:
        """Note a part of the answer; what of it is to be said now."""
        grounds = self._grounds
        match part:
            case Grounded():
                grounds.lang, grounds.act = part.lang, part.act
                grounds.hits = numbered(part.hits)
            case Sentence():
                return self._say(WireSentence.of(part, grounds.hits))
            case Abstained():
                grounds.abstained, grounds.reason = True, part.reason
                return self._say(WireSentence(text=part.text))
            case Done():
                grounds.late, self._tokens = part.late, part.tokens
        return ""

    def _say(self, sentence: WireSentence) -> str:
        between = " " if self._grounds.sentences else ""
        self._grounds.sentences.append(sentence)
        return between + sentence.text

    def _piece(
        self, delta: Delta | None, finish: str | None = None, usage: Usage | None = None
    ) -> bytes:
        choices = [DeltaChoice(delta=delta, finish_reason=finish)] if delta else []
        return _event(
            Piece(
                id=self._id,
                created=self._created,
                model=self._model,
                choices=choices,
                usage=usage,
            )
        )


def _event(content: Any) -> bytes:
    return b"data: %s\n\n" % msgspec.json.encode(content)


def _usage(tokens: Tokens) -> Usage:
    return Usage(
        prompt_tokens=tokens.prompt,
        completion_tokens=tokens.answer,
        total_tokens=tokens.prompt + tokens.answer,
        prompt_tokens_details=CachedTokens(cached_tokens=tokens.reused),
    )


async def _kbs(house: House, defaults: GroundingSettings) -> list[str]:
    return sorted({defaults.kb, *await house.grounder.kbs()})


async def _known(model: str, house: House, defaults: GroundingSettings) -> None:
    """Raises Refused for a model that is no knowledge base."""
    if model != defaults.kb and not await house.grounder.has(model):
        raise Refused(
            f"The model `{model}` does not exist: here, `model` names a knowledge base. "
            f"There are: {', '.join(await _kbs(house, defaults))}.",
            "model",
            status=404,
            code="model_not_found",
        )


def _model(kb: str) -> Model:
    return Model(id=kb, created=_STARTED)
