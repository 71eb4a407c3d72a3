"""Who may call what: the key opens and ends any session, a token starts and ends its own."""

import base64
import binascii
import hmac
import re
import secrets
import time

import jwt

from app.settings import StageSettings
from app.stage.envelope import Asked, Invalid, Refusal
from app.stage.session import StageSession
from app.stage.sessions import Sessions

_TOKEN_S = 24 * 3600
_HEYGEN_KEY = re.compile(rb"[0-9a-f]{32}-\d{10}")


class Door:
    """Keys and session tokens. Without a key of its own the stage takes any, and none."""

    def __init__(self, settings: StageSettings) -> None:
        self._key = settings.key.get_secret_value() if settings.key else None
        self._secret = secrets.token_hex(32)

    def need_key(self, request: Asked) -> None:
        """Raises Refusal where the key of this stage is not sent."""
        given = request.headers.get("x-api-key", "")
        if is_heygen_key(given):
            raise Refusal(401, "that is a key of HeyGen, which LiveAvatar does not take")
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

    def named(self, request: Asked, named: str | None) -> str:
        """The session id of a call that takes either credential. The token, where sent, decides."""
        session_id = self.bearer(request)
        if session_id is None:
            self.need_key(request)
            session_id = named
        if session_id is None:
            raise Invalid("Object missing required field `session_id` - at `$`")
        return session_id

    def session(self, request: Asked, named: str | None, sessions: Sessions) -> StageSession:
        """The living session of a call that takes either credential."""
        session = sessions.find(self.named(request, named))
        if session is None:
            raise Refusal(404, "session not found: it has ended, or never was")
        return session


def is_heygen_key(key: str) -> bool:
    """Whether this is a key of HeyGen's other product: `sk_…`, or base64 of a hash and a time."""
    if key.startswith("sk_V2_"):
        return True
    try:
        return _HEYGEN_KEY.fullmatch(base64.b64decode(key, validate=True)) is not None
    except (binascii.Error, ValueError):
        return False
