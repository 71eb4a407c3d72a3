"""A small HTTP server that behaves like Ollama, well and badly."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

from app.answering.held import Held
from app.answering.tokens import counter
from tests.app.answering.test_template import chatml
from tests.app.answering.test_tokens import bpe

TOO_LONG = "the input length exceeds the context length"


class PaperOllama:
    """Serves one model named `small` on a port of its own; keeps the bodies it was sent.

    Everything may be changed between requests. `failure` is (status, error) for every request,
    `stream_error` comes in the middle of a stream, `breaks` is how one is cut after its first
    piece: "reset" (connection dropped), "ended" (no last line), "halved" (half a line).
    """

    def __init__(self) -> None:
        self.pieces = ["Yes", ", it", " is."]
        self.thoughts: list[str] = []
        self.renders: Callable[[int], str] | None = chatml
        self.trained = 4096
        self.has: int | None = None
        """The runner's window, where it is less than what is asked for."""
        self.capabilities = ["completion"]
        self.vocabulary = bpe()
        self.slots = 1
        """How many prompts it holds beside one another; what it holds is read in no time."""
        self.crashes_at: str | None = None
        """What its runner does not survive in a prompt."""
        self.slower: dict[int, float] = {}
        """How many times as long reading takes with so many threads."""
        self.on_gpu = 0.0
        """The share of the model that lies on a GPU."""
        self.frame = 0
        """Tokens around each message, where the server renders."""
        self.failure: tuple[int, str] | None = None
        self.stream_error = ""
        self.breaks = ""
        self.replies: Any = None
        """The JSON of every answer, for a server that is none of Ollama's."""
        self.release = asyncio.Event()
        self.release.set()
        self.loaded = asyncio.Event()
        self.loaded.set()
        self.asked: list[tuple[str, dict[str, Any]]] = []
        self.sent = 0
        self.gone = False
        """A caller went away in the middle of a stream."""
        self.url = ""
        self._port = 0
        self._window = 0
        self._held: Held | None = None
        self._server: asyncio.Server | None = None
        self._writers: set[asyncio.StreamWriter] = set()

    async def start(self) -> None:
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", self._port)
        self._port = self._server.sockets[0].getsockname()[1]
        self.url = f"http://127.0.0.1:{self._port}"

    async def stop(self) -> None:
        assert self._server is not None
        self._server.close()
        for writer in self._writers:
            writer.transport.abort()
        await asyncio.sleep(0)

    def bodies(self, path: str) -> list[dict[str, Any]]:
        """What was sent to a route, but for loading and rendering."""
        return [
            body
            for asked, body in self.asked
            if asked == path
            and "_debug_render_only" not in body
            and (path != "/api/generate" or body.get("prompt"))
        ]

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._writers.add(writer)
        try:
            head = (await reader.readuntil(b"\r\n\r\n")).decode().lower()
            size = next((int(x[15:]) for x in head.split("\r\n") if x[:15] == "content-length:"), 0)
            body = json.loads(await reader.readexactly(size) or b"{}")
            path = head.split()[1]
            self.asked.append((path, body))
            await self._answer(path, body, writer)
        except (ConnectionError, asyncio.IncompleteReadError):
            self.gone = True
        finally:
            self._writers.discard(writer)
            writer.close()

    async def _answer(self, path: str, body: dict[str, Any], out: asyncio.StreamWriter) -> None:
        if self.crashes_at and self.crashes_at in body.get("prompt", ""):
            await _send(out, {"error": "model runner has unexpectedly stopped"}, 500)
        elif self.failure is not None:
            status, error = self.failure
            await _send(out, {"error": error}, status)
        elif self.replies is not None:
            await _send(out, self.replies)
        elif path == "/api/show":
            info = {"general.architecture": "tiny", "tiny.context_length": self.trained}
            details = {"family": "tiny", "parameter_size": "1M", "quantization_level": "Q4_K_M"}
            info |= self.vocabulary
            shown = {"model_info": info, "details": details, "capabilities": self.capabilities}
            await _send(out, shown)
        elif path == "/api/ps":
            loaded = {"model": "small:latest", "context_length": self._window}
            loaded |= {"size": 1000, "size_vram": round(1000 * self.on_gpu)}
            await _send(out, {"models": [loaded]})
        elif path == "/api/pull":
            await self._lines(out, [{"status": "pulling"}, {"status": "success"}])
        else:
            await self._write(path, body, out)

    async def _write(self, path: str, body: dict[str, Any], out: asyncio.StreamWriter) -> None:
        await self.loaded.wait()
        asked = int(body["options"]["num_ctx"])
        self._window = min(asked, self.has or asked)
        if body.get("_debug_render_only"):
            turns = len(body["messages"]) // 2 - 1
            shown = {"rendered_template": self.renders(turns)} if self.renders else None
            await _send(out, {"_debug_info": shown} if shown else {"done": True})
            return
        tokens, new = self._tokens(body), self._new(body)
        if tokens > self._window:
            await _send(out, {"error": TOO_LONG}, 400)
            return
        slower = self.slower.get(body["options"]["num_thread"], 1.0)
        last = {
            "response": "", "done": True, "prompt_eval_count": tokens, "eval_count": 4,
            "prompt_eval_duration": round(10**7 * new * slower), "eval_duration": 10**8,
        }  # fmt: skip
        if not body["stream"]:
            await self.release.wait()
            await _send(out, last)
            return
        await self._lines(out, [*self._parts(chat=path == "/api/chat"), last])

    def _tokens(self, body: dict[str, Any]) -> int:
        count = counter(self.vocabulary)
        if "messages" in body:
            return sum(count(each["content"]) + self.frame for each in body["messages"])
        return count(body.get("prompt", ""))

    def _new(self, body: dict[str, Any]) -> int:
        """How many tokens it has to read: all, unless slots were asked for."""
        if self.slots == 1:
            return self._tokens(body)
        if self._held is None:
            self._held = Held(counter(self.vocabulary), self.slots)
        with self._held.giving(body.get("prompt", "")) as new:
            return new

    def _parts(self, *, chat: bool) -> list[dict[str, Any]]:
        said = [{"content": piece} for piece in self.pieces]
        thought = [{"content": "", "thinking": piece} for piece in self.thoughts]
        if chat:
            return [{"message": message, "done": False} for message in (*thought, *said)]
        return [{"response": message["content"], "done": False} for message in said]

    async def _lines(self, out: asyncio.StreamWriter, lines: list[dict[str, Any]]) -> None:
        out.write(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n")
        for number, line in enumerate(lines):
            if number == 1 and self.stream_error:
                await _chunk(out, json.dumps({"error": self.stream_error}) + "\n")
            if number == 1 and self.breaks:
                await self._break(out)
                return
            await _chunk(out, json.dumps(line) + "\n")
            self.sent += 1
            await asyncio.sleep(0)
            await self.release.wait()
        await _chunk(out, "")

    async def _break(self, out: asyncio.StreamWriter) -> None:
        if self.breaks == "reset":
            out.transport.abort()
            return
        if self.breaks == "halved":
            await _chunk(out, '{"response": "ha')
        await _chunk(out, "")


async def _send(out: asyncio.StreamWriter, content: Any, status: int = 200) -> None:
    body = (content if isinstance(content, str) else json.dumps(content)).encode()
    head = f"HTTP/1.1 {status} X\r\nContent-Length: {len(body)}\r\nConnection: close\r\n\r\n"
    out.write(head.encode() + body)
    await out.drain()


async def _chunk(out: asyncio.StreamWriter, text: str) -> None:
    out.write(f"{len(text.encode()):x}\r\n{text}\r\n".encode())
    await out.drain()


@asynccontextmanager
async def open_paper_ollama() -> AsyncIterator[PaperOllama]:
    """The server, on a free port of the loopback."""
    server = PaperOllama()
    await server.start()
    try:
        yield server
    finally:
        server.loaded.set()
        server.release.set()
        await server.stop()
