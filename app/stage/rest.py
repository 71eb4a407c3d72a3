"""The REST side of LITE: mint, start, stop, keep alive.

Envelope, statuses and codes are the service's.
"""

import hmac
import logging
import re
import secrets
import time
from typing import Any, TypeVar

import jwt
import msgspec
from litestar import Controller, MediaType, Request, Response, post
from litestar.di import NamedDependency
from litestar.exceptions import HTTPException
from msgspec import Struct

from app.settings import StageSettings
from app.stage.sessions import Reason, Sessions, StageSession
from app.stage.terms import TokenRequest, may_perform

logger = logging.getLogger(__name__)

SUCCESS = 1000
_TOKEN_S = 24 * 3600

Asked = Request[object, object, Any]
Body = TypeVar("Body")


class Refusal(Exception):
    """An answer other than yes, in the service's envelope."""

    def __init__(self, status: int, message: str, code: int | None = None) -> None:
        super().__init__(message)
        self.status, self.code = status, code or status


class Invalid(Exception):
    """The body is not what the call takes."""


class StopRequest(Struct):
    session_id: str | None = None
    reason: Reason = "UNKNOWN"


class KeepAliveRequest(Struct):
    session_id: str | None = None


class Door:
    """Who may call what: the key opens and ends any session, a token starts and ends its own."""

    def __init__(self, settings: StageSettings) -> None:
        self._key = settings.key.get_secret_value() if settings.key else None
        self._secret = secrets.token_hex(32)

    def need_key(self, request: Asked) -> None:
        given = request.headers.get("x-api-key", "")
        if self._key is not None and not hmac.compare_digest(given.encode(), self._key.encode()):
            raise Refusal(401, "X-API-KEY is missing or wrong: it is GROUNDLING_STAGE__KEY")

    def token(self, session: StageSession) -> str:
        """The bearer token of a session; clients read its mode without verifying it."""
        claims = {
            "sub": session.id,
            "exp": int(time.time()) + _TOKEN_S,
            "start_session_data": {"mode": "LITE"},
        }
        return jwt.encode(claims, self._secret, algorithm="HS256")

    def bearer(self, request: Asked) -> str | None:
        """The session id of a bearer token, None where none was sent."""
        scheme, _, token = request.headers.get("authorization", "").partition(" ")
        if scheme.lower() != "bearer":
            return None
        try:
            return str(jwt.decode(token, self._secret, algorithms=["HS256"])["sub"])
        except jwt.InvalidTokenError as error:
            raise Refusal(
                401, "the bearer token is not one of this stage's session tokens"
            ) from error

    def session(self, request: Asked, named: str | None, sessions: Sessions) -> StageSession:
        """The session of a call that takes either credential. The token, where sent, decides."""
        session_id = self.bearer(request)
        if session_id is None:
            self.need_key(request)
            session_id = named
        if session_id is None:
            raise Invalid("Object missing required field `session_id` - at `$`")
        session = sessions.find(session_id)
        if session is None:
            raise Refusal(404, "session not found: it has ended, or never was")
        return session


class SessionCalls(Controller):
    """`/v1/sessions`."""

    path = "/v1/sessions"

    @post("/token", status_code=200)
    async def mint(
        self,
        request: Asked,
        sessions: NamedDependency[Sessions],
        door: NamedDependency[Door],
        settings: NamedDependency[StageSettings],
    ) -> Response[bytes]:
        door.need_key(request)
        asked = _decode(await request.body(), TokenRequest)
        try:
            place = asked.place()
        except ValueError as error:
            raise Invalid(f"{error} - at `$.livekit_config`") from error
        session = sessions.mint(place, asked.longest_s(settings.longest_s))
        return _yes({"session_id": session.id, "session_token": door.token(session)})

    @post("/start", status_code=201)
    async def start(
        self,
        request: Asked,
        sessions: NamedDependency[Sessions],
        door: NamedDependency[Door],
    ) -> Response[bytes]:
        session = sessions.find(door.bearer(request) or "")
        if session is None:
            raise Refusal(
                401, "a session starts with its own token: Authorization: Bearer <session_token>"
            )
        if not may_perform(session.place.token):
            raise Refusal(500, "livekit_client_token must allow publishing media and data")
        sessions.start(session)
        address = str(request.base_url).rstrip("/").replace("http", "ws", 1)
        data: dict[str, object] = {
            "session_id": session.id,
            "livekit_url": session.place.url,
            "livekit_client_token": session.place.token,
            "livekit_agent_token": session.place.token,
            "max_session_duration": int(session.longest_s),
            "ws_url": f"{address}/v1/live/{session.ticket}",
        }
        return _yes(data, status=201)

    @post("/stop", status_code=200)
    async def stop(
        self,
        request: Asked,
        sessions: NamedDependency[Sessions],
        door: NamedDependency[Door],
    ) -> Response[bytes]:
        raw = await request.body()
        asked = _decode(raw, StopRequest) if raw else StopRequest(reason="USER_CLOSED")
        session = door.session(request, asked.session_id, sessions)
        await sessions.end(session, asked.reason)
        return _yes(None)

    @post("/keep-alive", status_code=200)
    async def keep_alive(
        self,
        request: Asked,
        sessions: NamedDependency[Sessions],
        door: NamedDependency[Door],
    ) -> Response[bytes]:
        asked = _decode(await request.body() or b"{}", KeepAliveRequest)
        door.session(request, asked.session_id, sessions).touch()
        return _yes(None)


def _decode(raw: bytes, kind: type[Body]) -> Body:
    try:
        return msgspec.json.decode(raw, type=kind)
    except msgspec.MsgspecError as error:
        raise Invalid(str(error)) from error


def _yes(data: dict[str, object] | None, status: int = 200) -> Response[bytes]:
    return _json({"code": SUCCESS, "data": data, "message": "Success"}, status)


def _json(content: object, status: int) -> Response[bytes]:
    return Response(msgspec.json.encode(content), status_code=status, media_type=MediaType.JSON)


def on_refusal(_: Asked, refusal: Refusal) -> Response[bytes]:
    return _json({"code": refusal.code, "data": None, "message": str(refusal)}, refusal.status)


def on_invalid(_: Asked, invalid: Invalid) -> Response[bytes]:
    """422 in FastAPI's form, which is what the service answers."""
    message, _at, path = str(invalid).partition(" - at ")
    where = ["body", *re.findall(r"\w+", path)]
    detail = [{"loc": where, "msg": message, "type": "value_error"}]
    return _json({"detail": detail}, 422)


def on_http_exception(_: Asked, error: HTTPException) -> Response[bytes]:
    content = {"code": error.status_code, "data": None, "message": error.detail}
    return _json(content, error.status_code)


def on_failure(_: Asked, error: Exception) -> Response[bytes]:
    logger.error("a call broke", exc_info=error)
    content = {"code": 500, "data": None, "message": "the stage broke; see its log"}
    return _json(content, 500)
