from collections.abc import Sequence
from dataclasses import replace

import pytest

from app.grounding.searching import Search
from app.settings import GroundingSettings
from ingest.documents import Vector
from tests.app.grounding.samples import hit
from tests.app.grounding.test_grounder import Counts, Shelf
from tests.fakes.embedder import WordHashEmbedder


class Backwards:
    """A reranker to which the last is the best."""

    async def score(self, question: str, passages: Sequence[str]) -> list[float]:
        return [float(number) for number in range(len(passages))]


def search(shelf: Shelf, reranker: Backwards | None = None) -> Search:
    return Search(shelf, WordHashEmbedder(), Counts("en"), GroundingSettings(), reranker)


async def test_the_neighbour_that_says_the_rest_is_brought() -> None:
    start = hit("The guided tour of the lighthouse", 0.9)
    rest = hit("costs seven euros for a family.", 0.8)
    rest = replace(rest, passage=replace(rest.passage, ordinal=1))
    shelf = Shelf([start, hit("Dogs are not allowed.", 0.8, title="Dogs")])
    shelf.beside = [rest]
    hits, _, _ = await search(shelf).find(
        "What costs the lighthouse family tour?", "en", "m", 2, ["en"]
    )
    assert [each.passage.text for each in hits] == [start.passage.text, rest.passage.text]


async def test_a_neighbour_that_adds_nothing_stays_out() -> None:
    whole = hit("The tour of the lighthouse costs seven euros.", 0.9)
    other = hit("Something else entirely.", 0.8)
    other = replace(other, passage=replace(other.passage, ordinal=1))
    shelf = Shelf([whole])
    shelf.beside = [other]
    hits, _, _ = await search(shelf).find(
        "What does the lighthouse tour cost?", "en", "m", 2, ["en"]
    )
    assert [each.passage.text for each in hits] == [whole.passage.text]


async def test_a_reranker_orders_what_was_found_and_leaves_the_cosines() -> None:
    shelf = Shelf([hit("first words", 0.9), hit("second words", 0.8)])
    hits, _, _ = await search(shelf, Backwards()).find("first second words?", "en", "m", 2, ["en"])
    assert [(each.passage.text, each.cosine) for each in hits] == [
        ("second words", 0.8),
        ("first words", 0.9),
    ]


async def test_cosines_to_a_question_between_two_readings_are_the_mean_of_both() -> None:
    class Halfway(WordHashEmbedder):
        async def embed_query(self, text: str) -> Vector:
            return await super().embed_query(text) / 2

    shelf, limits = Shelf([hit("first words", 0.8)]), GroundingSettings()
    found = Search(shelf, Halfway(), Counts("en"), limits, None)
    [only], question, _ = await found.find("Which words?", "en", "m", 2, ["en"])
    assert only.cosine == pytest.approx(0.4)
    assert question.text == "Which words?"
