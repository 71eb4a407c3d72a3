"""Our side of Ollama's API, against a scripted server; tests/live has the real one."""

import asyncio
import json
from collections.abc import AsyncGenerator, AsyncIterator, Callable
from contextlib import aclosing, asynccontextmanager
from typing import Any

import httpx
import pytest

from app.answering.ollama import OllamaModel, open_model
from app.answering.template import MESSAGES
from app.errors import ModelUnavailable, PromptTooLong
from app.settings import ModelSettings
from tests.app.answering.test_template import chatml
from tests.app.answering.test_tokens import bpe

SETTINGS = ModelSettings(url="http://ollama.example:1", name="small", window=1024, answer_tokens=32)


class Lines(httpx.AsyncByteStream):
    """A body whose lines come one by one; says whether it was closed before its end."""

    def __init__(self, lines: list[dict[str, Any]]) -> None:
        self._lines = lines
        self.sent = 0
        self.closed = False

    async def __aiter__(self) -> AsyncGenerator[bytes, None]:
        for line in self._lines:
            await asyncio.sleep(0)
            self.sent += 1
            yield json.dumps(line).encode() + b"\n"

    async def aclose(self) -> None:
        self.closed = True


class Server:
    """Ollama's routes, scripted; keeps the bodies it was sent."""

    def __init__(self, pieces: list[str] | None = None, *, renders: bool = True) -> None:
        self.pieces = pieces or ["Yes", ", it", " is."]
        self.renders = renders
        self.asked: list[tuple[str, dict[str, Any]]] = []
        self.failure: httpx.Response | Exception | None = None
        self.release = asyncio.Event()
        self.release.set()
        self.last = Lines([])

    async def __call__(self, request: httpx.Request) -> httpx.Response:
        body = json.loads(request.content)
        self.asked.append((request.url.path, body))
        if isinstance(self.failure, Exception):
            raise self.failure
        if self.failure:
            return self.failure
        if request.url.path == "/api/show":
            info = {"general.architecture": "tiny", "tiny.context_length": 4096, **bpe()}
            return httpx.Response(200, json={"model_info": info})
        if body.get("_debug_render_only"):
            return self._rendering(len(body["messages"]) // 2 - 1)
        if not body["stream"]:
            await self.release.wait()
            return httpx.Response(200, json={"response": "", "done": True, "prompt_eval_count": 9})
        return self._stream(chat=request.url.path == "/api/chat")

    def _rendering(self, turns: int) -> httpx.Response:
        shown = {"_debug_info": {"rendered_template": chatml(turns)}} if self.renders else {}
        return httpx.Response(200, json=shown)

    def _stream(self, *, chat: bool) -> httpx.Response:
        def said(text: str) -> dict[str, Any]:
            return {"message": {"content": text}} if chat else {"response": text}

        lines = [{**said(piece), "done": False} for piece in self.pieces]
        self.last = Lines([*lines, {**said(""), "done": True, "prompt_eval_count": 5}])
        return httpx.Response(200, stream=self.last)

    def bodies(self, path: str) -> list[dict[str, Any]]:
        return [body for asked, body in self.asked if asked == path]


@asynccontextmanager
async def opened(
    server: Callable[[httpx.Request], Any], settings: ModelSettings = SETTINGS
) -> AsyncIterator[OllamaModel]:
    async with open_model(settings, transport=httpx.MockTransport(server)) as model:
        yield model


async def written(model: OllamaModel, prompt: str = "P") -> str:
    return "".join([piece async for piece in model.write(prompt)])


async def test_opening_asks_nothing_and_the_first_use_learns_once() -> None:
    server = Server()
    async with opened(server) as model:
        assert server.asked == []
        with pytest.raises(ModelUnavailable):
            _ = model.window
        await asyncio.gather(model.learn(), model.learn())
        assert model.window == 1024
        assert model.render.start == "<|im_start|>system\n"
        assert model.render.control == {"<|im_start|>", "<|im_end|>"}
        assert model.count_tokens("the the") == 2
        assert len(server.bodies("/api/show")) == 1


async def test_reading_and_writing_share_one_block_of_options() -> None:
    server = Server()
    async with opened(server) as model:
        await model.read("P")
        assert await written(model) == "Yes, it is."
    read, wrote = server.bodies("/api/generate")
    assert read["options"].pop("num_predict") == 1
    assert wrote["options"].pop("num_predict") == 32
    assert read["options"] == wrote["options"]
    assert wrote["options"]["num_ctx"] == 1024
    assert wrote["options"]["num_thread"] == 1
    assert wrote["options"]["num_batch"] == 64
    for body in (read, wrote):
        assert body["raw"] is True
        assert body["truncate"] is False
        assert body["shift"] is False
        assert body["think"] is False
        assert body["keep_alive"] == -1


async def test_closing_the_generator_closes_the_connection() -> None:
    server = Server(["word "] * 100)
    async with opened(server) as model, aclosing(model.write("P")) as pieces:
        async for _ in pieces:
            break
        await pieces.aclose()
        assert server.last.closed
        assert server.last.sent < 5


async def test_what_is_being_read_is_not_cancelled_and_the_next_waits_for_it() -> None:
    server = Server()
    async with opened(server) as model:
        await model.learn()
        server.release.clear()
        first = asyncio.create_task(model.read("first"))
        await asyncio.sleep(0.01)
        second = asyncio.create_task(model.read("second"))
        given_up = asyncio.create_task(model.read("never wanted"))
        await asyncio.sleep(0.01)
        first.cancel()
        given_up.cancel()
        await asyncio.sleep(0.01)
        assert [body["prompt"] for body in server.bodies("/api/generate")] == ["first"]
        server.release.set()
        await second
    assert [body["prompt"] for body in server.bodies("/api/generate")] == ["first", "second"]


async def test_closing_does_not_wait_for_what_is_being_read() -> None:
    server = Server()
    async with asyncio.timeout(5), opened(server) as model:
        await model.learn()
        server.release.clear()
        reading = asyncio.create_task(model.read("long"))
        await asyncio.sleep(0.01)
    with pytest.raises(asyncio.CancelledError):
        await reading


async def test_a_format_that_cannot_be_had_goes_through_the_servers_own() -> None:
    server = Server(renders=False)
    async with opened(server) as model:
        await model.learn()
        assert model.render is MESSAGES
        assert await written(model, model.render.closed("Rules.", [], "When?")) == "Yes, it is."
    body = server.bodies("/api/chat")[-1]
    assert [m["content"] for m in body["messages"]] == ["Rules.", "When?"]
    assert body["options"]["num_ctx"] == 1024


@pytest.mark.parametrize(
    ("failure", "told"),
    [
        (httpx.ConnectError("refused"), "ollama serve"),
        (httpx.ReadTimeout("slow"), "GROUNDLING_MODEL__TIMEOUT_S"),
        (httpx.RemoteProtocolError("gone"), "cannot be reached"),
        (httpx.Response(404, json={"error": "model 'small' not found"}), "ollama pull small"),
        (httpx.Response(500, json={"error": "llama runner has terminated"}), "gave up"),
        (httpx.Response(200, text="<html>hello</html>"), "GROUNDLING_MODEL__URL"),
        (httpx.Response(200, json={"something": "else"}), "GROUNDLING_MODEL__URL"),
        (httpx.Response(200, json=["a", "list"]), "GROUNDLING_MODEL__URL"),
    ],
)
async def test_what_goes_wrong_is_told_with_its_remedy(
    failure: httpx.Response | Exception, told: str
) -> None:
    server = Server()
    server.failure = failure
    async with opened(server) as model:
        with pytest.raises(ModelUnavailable, match=told):
            await model.learn()
        server.failure = None
        await model.learn()
        assert model.window == 1024


async def test_ready_tells_a_missing_model() -> None:
    server = Server()
    async with opened(server) as model:
        await model.ready()
        server.failure = httpx.Response(404, json={"error": "model 'small' not found"})
        with pytest.raises(ModelUnavailable, match="ollama pull small"):
            await model.ready()


async def test_a_prompt_that_does_not_fit_is_a_fault_of_ours() -> None:
    server = Server()
    async with opened(server) as model:
        await model.learn()
        server.failure = httpx.Response(
            400, json={"error": "the input length exceeds the context length"}
        )
        with pytest.raises(PromptTooLong):
            await written(model)


async def test_an_error_within_the_stream_is_an_error() -> None:
    async with opened(Server()) as model:
        await model.learn()

    def breaks(request: httpx.Request) -> httpx.Response:
        lines = Lines([{"response": "It", "done": False}, {"error": "out of memory"}])
        return httpx.Response(200, stream=lines)

    async with opened(breaks) as broken:
        broken._known = model._known
        pieces = broken.write("P")
        assert await anext(pieces) == "It"
        with pytest.raises(ModelUnavailable, match="out of memory"):
            await anext(pieces)


async def test_a_failed_reading_that_nobody_awaits_is_only_logged(
    caplog: pytest.LogCaptureFixture,
) -> None:
    server = Server()
    async with opened(server) as model:
        await model.learn()
        server.release.clear()
        reading = asyncio.create_task(model.read("P"))
        await asyncio.sleep(0.01)
        reading.cancel()
        await asyncio.sleep(0.01)
        server.failure = None
        server.release.set()
        await model.read("Q")
    assert "reading ahead failed" not in caplog.text
