"""`/v1/calls`: a visit for who has called by telephone."""

from typing import Annotated

import msgspec
from litestar import post
from litestar.di import NamedDependency
from litestar.params import JSONBody
from msgspec import Meta

from app.api.entrance import Errands
from app.api.ports import House
from app.api.wire import KbName, Lang
from app.settings import GroundingSettings

RoomId = Annotated[
    str, Meta(pattern="^RM_[A-Za-z0-9]{1,60}$", description="LiveKit's id of the room.")
]


class CallRequest(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    """Where the caller is, what to talk about, and their language; our own when left out.

    Neither the room's name nor the caller's: both hold a telephone number, which is not kept.
    """

    room: RoomId
    kb: KbName | None = None
    lang: Lang | None = None


class OpenedCallResponse(msgspec.Struct, kw_only=True):
    """The visit of the call: from now on a visit like any other."""

    id: str
    kb: str
    lang: str


@post("/calls", tags=["visits"])
async def open_call(
    data: JSONBody[CallRequest],
    house: NamedDependency[House],
    errands: NamedDependency[Errands],
    defaults: NamedDependency[GroundingSettings],
) -> OpenedCallResponse:
    """Open a visit for a caller, for the agent that attends them; a second time, give the same."""
    kb, lang = data.kb or defaults.kb, data.lang or defaults.language
    visit = await house.visits.open_call(data.room, kb, lang)
    errands.start(house.answerer.prepare(visit.kb, visit.lang), "reading ahead")
    return OpenedCallResponse(id=visit.id, kb=visit.kb, lang=visit.lang)
