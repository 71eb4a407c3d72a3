"""Seconds to the first sentence of an answer, with the evidence read ahead and without."""

import statistics
import time
from contextlib import aclosing
from datetime import UTC, datetime
from typing import Any

import httpx

from app.answering.model import ChatModel
from app.answering.ollama import open_model
from app.answering.prompt import Packer
from app.answering.sentences import SentenceStream
from app.settings import ModelSettings
from ingest.documents import Passage
from tools.stack import Stack

QUESTIONS = (
    "How much is a ticket for an adult?",
    "When was the lighthouse built?",
    "How long is a boat trip?",
    "What does a guided tour cost?",
)


async def measure(stack: Stack) -> dict[str, float]:
    """The same questions and passages both ways, in turn; the rules were read ahead in both."""
    settings = ModelSettings(
        url=stack.env["GROUNDLING_MODEL__URL"],
        name=stack.env["GROUNDLING_MODEL__NAME"],
        threads=int(stack.env["GROUNDLING_MODEL__THREADS"]),
    )
    without, prefilled, tokens = [], [], []
    async with open_model(settings) as model:
        await model.learn()
        packer = Packer(model.render, model.count_tokens, model.window, settings)
        for question in QUESTIONS:
            prompt = packer.pack(question, packer.evidence(_passages(stack, question)), (), "en")
            await model.read(packer.opening())
            without.append(await _first_sentence(model, prompt.text))
            # Another prompt in between, so that nothing of the evidence is left in the cache.
            await model.read(packer.opening())
            await model.read(prompt.text[: prompt.text.rindex(question)].rstrip())
            prefilled.append(await _first_sentence(model, prompt.text))
            tokens.append(prompt.tokens - model.count_tokens(packer.opening()))
    return {
        "evidence_tokens_median": statistics.median(tokens),
        "without_s": round(statistics.median(without), 2),
        "prefilled_s": round(statistics.median(prefilled), 2),
        "without_to_prefilled": round(
            statistics.median(a / b for a, b in zip(without, prefilled, strict=True)), 1
        ),
    }


async def _first_sentence(model: ChatModel, prompt: str) -> float:
    began = time.perf_counter()
    sentences = SentenceStream("en")
    async with aclosing(model.write(prompt)) as pieces:
        async for piece in pieces:
            if sentences.feed(piece):
                break
    return time.perf_counter() - began


def _passages(stack: Stack, question: str) -> list[Passage]:
    """What the API finds for the question, as the answerer would get it."""
    found = httpx.post(
        f"{stack.url('api')}/v1/search",
        json={"question": question, "limit": 3},
        headers={"Authorization": f"Bearer {stack.keys['api_key']}"},
        timeout=60,
    )
    return [_passage(n, hit) for n, hit in enumerate(found.json()["hits"])]


def _passage(number: int, hit: dict[str, Any]) -> Passage:
    return Passage(
        kb="default",
        source="bench",
        url=hit["url"],
        anchor=hit["anchor"],
        title=hit["title"],
        headings=tuple(hit["headings"]),
        ordinal=number,
        text=hit["text"],
        lang=hit["lang"],
        revision="bench",
        fetched_at=datetime.now(UTC),
    )
