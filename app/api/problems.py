"""Everything that goes wrong becomes a problem document (RFC 9457), here and only here."""

import logging
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

import msgspec
from litestar import Request, Response
from litestar.exceptions import HTTPException, ValidationException
from litestar.types import ExceptionHandlersMap

from app.api.events import CallerGone
from app.errors import (
    AnswerError,
    ModelBusy,
    NoSuchVisit,
    PromptTooLong,
    TooManyVisitors,
    TooManyVisits,
    VisitError,
    VisitOver,
)
from ingest.errors import (
    IngestError,
    NoArticle,
    NoSuchPage,
    NoSuchRun,
    NoSuchSource,
    RunGoesOn,
    SecretsUnavailable,
    SourceExists,
    SourceRefused,
)

logger = logging.getLogger(__name__)

MEDIA_TYPE = "application/problem+json"


class Problem(msgspec.Struct, kw_only=True, frozen=True, omit_defaults=True):
    """What went wrong: `type` is stable and for programs, `detail` names cause and remedy.

    `retry_after_s` is there where asking again is likely to help.
    """

    type: str
    title: str
    status: int
    detail: str
    retry_after_s: int | None = None


class NotOpenYet(Exception):
    """The house behind the door is still being opened; the message says what it waits for."""


@dataclass(frozen=True, slots=True)
class _Kind:
    name: str
    title: str
    status: int


# The first that fits counts.
_KINDS: tuple[tuple[type[Exception], _Kind], ...] = (
    (NoSuchVisit, _Kind("no-such-visit", "There is no such visit", 404)),
    (TooManyVisits, _Kind("too-many-visits", "All places are taken", 409)),
    (VisitOver, _Kind("visit-over", "The visit has ended", 410)),
    (TooManyVisitors, _Kind("too-many-visitors", "The visit is full", 409)),
    (VisitError, _Kind("visits-unavailable", "Visits cannot be had now", 503)),
    (PromptTooLong, _Kind("prompt-too-long", "The prompt does not fit the model", 500)),
    (ModelBusy, _Kind("model-busy", "The language model is busy", 503)),
    (AnswerError, _Kind("model-unavailable", "The language model does not answer", 503)),
    (NoSuchSource, _Kind("no-such-source", "There is no such source", 404)),
    (NoSuchRun, _Kind("no-such-run", "There is no such run", 404)),
    (NoSuchPage, _Kind("no-such-page", "There is no such page", 404)),
    (SourceExists, _Kind("source-exists", "There is a source of this name", 409)),
    (RunGoesOn, _Kind("run-goes-on", "A run over the source is under way", 409)),
    (SourceRefused, _Kind("invalid-source", "The source is not valid", 400)),
    (NoArticle, _Kind("nothing-to-read", "The document cannot be read", 422)),
    (SecretsUnavailable, _Kind("secrets-unavailable", "Credentials cannot be read", 503)),
    (IngestError, _Kind("knowledge-unavailable", "The knowledge base does not answer", 503)),
    (NotOpenYet, _Kind("not-ready", "Groundling is starting", 503)),
    (CallerGone, _Kind("caller-gone", "The caller has gone", 499)),
    (ValidationException, _Kind("invalid-request", "The request is not valid", 400)),
)

OURS = (IngestError, AnswerError, VisitError)
"""The errors that say what is wrong and what to do about it."""


def problem_of(error: Exception) -> Problem:
    """The problem document of an error; what we did not foresee is told to the log only."""
    for family, kind in _KINDS:
        if isinstance(error, family):
            problem = _problem(kind, _detail(error))
            later = getattr(error, "retry_after_s", None)
            return msgspec.structs.replace(problem, retry_after_s=later)
    if isinstance(error, HTTPException):
        return _problem(_kind_of_status(error.status_code), _detail(error))
    return _problem(
        _kind_of_status(500), "Something unforeseen happened. The server's log says what."
    )


def respond(request: Request[Any, Any, Any], error: Exception) -> Response[Any]:
    """The answer to a request that failed, for all routes."""
    problem = problem_of(error)
    note(request, error, problem)
    content = msgspec.to_builtins(problem)
    content |= _more(error)
    headers = headers_of(error, problem)
    return Response(content, status_code=problem.status, media_type=MEDIA_TYPE, headers=headers)


def headers_of(error: Exception, problem: Problem) -> dict[str, str]:
    """What goes with a problem: how to prove who one is, when to ask again."""
    headers = dict(error.headers or {}) if isinstance(error, HTTPException) else {}
    if problem.retry_after_s is not None:
        headers["Retry-After"] = str(problem.retry_after_s)
    return headers


def _more(error: Exception) -> dict[str, Any]:
    """What programs need beyond the words: the fields that are wrong, the run that goes on."""
    if isinstance(error, ValidationException) and error.extra:
        return {"errors": error.extra}
    if isinstance(error, SourceRefused):
        return {"errors": [{"key": error.field, "message": error.reason}]}
    return {"run": error.run} if isinstance(error, RunGoesOn) else {}


HANDLERS: ExceptionHandlersMap = {Exception: respond}


def note(request: Request[Any, Any, Any], error: Exception, problem: Problem) -> None:
    """Tell the log of a request that failed by our doing."""
    facts = {"path": request.scope["path"], "problem": problem.type}
    if problem.status == HTTPStatus.INTERNAL_SERVER_ERROR:
        logger.error("request failed", extra=facts, exc_info=error)
    elif problem.status > HTTPStatus.INTERNAL_SERVER_ERROR:
        logger.warning("request refused", extra=facts | {"reason": problem.detail})


def _problem(kind: _Kind, detail: str) -> Problem:
    return Problem(
        type=f"urn:groundling:problem:{kind.name}",
        title=kind.title,
        status=kind.status,
        detail=detail,
    )


def _kind_of_status(status: int) -> _Kind:
    phrase = HTTPStatus(status).phrase
    return _Kind(phrase.lower().replace(" ", "-"), phrase, status)


def _detail(error: Exception) -> str:
    if isinstance(error, ValidationException):
        faults = [_fault(extra) for extra in error.extra or ()]
        return "; ".join(faults) or str(error.detail)
    return str(error.detail) if isinstance(error, HTTPException) else str(error)


def _fault(extra: Any) -> str:
    if not isinstance(extra, dict):
        return str(extra)
    key, message = extra.get("key"), extra.get("message", "not valid")
    return f"{key}: {message}" if key else str(message)
