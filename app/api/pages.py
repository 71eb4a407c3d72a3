"""`GET /v1/pages`: the pages of a knowledge base, and why some of them are not indexed."""

from datetime import date, datetime
from typing import Annotated

import msgspec
from litestar import get
from litestar.di import NamedDependency
from litestar.params import FromQuery, QueryParameter

from app.api.ports import House
from app.api.wire import KbQuery, LimitQuery
from app.settings import GroundingSettings
from ingest.catalog.catalog import PageState, SeenPage


class WirePage(msgspec.Struct, kw_only=True):
    """A page as it was last seen; `reason` is why it is not indexed, or was not read again.

    `alias_of` is the URL that says the same and is indexed in its place.
    """

    url: str
    source: str
    state: PageState
    reason: str
    title: str
    lang: str
    passages: int
    alias_of: str
    page_date: date | None
    fetched_at: datetime | None

    @classmethod
    def of(cls, page: SeenPage) -> "WirePage":
        """The page on the wire."""
        return msgspec.convert(page, cls, from_attributes=True)


class PageList(msgspec.Struct, kw_only=True):
    """In order of URL; `after` asks for those that follow, null when none do."""

    pages: list[WirePage]
    after: str | None


@get("/pages", tags=["knowledge"])
async def list_pages(
    house: NamedDependency[House],
    defaults: NamedDependency[GroundingSettings],
    kb: KbQuery = None,
    url: FromQuery[str] = "",
    in_state: Annotated[PageState | None, QueryParameter(name="state")] = None,
    limit: LimitQuery = 50,
    after: FromQuery[str] = "",
) -> PageList:
    """The pages whose URL contains a text, of one state or of all."""
    found = await house.runs.pages(
        kb or defaults.kb, url_like=url, state=in_state or "", limit=limit + 1, after=after
    )
    some = found[:limit]
    return PageList(
        pages=[WirePage.of(page) for page in some],
        after=some[-1].url if len(found) > limit else None,
    )
