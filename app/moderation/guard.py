"""Moderation by a guard model in Ollama, such as Llama Guard: it answers `safe` or `unsafe`."""

import logging
import re
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager

import httpx
from ollama import AsyncClient, RequestError, ResponseError

from app.moderation.moderator import ALLOWED, Category, Moderator, Moderators, Side, Verdict
from app.moderation.words import WordModerator
from app.settings import ModerationSettings

logger = logging.getLogger(__name__)

# Llama Guard's hazards that a stage would end a session for; of the rest, advice, privacy,
# elections and property rights are what an organisation's own pages are about.
_HAZARDS: Mapping[str, Category] = {
    "s1": "violence", "s2": "unsafe", "s3": "sexual", "s4": "sexual", "s9": "violence",
    "s10": "hate", "s11": "self_harm", "s12": "sexual",
}  # fmt: skip
_OPTIONS = {"temperature": 0, "seed": 1, "num_predict": 12, "num_ctx": 2048}
# A guard reads the whole of what it judges; more than this is not said in one breath.
_LETTERS = 4_000


class GuardModerator:
    """Implements Moderator with a model; `open_moderator` opens it."""

    def __init__(self, client: AsyncClient, settings: ModerationSettings) -> None:
        self._client = client
        self._model = settings.model or ""
        unjudged = Verdict(allowed=False, category="unjudged")
        self._otherwise = unjudged if settings.closed else ALLOWED

    async def review(self, text: str, *, lang: str, side: Side) -> Verdict:
        """See Moderator."""
        messages = [{"role": "user", "content": text[:_LETTERS]}]
        if side == "answer":  # the last of the messages is what it judges
            messages = [{"role": "user", "content": "?"}, {**messages[0], "role": "assistant"}]
        try:
            reply = await self._client.chat(
                self._model, messages, options=_OPTIONS, keep_alive=-1, stream=False
            )
        except (ConnectionError, RequestError, ResponseError, httpx.HTTPError) as error:
            logger.warning("guard model not asked", extra={"reason": type(error).__name__})
            return self._otherwise
        return self._verdict(reply.message.content or "")

    def _verdict(self, said: str) -> Verdict:
        words = re.findall(r"\w+", said.lower())
        if words[:1] in (["safe"], ["no"]):
            return ALLOWED
        if words[:1] not in (["unsafe"], ["yes"]):
            logger.warning("guard model says neither safe nor unsafe")
            return self._otherwise
        named = [word for word in words[1:] if re.fullmatch(r"s\d+", word)]
        found: list[Category] = [_HAZARDS[name] for name in named if name in _HAZARDS]
        if named and not found:
            return ALLOWED
        return Verdict(allowed=False, category=found[0] if found else "unsafe")


@asynccontextmanager
async def open_moderator(
    settings: ModerationSettings,
    url: str,
    transport: httpx.AsyncBaseTransport | None = None,
) -> AsyncIterator[Moderator]:
    """The lists, and behind them the guard model where one is named; `url` is Ollama's."""
    words = WordModerator(settings.without)
    if settings.model is None:
        yield words
        return
    client = AsyncClient(
        settings.url or url, timeout=settings.timeout_s, transport=transport, trust_env=False
    )
    async with client:
        yield Moderators([words, GuardModerator(client, settings)])
