"""The agent's own voice in the room, for when no avatar speaks for it."""

import asyncio
import logging

from livekit import rtc
from livekit.rtc.participant import PublishTrackError

from app.avatar.playhead import Playhead
from app.avatar.utterance import BYTES_PER_S, SAMPLE_RATE

logger = logging.getLogger(__name__)

# A track without a listener is spoken into anyway after this time.
_HEARD_S = 2.0
_ROOM_MS = 1000


class OwnVoice:
    """A track of the agent's, published when it is first needed. Implements Carrier."""

    first_s = 0.02
    # The queue of the track is cut off at once when it falls silent: the lead costs nothing.
    lead_s = 0.3

    def __init__(self, room: rtc.Room) -> None:
        self._room = room
        self._source = rtc.AudioSource(SAMPLE_RATE, 1, queue_size_ms=_ROOM_MS)
        self._publishing: asyncio.Task[None] | None = None
        self._ended = False
        self.head = Playhead()

    @property
    def ready(self) -> bool:
        return self._room.isconnected()

    @property
    def lost(self) -> bool:
        return not self._room.isconnected()

    @property
    def gone(self) -> bool:
        return self.lost

    @property
    def done(self) -> bool:
        return self._ended and self.head.ahead_s <= 0

    def prepare(self) -> None:
        """Publish the track ahead of its use: it takes a few hundred milliseconds."""
        if self._publishing is None:
            self._publishing = asyncio.create_task(self._publish(), name="own-voice")

    async def begin(self) -> None:
        self.prepare()
        if self._publishing is not None:
            await asyncio.wait({self._publishing}, timeout=_HEARD_S)
        self.head, self._ended = Playhead(), False

    async def speak(self, pcm: bytes) -> None:
        self.head.send(len(pcm) / BYTES_PER_S)
        self.head.start()
        frame = rtc.AudioFrame(pcm, SAMPLE_RATE, 1, len(pcm) // 2)
        try:
            await self._source.capture_frame(frame)
        except Exception:  # a door: the SDK raises nothing narrower
            logger.warning("own voice not heard", exc_info=True)

    async def end(self) -> None:
        self._ended = True

    def hush(self) -> None:
        self._source.clear_queue()

    async def aclose(self) -> None:
        """Take the track away."""
        if self._publishing is not None:
            self._publishing.cancel()
            await asyncio.gather(self._publishing, return_exceptions=True)
        await self._source.aclose()

    async def _publish(self) -> None:
        track = rtc.LocalAudioTrack.create_audio_track("voice", self._source)
        options = rtc.TrackPublishOptions(source=rtc.TrackSource.SOURCE_MICROPHONE)
        try:
            publication = await self._room.local_participant.publish_track(track, options)
            await publication.wait_for_subscription()
        except PublishTrackError as error:
            logger.warning("own voice not published", extra={"reason": str(error)})
