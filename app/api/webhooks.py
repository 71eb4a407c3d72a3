"""`/v1/webhooks`: what became of messages to receivers, and trying again what was given up."""

from collections.abc import Mapping
from datetime import datetime
from typing import Annotated

import msgspec
from litestar import get, post
from litestar.di import NamedDependency
from litestar.params import QueryParameter

from app.api.ports import House
from app.api.wire import LimitQuery
from app.visits.outbox import LetterState, SeenLetter


class WireMessage(msgspec.Struct, kw_only=True):
    """A message to one receiver, by its host; null if the settings do not name it any more.

    `trouble` is why it was not taken the last time.
    """

    message: str
    receiver: str | None
    type: str
    visit: str
    state: LetterState
    attempts: int
    trouble: str
    created_at: datetime
    due_at: datetime | None
    ended_at: datetime | None

    @classmethod
    def of(cls, letter: SeenLetter, receivers: Mapping[str, str]) -> "WireMessage":
        """The message on the wire."""
        return cls(
            message=letter.message,
            receiver=receivers.get(letter.receiver),
            type=letter.kind,
            visit=letter.visit_id,
            state=letter.state,
            attempts=letter.attempts,
            trouble=letter.trouble,
            created_at=letter.created_at,
            due_at=letter.due_at if letter.state == "waiting" else None,
            ended_at=letter.ended_at,
        )


class MessageList(msgspec.Struct, kw_only=True):
    """The newest first."""

    messages: list[WireMessage]


class TriedAgain(msgspec.Struct, kw_only=True):
    """How many messages are tried once more."""

    messages: int


@get("/webhooks", tags=["visits"])
async def list_webhooks(
    house: NamedDependency[House],
    receivers: NamedDependency[dict[str, str]],
    in_state: Annotated[LetterState, QueryParameter(name="state")] = "failed",
    limit: LimitQuery = 50,
) -> MessageList:
    """The latest messages that were given up, wait, or were delivered."""
    found = await house.letters.latest(in_state, limit)
    return MessageList(messages=[WireMessage.of(one, receivers) for one in found])


@post("/webhooks/again", status_code=200, tags=["visits"])
async def try_webhooks_again(house: NamedDependency[House]) -> TriedAgain:
    """Try all messages that were given up once more, within half a minute."""
    return TriedAgain(messages=await house.letters.again())
