"""`POST /v1/visits/{id}/listen`: a visitor's words while they are being spoken."""

from typing import Annotated

import msgspec
from litestar import post
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody
from msgspec import Meta

from app.answering.listened import Words
from app.answering.preparation import Progress
from app.answering.understanding import continued
from app.api.conversation import conversation
from app.api.ports import House
from app.api.wire import Said, TurnName

# Two minutes of speech; what is said in one turn beyond that changes no search any more.
LONGEST_SPEECH = 4_000


class ListenRequest(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    """The words of a turn so far, each time all of them; `turn` as in `POST /v1/answers`.

    `final`: the turn may be over. `history` as in `POST /v1/answers`; without it, what the last
    answer of the visit tells of it.
    """

    text: Annotated[str, Meta(max_length=LONGEST_SPEECH)]
    turn: TurnName
    final: bool = False
    history: Annotated[list[Said], Meta(max_length=100)] | None = None


@post("/visits/{visit:str}/listen", status_code=200, tags=["visits"])
async def listen(
    visit: FromPath[str], data: JSONBody[ListenRequest], house: NamedDependency[House]
) -> Progress:
    """Search, and have the model read, ahead of the question that these words become.

    Answers at once, with what had been read ahead for this turn until now.
    """
    found = await house.visits.find(visit)
    if found.state == "ended" or not data.text.strip():
        return Progress()
    past = None if data.history is None else conversation(data.history)
    return house.ahead.hear(
        Words(
            visit=visit,
            turn=data.turn,
            kb=found.kb,
            text=continued(past.unanswered, data.text, found.lang) if past else data.text,
            history=past.history if past else None,
            final=data.final,
        )
    )
