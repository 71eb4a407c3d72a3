from collections.abc import AsyncGenerator, Sequence

import pytest

from app.answering.check.checker import Checker
from app.answering.check.likeness import Likeness, least, likeness_for
from app.answering.events import Tokens, Turn
from app.answering.notes import Notes
from app.answering.release import Release
from app.grounding.sentences import Sentences
from ingest.documents import Passage
from tests.app.grounding.samples import HOURS, passage
from tests.fakes.embedder import WordHashEmbedder

# To an embedder of words, these are alike in spite of their language.
ENGLISH = "The Harbour Museum Restaurant Lighthouse Promenade has Panorama Terrace."
GERMAN = "The Harbour Museum Restaurant Lighthouse Promenade hat Panorama Terrace."


async def written(*sentences: str) -> AsyncGenerator[str, None]:
    for sentence in sentences:
        yield sentence


async def said(
    sentence: str, shown: Sequence[Passage], likeness: Likeness | None, lang: str = "de"
) -> tuple[list[str], Notes]:
    turn = Turn(question="Gibt es eine Terrasse?", kb="museum")
    notes = Notes(turn, None)
    release = Release(turn, shown, lang, Checker(), notes, likeness)
    return [each.text async for each in release.sentences(written(sentence))], notes


@pytest.mark.parametrize(("sentence", "spoken"), [(GERMAN, True), ("Von allen Tests.", False)])
async def test_what_rests_on_another_language_must_be_like_it(sentence: str, spoken: bool) -> None:
    shown = [passage(ENGLISH), passage(HOURS, ordinal=1)]
    embedder = WordHashEmbedder()
    likeness = Likeness(embedder, Sentences(embedder))
    told, notes = await said(sentence, shown, likeness)
    assert told == ([sentence] if spoken else [])
    assert notes.done(Tokens()).withheld == (() if spoken else ("meaning",))
    assert (await said(sentence, shown, None))[0] == [sentence]


async def test_it_is_not_asked_for_where_words_can_be_compared() -> None:
    embedder = WordHashEmbedder()
    told, _ = await said(
        "The museum is open.", [passage(HOURS)], Likeness(embedder, Sentences(embedder)), "en"
    )
    assert told == ["The museum is open."]
    assert embedder.passages == 0


def test_short_sentences_may_be_further_away() -> None:
    assert least(1) < least(5) < least(12) < least(17) == least(60)


def test_only_a_model_that_was_measured_is_trusted() -> None:
    unknown, known = WordHashEmbedder(), WordHashEmbedder("intfloat/multilingual-e5-small")
    assert likeness_for(unknown, Sentences(unknown)) is None
    assert likeness_for(known, Sentences(known)) is not None
