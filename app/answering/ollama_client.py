"""Ollama's official client, with what its methods have no parameters for."""

import json
from collections.abc import AsyncGenerator, Mapping
from contextlib import aclosing
from typing import Any, cast

import httpx
from ollama import AsyncClient

CONNECT_S = 5.0


class BrokenOff(ConnectionError):
    """The server ended a stream before it had said that it was done."""


class Client(AsyncClient):
    """Sends bodies as they are, and tells a stream that broke off from one that ended.

    Lets through httpx's errors, ConnectionError and ollama's ResponseError.
    """

    async def ask(
        self, path: str, body: Mapping[str, Any], *, within_s: float | None = None
    ) -> dict[str, Any]:
        """The whole answer; `within_s` where it may take longer than usual."""
        usual = httpx.USE_CLIENT_DEFAULT
        timeout = usual if within_s is None else httpx.Timeout(within_s, connect=CONNECT_S)
        asked = {**body, "stream": False}
        answer = await self._request(dict[str, Any], "POST", path, json=asked, timeout=timeout)
        return dict(answer)

    async def running(self) -> list[dict[str, Any]]:
        """The models that are loaded."""
        found: list[dict[str, Any]] = (await self._request(dict, "GET", "/api/ps"))["models"]
        return found

    async def stream(self, path: str, body: Mapping[str, Any]) -> AsyncGenerator[Any, None]:
        """The parts of an answer as they come, up to the one that says that it is done."""
        asked = {**body, "stream": True}
        parts = await self._request(dict[str, Any], "POST", path, json=asked, stream=True)
        # The client gives a generator, and types it as an iterator.
        async with aclosing(cast("AsyncGenerator[dict[str, Any], None]", parts)) as parts:
            begun = False
            try:
                async for part in parts:
                    yield part
                    if part.get("done") or part.get("status") == "success":
                        return
                    begun = True
            except json.JSONDecodeError as error:
                if begun:
                    raise BrokenOff("half a line") from error
                raise
            except httpx.RemoteProtocolError as error:
                raise BrokenOff(str(error)) from error
            raise BrokenOff("no end")
