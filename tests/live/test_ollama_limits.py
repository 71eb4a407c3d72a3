"""The real Ollama at its limits: the edge of the window, other families' formats, turns.

GROUNDLING_MODEL__URL and GROUNDLING_MODEL__NAME name a server that runs already; without them the
stack of the live tests is used.
"""

import asyncio
from collections.abc import AsyncIterator

import httpx
import pytest

from app.answering.ollama import OllamaModel, open_model
from app.answering.ollama_report import fetch
from app.answering.prompt import MARGIN, packer_for
from app.answering.template import MESSAGES, Exchange, messages
from app.errors import ModelUnavailable, PromptTooLong
from app.settings import ModelSettings
from tests.live.test_ollama import served

WINDOW = 640
# The shapes of several families' templates, in Go's language: where rules go, what stands between.
SHAPES = {
    "qwen": (
        "{{ if .System }}<|im_start|>system\n{{ .System }}<|im_end|>\n{{ end }}"
        "{{ range .Messages }}"
        '{{ if eq .Role "user" }}<|im_start|>user\n{{ .Content }}<|im_end|>\n'
        '{{ else if eq .Role "assistant" }}<|im_start|>assistant\n{{ .Content }}<|im_end|>\n'
        "{{ end }}{{ end }}<|im_start|>assistant\n"
    ),
    "llama": (
        "{{ range .Messages }}<|start_header_id|>{{ .Role }}<|end_header_id|>\n\n{{ .Content }}"
        "<|eot_id|>{{ end }}<|start_header_id|>assistant<|end_header_id|>\n\n"
    ),
    "gemma": (
        "{{ $system := .System }}{{ range $i, $m := .Messages }}"
        '{{ if eq .Role "user" }}<start_of_turn>user\n{{ if and (eq $i 1) $system }}{{ $system }}'
        "\n\n{{ end }}{{ .Content }}<end_of_turn>\n<start_of_turn>model\n"
        '{{ else if eq .Role "assistant" }}{{ .Content }}<end_of_turn>\n{{ end }}{{ end }}'
    ),
    "phi": (
        "{{ range .Messages }}<|{{ .Role }}|>\n{{ .Content }}<|end|>\n{{ end }}<|assistant|>\n"
    ),
    # Rules stand before the last question, so that nothing of a history can be read ahead.
    "mistral": (
        "{{ $last := 0 }}{{ range $i, $_ := .Messages }}{{ $last = $i }}{{ end }}"
        '{{ range $i, $m := .Messages }}{{ if eq .Role "user" }}[INST] '
        "{{ if and (eq $i $last) $.System }}{{ $.System }}\n\n{{ end }}{{ .Content }}[/INST]"
        '{{ else if eq .Role "assistant" }} {{ .Content }}</s>{{ end }}{{ end }}'
    ),
    # A bare file without a template gives its last message alone.
    "bare": "{{ .Prompt }}",
}
TAKEN_APART = {"qwen", "llama", "gemma", "phi"}


@pytest.fixture
def settings(request: pytest.FixtureRequest) -> ModelSettings:
    return served(request)


@pytest.fixture
async def small(settings: ModelSettings) -> AsyncIterator[OllamaModel]:
    chosen = settings.model_copy(update={"window": WINDOW, "answer_tokens": 16})
    async with open_model(chosen) as opened:
        yield opened


async def test_a_prompt_at_the_edge_is_answered_and_one_token_more_is_refused(
    small: OllamaModel,
) -> None:
    await small.learn()
    assert small.window == WINDOW
    packer = packer_for(small, small._settings)
    prompt = packer.pack("When is the harbour open?", ("harbour " * WINDOW,), (), "en")
    assert prompt.tokens <= packer.limit
    edge = prompt.text
    while small.count_tokens(edge + " harbour") <= packer.limit:
        edge += " harbour"
    for text in (prompt.text, edge):
        reading = await small.read(text)
        assert abs(reading.tokens - small.count_tokens(text)) <= MARGIN
    assert small.count_tokens(edge) == packer.limit
    assert "".join([piece async for piece in small.write(edge)])
    with pytest.raises(PromptTooLong):
        await small.read(edge + " harbour" * (WINDOW - packer.limit + 1))


async def test_a_window_beyond_what_the_model_was_made_for_is_not_asked_for(
    settings: ModelSettings,
) -> None:
    async with httpx.AsyncClient(base_url=settings.url, timeout=60) as client:
        shown = (await client.post("/api/show", json={"model": settings.name})).json()
        info = shown["model_info"]
    trained = info[f"{info['general.architecture']}.context_length"]
    async with open_model(settings.model_copy(update={"window": trained + 1})) as large:
        await large.learn()
        assert large.window == large.known.asked == trained


@pytest.mark.parametrize("shape", SHAPES)
async def test_formats_of_other_families_are_rendered_as_the_server_does(
    settings: ModelSettings,
    shape: str,
) -> None:
    name = f"groundling-shape-{shape}"
    made = {"model": name, "from": settings.name, "template": SHAPES[shape], "stream": False}
    async with httpx.AsyncClient(base_url=settings.url, timeout=60) as client:
        (await client.post("/api/create", json=made)).raise_for_status()
        try:
            chosen = settings.model_copy(
                update={"name": name, "window": WINDOW, "answer_tokens": 16}
            )
            async with open_model(chosen) as shaped:
                await shaped.learn()
                assert (shaped.render is not MESSAGES) == (shape in TAKEN_APART)
                past = [Exchange(asked="Are you open?", answered="Yes, we are.")]
                prompt = shaped.render.closed("Be brief.", past, "Until when?")
                chat = messages(MESSAGES.closed("Be brief.", past, "Until when?"))
                asked = {"model": name, "messages": chat, "options": {"num_ctx": WINDOW}}
                shown = await client.post(
                    "/api/chat", json=asked | {"_debug_render_only": True, "stream": False}
                )
                if shape in TAKEN_APART:
                    assert shown.json()["_debug_info"]["rendered_template"] == prompt
                reading = await shaped.read(prompt)
                assert reading.tokens <= shaped.count_tokens(prompt) + MARGIN
        finally:
            await client.request("DELETE", "/api/delete", json={"model": name})


async def test_two_visits_take_turns_and_the_second_is_told_its_wait(small: OllamaModel) -> None:
    await small.learn()
    prompt = small.render.closed("Answer at length.", [], "Tell a story.")
    waits: dict[str, float] = {}

    async def ask(visit: str) -> str:
        def waited(seconds: float) -> None:
            waits[visit] = seconds

        pieces = small.write(prompt, visit=visit, waited=waited)
        return "".join([piece async for piece in pieces])

    first, second = await asyncio.gather(ask("one"), ask("two"))
    assert first == second
    assert waits["one"] == 0.0
    assert waits["two"] > 0.05


async def test_a_model_that_cannot_be_fetched_is_told_with_its_remedy(
    settings: ModelSettings,
) -> None:
    missing = settings.model_copy(update={"name": "localhost:9/no/such-model"})
    with pytest.raises(ModelUnavailable, match="cannot be fetched"):
        await fetch(missing)
