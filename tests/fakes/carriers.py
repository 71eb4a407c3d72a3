"""Carriers, presence and a ledger on paper."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from app.avatar.carrier import Carrier
from app.avatar.playhead import Playhead
from app.errors import StageUnavailable

BYTES_PER_S = 48_000


class PaperCarrier:
    """Implements Carrier: begins at once, and keeps what it was given."""

    def __init__(self, *, first_s: float = 0.02, lead_s: float = 0.05) -> None:
        self.first_s, self.lead_s = first_s, lead_s
        self.head = Playhead()
        self.takes: list[bytearray] = []
        self.hushed = 0
        self.lost = False
        self.gone = False
        self.hung = False
        self._ended = False

    @property
    def ready(self) -> bool:
        return not self.lost

    @property
    def done(self) -> bool:
        return self._ended and self.head.ahead_s <= 0 and not self.hung

    @property
    def said(self) -> bytes:
        return b"".join(self.takes)

    async def begin(self) -> None:
        self.head, self._ended = Playhead(), False
        self.takes.append(bytearray())

    async def speak(self, pcm: bytes) -> None:
        self.takes[-1] += pcm
        self.head.send(len(pcm) / BYTES_PER_S)
        self.head.start()

    async def end(self) -> None:
        self._ended = True

    def hush(self) -> None:
        self.hushed += 1


class PaperOutlet:
    """Implements Outlet."""

    def __init__(self) -> None:
        self.carrier: Carrier | None = None

    def use(self, carrier: Carrier | None) -> None:
        self.carrier = carrier


class PaperPresence:
    """Implements Presence: an avatar comes at once, and leaves when it is told to."""

    url, room = "ws://127.0.0.1:1", "lobby"

    def __init__(self) -> None:
        self.comes = self.open = True
        self.left = asyncio.Event()
        self.silent_s = 0.0

    def token(self) -> str:
        return "token"

    async def arrives(self) -> None:
        if not self.comes:
            await asyncio.Event().wait()
        self.left.clear()

    async def leaves(self) -> None:
        await self.left.wait()

    def here(self) -> bool:
        return self.comes and not self.left.is_set()

    def is_open(self) -> bool:
        return self.open

    @asynccontextmanager
    async def listening(self) -> AsyncIterator["PaperPresence"]:
        yield self


class PaperLedger:
    """Implements Ledger."""

    def __init__(self) -> None:
        self.opened: list[str] = []
        self.closed_ones: list[str] = []
        self.unused: list[str] = []
        self.down = False

    async def opens(self, session: str) -> None:
        if self.down:
            raise StageUnavailable("the session could not be noted")
        self.opened.append(session)

    def closed(self, session: str, *, came: bool) -> None:
        self.closed_ones.append(session)
        if not came:
            self.unused.append(session)
