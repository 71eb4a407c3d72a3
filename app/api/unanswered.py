"""`GET /v1/unanswered`: the questions that the pages did not answer, the most frequent first."""

from datetime import datetime
from typing import Annotated, Literal

import msgspec
from litestar import get
from litestar.di import NamedDependency
from litestar.params import QueryParameter

from app.api.ports import House
from app.api.wire import KbQuery, LimitQuery
from app.visits.unanswered import UnansweredQuestion


class WireUnanswered(msgspec.Struct, kw_only=True):
    """A question as it was asked last, and how often it was.

    `reason`: `nothing_found` (the pages are not about it) or `not_in_pages` (they do not say).
    """

    kb: str
    question: str
    lang: str
    reason: Literal["nothing_found", "not_in_pages"]
    times: int
    first_asked: datetime
    last_asked: datetime

    @classmethod
    def of(cls, question: UnansweredQuestion) -> "WireUnanswered":
        """The question on the wire."""
        return msgspec.convert(question, cls, from_attributes=True)


class UnansweredList(msgspec.Struct, kw_only=True):
    """The most frequent first; equally frequent ones by when they were asked last."""

    questions: list[WireUnanswered]


@get("/unanswered", tags=["knowledge"])
async def list_unanswered(
    house: NamedDependency[House],
    kb: KbQuery = None,
    since: Annotated[
        datetime | None, QueryParameter(description="Asked then or later; UTC without a zone.")
    ] = None,
    limit: LimitQuery = 50,
) -> UnansweredList:
    """What visitors asked and the pages do not say, of one knowledge base or of all."""
    found = await house.unanswered.most_asked(kb=kb, since=since, limit=limit)
    return UnansweredList(questions=[WireUnanswered.of(each) for each in found])
