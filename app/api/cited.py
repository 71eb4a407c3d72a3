"""A sentence on the wire, with the words of the pages that say it."""

from collections.abc import Sequence
from datetime import date

import msgspec

from app.answering.events import Quote, Sentence
from app.api.wire import WireHit


class WireQuote(msgspec.Struct, kw_only=True, frozen=True):
    """Words of a page as they stand there; `link` leads to their section.

    `n` is the number of the hit that they were found in, `page_date` the page's own date, if any.
    """

    n: int
    text: str
    url: str
    anchor: str
    link: str
    title: str
    page_date: date | None

    @classmethod
    def of(cls, quote: Quote, hit: WireHit) -> "WireQuote":
        """Words of a hit."""
        return cls(
            n=hit.n,
            text=quote.text,
            url=hit.url,
            anchor=hit.anchor,
            link=hit.link,
            title=hit.title,
            page_date=hit.page_date,
        )


class WireSentence(msgspec.Struct, kw_only=True, frozen=True):
    """A sentence, the numbers of the hits that it rests on, and their words that say it."""

    text: str
    citations: list[int] = []
    quotes: list[WireQuote] = []

    @classmethod
    def of(cls, sentence: Sentence, hits: Sequence[WireHit]) -> "WireSentence":
        """The sentence of an answer that rests on these hits."""
        by_number = {hit.n: hit for hit in hits}
        return cls(
            text=sentence.text,
            citations=list(sentence.citations),
            quotes=[WireQuote.of(quote, by_number[quote.n]) for quote in sentence.quotes],
        )
