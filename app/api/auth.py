"""Who may call: whoever has the key, where one is set."""

import hmac
from ipaddress import ip_address
from typing import Any

from litestar.connection import ASGIConnection
from litestar.exceptions import NotAuthorizedException
from litestar.handlers import BaseRouteHandler

from app.settings import ApiSettings


class KeyGuard:
    """A guard for routes that need `Authorization: Bearer <key>`; lets all pass without a key."""

    def __init__(self, settings: ApiSettings) -> None:
        key = settings.key.get_secret_value() if settings.key else ""
        self._expected = f"Bearer {key}".encode() if key else None

    async def __call__(
        self, connection: ASGIConnection[Any, Any, Any, Any], _: BaseRouteHandler
    ) -> None:
        """Raises NotAuthorizedException for a missing or wrong key."""
        if self._expected is None:
            return
        given = connection.headers.get("authorization", "").encode()
        if not hmac.compare_digest(given, self._expected):
            raise NotAuthorizedException(
                "This needs the header `Authorization: Bearer <GROUNDLING_API__KEY>`.",
                headers={"WWW-Authenticate": "Bearer"},
            )


def require_safe(settings: ApiSettings) -> None:
    """Refuse to be reachable from other machines without a key.

    Raises:
        ValueError: the host is not this machine's loopback and no key is set.
    """
    if settings.key is None and not _is_loopback(settings.host):
        raise ValueError(
            f"GROUNDLING_API__HOST={settings.host} can be reached from other machines: set "
            "GROUNDLING_API__KEY, or listen on 127.0.0.1."
        )


def _is_loopback(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
