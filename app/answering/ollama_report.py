"""What model is in force and how fast it is, measured; and fetching it."""

import time
from collections.abc import Callable
from contextlib import aclosing
from dataclasses import dataclass

from app.answering.held import Reading
from app.answering.ollama import OllamaModel, open_model
from app.answering.ollama_client import Client
from app.answering.ollama_failures import translated
from app.answering.template import MESSAGES
from app.settings import ModelSettings

# Some 300 tokens: enough to tell a pace, and read in ten seconds by one core.
_TEXT = (
    "The library by the river lends books, films and maps to everybody who lives in the town. A "
    "card is free for children and costs twelve euros a year for others. "
) * 8
_TASK = "Continue this story in five sentences."

Fetched = Callable[[str, int, int], None]
"""Is told what is being done, and how many of how many bytes are there."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """A model in force.

    `window` is what the runner has of the `window_asked`. `prompts` says who renders them: "raw"
    ones are ours, "chat" the server's. Of the
    `at_once` visits, `visits_held` keep what was read for them. `read_again_ms` is how long the
    `read_tokens` tokens that took `read_ms` took when they came a second time.
    """

    name: str
    family: str
    size: str
    quantisation: str
    thinks: bool
    prompts: str
    window_asked: int
    window: int
    threads: int
    at_once: int
    visits_held: int
    read_tokens: int
    read_ms: int
    read_again_ms: int
    read_tokens_s: float
    write_tokens_s: float


async def report(settings: ModelSettings) -> Report:
    """Load the model of the settings and measure it; what it held of visits is pushed out.

    Raises:
        ModelUnavailable: it cannot be had; says why, and what to do.
    """
    async with open_model(settings) as model:
        await model.learn()
        # Nobody has read this before.
        prompt = model.render.closed(f"{time.time_ns()}. {_TASK}", (), _TEXT)
        first, again = await _written(model, prompt), await _written(model, prompt)
        known = model.known
        return Report(
            name=model.name, family=known.family, size=known.size,
            quantisation=known.quantisation, thinks=known.thinks,
            prompts="chat" if known.template is MESSAGES else "raw",
            window_asked=settings.window, window=known.window, threads=model.threads,
            at_once=settings.at_once, visits_held=known.held.visits,
            read_tokens=first.tokens, read_ms=first.ms, read_again_ms=again.ms,
            read_tokens_s=round(1000 * first.tokens / max(1, first.ms), 1),
            write_tokens_s=round(first.writing, 1),
        )  # fmt: skip


async def fetch(settings: ModelSettings, told: Fetched = lambda doing, done, of: None) -> None:
    """Have the server fetch the model from its library.

    Raises:
        ModelUnavailable: it could not; says why, and what to do.
    """
    async with Client(settings.url, timeout=settings.timeout_s, trust_env=False) as client:
        with translated(settings):
            async with aclosing(client.stream("/api/pull", {"model": settings.name})) as parts:
                async for part in parts:
                    done, of = int(part.get("completed") or 0), int(part.get("total") or 0)
                    told(str(part.get("status") or ""), done, of)


async def _written(model: OllamaModel, prompt: str) -> Reading:
    """What a prompt took to read, and how fast its answer was written."""
    took: list[Reading] = []
    async with aclosing(model.write(prompt, took.append)) as pieces:
        async for _ in pieces:
            pass
    return took[0]
