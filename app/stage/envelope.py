"""How the stage answers: the service's envelope, its codes, and its two kinds of error."""

import logging
import re
from collections.abc import Mapping
from typing import Any, TypeVar

import msgspec
from litestar import MediaType, Request, Response
from litestar.exceptions import HTTPException

logger = logging.getLogger(__name__)

SUCCESS = 1000

Asked = Request[object, object, Any]
Body = TypeVar("Body")


class Refusal(Exception):
    """An answer other than yes, in the envelope; `code` is the service's number, if it has one."""

    def __init__(
        self,
        status: int,
        message: str,
        code: int | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(message)
        self.status, self.code, self.headers = status, code or status, dict(headers or {})


class Invalid(Exception):
    """The body is not what the call takes."""


def decode(raw: bytes, kind: type[Body]) -> Body:
    """A body as `kind`. Raises Invalid."""
    try:
        return msgspec.json.decode(raw, type=kind)
    except msgspec.MsgspecError as error:
        raise Invalid(str(error)) from error


def yes(data: object, status: int = 200) -> Response[bytes]:
    return _json({"code": SUCCESS, "data": data, "message": "Success"}, status)


def _json(
    content: object, status: int, headers: Mapping[str, str] | None = None
) -> Response[bytes]:
    return Response(
        msgspec.json.encode(content), status_code=status, media_type=MediaType.JSON, headers=headers
    )


def on_refusal(_: Asked, refusal: Refusal) -> Response[bytes]:
    content = {"code": refusal.code, "data": None, "message": str(refusal)}
    return _json(content, refusal.status, refusal.headers)


def on_invalid(_call: Asked, invalid: Invalid) -> Response[bytes]:
    """422 in FastAPI's form, which is what the service answers."""
    message, _, path = str(invalid).partition(" - at ")
    place, _, name = path.rpartition("?")
    where = [place or "body", *re.findall(r"\w+", name)]
    detail = [{"loc": where, "msg": message, "type": "value_error"}]
    return _json({"detail": detail}, 422)


def on_http_exception(_: Asked, error: HTTPException) -> Response[bytes]:
    content = {"code": error.status_code, "data": None, "message": error.detail}
    return _json(content, error.status_code, error.headers)


def on_failure(_: Asked, error: Exception) -> Response[bytes]:
    logger.error("a call broke", exc_info=error)
    content = {"code": 500, "data": None, "message": "the stage broke; see its log"}
    return _json(content, 500)
