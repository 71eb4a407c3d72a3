"""People in a LiveKit room, as the agent's SDK shows them: no server, no sound."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, cast

from livekit import rtc
from livekit.rtc.event_emitter import EventEmitter

ACTIVE = rtc.ParticipantState.PARTICIPANT_STATE_ACTIVE
STANDARD = rtc.ParticipantKind.PARTICIPANT_KIND_STANDARD
MICROPHONE = rtc.TrackSource.SOURCE_MICROPHONE
LEFT = rtc.DisconnectReason.CLIENT_INITIATED


@dataclass(eq=False)
class Publication:
    source: int = MICROPHONE
    track: object = field(default_factory=object)


@dataclass(eq=False)
class Person:
    identity: str
    kind: int = STANDARD
    state: int = ACTIVE
    disconnect_reason: int | None = None
    track_publications: dict[str, Publication] = field(default_factory=dict)

    @property
    def microphone(self) -> object:
        return self.track_publications["mic"].track


class PresentRoom(EventEmitter[Any]):
    """People come, go, and switch their microphones on and off; the events are LiveKit's."""

    def __init__(self, *here: Person) -> None:
        super().__init__()
        self.remote_participants = {person.identity: person for person in here}
        self.readers: dict[str, Callable[[object, str], None]] = {}

    @property
    def room(self) -> rtc.Room:
        return cast(rtc.Room, self)

    def register_text_stream_handler(
        self, topic: str, handler: Callable[[object, str], None]
    ) -> None:
        self.readers[topic] = handler

    def comes(self, person: Person) -> None:
        self.remote_participants[person.identity] = person
        self.emit("participant_connected", person)
        if person.state == ACTIVE:
            self.emit("participant_active", person)

    def goes(self, person: Person, reason: int = LEFT) -> None:
        del self.remote_participants[person.identity]
        person.disconnect_reason = reason
        self.emit("participant_disconnected", person)

    def speaks(self, person: Person, source: int = MICROPHONE) -> None:
        person.track_publications["mic"] = published = Publication(source)
        self.emit("track_subscribed", published.track, published, person)

    def falls_silent(self, person: Person) -> None:
        published = person.track_publications.pop("mic")
        self.emit("track_unpublished", published, person)
