"""Several visits at one model, and a model that fails in the middle: the whole path, over HTTP."""

import asyncio
from collections.abc import AsyncIterator

import pytest

from app.answering.ahead import Ahead
from app.answering.answerer import Answerer
from app.answering.events import Done, Event, Sentence, Turn
from app.answering.ollama import OllamaModel
from app.errors import ModelBusy, ModelUnavailable
from app.settings import AheadSettings, ModelSettings
from tests.app.answering.test_answerer import Grounder
from tests.app.answering.test_ollama import opened
from tests.fakes.house import until
from tests.fakes.ollama import PaperOllama, open_paper_ollama

# The paper server's tokens are single letters.
SETTINGS = ModelSettings(name="small", window=4096, waiting=2, wait_s=0.2)


@pytest.fixture
async def server() -> AsyncIterator[PaperOllama]:
    async with open_paper_ollama() as server:
        server.pieces = ["The museum opens at ten. It is", " open until 6 pm", ". Bye."]
        yield server


def answerer(model: OllamaModel, settings: ModelSettings = SETTINGS) -> Answerer:
    grounder = Grounder()
    return Answerer(grounder, model, settings, Ahead(grounder, model, settings, AheadSettings()))


def asked(visit: str | None = None) -> Turn:
    return Turn(question="When is it open?", kb="museum", lang="en", visit=visit)


async def told(answerer: Answerer, turn: Turn, events: list[Event]) -> list[Event]:
    async for event in answerer.answer(turn):
        events.append(event)
    return events


async def test_of_an_answer_that_breaks_off_half_a_sentence_is_not_said(
    server: PaperOllama,
) -> None:
    async with opened(server, SETTINGS) as model:
        await model.learn()
        server.breaks = "ended"
        events: list[Event] = []
        with pytest.raises(ModelUnavailable, match="broke off"):
            await told(answerer(model), asked(), events)
        said = [event.text for event in events if isinstance(event, Sentence)]
        assert said == ["The museum opens at ten."]


async def test_who_waits_is_told_how_long_and_who_waits_too_long_hears_why(
    server: PaperOllama,
) -> None:
    async with opened(server, SETTINGS) as model:
        await model.learn()
        answering = answerer(model)
        server.release.clear()
        first = asyncio.create_task(told(answering, asked("one"), []))
        await until(lambda: server.bodies("/api/generate"))
        with pytest.raises(ModelBusy):
            await told(answering, asked("two"), [])
        second = asyncio.create_task(told(answering, asked("three"), []))
        await until(lambda: model.load.waiting)
        server.release.set()
        waits = [done.timings.queued_ms for done in (await first)[-1:] if isinstance(done, Done)]
        assert waits == [0]
        done = (await second)[-1]
        assert isinstance(done, Done)
        assert done.timings.queued_ms is not None


async def test_a_question_hears_at_its_deadline_that_the_model_is_still_being_loaded(
    server: PaperOllama,
) -> None:
    server.loaded.clear()
    hurried = SETTINGS.model_copy(update={"deadline_s": 0.02})
    async with opened(server, hurried) as model:
        with pytest.raises(ModelBusy, match="still loading"):
            await told(answerer(model, hurried), asked("one"), [])
        server.loaded.set()
        assert isinstance((await told(answerer(model, hurried), asked(), []))[-1], Done)
