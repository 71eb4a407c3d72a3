"""What carries speech to the visitor: the stage, or the agent's own track."""

from typing import Protocol

from app.avatar.playhead import Playhead


class Carrier(Protocol):
    """One at a time says one stretch of speech at a time: `begin`, `speak`…, `end`, until `done`.

    Never raises: a carrier that can take no more of a stretch is `lost`.
    """

    first_s: float
    """The least that may be sent first."""
    lead_s: float
    """How far ahead of the visitor's ear it is given speech."""
    head: Playhead
    """How much of this stretch was sent, and heard."""

    @property
    def ready(self) -> bool:
        """Whether a new stretch can be begun."""
        ...

    @property
    def lost(self) -> bool:
        """Whether no more of this stretch can be given; what it has may still be heard."""
        ...

    @property
    def gone(self) -> bool:
        """Whether nothing more will be heard of it."""
        ...

    @property
    def done(self) -> bool:
        """Whether the whole stretch has been heard."""
        ...

    async def begin(self) -> None:
        """Get ready for a new stretch."""
        ...

    async def speak(self, pcm: bytes) -> None:
        """Say this after what was said before."""
        ...

    async def end(self) -> None:
        """The stretch is complete."""
        ...

    def hush(self) -> None:
        """Fall silent now, and forget what was still to be said."""
        ...
