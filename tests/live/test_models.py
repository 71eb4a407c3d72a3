"""The language model as the set-up registers it in a real Ollama."""

import httpx
import pytest

from tools import models
from tools.stack import Stack

CHAT = [
    {"role": "system", "content": "Answer in one short sentence."},
    {"role": "user", "content": "My cat is called Zorro."},
    {"role": "assistant", "content": "What a fine name for a cat."},
    {"role": "user", "content": "How is my cat called?"},
]


@pytest.fixture
def host(stack: Stack) -> str:
    return f"127.0.0.1:{stack.ports['ollama']}"


def test_a_chat_reaches_the_model_with_all_its_messages(host: str) -> None:
    name = models.ensure_in_ollama(host)
    request = {
        "model": name,
        "messages": CHAT,
        "stream": False,
        "options": {"temperature": 0, "num_ctx": 2048},
    }
    answer = httpx.post(f"http://{host}/api/chat", json=request, timeout=300).json()
    assert "Zorro" in answer["message"]["content"]
    assert answer["prompt_eval_count"] >= 45
    assert answer["done_reason"] == "stop"


def test_a_model_that_is_there_is_left_as_it_is(host: str) -> None:
    def registered() -> str:
        tags = httpx.get(f"http://{host}/api/tags").json()["models"]
        return str(next(tag for tag in tags if tag["name"] == name))

    name = models.ensure_in_ollama(host)
    before = registered()
    assert models.ensure_in_ollama(host) == name
    assert registered() == before
