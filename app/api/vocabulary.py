"""`GET /v1/vocabulary`: the names that a knowledge base is about, for those who hear questions."""

import msgspec
from litestar import get
from litestar.di import NamedDependency

from app.api.ports import House
from app.api.wire import KbQuery
from app.settings import GroundingSettings


class WireName(msgspec.Struct, kw_only=True):
    """A name as the pages write it; `like` are common words that are not to be taken for it."""

    text: str
    like: list[str] = []


class VocabularyList(msgspec.Struct, kw_only=True):
    """The most frequent first."""

    names: list[WireName]


@get("/vocabulary", tags=["knowledge"])
async def read_vocabulary(
    house: NamedDependency[House], defaults: NamedDependency[GroundingSettings], kb: KbQuery = None
) -> VocabularyList:
    """Names, products and acronyms that are rare elsewhere, mined from a knowledge base's pages."""
    names = await house.vocabularies.of(kb or defaults.kb)
    return VocabularyList(
        names=[WireName(text=name.text, like=sorted(name.like)) for name in names]
    )
