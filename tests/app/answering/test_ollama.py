"""Our side of Ollama's API, against a small server like it; tests/live has the real one."""

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import aclosing, asynccontextmanager

import pytest

from app.answering.held import Reading
from app.answering.ollama import OllamaModel, open_model
from app.answering.prompt import MARGIN, packer_for
from app.answering.template import MESSAGES, chat
from app.errors import ModelUnavailable, PromptTooLong
from app.settings import ModelSettings
from tests.app.answering.test_template import chatml
from tests.fakes.house import until
from tests.fakes.ollama import PaperOllama, open_paper_ollama

SETTINGS = ModelSettings(name="small", window=1024, answer_tokens=32)


@pytest.fixture
async def server() -> AsyncIterator[PaperOllama]:
    async with open_paper_ollama() as server:
        yield server


@asynccontextmanager
async def opened(
    server: PaperOllama, settings: ModelSettings = SETTINGS
) -> AsyncIterator[OllamaModel]:
    async with open_model(settings.model_copy(update={"url": server.url})) as model:
        yield model


async def written(model: OllamaModel, prompt: str = "P") -> str:
    return "".join([piece async for piece in model.write(prompt)])


async def test_opening_asks_nothing_and_the_first_use_learns_once(server: PaperOllama) -> None:
    async with opened(server) as model:
        assert server.asked == []
        with pytest.raises(ModelUnavailable):
            _ = model.window
        await asyncio.gather(model.learn(), model.learn())
        assert model.window == 1024
        assert model.render.start == "<|im_start|>system\n"
        assert model.render.control == {"<|im_start|>", "<|im_end|>"}
        assert model.count_tokens("the the") == 2
        assert model.known.quantisation == "Q4_K_M"
        assert len(server.bodies("/api/show")) == 1


async def test_all_calls_share_one_block_of_options(server: PaperOllama) -> None:
    async with opened(server) as model:
        await model.read("P")
        assert await written(model) == "Yes, it is."
    blocks = [body["options"] for _, body in server.asked if "options" in body]
    assert [block.pop("num_predict") for block in blocks] == [1, 1, 1, 1, 1, 32]
    assert all(block == blocks[0] for block in blocks)
    assert blocks[0]["num_ctx"] == 1024
    assert blocks[0]["num_thread"] == 1
    assert blocks[0]["num_batch"] == 64
    for body in server.bodies("/api/generate"):
        assert body["raw"] is True
        assert body["truncate"] is False
        assert body["shift"] is False
        assert body["think"] is False
        assert body["keep_alive"] == -1


async def test_what_a_writing_took_is_told(server: PaperOllama) -> None:
    took: list[Reading] = []
    waited: list[float] = []
    async with (
        opened(server) as model,
        aclosing(model.write("the the", took.append, visit="v", waited=waited.append)) as pieces,
    ):
        assert [piece async for piece in pieces] == ["Yes", ", it", " is."]
    assert waited == [0.0]
    assert took == [Reading(tokens=2, new=2, ms=20, writing=40.0)]


async def test_closing_the_generator_closes_the_connection(server: PaperOllama) -> None:
    server.pieces = ["word "] * 20_000
    async with opened(server) as model, aclosing(model.write("P")) as pieces:
        async for _ in pieces:
            break
        await pieces.aclose()
        await until(lambda: server.gone)
        assert server.sent < 20_000


async def test_what_is_being_read_is_not_cancelled_and_the_next_waits_for_it(
    server: PaperOllama,
) -> None:
    async with opened(server) as model:
        await model.learn()
        server.release.clear()
        first = asyncio.create_task(model.read("first"))
        await until(lambda: server.bodies("/api/generate"))
        second = asyncio.create_task(model.read("second"))
        given_up = asyncio.create_task(model.read("never wanted"))
        await asyncio.sleep(0)
        first.cancel()
        given_up.cancel()
        await asyncio.sleep(0.01)
        assert [body["prompt"] for body in server.bodies("/api/generate")] == ["first"]
        server.release.set()
        await second
    assert [body["prompt"] for body in server.bodies("/api/generate")] == ["first", "second"]


async def test_closing_does_not_wait_for_what_is_being_read(server: PaperOllama) -> None:
    async with asyncio.timeout(5), opened(server) as model:
        await model.learn()
        server.release.clear()
        reading = asyncio.create_task(model.read("long"))
        await until(lambda: server.bodies("/api/generate"))
    with pytest.raises(asyncio.CancelledError):
        await reading


async def test_a_format_that_cannot_be_had_goes_through_the_servers_own(
    server: PaperOllama,
) -> None:
    server.renders, server.frame = None, 5
    async with opened(server) as model:
        await model.learn()
        assert model.render is MESSAGES
        prompt = model.render.closed("Rules.", [], "When?")
        assert await written(model, prompt) == "Yes, it is."
        # The frames of the server's own rendering are in the count.
        assert model.count_tokens(prompt) == model.count_tokens("Rules.When?") + 2 * 5
    body = server.bodies("/api/chat")[-1]
    assert [m["content"] for m in body["messages"]] == ["Rules.", "When?"]
    assert body["options"]["num_ctx"] == 1024


async def test_the_window_is_what_the_model_was_made_for(server: PaperOllama) -> None:
    server.trained = 600
    async with opened(server) as model:
        await model.learn()
        assert (model.window, model.known.asked) == (600, 600)


async def test_a_smaller_window_of_the_runner_counts_and_is_told(
    server: PaperOllama, caplog: pytest.LogCaptureFixture
) -> None:
    server.has = 640
    with caplog.at_level(logging.WARNING):
        async with opened(server) as model:
            await model.learn()
            assert (model.window, model.known.asked) == (640, 1024)
    assert "smaller than the setting" in caplog.text


async def test_a_window_of_no_use_is_an_error_that_ready_tells_too(server: PaperOllama) -> None:
    server.has = 256
    async with opened(server) as model:
        for _ in range(2):
            with pytest.raises(ModelUnavailable, match="window of 256 tokens"):
                await model.learn()
        with pytest.raises(ModelUnavailable, match="GROUNDLING_MODEL__NAME"):
            await model.ready()
        server.has = None
        await model.ready()
        assert model.window == 1024


async def test_a_prompt_of_exactly_the_window_is_read_and_one_more_is_refused(
    server: PaperOllama,
) -> None:
    async with opened(server) as model:
        await model.learn()
        edge = " the" * model.window
        assert model.count_tokens(edge) == 1024
        await model.read(edge)
        with pytest.raises(PromptTooLong):
            await model.read(edge + " the")
        with pytest.raises(PromptTooLong):
            await written(model, edge + " the")


@pytest.mark.parametrize("renders", [True, False])
async def test_no_packed_prompt_goes_beyond_its_limit(server: PaperOllama, renders: bool) -> None:
    server.renders, server.frame = chatml if renders else None, 5
    async with opened(server) as model:
        await model.learn()
        packer = packer_for(model, SETTINGS)
        bare = packer.pack(" the", (" the",), (), "en").tokens - 1
        for beyond in (-1, 0, 1, 2, 400):
            passage = " the" * (packer.limit - bare + beyond)
            prompt = packer.pack(" the", (passage,), (), "en")
            assert prompt.tokens <= packer.limit == 1024 - 32 - MARGIN
            assert beyond > 0 or prompt.tokens == packer.limit + beyond
            await model.read(prompt.text)
            theirs = server._tokens(server.asked[-1][1])
            assert theirs <= prompt.tokens <= theirs + MARGIN


async def test_a_model_that_cannot_but_think_goes_through_the_servers_own_route(
    server: PaperOllama,
) -> None:
    server.capabilities = ["completion", "thinking"]
    server.thoughts = ["They ask", " for hours."]
    async with opened(server) as model:
        await model.learn()
        assert model.render is MESSAGES
        assert await written(model, model.render.closed("R.", [], "When?")) == "Yes, it is."


async def test_a_model_that_can_be_told_not_to_think_is_sent_raw(server: PaperOllama) -> None:
    server.capabilities = ["completion", "thinking"]
    server.renders = lambda turns: chatml(turns) + "<think>\n\n</think>\n\n"
    async with opened(server) as model:
        await model.learn()
        assert model.render.end.endswith("</think>\n\n")
        assert await written(model) == "Yes, it is."


async def test_thoughts_in_the_text_are_not_said(server: PaperOllama) -> None:
    server.pieces = ["<th", "ink>They ask", " <b>.</think", ">Yes", ", it is."]
    async with opened(server) as model:
        assert await written(model) == "Yes, it is."
        assert model.held.shared("P<think>They") == len("P<think>They")


async def test_an_answer_of_thoughts_alone_is_an_error_and_not_a_refusal(
    server: PaperOllama,
) -> None:
    server.pieces = ["<think>They", " ask for", " hours"]
    async with opened(server) as model:
        with pytest.raises(ModelUnavailable, match="GROUNDLING_MODEL__ANSWER_TOKENS"):
            await written(model)


async def test_the_markers_of_a_chat_are_one_word_each() -> None:
    assert all(each["content"].isalnum() for each in chat(2))
