import time

import pytest

from app.moderation.words import LISTS, WordModerator, patterns
from app.phrases import LANGUAGES
from tests.app.moderation.utterances import ALLOWED, DECLINED

WORDS = WordModerator()


@pytest.mark.parametrize("lang", DECLINED)
async def test_what_ends_a_session_is_declined_and_named(lang: str) -> None:
    for category, said in DECLINED[lang].items():
        for text in said.split(" | "):
            verdict = await WORDS.review(text, lang=lang, side="visitor")
            assert (text, verdict.category) == (text, category)


@pytest.mark.parametrize("lang", ALLOWED)
async def test_what_only_sounds_like_it_is_allowed(lang: str) -> None:
    for text in ALLOWED[lang].split(" | "):
        assert (await WORDS.review(text, lang=lang, side="visitor")).allowed, text


async def test_swearing_is_heard_but_never_said() -> None:
    text = "Where is the f*cking toilet? Fucking hell!"
    assert (await WORDS.review(text, lang="en", side="visitor")).allowed
    assert (await WORDS.review(text, lang="en", side="answer")).category == "obscene"


async def test_another_language_than_expected_is_understood() -> None:
    verdict = await WORDS.review("Je veux mourir, je vais me tuer", lang="en", side="visitor")
    assert verdict.category == "self_harm"


@pytest.mark.parametrize(
    "text", ["p​orn", "PORN", "p o r n", "P.O.R.N", "p0rn", "pórn", "watch porn!"]
)
async def test_a_disguise_does_not_help(text: str) -> None:
    assert (await WORDS.review(text, lang="en", side="visitor")).category == "sexual"


async def test_a_category_can_be_let_through() -> None:
    clinic = WordModerator({"sexual"})
    assert (await clinic.review("porn", lang="en", side="visitor")).allowed
    assert not (await clinic.review("Heil Hitler", lang="en", side="visitor")).allowed


def test_there_is_a_list_for_every_language_that_is_spoken() -> None:
    assert {path.stem for path in LISTS.glob("*.toml")} == LANGUAGES
    assert len(patterns("en")) == 6


async def test_a_sentence_is_reviewed_in_no_time() -> None:
    sentence = "The museum opens at ten o'clock and closes at six, except on Mondays. " * 3
    await WORDS.review(sentence, lang="en", side="answer")
    started = time.perf_counter()
    for _ in range(10):
        await WORDS.review(sentence, lang="en", side="answer")
    assert (time.perf_counter() - started) / 10 < 0.05
