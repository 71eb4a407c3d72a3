"""What the supervisor of an avatar needs of its surroundings."""

from contextlib import AbstractAsyncContextManager
from typing import Protocol

from app.avatar.carrier import Carrier


class Hearing(Protocol):
    """What is heard of the avatar in the room."""

    @property
    def silent_s(self) -> float:
        """Since when nothing was heard, in seconds."""
        ...


class Presence(Protocol):
    """The room in which the avatar performs."""

    url: str
    room: str

    def token(self) -> str:
        """What lets the avatar in."""
        ...

    async def arrives(self) -> None:
        """Return when the avatar is seen in the room."""
        ...

    async def leaves(self) -> None:
        """Return when it is not in the room any more."""
        ...

    def here(self) -> bool:
        """Whether it is in the room now, seen or not."""
        ...

    def is_open(self) -> bool:
        """Whether the room is still there for the agent: else nobody would see an avatar."""
        ...

    def listening(self) -> AbstractAsyncContextManager[Hearing]:
        """Listen to it while the context lasts."""
        ...


class Ledger(Protocol):
    """Who has to know of every session that costs."""

    async def opens(self, session: str) -> None:
        """A session is about to cost. Raises StageUnavailable when that cannot be noted."""
        ...

    def closed(self, session: str, *, came: bool) -> None:
        """It costs no more: its stop was sent. Nothing at all if its avatar never came."""
        ...


class Outlet(Protocol):
    """Where the agent's speech goes."""

    def use(self, carrier: Carrier | None) -> None:
        """Through this one from now on; None: the agent speaks itself."""
        ...
