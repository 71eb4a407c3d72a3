import asyncio

import pytest

from app.answering.rewriting import ModelRewriter
from app.answering.template import Exchange
from tests.fakes.model import ScriptedModel, unavailable

TALK = (Exchange(asked="How much is a ticket?", answered="It costs nine euros."),)
WHOLE = "How much is a ticket for students?"


def quick(*pieces: str, error: Exception | None = None) -> ScriptedModel:
    """A model that reads as fast as a GPU does."""
    model = ScriptedModel(pieces, error=error)
    model.held.pace = 50_000
    return model


async def test_the_model_makes_a_question_of_its_own_of_a_follow_up() -> None:
    model = quick('"How much is a ', 'ticket for students?"', "\nNine euros.")
    assert await ModelRewriter(model, 0.5).rewrite("And for students?", TALK, "en") == WHOLE
    assert "Visitor: How much is a ticket?" in model.prompts[0]
    assert model.stopped


@pytest.mark.parametrize("text", ["", "Nine euros.", "\n\n", "The mayor was elected for students"])
async def test_what_is_no_question_of_these_words_is_not_taken(text: str) -> None:
    assert await ModelRewriter(quick(text), 0.5).rewrite("And students?", TALK, "en") is None


async def test_a_model_that_would_be_late_is_not_asked() -> None:
    model = ScriptedModel([WHOLE])
    assert await ModelRewriter(model, 0.15).rewrite("And for students?", TALK, "en") is None
    assert model.prompts == []
    assert await ModelRewriter(quick(WHOLE), 0.0).rewrite("And for students?", TALK, "en") is None


async def test_a_model_that_is_late_or_away_is_not_waited_for() -> None:
    late = quick(WHOLE)

    async def never() -> None:
        await asyncio.Event().wait()

    late.learn = never  # type: ignore[method-assign, assignment]
    assert await ModelRewriter(late, 0.01).rewrite("And for students?", TALK, "en") is None
    away = quick(WHOLE, error=unavailable())
    assert await ModelRewriter(away, 0.5).rewrite("And for students?", TALK, "en") is None
