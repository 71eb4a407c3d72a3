"""The calls that make a session: mint, start, stop, keep alive."""

import asyncio

from litestar import Controller, Response, post
from litestar.di import NamedDependency
from msgspec import Struct

from app.settings import StageSettings
from app.stage.billing import NoCredits
from app.stage.door import Door
from app.stage.envelope import Asked, Invalid, Refusal, decode, yes
from app.stage.events import Reason
from app.stage.hosted import Hosting
from app.stage.session import StageSession
from app.stage.sessions import Crowded, Sessions
from app.stage.terms import Terms, TokenRequest, Unoffered, may_perform


class StopRequest(Struct):
    session_id: str | None = None
    reason: Reason = "UNKNOWN"


class KeepAliveRequest(Struct):
    session_id: str | None = None


class SessionCalls(Controller):
    """`/v1/sessions`, where sessions begin and end."""

    path = "/v1/sessions"

    @post("/token", status_code=200)
    async def mint(
        self,
        request: Asked,
        sessions: NamedDependency[Sessions],
        door: NamedDependency[Door],
        settings: NamedDependency[StageSettings],
        hosting: NamedDependency[Hosting],
    ) -> Response[bytes]:
        door.need_key(request)
        terms = _agree(decode(await request.body(), TokenRequest), settings, hosting)
        faults = sessions.next_faults()
        await asyncio.sleep(faults.token_delay_s)
        session = sessions.mint(terms, faults)
        return yes({"session_id": session.id, "session_token": door.token(session)})

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
        if not may_perform(session.terms.place.token):
            raise Refusal(500, "livekit_client_token must allow publishing media and data")
        _begin(session, sessions)
        address = str(request.base_url).rstrip("/").replace("http", "ws", 1)
        return yes(_started(session, f"{address}/v1/live/{session.ticket}"), 201)

    @post("/stop", status_code=200)
    async def stop(
        self,
        request: Asked,
        sessions: NamedDependency[Sessions],
        door: NamedDependency[Door],
    ) -> Response[bytes]:
        raw = await request.body()
        asked = decode(raw, StopRequest) if raw else StopRequest(reason="USER_CLOSED")
        await sessions.end(door.session(request, asked.session_id, sessions), asked.reason)
        return yes(None)

    @post("/keep-alive", status_code=200)
    async def keep_alive(
        self,
        request: Asked,
        sessions: NamedDependency[Sessions],
        door: NamedDependency[Door],
    ) -> Response[bytes]:
        asked = decode(await request.body() or b"{}", KeepAliveRequest)
        door.session(request, asked.session_id, sessions).touch()
        return yes(None)


def _agree(asked: TokenRequest, settings: StageSettings, hosting: Hosting) -> Terms:
    try:
        return asked.terms(settings, hosting)
    except Unoffered as error:
        raise Refusal(400, str(error)) from error
    except ValueError as error:
        raise Invalid(str(error)) from error


def _begin(session: StageSession, sessions: Sessions) -> None:
    if session.faults.start_failures > 0:
        session.faults.start_failures -= 1
        raise Refusal(500, "the start failed, as ordered")
    try:
        sessions.start(session)
    except Crowded as error:
        raise Refusal(403, str(error), 4003) from error
    except NoCredits as error:
        raise Refusal(403, str(error), 4033) from error


def _started(session: StageSession, address: str) -> dict[str, object]:
    terms = session.terms
    return {
        "session_id": session.id,
        "livekit_url": terms.public_url,
        "livekit_client_token": terms.client_token,
        "livekit_agent_token": terms.agent_token,
        "max_session_duration": terms.longest_s,
        "ws_url": address,
    }
