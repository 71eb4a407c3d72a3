"""The REST calls of LITE: mint, start, stop, each with a deadline.

Only what may pass by itself (the network, the stage's own errors) is tried again.
"""

import asyncio
import logging
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Generic, TypeVar

import httpx
import msgspec
from tenacity import AsyncRetrying, retry_if_exception_type, stop_after_attempt, wait_exponential

from app.errors import SessionOver, StageError, StageRefused, StageUnavailable
from app.settings import AvatarSettings

logger = logging.getLogger(__name__)

Data = TypeVar("Data")

_CALL_S = 10.0
_STOP_S = 5.0
_TRIES = 3

# What a stop of a dead session may be answered with; the service does not say.
_OVER = (400, 404, 409, 410)

_REMEDIES = {
    4003: "as many sessions run as the account allows: end one, or raise the plan",
    4033: "the account has no credits left: buy some, or use the stage of this installation",
    401: "check GROUNDLING_AVATAR__KEY; keys of HeyGen are not keys of LiveAvatar",
    403: "the key may not do this: check the account of GROUNDLING_AVATAR__KEY",
    404: "check GROUNDLING_AVATAR__URL",
    422: "check GROUNDLING_AVATAR__AVATAR_ID, which must be a UUID the stage knows",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """What a session is known by; `token` is its credential and never prints."""

    session_id: str
    token: str = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Started:
    """Where a started session takes speech, and after how many seconds it ends by itself."""

    socket_url: str
    longest_s: int | None


class _Minted(msgspec.Struct):
    session_id: str
    session_token: str


class _Running(msgspec.Struct):
    ws_url: str
    max_session_duration: int | None = None


class _Envelope(msgspec.Struct, Generic[Data]):
    data: Data


class _Said(msgspec.Struct):
    code: int = 0
    message: str = ""


class LiteCalls:
    """The stage's REST side. Raises StageRefused and StageUnavailable."""

    def __init__(
        self, settings: AvatarSettings, transport: httpx.AsyncBaseTransport | None = None
    ) -> None:
        self._settings = settings
        self._transport = transport

    async def mint(self, livekit_url: str, room: str, token: str) -> Terms:
        """Ask for a session that will perform in a room. Nothing runs and nothing is paid yet."""
        body = {
            "mode": "LITE",
            "avatar_id": self._settings.avatar_id,
            "is_sandbox": self._settings.sandbox,
            "livekit_config": {
                "livekit_url": livekit_url,
                "livekit_room": room,
                "livekit_client_token": token,
            },
        }
        minted = await self._ask("token", body, self._key(), _Minted)
        return Terms(session_id=minted.session_id, token=minted.session_token)

    async def start(self, terms: Terms) -> Started:
        """Send the avatar on its way; from here on the session costs."""
        body = {"session_id": terms.session_id}
        running = await self._ask("start", body, _bearer(terms), _Running)
        return Started(socket_url=running.ws_url, longest_s=running.max_session_duration)

    async def stop(self, terms: Terms) -> None:
        """End the session, even while being cancelled. Never raises: what fails is logged."""
        stopping = asyncio.ensure_future(self._stop(terms))
        try:
            await asyncio.shield(stopping)
        except asyncio.CancelledError:
            await asyncio.wait([stopping])
            raise

    async def _stop(self, terms: Terms) -> None:
        body = {"session_id": terms.session_id, "reason": "USER_CLOSED"}
        try:
            async with asyncio.timeout(_STOP_S):
                await self._try("stop", body, _bearer(terms))
        except StageRefused as refusal:
            extra = {"session": terms.session_id, "reason": str(refusal)}
            logger.info("session was over already", extra=extra)
        except (StageUnavailable, TimeoutError):
            logger.warning("session could not be stopped", extra={"session": terms.session_id})

    async def stop_lost(self, session_id: str) -> bool:
        """End the session of an agent that is gone, with the account's key.

        Says whether it is over now; one that was over already is. False: try again later.
        """
        body = {"session_id": session_id, "reason": "USER_DISCONNECTED"}
        try:
            async with asyncio.timeout(_STOP_S):
                await self._post("stop", body, self._key())
        except SessionOver:
            logger.info("session was over already", extra={"session": session_id})
        except (StageError, TimeoutError) as error:
            extra = {"session": session_id, "reason": str(error)}
            logger.warning("lost session could not be stopped", extra=extra)
            return False
        return True

    def _key(self) -> dict[str, str]:
        key = self._settings.key
        return {"X-API-KEY": key.get_secret_value()} if key else {}

    async def _ask(
        self, call: str, body: Mapping[str, object], headers: dict[str, str], kind: type[Data]
    ) -> Data:
        content = await self._try(call, body, headers)
        try:
            return msgspec.json.decode(content, type=_Envelope[kind]).data  # type: ignore[valid-type]
        except msgspec.MsgspecError as error:
            raise StageUnavailable(
                f"what answers at {self._settings.url} is no stage ({error}): "
                "check GROUNDLING_AVATAR__URL"
            ) from error

    async def _try(self, call: str, body: Mapping[str, object], headers: dict[str, str]) -> bytes:
        tries = AsyncRetrying(
            retry=retry_if_exception_type(StageUnavailable),
            stop=stop_after_attempt(_TRIES),
            wait=wait_exponential(multiplier=0.25, max=2),
            reraise=True,
        )
        async for attempt in tries:
            with attempt:
                return await self._post(call, body, headers)
        raise AssertionError("tenacity ends with an answer or an error")

    async def _post(self, call: str, body: Mapping[str, object], headers: dict[str, str]) -> bytes:
        url = f"{self._settings.url.rstrip('/')}/v1/sessions/{call}"
        try:
            async with httpx.AsyncClient(timeout=_CALL_S, transport=self._transport) as client:
                response = await client.post(url, json=dict(body), headers=headers)
        except (httpx.TransportError, httpx.InvalidURL) as error:
            raise StageUnavailable(
                f"the stage at {self._settings.url} cannot be reached ({type(error).__name__}): "
                "is it running, and is GROUNDLING_AVATAR__URL right?"
            ) from error
        if not response.is_success:
            raise _failure(call, response)
        return response.content


def _bearer(terms: Terms) -> dict[str, str]:
    return {"Authorization": f"Bearer {terms.token}"}


def _failure(call: str, response: httpx.Response) -> StageError:
    """Refused when the same call would fail again; the service's own code says more than HTTP's."""
    try:
        said = msgspec.json.decode(response.content, type=_Said)
    except msgspec.MsgspecError:
        said = _Said()
    status = response.status_code
    what = f"{call}: {status}" + (f" ({said.message})" if said.message else "")
    if status >= 500 or status in (408, 429):
        return StageUnavailable(f"the stage did not {what}; trying again may help")
    if call == "stop" and status in _OVER:
        return SessionOver(f"the stage did not {what}")
    remedy = _REMEDIES.get(said.code) or _REMEDIES.get(status, "check GROUNDLING_AVATAR__URL")
    return StageRefused(f"the stage did not {what}; {remedy}")
