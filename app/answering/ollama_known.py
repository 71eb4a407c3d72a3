"""What an Ollama server tells about a model: its format, its tokens, and the window it really has.

Nothing is taken on trust that the server can be asked: a window smaller than the setting is used
as it is, with a warning, so that no prompt is ever cut behind our back.
"""

import asyncio
import logging
import time
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

from app.answering.held import Held
from app.answering.ollama_client import Client
from app.answering.ollama_slots import count_slots
from app.answering.template import (
    MESSAGES,
    Exchange,
    Template,
    UnknownFormat,
    chat,
    messages,
    take_apart,
)
from app.answering.thoughts import ends_thinking
from app.answering.tokens import Count, control_tokens, counter, framed
from app.errors import ModelUnavailable
from app.settings import ModelSettings

logger = logging.getLogger(__name__)

# Rules, examples and a question need some 500 tokens beside the answer.
_SMALLEST_WINDOW = 512
# A large model comes from a slow disk once; the server's own limit is five minutes.
_LOAD_S = 330.0
_SAY_EVERY_S = 10.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """A model as the server has it; `window` is the runner's, `asked` what we ask it for."""

    template: Template
    window: int
    asked: int
    count: Count
    held: Held
    family: str
    size: str
    quantisation: str
    thinks: bool


def options(settings: ModelSettings, asked: int, most: int) -> dict[str, Any]:
    """The one block of options; only the length of the output may differ between calls."""
    return {
        "num_ctx": asked,
        "num_thread": settings.threads,
        "num_batch": settings.batch,
        "num_predict": most,
        "temperature": 0,
        "seed": 1,
        # Penalties would push the answer away from the wording of the passages.
        "repeat_penalty": 1.0,
    }


def common(settings: ModelSettings, asked: int, most: int) -> dict[str, Any]:
    """What every call carries."""
    return {
        "model": settings.name,
        "options": options(settings, asked, most),
        "keep_alive": -1,
        "think": False,
        # The server's defaults drop the front of a long prompt, rules included, silently.
        "truncate": False,
        "shift": False,
    }


async def inquire(client: Client, settings: ModelSettings) -> Known:
    """Load the model and learn what there is to know.

    Raises:
        ModelUnavailable: the window that the server gives it is of no use. Lets the client's
            errors through.
    """
    shown = await client.ask("/api/show", {"model": settings.name, "verbose": True})
    info, details = shown["model_info"], shown.get("details") or {}
    trained = int(info.get(f"{info.get('general.architecture')}.context_length") or 0)
    asked = min(settings.window, trained or settings.window)
    # Building the tokenizer takes half a second, on a thread so that nobody waits.
    count = await asyncio.to_thread(counter, info)
    async with _said_while_loading(settings):
        await client.ask("/api/generate", common(settings, asked, 1), within_s=_LOAD_S)
    thinks = "thinking" in (shown.get("capabilities") or ())
    template = await _template(client, settings, asked, info, thinks=thinks)
    if template is MESSAGES:
        count = await _with_frames(client, settings, asked, count)
    slots = await count_slots(client, common(settings, asked, 1), settings)
    return Known(
        template=template, window=await _window(client, settings, asked, trained), asked=asked,
        count=count, held=Held(count, slots), family=str(details.get("family") or ""),
        size=str(details.get("parameter_size") or ""),
        quantisation=str(details.get("quantization_level") or ""), thinks=thinks,
    )  # fmt: skip


async def _template(
    client: Client, settings: ModelSettings, asked: int, info: Mapping[str, Any], *, thinks: bool
) -> Template:
    """The format to render prompts in, or MESSAGES where the server has to do it."""
    try:
        renderings = [await _rendered(client, settings, asked, turns) for turns in range(3)]
        template = take_apart(renderings, control_tokens(info))
        if thinks and not ends_thinking(template.end):
            # Sent raw, its thoughts would not be kept apart from its answer.
            raise UnknownFormat("The model thinks, and cannot be told not to.")
    except UnknownFormat as error:
        logger.warning("chat format not usable raw", extra={"cause": str(error)})
        return MESSAGES
    return template


async def _rendered(client: Client, settings: ModelSettings, asked: int, turns: int) -> str:
    # One token at most, for a server that does not know the last field, and answers.
    body = {**common(settings, asked, 1), "messages": chat(turns), "_debug_render_only": True}
    answer = await client.ask("/api/chat", body)
    try:
        return str(answer["_debug_info"]["rendered_template"])
    except KeyError:
        raise UnknownFormat("This Ollama does not show how it renders a chat.") from None


async def _with_frames(client: Client, settings: ModelSettings, asked: int, count: Count) -> Count:
    """Counting that knows what the server's own rendering puts around messages."""

    async def beyond(turns: int) -> int:
        past = [Exchange(asked="yes", answered="no")] * turns
        body = common(settings, asked, 1)
        body["messages"] = messages(MESSAGES.closed("Rules", past, "yes"))
        answer = await client.ask("/api/chat", body)
        theirs = int(answer.get("prompt_eval_count") or 0)
        return max(0, theirs - sum(count(each["content"]) for each in body["messages"]))

    alone, after_one = await beyond(0), await beyond(1)
    return framed(count, base=alone, exchange=max(0, after_one - alone))


async def _window(client: Client, settings: ModelSettings, asked: int, trained: int) -> int:
    """The window that the runner has; says so when it is less than was asked for."""
    running = {str(each.get("model")): each for each in await client.running()}
    loaded = running.get(settings.name) or running.get(f"{settings.name}:latest") or {}
    window = min(asked, int(loaded.get("context_length") or asked))
    if window < _SMALLEST_WINDOW:
        raise ModelUnavailable(
            f"{settings.name} has a window of {window} tokens here, too few for rules, evidence "
            f"and an answer. Use a model with {_SMALLEST_WINDOW} or more "
            "(GROUNDLING_MODEL__NAME), or give Ollama more memory."
        )
    if window < settings.window:
        facts = {"asked": settings.window, "window": window, "trained": trained}
        logger.warning("the model's window is smaller than the setting", extra=facts)
    return window


@asynccontextmanager
async def _said_while_loading(settings: ModelSettings) -> AsyncIterator[None]:
    """The log says how long the model has been loading, until the block ends."""
    started = time.monotonic()

    async def say() -> None:
        while True:
            await asyncio.sleep(_SAY_EVERY_S)
            took = round(time.monotonic() - started)
            logger.info("the model is still loading", extra={"model": settings.name, "s": took})

    saying = asyncio.create_task(say(), name="loading")
    try:
        yield
    finally:
        saying.cancel()
        await asyncio.gather(saying, return_exceptions=True)
    took_ms = round((time.monotonic() - started) * 1000)
    logger.info("the model is loaded", extra={"model": settings.name, "took_ms": took_ms})
