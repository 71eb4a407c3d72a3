"""Several visitors in one visit: LiveKit's session knows one, and is made to hear all of them.

A single visitor is heard as LiveKit hears them. Only while there are several microphones is its
input taken out and a mix of them put in its place.
"""

import asyncio
from collections.abc import Callable

from livekit import rtc
from livekit.agents import AgentSession
from livekit.rtc.data_stream import TextStreamHandler
from livekit.rtc.room import EventTypes

from app.agent.mix import Mix, Sound, sound_of
from app.agent.visitors import is_visitor

_CHAT = "lk.chat"
# A stream that was just opened gives sound after about 0.1 s: whoever is speaking is heard by the
# input that is left until the other one surely hears them, too.
_SETTLE_S = 0.5
_CHANGES: tuple[EventTypes, ...] = (
    "participant_connected",
    "participant_disconnected",
    "track_subscribed",
    "track_unsubscribed",
    "track_unpublished",
)


class Company:
    """The visitors in a room, as a session hears and reads them.

    `read` is called before the session starts, `hear` afterwards.
    """

    def __init__(
        self,
        room: rtc.Room,
        first: str,
        listen: Callable[[rtc.Track], Sound] = sound_of,
        settle_s: float = _SETTLE_S,
    ) -> None:
        """`first` is the identity of the visitor that the session is linked to at its start."""
        self._room = room
        self._linked = first
        self._listen = listen
        self._session: AgentSession[None] | None = None
        self._settle_s = settle_s
        self._mix: Mix | None = None
        self._swapping: asyncio.TimerHandle | None = None
        self._closing: set[asyncio.Task[None]] = set()

    def read(self) -> None:
        """Let any visitor's typed turns pass for those of the visitor that LiveKit is linked to.

        It reads nobody else's, and there can be one reader of a topic only.
        """
        register = self._room.register_text_stream_handler

        def registering(topic: str, handler: TextStreamHandler) -> None:
            register(topic, self._for_all(handler) if topic == _CHAT else handler)

        setattr(self._room, "register_text_stream_handler", registering)  # noqa: B010

    def hear(self, session: AgentSession[None]) -> None:
        """From now on the session hears all visitors, whoever comes and goes."""
        self._session = session
        for change in _CHANGES:
            self._room.on(change, self._look)
        session.on("close", self._stop)
        self._look()

    async def aclose(self) -> None:
        """Listen to nobody any more."""
        self._stop()
        self._end_mix()
        if self._closing:
            # The room may be gone by now: a stream's end must not outlast the visit by much.
            await asyncio.wait(self._closing, timeout=2.0)

    def _stop(self, _: object = None) -> None:
        if self._session is not None:
            self._session = None
            if self._swapping is not None:
                self._swapping.cancel()
            for change in _CHANGES:
                self._room.off(change, self._look)

    def _for_all(self, handler: TextStreamHandler) -> TextStreamHandler:
        def handle(reader: rtc.TextStreamReader, identity: str) -> None:
            sender = self._room.remote_participants.get(identity)
            if sender is not None and is_visitor(sender):
                handler(reader, self._linked)

        return handle

    def _look(self, *_: object) -> None:
        """Somebody came, went, or switched a microphone on or off: listen to whoever is there."""
        if self._session is None:
            return
        microphones = self._microphones()
        self._link(self._session, list(microphones))
        if len(microphones) > 1 or self._mix is not None:
            self._hear_together(set(microphones.values()))
            if self._swapping is not None:
                self._swapping.cancel()
            loop = asyncio.get_running_loop()
            self._swapping = loop.call_later(self._settle_s, self._swap, self._session)

    def _swap(self, session: AgentSession[None]) -> None:
        """Have the session listen to the mix, or to LiveKit's own input when that is enough."""
        if len(self._microphones()) > 1:
            session.input.audio = self._mix
        else:
            session.input.audio = session.room_io.audio_input
            self._end_mix()

    def _link(self, session: AgentSession[None], speaking: list[str]) -> None:
        """LiveKit's own input is to be that of the only one who can speak.

        It also asks nobody for more who is not there, so it is linked to somebody who is.
        """
        here = [who.identity for who in self._room.remote_participants.values() if is_visitor(who)]
        if len(speaking) == 1:
            here = speaking
        if here and self._linked not in here:
            self._linked = here[0]
            session.room_io.set_participant(self._linked)

    def _hear_together(self, tracks: set[rtc.Track]) -> None:
        mix = self._mix = self._mix or Mix()
        for gone in mix.microphones - tracks:
            mix.remove(gone)
        for track in tracks - mix.microphones:
            mix.add(track, self._listen(track))

    def _end_mix(self) -> None:
        if self._mix is not None:
            closing = asyncio.create_task(self._mix.aclose())
            self._closing.add(closing)
            closing.add_done_callback(self._closing.discard)
            self._mix = None

    def _microphones(self) -> dict[str, rtc.Track]:
        """The microphone of each visitor that has one switched on."""
        return {
            who.identity: publication.track
            for who in self._room.remote_participants.values()
            if is_visitor(who)
            for publication in who.track_publications.values()
            if publication.source == rtc.TrackSource.SOURCE_MICROPHONE
            and publication.track is not None
        }
