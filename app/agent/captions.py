"""Messages from the agent to the pages, one JSON text each, in the order in which they were told.

Telling never waits and never fails: a page that is gone must not hold up the voice.
"""

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from typing import Literal

import msgspec
from livekit import rtc

from app.agent.turns import Caption

TOPIC = "groundling.turn"
# Of a longer conversation, a visitor who comes late is told the end.
REMEMBERED_TURNS = 20

logger = logging.getLogger(__name__)

Send = Callable[[str, Sequence[str]], Awaitable[None]]
"""Carries one message to the pages of these visitors."""


class Captions:
    """The queue of messages to the pages of all visitors; `visitors` says who is there now."""

    def __init__(self, visitors: Callable[[], Sequence[str]]) -> None:
        self._visitors = visitors
        self._queue: asyncio.Queue[Caption | Literal["greet", "close"]] = asyncio.Queue()
        self._turns: dict[str, list[Caption]] = {}
        self._greeted: set[str] = set()

    def publish(self, caption: Caption) -> None:
        """Send this after all that was published before."""
        self._queue.put_nowait(caption)

    def greet(self) -> None:
        """A visitor may have come: they are sent the turns so far."""
        self._queue.put_nowait("greet")

    def close(self) -> None:
        """Nothing more will be published."""
        self._queue.put_nowait("close")

    async def carry(self, send: Send) -> None:
        """Send what is published until closed; what cannot be sent is lost and logged."""
        while (caption := await self._queue.get()) != "close":
            here = self._visitors()
            for late in [visitor for visitor in here if visitor not in self._greeted]:
                self._greeted.add(late)
                for told in [told for turn in self._turns.values() for told in turn]:
                    await _carry_one(send, told, [late])
            if caption != "greet":
                self._remember(caption)
                await _carry_one(send, caption, here)

    def _remember(self, caption: Caption) -> None:
        """Keep what was said; how the avatar was at the time is of no use to who comes later."""
        if (turn := caption.get("turn")) is None:
            return
        self._turns.setdefault(turn, []).append(caption)
        if len(self._turns) > REMEMBERED_TURNS:
            del self._turns[next(iter(self._turns))]


async def _carry_one(send: Send, caption: Caption, to: Sequence[str]) -> None:
    if not to:
        return
    try:
        await send(msgspec.json.encode(caption).decode(), to)
    except Exception:  # a door: the SDK raises many kinds, none may end the visit
        logger.warning("caption not sent", extra={"kind": caption["type"]}, exc_info=True)


def to_pages(room: rtc.Room) -> Send:
    """Sends messages as text streams of the topic."""

    async def send(message: str, to: Sequence[str]) -> None:
        await room.local_participant.send_text(
            message, topic=TOPIC, destination_identities=list(to)
        )

    return send


@asynccontextmanager
async def open_captions(
    send: Send, visitors: Callable[[], Sequence[str]]
) -> AsyncIterator[Captions]:
    """Captions that are being sent while the context lasts."""
    captions = Captions(visitors)
    task = asyncio.create_task(captions.carry(send), name="captions")
    try:
        yield captions
    finally:
        captions.close()
        # The room may be gone by now: sending must not outlast the visit by more than a moment.
        await asyncio.wait({task}, timeout=2.0)
        task.cancel()
