from collections.abc import Sequence

import pytest

from app.answering.events import Turn
from app.answering.template import Exchange
from app.answering.understanding import (
    NoRewriter,
    Understood,
    expected_language,
    searched,
    understood,
)
from app.grounding.followup import Exchanged, plain

OFFER = "We have guided tours. Would you like to know about the tour of the harbour?"
TALK = (Exchange(asked="How much is a ticket for the tower?", answered="It costs nine euros."),)


class Rewriting:
    """Implements Rewriter with one answer for all, and keeps what it was asked."""

    def __init__(self, rewritten: str) -> None:
        self._rewritten = rewritten
        self.asked: list[str] = []

    async def rewrite(self, question: str, history: Sequence[Exchanged], lang: str) -> str | None:
        self.asked.append(question)
        return self._rewritten


async def meant(
    text: str, history: tuple[Exchange, ...] = (), lang: str | None = "en"
) -> Understood:
    turn = Turn(question=text, kb="museum", lang=lang, history=history)
    return await understood(turn, NoRewriter())


async def test_a_question_is_searched_for_as_it_is() -> None:
    found = await meant("Where is the museum shop?", TALK)
    assert found.search == found.question == "Where is the museum shop?"
    assert found.act.kind == "question"
    assert found.asks


async def test_an_act_is_not_searched_for_and_is_replied_to_in_its_language() -> None:
    found = await meant("Merci beaucoup !")
    assert not found.asks
    assert found.lang == "fr"
    assert (await meant("Can we speak German?")).lang == "de"


async def test_yes_asks_for_what_was_offered() -> None:
    found = await meant("Yes, please.", (Exchange(asked="Tours?", answered=OFFER),))
    assert found.asks
    assert found.search == "Would you like to know about the tour of the harbour?"
    assert found.question.endswith("Yes, please.")
    assert not (await meant("Yes, please.", TALK)).asks
    greeted = (Exchange(asked="Hi", answered="Hello! What would you like to know?"),)
    assert not (await meant("Yes, please.", greeted)).asks


async def test_a_follow_up_is_searched_for_with_the_subject_of_the_last_turns() -> None:
    found = await meant("And for students?", TALK)
    assert plain(found.search) == "And for students? ticket tower"
    assert found.question == "And for students?"
    assert plain(searched("and for students", TALK)) == "and for students ticket tower"
    assert searched("tickets for students", ()) == "tickets for students"


@pytest.mark.parametrize(
    ("unanswered", "words", "question"),
    [
        (["When does it"], "open on Saturdays?", "When does it open on Saturdays?"),
        (["How much", "is a ticket"], "for students?", "How much is a ticket for students?"),
        (["When do you open?"], "When do you open, please?", "When do you open, please?"),
        (["When do you open?", "Stop."], "Is there a lift?", "Is there a lift?"),
        (["A text that was pasted. " * 20], "What does it say?", "What does it say?"),
    ],
)
async def test_a_question_that_was_heard_in_halves_is_one(
    unanswered: list[str], words: str, question: str
) -> None:
    turn = Turn(question=words, kb="museum", lang="en", unanswered=tuple(unanswered))
    found = await understood(turn, NoRewriter())
    assert found.search == found.question == question


async def test_a_half_of_a_question_does_not_keep_anybody_from_stopping() -> None:
    turn = Turn(question="Stop.", kb="museum", lang="en", unanswered=("When does the museum",))
    assert (await understood(turn, NoRewriter())).act.kind == "stop"


async def test_the_models_wording_is_used_where_there_is_one() -> None:
    rewriter = Rewriting("How much is a ticket for students?")
    turn = Turn(question="And for students?", kb="museum", lang="en", history=TALK)
    found = await understood(turn, rewriter)
    assert found.question == "How much is a ticket for students?"
    assert plain(found.search) == f"{found.question} tower"
    assert rewriter.asked == ["And for students?"]


@pytest.mark.parametrize(
    ("answered", "lang", "expected"),
    [
        ("Natürlich, sprechen wir Deutsch. Was möchten Sie wissen?", "en", "de"),
        ("Le musée est ouvert du mardi au dimanche.", "en", "fr"),
        ("", "fr", "fr"),
    ],
)
def test_the_next_words_are_expected_in_the_language_of_the_last_answer(
    answered: str, lang: str, expected: str
) -> None:
    history = (Exchange(asked="…", answered=answered),)
    assert expected_language(history, lang) == expected
    assert expected_language((), lang) == lang


async def test_words_that_name_no_subject_yet_are_searched_for_when_nothing_follows() -> None:
    assert searched("And for", TALK) == ""
    assert searched("What is the", TALK) == ""
    assert searched("What is the", ()) == ""
    assert plain(searched("And for", TALK, final=True)) == "And for ticket tower"
