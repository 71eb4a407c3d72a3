"""How often a caller may call: so many times a second, counted for every caller and call."""

import hashlib
import math
import time

from litestar.datastructures import MutableScopeHeaders
from litestar.enums import ScopeType
from litestar.types import ASGIApp, Message, Receive, Scope, Send

from app.stage.envelope import Refusal


class Limits:
    """Fixed windows of one second, as the service counts. `clock` gives seconds."""

    def __init__(self, calls_per_s: int) -> None:
        self._most = calls_per_s
        self._window = 0
        self._counts: dict[tuple[str, str], int] = {}

    def count(self, caller: str, call: str, now: float) -> dict[str, str]:
        """The headers of this call's answer. Raises Refusal when it is one too many."""
        window = math.floor(now)
        if window != self._window:
            self._window, self._counts = window, {}
        count = self._counts[caller, call] = self._counts.get((caller, call), 0) + 1
        wait = max(1, math.ceil(window + 1 - now))
        headers = {
            "X-RateLimit-Limit": str(self._most),
            "X-RateLimit-Remaining": str(max(0, self._most - count)),
            "X-RateLimit-Reset": str(wait),
        }
        if count > self._most:
            over = {**headers, "Retry-After": str(wait)}
            raise Refusal(429, f"more than {self._most} calls a second; wait", headers=over)
        return headers

    def around(self, app: ASGIApp) -> ASGIApp:
        """The same application, with its `/v1` calls counted."""

        async def limited(scope: Scope, receive: Receive, send: Send) -> None:
            if scope["type"] != ScopeType.HTTP or not scope["path"].startswith("/v1"):
                await app(scope, receive, send)
                return
            call = f"{scope['method']} {scope.get('path_template') or scope['path']}"
            headers = self.count(_caller(scope), call, time.time())

            async def send_with_headers(message: Message) -> None:
                if message["type"] == "http.response.start":
                    MutableScopeHeaders.from_message(message).update(headers)
                await send(message)

            await app(scope, receive, send_with_headers)

        return limited


def _caller(scope: Scope) -> str:
    """The credential that was sent, unreadably; else the address."""
    headers = dict(scope["headers"])
    credential = headers.get(b"authorization") or headers.get(b"x-api-key")
    if credential:
        return hashlib.sha256(credential).hexdigest()
    return str((scope.get("client") or ("", 0))[0])
