"""What goes wrong with Ollama, against a small server that fails as it does."""

import asyncio
import logging
from collections.abc import AsyncIterator

import pytest

from app.answering import ollama_known
from app.answering.ollama import open_model
from app.errors import ModelBusy, ModelUnavailable
from app.settings import ModelSettings
from tests.app.answering.test_ollama import SETTINGS, opened, written
from tests.fakes.house import until
from tests.fakes.ollama import PaperOllama, open_paper_ollama


@pytest.fixture
async def server() -> AsyncIterator[PaperOllama]:
    async with open_paper_ollama() as server:
        yield server


REFUSALS = [
    (404, "model 'small' not found", "`ollama pull small`"),
    (500, "model requires more system memory (5.5 GiB) than is available (3 GiB)", "WINDOW"),
    (500, "llama runner process has terminated: signal: killed", "does not fit into the mem"),
    (500, "cudaMalloc failed: out of memory", "GROUNDLING_MODEL__NAME"),
    (500, "llama runner process has terminated: exit status 2", "crashed .* started anew"),
    (500, "model runner has unexpectedly stopped, this may be due", "crashed"),
    (500, "timed out waiting for llama runner to start", "OLLAMA_LOAD_TIMEOUT"),
    (500, "unable to load model: /blobs/sha256-1", "Update Ollama"),
    (400, '"small" does not support chat', "chat model"),
    (403, "", "OLLAMA_HOST"),
    (500, "something new", "gave up: something new"),
]


async def test_what_the_server_says_is_told_with_its_remedy(server: PaperOllama) -> None:
    async with opened(server) as model:
        for status, error, told in REFUSALS:
            server.failure = (status, error)
            with pytest.raises(ModelUnavailable, match=told):
                await model.learn()
        server.failure = None
        await model.learn()
        assert model.window == 1024


async def test_a_server_with_too_much_to_do_is_told_as_such(server: PaperOllama) -> None:
    async with opened(server) as model:
        await model.learn()
        server.failure = (503, "server busy, please try again.  maximum pending requests exceeded")
        with pytest.raises(ModelBusy, match="OLLAMA_MAX_QUEUE") as caught:
            await written(model)
        assert caught.value.retry_after_s > 0


async def test_another_server_is_told_as_such(server: PaperOllama) -> None:
    async with opened(server) as model:
        for server.replies in ("<html>", {"something": "else"}, ["a", "list"], {"model_info": 3}):
            with pytest.raises(ModelUnavailable, match="GROUNDLING_MODEL__URL"):
                await model.learn()


async def test_no_server_and_a_silent_one_are_told(server: PaperOllama) -> None:
    hurried = SETTINGS.model_copy(update={"timeout_s": 0.05})
    async with opened(server, hurried) as model:
        await model.learn()
        server.release.clear()
        with pytest.raises(ModelUnavailable, match="GROUNDLING_MODEL__TIMEOUT_S"):
            await written(model)
        await server.stop()
        with pytest.raises(ModelUnavailable, match="ollama serve"):
            await model.ready()


async def test_a_stream_cut_in_the_middle_is_an_error(server: PaperOllama) -> None:
    async with opened(server) as model:
        await model.learn()
        for server.breaks in ("reset", "ended", "halved"):
            pieces = model.write("P")
            assert await anext(pieces) == "Yes"
            with pytest.raises(ModelUnavailable, match="broke off in the middle"):
                await anext(pieces)
        server.breaks = ""
        assert await written(model) == "Yes, it is."
        assert model.load.writing == 0


async def test_an_error_within_the_stream_is_an_error(server: PaperOllama) -> None:
    async with opened(server) as model:
        await model.learn()
        server.stream_error = "an error was encountered while running the model: out of memory"
        pieces = model.write("P")
        assert await anext(pieces) == "Yes"
        with pytest.raises(ModelUnavailable, match="memory of Ollama's machine"):
            await anext(pieces)


async def test_a_restarted_server_is_asked_again_what_it_has(server: PaperOllama) -> None:
    async with opened(server) as model:
        assert await written(model) == "Yes, it is."
        await server.stop()
        with pytest.raises(ModelUnavailable, match="cannot be reached"):
            await written(model)
        assert model.window == 1024
        server.has = 700
        await server.start()
        assert await written(model) == "Yes, it is."
        assert model.window == 700


async def test_a_question_does_not_wait_for_a_slow_load_which_goes_on(
    server: PaperOllama, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(ollama_known, "_SAY_EVERY_S", 0.01)
    server.loaded.clear()
    with caplog.at_level(logging.INFO):
        async with opened(server) as model:
            with pytest.raises(ModelBusy, match="still loading small"):
                await model.learn(0.03)
            patient = asyncio.create_task(model.learn())
            await until(lambda: "the model is still loading" in caplog.text)
            server.loaded.set()
            await patient
            assert await written(model) == "Yes, it is."
    assert len(server.bodies("/api/show")) == 1
    assert "the model is loaded" in caplog.text


async def test_ready_tells_a_missing_model_and_one_that_is_being_loaded(
    server: PaperOllama,
) -> None:
    async with opened(server) as model:
        await model.ready()
        server.failure = (404, "model 'small' not found")
        with pytest.raises(ModelUnavailable, match="ollama pull small"):
            await model.ready()


async def test_a_failed_reading_that_nobody_awaits_is_only_logged(
    server: PaperOllama, caplog: pytest.LogCaptureFixture
) -> None:
    async with opened(server) as model:
        await model.learn()
        server.release.clear()
        reading = asyncio.create_task(model.read("P"))
        await until(lambda: server.bodies("/api/generate"))
        reading.cancel()
        await asyncio.gather(reading, return_exceptions=True)
        await server.stop()
        await until(lambda: "reading ahead failed" in caplog.text)


async def test_a_visit_that_waits_is_served_in_turn_and_one_too_many_is_sent_away(
    server: PaperOllama,
) -> None:
    few = SETTINGS.model_copy(update={"waiting": 1})
    async with opened(server, few) as model:
        await model.learn()
        server.release.clear()
        first = asyncio.create_task(written(model, "first"))
        await until(lambda: server.bodies("/api/generate"))
        second = asyncio.create_task(written(model, "second"))
        await until(lambda: model.load.waiting)
        with pytest.raises(ModelBusy, match="GROUNDLING_MODEL__WAITING"):
            await written(model, "third")
        assert len(server.bodies("/api/generate")) == 1
        server.release.set()
        assert await first == await second == "Yes, it is."


async def test_what_never_began_to_load_is_dropped_at_the_end(server: PaperOllama) -> None:
    server.loaded.clear()
    settings = ModelSettings(name="small", url=server.url)
    async with asyncio.timeout(5), open_model(settings) as model:
        with pytest.raises(ModelBusy):
            await model.learn(0.02)
