"""A small knowledge base of hits and passages for the tests of grounding and answering."""

from datetime import UTC, datetime

from ingest.documents import Hit, Passage


def passage(
    text: str, *, lang: str = "en", title: str = "Harbour Museum", ordinal: int = 0
) -> Passage:
    return Passage(
        kb="museum",
        source="site",
        url="https://museum.example/visit",
        anchor="visit",
        title=title,
        headings=("Visit",),
        ordinal=ordinal,
        text=text,
        lang=lang,
        revision="r1",
        fetched_at=datetime(2026, 11, 1, tzinfo=UTC),
    )


def hit(
    text: str, cosine: float, *, lang: str = "en", bm25: float = 0.0, title: str = "Museum"
) -> Hit:
    found = passage(text, lang=lang, title=title)
    return Hit(passage=found, score=cosine + 0.1 * bm25, cosine=cosine, bm25=bm25)


HOURS = "The museum is open from Tuesday to Sunday, from 10 am to 6 pm. It is closed on Mondays."
TICKETS = "A ticket costs 9 euros, or 6 euros for students. Children under 12 enter free."
TRAM = "Tram line 4 stops at Old Quay, two minutes on foot from the entrance."
HOURS_FR = "Le musée est ouvert du mardi au dimanche, de 10 h à 18 h. Il est fermé le lundi."
