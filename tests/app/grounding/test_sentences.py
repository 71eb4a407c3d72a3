from dataclasses import replace

import pytest

from app.grounding.sentences import Sentences, split
from tests.app.grounding.samples import HOURS, passage
from tests.fakes.embedder import WordHashEmbedder

LATE = "It is closed on Mondays and on all public holidays."
TWO = f"The harbour was built in 1870 by the city. {LATE}"


def test_a_passage_is_cut_into_sentences_that_mean_something() -> None:
    assert split(TWO) == ["The harbour was built in 1870 by the city.", LATE]
    assert split("Closed.") == ["Closed."]


def test_lines_that_are_too_short_by_themselves_are_kept_with_their_neighbours() -> None:
    assert split("No. 4. Open daily, except on Mondays.") == [
        "No. 4. Open daily, except on Mondays."
    ]
    assert split("What a ticket costs:\n- adults: 9 euros\n- children: free") == [
        "What a ticket costs: - adults: 9 euros - children: free"
    ]


async def test_the_nearest_sentence_counts_and_is_embedded_once() -> None:
    embedder = WordHashEmbedder()
    sentences = Sentences(embedder)
    found = passage(TWO)
    [near] = await embedder.embed_passages([LATE])
    cosines = await sentences.nearest(near, [found, passage(HOURS, ordinal=1)])
    assert cosines[found.id] > 0.99
    assert len(cosines) == 2
    embedded = embedder.passages
    again = await sentences.nearest(near, [found])
    assert again == {found.id: cosines[found.id]}
    assert embedder.passages == embedded
    assert await sentences.nearest(near, []) == {}


async def test_no_more_is_kept_than_was_looked_at_last(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("app.grounding.sentences._KEPT", 2)
    embedder = WordHashEmbedder()
    sentences = Sentences(embedder)
    first, second, third = (passage(text) for text in (TWO, HOURS, LATE))
    vector = await embedder.embed_query("closed")
    for each in (first, second, first, third):
        await sentences.excerpts("", vector, [each])
    embedded = embedder.passages
    await sentences.learn([first, third])
    assert embedder.passages == embedded
    await sentences.learn([second])
    assert embedder.passages > embedded


async def test_an_excerpt_has_the_nearest_sentences_in_their_order() -> None:
    embedder = WordHashEmbedder()
    told = [f"The number {number} of this list {'goes on and on, ' * 5}." for number in range(9)]
    told[5], told[2] = "A dog may come to the café.", "No dog may come into the museum."
    best, other = passage(" ".join(told)), passage(" ".join(told[4:]), ordinal=1)
    vector = await embedder.embed_query("May a dog come to the café?")
    excerpts = await Sentences(embedder).excerpts("", vector, [best, other])
    sentences = split(excerpts[best.id].text)
    assert len(sentences) == 4
    assert sentences == sorted(sentences, key=told.index)
    assert {told[2], told[5]} < set(sentences)
    assert excerpts[best.id].nearest == excerpts[other.id].text == told[5]


async def test_what_a_heading_asks_is_answered_below_it_first() -> None:
    embedder = WordHashEmbedder()
    first = "It holds the files of one program, and what they need."
    rest = [
        f"A package may be about {word} and {'packages ' * 9}." for word in ("a", "b", "c", "d")
    ]
    found = replace(
        passage(" ".join([first, *rest])), headings=("Basics", "2.1. What is a package?")
    )
    sentences = Sentences(embedder)
    asked = "What is a package?"
    vector = await embedder.embed_query(asked)
    excerpt = (await sentences.excerpts(asked, vector, [found]))[found.id]
    assert excerpt.text.startswith(first)
    assert excerpt.nearest == first
    other = (await sentences.excerpts("Who wrote it?", vector, [found]))[found.id]
    assert other.nearest != first
