"""Messages from the agent to the page, one JSON text each, in the order in which they were told.

Telling never waits and never fails: a page that is gone must not hold up the voice.
"""

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

import msgspec
from livekit import rtc

from app.agent.turns import Caption

TOPIC = "groundling.turn"

logger = logging.getLogger(__name__)

Send = Callable[[str], Awaitable[None]]
"""Carries one message to the page."""


class Captions:
    """The queue of messages to the page."""

    def __init__(self) -> None:
        self._queue: asyncio.Queue[Caption | None] = asyncio.Queue()

    def publish(self, caption: Caption) -> None:
        """Send this after all that was published before."""
        self._queue.put_nowait(caption)

    def close(self) -> None:
        """Nothing more will be published."""
        self._queue.put_nowait(None)

    async def carry(self, send: Send) -> None:
        """Send what is published until closed; what cannot be sent is lost and logged."""
        while (caption := await self._queue.get()) is not None:
            try:
                await send(msgspec.json.encode(caption).decode())
            except Exception:  # a door: the SDK raises many kinds, none may end the visit
                logger.warning("caption not sent", extra={"kind": caption["type"]}, exc_info=True)


def to_page(room: rtc.Room) -> Send:
    """Sends messages as text streams of the topic."""

    async def send(message: str) -> None:
        await room.local_participant.send_text(message, topic=TOPIC)

    return send


@asynccontextmanager
async def open_captions(send: Send) -> AsyncIterator[Captions]:
    """Captions that are being sent while the context lasts."""
    captions = Captions()
    task = asyncio.create_task(captions.carry(send), name="captions")
    try:
        yield captions
    finally:
        captions.close()
        # The room may be gone by now: sending must not outlast the visit by more than a moment.
        await asyncio.wait({task}, timeout=2.0)
        task.cancel()
