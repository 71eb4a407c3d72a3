import asyncio
from collections.abc import AsyncGenerator
from contextlib import aclosing

import pytest

from app.answering.events import Quote, Sentence
from app.answering.late import hurried, own_sentence
from tests.app.grounding.samples import HOURS, HOURS_FR, TICKETS, passage

PASSAGES = [passage(HOURS), passage(TICKETS)]
INSTEAD = Sentence(text="It is open.", citations=(1,))
ONE, TWO = Sentence(text="One.", citations=()), Sentence(text="Two.", citations=())


def test_the_sentence_that_says_most_of_what_was_asked_is_found_with_its_number() -> None:
    found = own_sentence("How much is a ticket for students?", PASSAGES, "en")
    text = "A ticket costs 9 euros, or 6 euros for students."
    assert found == Sentence(text=text, citations=(2,), quotes=(Quote(n=2, text=text),))
    closed = own_sentence("Is the museum closed on Mondays?", PASSAGES, "en")
    assert closed is not None
    assert (closed.text, closed.citations) == ("It is closed on Mondays.", (1,))


@pytest.mark.parametrize(
    "question", ["Do you sell gift vouchers?", "Who designed the museum's first boat?", "", "And?"]
)
def test_what_is_not_spoken_of_is_left_to_the_model(question: str) -> None:
    assert own_sentence(question, PASSAGES, "en") is None


def test_a_follow_up_is_only_answered_with_what_speaks_of_its_subject() -> None:
    asked, price = "And for students?", "A boat trip is 4 euros for students."
    assert own_sentence(asked, PASSAGES, "en") is not None
    assert own_sentence(asked, PASSAGES, "en", lent="boat trip") is None
    found = own_sentence(asked, [*PASSAGES, passage(price)], "en", lent="boat trip")
    assert found is not None
    assert (found.text, found.citations) == (price, (3,))
    under = [*PASSAGES, passage("It is 4 euros for students.", title="Boat trips")]
    found = own_sentence(asked, under, "en", lent="boat trip")
    assert found is not None
    assert found.citations == (3,)


def test_a_word_is_known_by_another_accent() -> None:
    hours = [passage("Le musée est ouvert dès dix heures. Il est fermé le lundi.", lang="fr")]
    found = own_sentence("Et le lundi ?", hours, "fr", lent="heure ferme")
    assert found is not None
    assert found.text == "Il est fermé le lundi."


def test_of_a_day_only_what_is_said_of_it_is_read_out() -> None:
    hours = [passage("On Saturdays the museum closes at six. It is closed on Mondays.")]
    found = own_sentence("When does the museum close on Mondays?", hours, "en")
    assert found is not None
    assert found.text == "It is closed on Mondays."
    assert own_sentence("When does the museum close on Sundays?", hours, "en") is None


def test_a_page_in_another_language_is_not_read_out() -> None:
    french = [passage(HOURS_FR, lang="fr")]
    assert own_sentence("Le musée est ouvert le mardi ?", french, "fr") is not None
    assert own_sentence("Le musée est ouvert le mardi ?", french, "en") is None


class Model:
    """Says its sentences after a while."""

    def __init__(self, waits_s: float) -> None:
        self.waits_s = waits_s
        self.closed = False

    async def sentences(self) -> AsyncGenerator[Sentence, None]:
        try:
            await asyncio.sleep(self.waits_s)
            yield ONE
            yield TWO
        finally:
            self.closed = True


async def said(
    model: Model, *, seconds: float, instead: Sentence | None = INSTEAD
) -> list[tuple[Sentence, bool]]:
    sentences = model.sentences()
    async with (
        aclosing(sentences),
        aclosing(hurried(sentences, seconds, lambda: instead)) as spoken,
    ):
        return [sentence async for sentence in spoken]


async def test_a_model_in_time_is_heard_out() -> None:
    assert await said(Model(0.0), seconds=1.0) == [(ONE, False), (TWO, False)]


async def test_a_late_one_is_stopped_and_the_pages_speak() -> None:
    model = Model(30.0)
    assert await said(model, seconds=0.01) == [(INSTEAD, True)]
    assert model.closed


async def test_a_late_one_is_waited_for_when_the_pages_have_nothing_to_say() -> None:
    assert await said(Model(0.03), seconds=0.0, instead=None) == [(ONE, False), (TWO, False)]


async def test_closing_stops_a_model_that_is_waited_for() -> None:
    model = Model(30.0)
    task = asyncio.create_task(said(model, seconds=30.0))
    await asyncio.sleep(0.01)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert model.closed
