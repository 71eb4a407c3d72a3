"""How many visits are held beside one another, asked of a small server like Ollama."""

import logging

import pytest

from app.answering.ollama import open_model
from app.settings import ModelSettings
from tests.fakes.ollama import PaperOllama, open_paper_ollama

SETTINGS = ModelSettings(name="small", at_once=2)


async def _carried(server: PaperOllama, settings: ModelSettings = SETTINGS) -> int:
    async with open_model(settings.model_copy(update={"url": server.url})) as model:
        await model.learn()
        return model.held.visits


@pytest.mark.parametrize(("slots", "visits"), [(4, 2), (3, 1), (1, 1)])
async def test_it_is_tried_how_many_visits_keep_what_was_read(
    slots: int, visits: int, caplog: pytest.LogCaptureFixture
) -> None:
    async with open_paper_ollama() as server:
        server.slots = slots
        assert await _carried(server) == visits
    said = [record for record in caplog.records if "remedy" in vars(record)]
    assert [vars(record)["wanted"] for record in said] == ([] if visits == 2 else [4])


async def test_for_one_visit_nothing_is_tried() -> None:
    async with open_paper_ollama() as server:
        assert await _carried(server, ModelSettings(name="small")) == 1
        assert server.bodies("/api/generate") == []


async def test_a_server_that_fails_at_it_carries_one_and_goes_on(
    caplog: pytest.LogCaptureFixture,
) -> None:
    async with open_paper_ollama() as server:
        server.crashes_at = "Visitor 1"
        with caplog.at_level(logging.WARNING):
            assert await _carried(server) == 1
    [said] = [record for record in caplog.records if "several prompts" in record.message]
    assert "OLLAMA_NEW_ENGINE" in vars(said)["remedy"]
