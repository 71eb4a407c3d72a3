"""The routes by which tests order faults and look behind the stage; there only when set to be."""

from decimal import Decimal

from litestar import Controller, Response, get, post, put
from litestar.di import NamedDependency
from litestar.params import FromPath
from msgspec import Struct

from app.stage.door import Door
from app.stage.envelope import Asked, Refusal, decode, yes
from app.stage.faults import Faults
from app.stage.records import record
from app.stage.session import StageSession
from app.stage.sessions import Sessions


class Purse(Struct):
    """What the account is to hold."""

    credits: Decimal
    overage: bool = False


class Control(Controller):
    """`/control`: no part of LITE."""

    path = "/control"

    @post("/faults", status_code=200)
    async def order_next(
        self, request: Asked, sessions: NamedDependency[Sessions], door: NamedDependency[Door]
    ) -> Response[bytes]:
        """Faults of the session that is minted next; several orders serve several sessions."""
        door.need_key(request)
        sessions.order(decode(await request.body(), Faults))
        return yes(None)

    @post("/sessions/{session_id:str}/faults", status_code=200)
    async def order(
        self,
        request: Asked,
        session_id: FromPath[str],
        sessions: NamedDependency[Sessions],
        door: NamedDependency[Door],
    ) -> Response[bytes]:
        """Other faults for a session that lives; `{}` mends everything."""
        door.need_key(request)
        session = sessions.find(session_id)
        if session is None:
            raise Refusal(404, "session not found: it has ended, or never was")
        session.order(decode(await request.body(), Faults))
        return yes(None)

    @get("/sessions/{session_id:str}")
    async def look(
        self,
        request: Asked,
        session_id: FromPath[str],
        sessions: NamedDependency[Sessions],
        door: NamedDependency[Door],
    ) -> Response[bytes]:
        """What no client of LITE is told."""
        door.need_key(request)
        session = sessions.find(session_id) or sessions.remembered(session_id)
        if session is None:
            raise Refusal(404, "session not found")
        return yes({**record(session), **_behind(session)})

    @put("/account", status_code=200)
    async def refill(
        self, request: Asked, sessions: NamedDependency[Sessions], door: NamedDependency[Door]
    ) -> Response[bytes]:
        """Set the credits."""
        door.need_key(request)
        purse = decode(await request.body(), Purse)
        sessions.account.refill(purse.credits)
        sessions.account.overage = purse.overage
        return yes({"credits_left": str(sessions.account.left)})


def _behind(session: StageSession) -> dict[str, object]:
    return {
        "state": session.state,
        "pose": session.performer.pose,
        "played_s": round(session.played_s, 2),
        "waiting_s": round(session.performer.waiting_s, 2),
        "sockets": session.sockets,
        "commands": dict(session.commands),
        "faults": session.faults,
    }
