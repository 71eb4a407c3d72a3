"""`POST /v1/answers`: an answer as JSON, or as events while it comes about."""

import logging
from collections.abc import AsyncGenerator
from contextlib import aclosing
from datetime import UTC, datetime
from typing import Annotated, Any
from uuid import uuid4

import msgspec
from litestar import Request, Response, post
from litestar.di import NamedDependency
from litestar.params import JSONBody
from msgspec import Meta

from app.answering.events import Abstained, Done, Grounded, Sentence, Timings, Tokens, Turn
from app.answering.preparation import WorkedAhead
from app.api.cited import WireSentence
from app.api.conversation import conversation
from app.api.events import MEDIA_TYPE, EventStream, event, unless_gone
from app.api.ports import AnswerEvent, House
from app.api.problems import OURS, problem_of
from app.api.wire import KbName, Lang, Question, Said, TurnName, WireHit, numbered
from app.errors import VisitError
from app.settings import GroundingSettings
from app.visits.records import SpokenTurn, Visit

logger = logging.getLogger(__name__)


class AnswerRequest(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    """With `visit`, its kb and language are the defaults, and the turn is kept as `turn`."""

    question: Question
    kb: KbName | None = None
    history: Annotated[list[Said], Meta(max_length=100)] = []
    lang: Lang | None = None
    visit: Annotated[str, Meta(max_length=64)] | None = None
    turn: TurnName | None = None


class AnswerResponse(msgspec.Struct, kw_only=True):
    """A whole answer; one that abstains has one sentence without citations, and a `reason`.

    `act` is what kind of thing was said: a "question", or a "greeting", "thanks", "farewell",
    "repeat", "slower", "shorter", "stop", "identity", "language", "assent" or "dissent", which is
    replied to without the pages; an assent to what was offered is answered from them.
    `late`: the model was, and what is said is a sentence of the pages themselves.
    """

    lang: str
    act: str
    abstained: bool
    reason: str | None
    sentences: list[WireSentence]
    hits: list[WireHit]
    timings: Timings
    tokens: Tokens
    ahead: WorkedAhead | None
    late: bool


@post("/answers", status_code=200, tags=["knowledge"])
async def answer(
    request: Request[Any, Any, Any],
    data: JSONBody[AnswerRequest],
    house: NamedDependency[House],
    defaults: NamedDependency[GroundingSettings],
) -> Response[AnswerResponse]:
    """An answer from the pages, or an abstention.

    With `Accept: text/event-stream`: events `grounding`, then `sentence` or `abstained`, then
    `done`; or `error` with a problem document when it breaks after it has begun.
    """
    visit = await house.visits.find(data.visit) if data.visit else None
    telling = _Telling(house, data, visit, defaults)
    if MEDIA_TYPE not in request.headers.get("accept", ""):
        return Response(await unless_gone(request.receive, telling.whole()))
    # The first event is awaited here, so that what is down already is still a status code.
    first = await unless_gone(request.receive, telling.first())
    return EventStream(telling.events(first))  # type: ignore[return-value]


class _Telling:
    """One answer on its way out, and what is kept of it once it is complete."""

    def __init__(
        self, house: House, data: AnswerRequest, visit: Visit | None, defaults: GroundingSettings
    ) -> None:
        self._visits = house.visits
        self._data = data
        self._asked_at = datetime.now(UTC)
        past = conversation(data.history)
        lang = data.lang or (visit.lang if visit else None)
        pinned = visit.lang if visit and visit.lang_pinned else None
        turn = Turn(
            question=data.question,
            kb=data.kb or (visit.kb if visit else defaults.kb),
            lang=pinned or lang,
            pinned=pinned is not None,
            history=past.history,
            unanswered=past.unanswered,
            visit=data.visit,
            name=data.turn,
        )
        self._answer = house.metrics.watching(house.answerer.answer(turn))
        self._sentences: list[WireSentence] = []
        self._hits: list[WireHit] = []
        self._lang = ""
        self._act = "question"
        self._reason: str | None = None
        self._done: Done | None = None

    async def first(self) -> AnswerEvent:
        return await anext(self._answer)

    async def whole(self) -> AnswerResponse:
        async with aclosing(self._answer) as answer:
            async for part in answer:
                await self._take(part)
        assert self._done is not None, "the answerer ends with Done, or raises"
        return AnswerResponse(
            lang=self._lang,
            act=self._act,
            abstained=self._reason is not None,
            reason=self._reason,
            sentences=self._sentences,
            hits=self._hits,
            timings=self._done.timings,
            tokens=self._done.tokens,
            ahead=self._done.ahead,
            late=self._done.late,
        )

    async def events(self, first: AnswerEvent) -> AsyncGenerator[bytes, None]:
        async with aclosing(self._answer) as answer:
            yield await self._take(first)
            try:
                async for part in answer:
                    yield await self._take(part)
            except OURS as error:
                problem = problem_of(error)
                logger.warning("answer broken off", extra={"reason": problem.detail})
                yield event("error", problem)
            except Exception as error:
                logger.error("answer broken off", exc_info=error)
                yield event("error", problem_of(error))

    async def _take(self, part: AnswerEvent) -> bytes:
        """Note a part of the answer, and give its event; keep the turn with the last one."""
        match part:
            case Grounded():
                self._lang, self._hits = part.lang, numbered(part.hits)
                self._act = part.act
                found = {
                    "lang": part.lang, "act": part.act, "hits": self._hits,
                    "took_ms": part.took_ms, "wait_ms": part.wait_ms,
                }  # fmt: skip
                return event("grounding", found)
            case Sentence():
                sentence = WireSentence.of(part, self._hits)
                self._sentences.append(sentence)
                return event("sentence", sentence)
            case Abstained():
                self._reason = part.reason
                self._sentences.append(WireSentence(text=part.text))
                return event("abstained", part)
            case Done():
                self._done = part
                await self._keep(part)
                return event("done", part)

    async def _keep(self, done: Done) -> None:
        """Keep the turn; that it could not be kept is no reason to take the answer back."""
        if self._data.visit is None:
            return
        turn = SpokenTurn(
            name=self._data.turn or uuid4().hex,
            asked_at=self._asked_at,
            question=self._data.question,
            answer=" ".join(sentence.text for sentence in self._sentences),
            lang=self._lang,
            abstained=self._reason or "",
            citations=self._cited(),
            timings=_figures(done) | {"act": self._act},
        )
        try:
            await self._visits.record(self._data.visit, turn)
        except VisitError as error:
            logger.warning("turn not kept", extra={"reason": str(error)})

    def _cited(self) -> list[dict[str, Any]]:
        cited = {n for sentence in self._sentences for n in sentence.citations}
        return [
            {"n": hit.n, "link": hit.link, "title": hit.title}
            for hit in self._hits
            if hit.n in cited
        ]


def _figures(done: Done) -> dict[str, Any]:
    """What is kept of how the answer came about."""
    figures: dict[str, Any] = msgspec.to_builtins(done.timings)
    figures["tokens"] = msgspec.to_builtins(done.tokens)
    if done.ahead is not None:
        figures["ahead"] = msgspec.to_builtins(done.ahead)
    if done.late:
        figures["late"] = True
    return figures
