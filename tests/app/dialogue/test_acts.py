import pytest

from app.dialogue.acts import Act, recognise
from app.dialogue.phrasebook import BY_LANGUAGE
from tests.app.dialogue.utterances import QUESTIONS, SAID


@pytest.mark.parametrize("lang", SAID)
def test_what_is_not_a_question_is_known_for_what_it_is(lang: str) -> None:
    missed = []
    for kind, texts in SAID[lang].items():
        for text in texts.split(" | "):
            act = recognise(text, lang=lang, offered=kind in ("assent", "dissent"))
            if kind not in (act.kind, f"{act.kind}:{act.lang}"):
                missed.append((text, kind, act))
    assert missed == []


@pytest.mark.parametrize("offered", [False, True])
@pytest.mark.parametrize("lang", ["en", "fr", "ro"])
def test_a_question_is_never_swallowed(lang: str, offered: bool) -> None:
    taken = [
        text for text in QUESTIONS if recognise(text, lang=lang, offered=offered).kind != "question"
    ]
    assert taken == []


@pytest.mark.parametrize("text", ["", " ", "🙂", "?!", "um", "please " * 40])
def test_what_means_nothing_is_left_to_the_pages(text: str) -> None:
    assert recognise(text, lang="en").kind == "question"


def test_words_of_two_languages_are_taken_in_the_visits_own() -> None:
    assert recognise("Hallo", lang="nl") == Act(kind="greeting", lang="nl")
    assert recognise("Hallo", lang="de") == Act(kind="greeting", lang="de")
    assert recognise("Merci", lang="en") == Act(kind="thanks", lang="fr")


def test_after_an_offer_more_words_are_an_assent() -> None:
    for text in ("Go ahead.", "Please do", "Tell me more", "Great!"):
        assert recognise(text, lang="en", offered=True).kind == "assent"
    assert recognise("Tell me more", lang="en").kind == "question"
    assert recognise("Yes, thank you.", lang="en", offered=True).kind == "assent"
    assert recognise("Yes, thank you.", lang="en").kind == "thanks"


def test_of_several_acts_the_weightiest_counts() -> None:
    assert recognise("Hello, thank you, goodbye", lang="en").kind == "farewell"
    assert recognise("Sorry, stop. Who are you?", lang="en").kind == "identity"


def test_every_language_has_every_kind() -> None:
    kinds = set(BY_LANGUAGE["en"])
    assert all(set(book) == kinds for book in BY_LANGUAGE.values())
