"""What the stage says to its controller over the WebSocket, one Struct a message of LITE."""

from typing import Literal
from uuid import uuid4

from msgspec import Struct, field

SessionState = Literal["connecting", "connected", "closing", "closed"]
Pose = Literal["idle", "listening", "talking"]
TroubleKind = Literal["invalid_request_error", "server_error", "video_starvation"]
Reason = Literal[
    "UNKNOWN",
    "USER_DISCONNECTED",
    "SERVER_ERROR",
    "IDLE_TIMEOUT",
    "NO_CREDITS",
    "USER_CLOSED",
    "AVATAR_DELETED",
    "MAX_DURATION_REACHED",
    "ZOMBIE_SESSION_REAP",
    "AGENT_HANG_UP",
]
"""Why a session ended, in LITE's words."""


def fresh() -> str:
    """An id of our own: the service never echoes the controller's as `event_id`."""
    return str(uuid4())


class Event(Struct, kw_only=True, tag_field="type"):
    """Anything that the stage reports."""

    @property
    def kind(self) -> str:
        """Its `type` on the wire."""
        return str(self.__struct_config__.tag)


class SessionStateUpdated(Event, tag="session.state_updated"):
    state: SessionState


class SessionStopped(Event, tag="session.stopped"):
    """The last but one word; the documentation and the web SDK name its field differently."""

    end_reason: Reason
    stop_reason: Reason


class AudioBufferAppended(Event, tag="agent.audio_buffer_appended"):
    source_event_id: str | None
    event_id: str = field(default_factory=fresh)


class AudioBufferCommitted(Event, tag="agent.audio_buffer_committed"):
    source_event_id: str | None
    event_id: str = field(default_factory=fresh)


class AudioBufferCleared(Event, tag="agent.audio_buffer_cleared"):
    source_event_id: str | None
    event_id: str = field(default_factory=fresh)


class StateUpdated(Event, tag="agent.state_updated"):
    previous_state: Pose
    new_state: Pose
    source_event_id: str | None = None
    event_id: str = field(default_factory=fresh)


class Task(Struct, frozen=True):
    """The stage's own name for one utterance."""

    id: str


class Spoken(Event):
    """What became of one utterance; `source_event_id` is that of its first `agent.speak`."""

    source_event_id: str | None
    task: Task
    event_id: str = field(default_factory=fresh)


class SpeakStarted(Spoken, tag="agent.speak_started"):
    pass


class SpeakEnded(Spoken, tag="agent.speak_ended"):
    pass


class SpeakInterrupted(Spoken, tag="agent.speak_interrupted"):
    pass


class Trouble(Struct, frozen=True):
    type: TroubleKind
    message: str
    event_id: str | None = None


class Error(Event, tag="error"):
    error: Trouble


class Warned(Event, tag="warning"):
    warning: Trouble
