from collections.abc import Sequence

import pytest

from app.answering.check.checker import Checker
from app.answering.check.followups import follow_up, misses
from app.answering.events import Turn
from app.answering.template import Exchange
from ingest.documents import Passage
from tests.app.grounding.samples import passage

TOWER = passage(
    "The lighthouse was built in 1871. It is 38 metres tall, and 152 steps lead up to the gallery. "
    "There is no lift in the lighthouse.",
    title="The lighthouse",
)
HOURS = passage(
    "On Saturdays the museum closes at six. It is closed on Mondays. Tuesday to Friday: Opens "
    "10:00, Closes 17:00. Saturday: Opens 10:00, Closes 18:00.",
    title="Opening hours",
)
TICKETS = passage(
    "An adult ticket costs 9 euros. Children under 12 get in free. Boat trips are paid separately.",
    title="Tickets and prices",
)
BOAT = passage(
    "The Wilhelmine sails in summer. A trip takes 45 minutes. It costs 12 euros for adults and 6 "
    "euros for children.",
    title="Boat trips",
)
TOURS = passage("A guided tour costs 80 euros for a group.", title="Guided tours")
WHEELCHAIRS = passage("Two wheelchairs can be borrowed free of charge.", title="Wheelchairs")
ALL = (TOWER, HOURS, TICKETS, BOAT, TOURS, WHEELCHAIRS)


def missed(
    before: tuple[str, str],
    question: str,
    sentence: str,
    subject: str = "",
    passages: Sequence[Passage] = ALL,
    lang: str = "en",
) -> str | None:
    asked, answered = before
    history = (Exchange(asked=asked, answered=answered),)
    turn = Turn(question=question, kb="default", subject=subject, history=history)
    verdict = Checker().check(sentence, question=question, passages=passages, lang=lang)
    assert verdict.supported, "else it is withheld in any case"
    asks = follow_up(turn, lang)
    assert asks is not None
    return misses(sentence, asks, verdict.quotes, passages, lang)


@pytest.mark.parametrize(
    ("before", "question", "sentence", "missing"),
    [
        ("Is there a lighthouse?", "How tall is it?", "There is a lighthouse.", "repeated"),
        ("Is there a lighthouse?", "How tall is it?", "It is 38 metres tall.", None),
        ("Is there a lift?", "Is there really a lift?", "There is no lift.", None),
        ("When do you close?", "And on Saturdays?", "At six.", None),
        ("When does the museum close?", "And on Mondays?", "Closed.", None),
    ],
)
def test_what_was_asked_before_is_no_answer(
    before: str, question: str, sentence: str, missing: str | None
) -> None:
    assert missed((before, "Yes."), question, sentence) == missing


@pytest.mark.parametrize(
    ("before", "question", "subject", "sentence", "missing"),
    [
        (("How many steps?", "152 steps."), "How tall is it?", "lighthouse", "152 steps.", True),
        (("How many steps?", "152 steps."), "How tall is it?", "lighthouse", "38 metres.", False),
        (("For adults?", "12 euros."), "And for children?", "boat trip", "12 euros.", True),
        (("For adults?", "12 euros."), "And for children?", "boat trip", "6 euros.", False),
        (("For adults?", "9 euros."), "And for soldiers?", "ticket", "9 euros.", True),
        (("On Tuesdays?", "At 10:00."), "And on Thursdays?", "museum open", "10:00.", False),
    ],
)
def test_what_was_answered_before_is_said_again_only_if_the_pages_say_it_of_this_too(
    before: tuple[str, str], question: str, subject: str, sentence: str, missing: bool
) -> None:
    found = missed(before, question, sentence, subject)
    assert found == ("repeated" if missing else None)


def test_a_question_of_its_own_may_have_the_same_answer() -> None:
    before = ("When does the museum close on Saturdays?", "At six.")
    assert missed(before, "When do you shut on Saturdays?", "At six.") is None


@pytest.mark.parametrize(
    ("question", "subject", "sentence", "missing"),
    [
        ("And for children?", "long boat trip", "Free.", "subject"),
        ("And for children?", "long boat trip", "6 euros.", None),
        ("And for children?", "ticket adult", "Children under 12 get in free.", None),
        # What else costs something is not what was spoken of.
        ("And for children?", "museum cost", "Children under 12 get in free.", None),
        ("What does that cost?", "borrow wheelchair", "80 euros.", "subject"),
        ("What does it cost?", "guided tour", "80 euros.", None),
        # It names what it speaks of.
        ("Who can go on board?", "guided tour", "The Wilhelmine sails in summer.", None),
    ],
)
def test_an_answer_rests_on_what_the_question_is_about(
    question: str, subject: str, sentence: str, missing: str | None
) -> None:
    before = ("How long does it take?", "45 minutes.")
    assert missed(before, question, sentence, subject) == missing


def test_the_first_question_follows_nothing() -> None:
    assert follow_up(Turn(question="How tall is it?", kb="default"), "en") is None
