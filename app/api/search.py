"""`POST /v1/search`: passages with their scores, good or not."""

from typing import Annotated

import msgspec
from litestar import post
from litestar.di import NamedDependency
from litestar.params import JSONBody
from msgspec import Meta

from app.api.ports import House
from app.api.wire import KbName, Lang, Question, WireHit, numbered
from app.settings import GroundingSettings


class SearchRequest(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    """`lang` reads the question in that language only; else in every language of the pages."""

    question: Question
    kb: KbName | None = None
    limit: Annotated[int, Meta(ge=1, le=100)] = 5
    lang: Lang | None = None


class SearchResponse(msgspec.Struct, kw_only=True):
    """The best hit first."""

    hits: list[WireHit]


@post("/search", status_code=200, tags=["knowledge"])
async def search(
    data: JSONBody[SearchRequest],
    house: NamedDependency[House],
    defaults: NamedDependency[GroundingSettings],
) -> SearchResponse:
    """The passages nearest to a question, by meaning and by words."""
    kb = data.kb or defaults.kb
    hits = await house.grounder.search(data.question, kb, data.limit, data.lang)
    return SearchResponse(hits=numbered(hits))
