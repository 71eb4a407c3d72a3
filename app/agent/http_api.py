"""The agent's way to the API, over HTTP."""

from collections.abc import AsyncGenerator, AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import httpx
import msgspec
from httpx_sse import ServerSentEvent, SSEError, aconnect_sse

from app.agent.api import (
    Abstained,
    AnswerEvent,
    Api,
    Done,
    Grounded,
    Heard,
    KnownName,
    OpenedCall,
    Question,
    Said,
    Sentence,
)
from app.errors import AnswerLater, AnswerUnavailable
from app.settings import ApiSettings

# A refused or lost connection must not keep a visitor waiting: the API is on our own network.
CONNECT_TIMEOUT_S = 3.0
REPORT_TIMEOUT_S = 5.0
# Words that are older than this are of no use any more.
LISTEN_TIMEOUT_S = 2.0
# A caller hears nothing meanwhile.
CALL_TIMEOUT_S = 10.0
# The first visit after a run waits for names to be mined; nothing else waits for them.
NAMES_TIMEOUT_S = 30.0

_EVENTS: Mapping[str, type[Grounded] | type[Sentence] | type[Abstained] | type[Done]] = {
    "grounding": Grounded,
    "sentence": Sentence,
    "abstained": Abstained,
    "done": Done,
}


class _Names(msgspec.Struct):
    names: list[KnownName] = []


@dataclass(slots=True)
class HttpApi:
    """The API over HTTP, on connections that are kept open between turns."""

    client: httpx.AsyncClient
    answer_timeout_s: float

    async def answer(self, question: Question) -> AsyncGenerator[AnswerEvent, None]:
        """See Api.answer; two events may lie `answer_timeout_s` apart, no more."""
        request = msgspec.json.encode(_wire(question))
        timeout = httpx.Timeout(self.answer_timeout_s, connect=CONNECT_TIMEOUT_S)
        try:
            async with aconnect_sse(
                self.client, "POST", "/v1/answers", content=request, timeout=timeout
            ) as source:
                await _require_success(source.response)
                async for event in source.aiter_sse():
                    known = _read(event)
                    if known is not None:
                        yield known
                    if isinstance(known, Done):
                        return
        except (httpx.HTTPError, SSEError) as error:
            raise AnswerUnavailable(
                f"the API at {self.client.base_url} did not answer ({error!r}); "
                "check that `groundling api` runs and that GROUNDLING_API__URL names it"
            ) from error
        raise AnswerUnavailable("the API broke off its answer; its log says why")

    async def listen(self, heard: Heard) -> None:
        """See Api.listen."""
        words = {
            "text": heard.text,
            "turn": heard.turn,
            "final": heard.final,
            "history": _said(heard.history),
        }
        try:
            response = await self.client.post(
                f"/v1/visits/{heard.visit}/listen", json=words, timeout=LISTEN_TIMEOUT_S
            )
            await _require_success(response)
        except httpx.HTTPError as error:
            raise AnswerUnavailable(f"the API did not listen ({error!r})") from error

    async def names(self, kb: str | None) -> Sequence[KnownName]:
        """See Api.names."""
        try:
            response = await self.client.get(
                "/v1/vocabulary", params={"kb": kb} if kb else {}, timeout=NAMES_TIMEOUT_S
            )
            await _require_success(response)
            return msgspec.json.decode(response.content, type=_Names).names
        except (httpx.HTTPError, msgspec.MsgspecError) as error:
            raise AnswerUnavailable(f"the API gave no names ({error!r})") from error

    async def open_call(self, room: str, *, kb: str | None, lang: str | None) -> OpenedCall:
        """See Api.open_call."""
        call = {"room": room, "kb": kb, "lang": lang}
        try:
            response = await self.client.post("/v1/calls", json=call, timeout=CALL_TIMEOUT_S)
            await _require_success(response)
            return msgspec.json.decode(response.content, type=OpenedCall)
        except (httpx.HTTPError, msgspec.MsgspecError) as error:
            raise AnswerUnavailable(f"the API opened no visit for a call ({error!r})") from error

    async def report(self, visit: str, facts: Mapping[str, Any]) -> None:
        """See Api.report."""
        try:
            response = await self.client.patch(
                f"/v1/visits/{visit}", json=dict(facts), timeout=REPORT_TIMEOUT_S
            )
            await _require_success(response)
        except httpx.HTTPError as error:
            raise AnswerUnavailable(f"the API did not take a report ({error!r})") from error

    async def renew(self, visit: str) -> float | None:
        """See Api.renew."""
        try:
            response = await self.client.post(f"/v1/visits/{visit}/lease", timeout=REPORT_TIMEOUT_S)
            await _require_success(response)
            return msgspec.json.decode(response.content, type=_Lease).stage_s
        except (httpx.HTTPError, msgspec.MsgspecError) as error:
            raise AnswerUnavailable(f"the API did not renew the lease ({error!r})") from error


class _Lease(msgspec.Struct):
    stage_s: float | None = None


def _wire(question: Question) -> dict[str, Any]:
    fields = {
        "question": question.text,
        "turn": question.turn,
        "visit": question.visit,
        "kb": question.kb,
        "lang": question.lang,
        "history": _said(question.history),
    }
    return {name: value for name, value in fields.items() if value is not None}


def _said(history: Sequence[Said]) -> list[dict[str, str]]:
    return [{"role": said.role, "text": said.text} for said in history]


def _read(event: ServerSentEvent) -> AnswerEvent | None:
    """The event, None for one we do not know, AnswerUnavailable for an `error`."""
    try:
        if event.event == "error":
            raise _failure(msgspec.json.decode(event.data))
        kind = _EVENTS.get(event.event)
        return None if kind is None else msgspec.json.decode(event.data, type=kind)
    except msgspec.MsgspecError as error:
        raise AnswerUnavailable(
            f"the API sent a {event.event!r} event that cannot be read ({error}); "
            "API and agent must be of the same version"
        ) from error


async def _require_success(response: httpx.Response) -> None:
    if response.is_success:
        return
    try:
        problem = msgspec.json.decode(await response.aread())
    except msgspec.MsgspecError:
        problem = {"title": response.reason_phrase}
    raise _failure(problem, f"the API answered {response.status_code}: ")


def _failure(problem: Any, before: str = "") -> AnswerUnavailable:
    """What a problem document says, as an error."""
    parts = problem if isinstance(problem, dict) else {}
    said = before + str(parts.get("detail") or parts.get("title") or "no reason given")
    return AnswerLater(said) if parts.get("retry_after_s") else AnswerUnavailable(said)


@asynccontextmanager
async def open_api(settings: ApiSettings, *, answer_timeout_s: float) -> AsyncIterator[Api]:
    """The API that the settings name; nothing is dialled until the first question."""
    headers = {"Content-Type": "application/json"}
    if settings.key is not None:
        headers["Authorization"] = f"Bearer {settings.key.get_secret_value()}"
    async with httpx.AsyncClient(base_url=settings.url, headers=headers) as client:
        yield HttpApi(client, answer_timeout_s)
