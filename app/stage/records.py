"""What is kept of sessions, and who may read or erase it; and the credits that are left."""

from datetime import datetime

from litestar import Controller, Response, delete, get
from litestar.di import NamedDependency
from litestar.params import FromPath

from app.stage.door import Door
from app.stage.envelope import Asked, Invalid, Refusal, yes
from app.stage.pages import page
from app.stage.session import StageSession
from app.stage.sessions import Sessions


class SessionRecords(Controller):
    """`/v1/sessions`, to read and erase. Nothing that was said is among it."""

    path = "/v1/sessions"

    @get("/")
    async def list(
        self, request: Asked, sessions: NamedDependency[Sessions], door: NamedDependency[Door]
    ) -> Response[bytes]:
        door.need_key(request)
        kind = request.query_params.get("type")
        if kind not in ("active", "historic"):
            raise Invalid("type is active or historic - at `query?type`")
        known = sessions.running if kind == "active" else sessions.over
        avatar = request.query_params.get("avatar_id")
        wanted = [s for s in known if avatar in (None, s.terms.avatar_id)]
        return yes(page(request, [record(session) for session in wanted]))

    @delete("/", status_code=200)
    async def stop_too(
        self,
        request: Asked,
        sessions: NamedDependency[Sessions],
        door: NamedDependency[Door],
    ) -> Response[bytes]:
        """The way to stop that one of the service's guides names."""
        await sessions.end(door.session(request, None, sessions), "USER_CLOSED")
        return yes(None)

    @get("/{session_id:str}")
    async def one(
        self,
        request: Asked,
        session_id: FromPath[str],
        sessions: NamedDependency[Sessions],
        door: NamedDependency[Door],
    ) -> Response[bytes]:
        door.need_key(request)
        return yes(record(_known(sessions, session_id)))

    @get("/{session_id:str}/transcript")
    async def transcript(
        self,
        request: Asked,
        session_id: FromPath[str],
        sessions: NamedDependency[Sessions],
        door: NamedDependency[Door],
    ) -> Response[bytes]:
        """Empty: a stage hears sound, never words."""
        door.need_key(request)
        session = _known(sessions, session_id)
        active = session.reason is None
        return yes({"session_active": active, "next_timestamp": None, "transcript_data": []})

    @get("/{session_id:str}/events")
    async def events(
        self,
        request: Asked,
        session_id: FromPath[str],
        sessions: NamedDependency[Sessions],
        door: NamedDependency[Door],
    ) -> Response[bytes]:
        """What was reported over the WebSocket: types and times."""
        session = _known(sessions, _own(door, request, session_id))
        told = [{"type": kind, "created_at": _time(when)} for when, kind in session.told]
        return yes(page(request, told))

    @delete("/{session_id:str}/events", status_code=200)
    async def erase(
        self,
        request: Asked,
        session_id: FromPath[str],
        sessions: NamedDependency[Sessions],
        door: NamedDependency[Door],
    ) -> Response[bytes]:
        """Erase them for good."""
        _known(sessions, _own(door, request, session_id)).told.clear()
        return yes(None)


@get("/v1/users/credits")
async def credits_left(
    request: Asked, sessions: NamedDependency[Sessions], door: NamedDependency[Door]
) -> Response[bytes]:
    """What is left to spend, as a decimal string."""
    door.need_key(request)
    return yes({"credits_left": str(sessions.account.left)})


def record(session: StageSession) -> dict[str, object]:
    """A session as the service lists it."""
    terms, over = session.terms, session.reason is not None
    return {
        "id": session.id,
        "created_at": _time(session.created_at),
        "updated_at": _time(session.changed_at),
        "duration": round(session.age_s),
        "source": "API",
        "mode": "LITE",
        "avatar_id": terms.avatar_id,
        "is_sandbox": terms.sandbox,
        "credits_consumed": str(session.bill.consumed if session.bill else 0),
        "end_at": _time(session.changed_at) if over else None,
        "end_reason": session.reason,
    }


def _own(door: Door, request: Asked, session_id: str) -> str:
    """The id in the path, where the credential may see it."""
    if door.named(request, session_id) != session_id:
        raise Refusal(404, "session not found: the token is that of another")
    return session_id


def _known(sessions: Sessions, session_id: str) -> StageSession:
    session = sessions.remembered(session_id)
    if session is None:
        raise Refusal(404, "session not found")
    return session


def _time(when: datetime) -> str:
    return when.isoformat().replace("+00:00", "Z")
