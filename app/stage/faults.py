"""What tests order to go wrong, session by session; nothing here happens unless it is ordered."""

from typing import Annotated, Literal

from msgspec import Meta, Struct

from app.stage.events import Reason

Seconds = Annotated[float, Meta(ge=0)]
Times = Annotated[int, Meta(ge=0)]


class Faults(Struct, forbid_unknown_fields=True):
    """The faults of one session.

    Times count from when the avatar is in its room, or from the order where it was there already.
    """

    token_delay_s: Seconds = 0.0
    """The session token is answered this late."""
    start_failures: Times = 0
    """So many starts are answered 500."""
    refused_sockets: Times = 0
    """So many WebSockets are refused (403)."""
    never_enters: bool = False
    """The avatar stays out; the session waits with it, connecting."""
    enter_delay_s: Seconds = 0.0
    """The avatar comes this late."""
    face_delay_s: Seconds = 0.0
    """Voice and `connected` come in time, the video track this much later."""
    voiceless: bool = False
    """The face comes, and a voice is never published."""
    cut_after_s: Seconds | None = None
    """Every WebSocket is closed (1011) after this much speech; new ones are taken."""
    leaves_after_s: Seconds | None = None
    """The avatar leaves the room, and the session goes on as if it were there."""
    ends_after_s: Seconds | None = None
    """The session ends by itself, for the reason in `ends_with`."""
    ends_with: Reason | Literal["MODERATION"] = "SERVER_ERROR"
    """LITE has no word for moderation: an error event tells it, the reason is UNKNOWN."""
    silent: bool = False
    """Nothing is heard and the mouth stays shut; events are as if there were speech."""
    deaf: bool = False
    """Commands are taken and nothing comes of them, not even an acknowledgement."""
    lost: list[str] = []
    """Types of event that never arrive; `*` is all of them."""
    doubled: list[str] = []
    """Types of event that arrive twice."""

    def copies(self, kind: str) -> int:
        """How often an event of this type is sent."""
        if kind in self.lost or "*" in self.lost:
            return 0
        return 2 if kind in self.doubled or "*" in self.doubled else 1


class Mishaps:
    """When the faults of a performing session fall due; asked for every frame."""

    def __init__(self, faults: Faults, now: float) -> None:
        self._faults = faults
        self._began = now
        self._spoken_s = 0.0

    def speak(self, seconds: float) -> None:
        """Tell how much was spoken."""
        self._spoken_s += seconds

    def cut(self) -> bool:
        """Whether the WebSockets are to be closed now; true once."""
        after = self._faults.cut_after_s
        if after is None or self._spoken_s < after:
            return False
        self._faults.cut_after_s = None
        return True

    def leaves(self, now: float) -> bool:
        """Whether the avatar is to leave now; true once."""
        after = self._faults.leaves_after_s
        if after is None or now - self._began < after:
            return False
        self._faults.leaves_after_s = None
        return True

    def ends(self, now: float) -> bool:
        """Whether the session is to end now."""
        after = self._faults.ends_after_s
        return after is not None and now - self._began >= after
