from app.grounding.sentences import Sentences, split
from tests.app.grounding.samples import HOURS, passage
from tests.fakes.embedder import WordHashEmbedder

LATE = "It is closed on Mondays and on all public holidays."
TWO = f"The harbour was built in 1870 by the city. {LATE}"


def test_a_passage_is_cut_into_sentences_that_mean_something() -> None:
    assert split(TWO) == ["The harbour was built in 1870 by the city.", LATE]
    assert split("No. 4. Open daily, except on Mondays.") == ["Open daily, except on Mondays."]
    assert split("Closed.") == ["Closed."]


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
