"""The stand-in that reads and writes at a set pace, in front of an Ollama of a few lines."""

import json

import httpx

from app.answering.held import Held
from bench.paced import Pace, _Paced


async def test_prompts_are_answered_by_the_stand_in_and_all_else_by_the_server() -> None:
    reached: list[tuple[str, dict[str, object]]] = []

    def server(request: httpx.Request) -> httpx.Response:
        reached.append((request.url.path, json.loads(request.content or b"{}")))
        return httpx.Response(200, json={"done": True, "done_reason": "load"})

    behind = httpx.AsyncClient(base_url="http://ollama", transport=httpx.MockTransport(server))
    paced = _Paced(behind, Held(lambda text: len(text.split())), Pace(reads=2_000, writes=2_000))
    before = httpx.AsyncClient(base_url="http://paced", transport=httpx.ASGITransport(paced))
    async with behind, before:
        # As a model is loaded, and let go of: without a prompt.
        for asked in ({"model": "m"}, {"model": "m", "keep_alive": 0}):
            answer = await before.post("/api/generate", json=asked)
            assert answer.json()["done_reason"] == "load"
        await before.get("/api/ps")
        assert [path for path, _ in reached] == ["/api/generate", "/api/generate", "/api/ps"]
        prompt = "Passages:\n[a] It closes at six. It is red.\nQuestion: When does it close?"
        body = {"model": "m", "prompt": prompt, "options": {"num_predict": 9}}
        answer = await before.post("/api/generate", json=body)
    parts = [json.loads(line) for line in answer.text.splitlines()]
    assert "".join(part["response"] for part in parts) == "It closes at six."
    assert parts[-1]["prompt_eval_count"] == len(prompt.split())
    assert len(reached) == 3
