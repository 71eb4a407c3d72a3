from collections.abc import Iterable, Sequence
from uuid import UUID

import pytest

from app.grounding.grounder import Grounder, shorten
from app.settings import GroundingSettings
from ingest.catalog.catalog import Shelf as Holding
from ingest.documents import Hit, SparseVector, Vector
from ingest.errors import IndexUnavailable
from ingest.indexing.sparse import Frequencies, terms
from tests.app.grounding.samples import HOURS, HOURS_FR, TICKETS, hit
from tests.fakes.embedder import WordHashEmbedder


class Shelf:
    """Gives the same hits for every question, and keeps what it was asked."""

    def __init__(self, hits: Sequence[Hit], error: Exception | None = None) -> None:
        self._hits = list(hits)
        self._error = error
        self.beside: list[Hit] = []
        self.asked: list[tuple[str, SparseVector | None, int]] = []

    async def search(
        self, kb: str, vector: Vector, question: SparseVector | None, limit: int
    ) -> list[Hit]:
        if self._error:
            raise self._error
        self.asked.append((kb, question, limit))
        return self._hits[:limit]

    async def these(self, kb: str, ids: Sequence[UUID], vector: Vector) -> list[Hit]:
        return [hit for hit in self.beside if hit.passage.id in ids]


class Counts:
    """A knowledge base of 100 passages a language, five of them with any word."""

    def __init__(self, *languages: str) -> None:
        self._languages = list(languages)

    async def shelves(self) -> list[Holding]:
        return [Holding(kb="museum", pages=9, passages=100)] if self._languages else []

    async def languages(self, kb: str) -> list[str]:
        return self._languages

    async def frequencies(self, kb: str, terms: Iterable[int]) -> Frequencies:
        passages = dict.fromkeys(self._languages, 100)
        return Frequencies(passages=passages, containing=dict.fromkeys(terms, 5))


def grounder(shelf: Shelf, *languages: str) -> Grounder:
    embedder = WordHashEmbedder("intfloat/multilingual-e5-small")
    return Grounder(shelf, embedder, Counts(*languages), GroundingSettings())


async def test_grounds_a_question_on_the_hits_that_pass_the_gate() -> None:
    shelf = Shelf([hit(HOURS, 0.92), hit(TICKETS, 0.80)])
    grounding = await grounder(shelf, "en", "fr").ground("When is the museum open?", "museum", "fr")
    assert [found.passage.text for found in grounding.hits] == [HOURS]
    assert grounding.lang == "en"
    assert grounding.took_ms >= 0


async def test_the_sentences_of_a_small_kb_are_known_before_anybody_asks() -> None:
    found = [hit(HOURS, 0.92), hit(TICKETS, 0.80)]
    embedder = WordHashEmbedder("intfloat/multilingual-e5-small")
    prepared = Grounder(Shelf(found), embedder, Counts("en"), GroundingSettings())
    await prepared.prepare("museum")
    embedded = embedder.passages
    assert await prepared.excerpts("When is the museum open?", found)
    assert embedder.passages == embedded
    queries = embedder.queries
    await prepared.glance("When is the museum open?", "museum")
    assert embedder.queries == queries


async def test_turns_away_what_the_pages_are_not_about() -> None:
    shelf = Shelf([hit(HOURS, 0.81)])
    grounding = await grounder(shelf, "en").ground("Who won the election?", "museum", "en")
    assert grounding.hits == ()
    assert grounding.lang == "en"


async def test_answers_across_languages() -> None:
    shelf = Shelf([hit(HOURS_FR, 0.82, lang="fr")])
    grounding = await grounder(shelf, "fr").ground("¿Cuándo está abierto el museo?", "museum")
    assert len(grounding.hits) == 1
    assert grounding.lang == "es"


async def test_keeps_as_many_hits_as_the_settings_say() -> None:
    shelf = Shelf([hit(HOURS, 0.92)] * 9)
    grounding = await grounder(shelf, "en").ground("When is the museum open?", "museum", "en")
    assert len(grounding.hits) == GroundingSettings().passages


@pytest.mark.parametrize("question", ["", "   ", "🙂🙂", "?!"])
async def test_a_question_without_words_finds_nothing_and_asks_nobody(question: str) -> None:
    shelf = Shelf([hit(HOURS, 0.95)])
    grounding = await grounder(shelf, "en").ground(question, "museum", "de")
    assert grounding.hits == ()
    assert grounding.lang == "de"
    assert await grounder(shelf, "en").search(" ", "museum", 5) == []
    assert shelf.asked == []


async def test_search_reads_words_in_every_language_of_the_pages_or_in_one() -> None:
    shelf = Shelf([hit(HOURS, 0.4)])
    searching = grounder(shelf, "en", "fr")
    assert await searching.search("museum", "museum", 5)
    await searching.search("museum", "museum", 5, lang="en")
    (_, both, _), (_, one, _) = shelf.asked
    assert both
    assert one
    assert set(both.indices) == {*terms("museum", "en"), *terms("museum", "fr")}
    assert set(one.indices) == set(terms("museum", "en"))


async def test_a_shelf_that_is_away_is_reported_by_its_own_name() -> None:
    away = Shelf([], IndexUnavailable("Qdrant is away. Start it."))
    with pytest.raises(IndexUnavailable):
        await grounder(away, "en").ground("When is it open?", "museum", "en")


def test_of_an_endless_question_both_ends_are_kept() -> None:
    words = [f"w{n}" for n in range(10_000)]
    short = shorten(" ".join(words)).split()
    assert len(short) == 120
    assert short[0] == "w0"
    assert short[-1] == "w9999"
    assert shorten(" just this ") == "just this"


async def test_tells_which_knowledge_bases_there_are() -> None:
    assert await grounder(Shelf([]), "en").kbs() == ["museum"]
    assert await grounder(Shelf([]), "en").has("museum")
    assert not await grounder(Shelf([])).has("museum")


async def test_a_stricter_gate_refuses_what_was_just_good_enough() -> None:
    shelf, embedder = Shelf([hit(HOURS, 0.88)]), WordHashEmbedder("intfloat/multilingual-e5-small")
    usual, strict = (
        Grounder(shelf, embedder, Counts("en"), GroundingSettings(strictness=strictness))
        for strictness in (0.0, 0.1)
    )
    assert (await usual.ground("When does the café open?", "museum", "en")).hits
    assert not (await strict.ground("When does the café open?", "museum", "en")).hits


async def test_excerpts_of_the_question_just_asked_need_no_second_look_at_it() -> None:
    shelf, embedder = Shelf([hit(HOURS, 0.92)]), WordHashEmbedder("intfloat/multilingual-e5-small")
    asking = Grounder(shelf, embedder, Counts("en"), GroundingSettings())
    question = "When is the museum open?"
    hits = (await asking.ground(question, "museum", "en")).hits
    await asking.ground(question, "museum", "en")
    asked = embedder.queries
    excerpts = await asking.excerpts(question, hits)
    assert embedder.queries == asked
    assert excerpts[hits[0].passage.id].text
    assert await asking.excerpts("Is it open on Mondays?", hits)
    assert embedder.queries == asked + 1
