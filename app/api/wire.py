"""What search and answers share on the wire."""

from datetime import date, datetime
from typing import Annotated, Literal

import msgspec
from litestar.params import QueryParameter
from msgspec import Meta

from ingest.documents import Hit

# 10,000 words and more; longer is a mistake, or an attack.
LONGEST_QUESTION = 100_000

Question = Annotated[str, Meta(max_length=LONGEST_QUESTION, description="In the visitor's words.")]
KbName = Annotated[str, Meta(min_length=1, max_length=64, description="A knowledge base.")]
Lang = Annotated[str, Meta(pattern="^[a-z]{2}$", description="ISO 639-1.")]
TurnName = Annotated[str, Meta(min_length=1, max_length=64)]
Name = Annotated[str, Meta(min_length=1, max_length=200, description="Unique in its kb.")]
# What stands in a query is held to what Litestar says of it, and to nothing else.
KbQuery = Annotated[
    str | None, QueryParameter(min_length=1, max_length=64, description="A knowledge base.")
]
LimitQuery = Annotated[int, QueryParameter(ge=1, le=1000, description="How many at most.")]


class WireHit(msgspec.Struct, kw_only=True, frozen=True):
    """A passage with its scores; `n` counts from 1 and is what citations name.

    `fetched_at` is when its page was last seen to say so, `page_date` the page's own date, if any.
    """

    n: int
    url: str
    anchor: str
    link: str
    title: str
    headings: list[str]
    text: str
    lang: str
    score: float
    cosine: float
    bm25: float
    fetched_at: datetime
    page_date: date | None

    @classmethod
    def of(cls, n: int, hit: Hit) -> "WireHit":
        """The hit, as number `n`."""
        passage = hit.passage
        return cls(
            n=n,
            url=passage.url,
            anchor=passage.anchor,
            link=passage.link,
            title=passage.title,
            headings=list(passage.headings),
            text=passage.text,
            lang=passage.lang,
            score=round(hit.score, 4),
            cosine=round(hit.cosine, 4),
            bm25=round(hit.bm25, 4),
            fetched_at=passage.fetched_at,
            page_date=passage.page_date,
        )


def numbered(hits: "list[Hit] | tuple[Hit, ...]") -> list[WireHit]:
    """The hits with their numbers, from 1."""
    return [WireHit.of(n, hit) for n, hit in enumerate(hits, start=1)]


class Said(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    """One thing that was said earlier."""

    role: Literal["visitor", "avatar"]
    text: Annotated[str, Meta(max_length=LONGEST_QUESTION)]
