"""How many visits the server's memory carries beside one another: tried, since nothing tells.

A server with several slots may still use one of them for all, and then each visit pushes out what
was read for the others. Another setting of it crashes at the second prompt. So it is tried once.
"""

import logging
from typing import Any

from app.answering.held import SLOTS_A_VISIT
from app.answering.ollama_client import Client
from app.answering.ollama_failures import translated
from app.errors import ModelUnavailable
from app.settings import ModelSettings

logger = logging.getLogger(__name__)

# Some 80 tokens, read in two to four seconds by one core: what is read again stands out.
_TEXT = " ".join(
    [
        "the library by the river lends books, films and maps to everybody who lives in the town. "
        "A card is free for children and costs twelve euros a year for others, who pay at the desk."
    ]
    * 2
)
_REMEDY = (
    "OLLAMA_NUM_PARALLEL should be twice GROUNDLING_MODEL__AT_ONCE, with OLLAMA_MULTIUSER_CACHE=1 "
    "and OLLAMA_NEW_ENGINE=1"
)


async def count_slots(client: Client, body: dict[str, Any], settings: ModelSettings) -> int:
    """How many prompts the server holds beside one another, up to those its visits at once need.

    `body` is what every call carries. 1, and nothing is tried, for one visit at once; 1 and a
    warning where the server fails at it.
    """
    if settings.at_once == 1:
        return 1
    wanted = SLOTS_A_VISIT * settings.at_once
    # They begin alike, as the prompts of all visits do.
    prompts = [f"Rules: be brief. Visitor {number} says that {_TEXT}" for number in range(wanted)]
    try:
        with translated(settings):
            first = [await _read(client, body, prompt) for prompt in prompts]
            # The newest first: one that is gone takes the place of the oldest, not of one to come.
            again = [await _read(client, body, f"{prompt} Then") for prompt in reversed(prompts)]
    except ModelUnavailable as error:
        failed = {"cause": str(error), "remedy": _REMEDY}
        logger.warning("the model's server fails at several prompts", extra=failed)
        return 1
    held = sum(2 * later < sooner for sooner, later in zip(first, reversed(again), strict=True))
    facts = {"slots": held, "wanted": wanted}
    if held < wanted:
        logger.warning("visits push out what was read", extra={**facts, "remedy": _REMEDY})
    else:
        logger.info("visits are held beside one another", extra=facts)
    return max(1, held)


async def _read(client: Client, body: dict[str, Any], prompt: str) -> int:
    """How long the server took to read this, in nanoseconds."""
    answer = await client.ask("/api/generate", {**body, "prompt": prompt, "raw": True})
    return int(answer.get("prompt_eval_duration") or 0)
