"""Who speaks: takes speech in as it comes and gives it out frame by frame, in real time.

One frame is one picture of the video. Utterances are told apart by order alone, as in LITE: the
first speech after a connect, an end or an interruption opens one. Knows neither rooms nor sockets;
whoever calls `next_frame` every `FRAME_S` seconds is its clock.
"""

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field

from app.stage.events import (
    AudioBufferAppended,
    AudioBufferCleared,
    AudioBufferCommitted,
    Event,
    Pose,
    SpeakEnded,
    SpeakInterrupted,
    SpeakStarted,
    StateUpdated,
    Task,
    Trouble,
    Warned,
    fresh,
)
from app.stage.visemes import SAMPLE_RATE, SHUT, Mouth, mouth_of

FPS = 25
FRAME_S = 1 / FPS
FRAME_BYTES = SAMPLE_RATE // FPS * 2
SILENCE = bytes(FRAME_BYTES)

_STARVED = FPS // 2  # frames without speech in mid-utterance after which the controller is warned


@dataclass(frozen=True, slots=True)
class Frame:
    """A 25th of a second: the sound to queue now (may be none), the mouth for what is heard now."""

    sound: bytes
    mouth: Mouth


@dataclass(slots=True)
class _Utterance:
    source: str | None
    task: Task
    pcm: bytearray = field(default_factory=bytearray)
    ended: bool = False

    def ready(self) -> bool:
        """Whether a frame can be cut; short rests wait for the speech that follows them."""
        return self.ended or len(self.pcm) >= FRAME_BYTES

    def cut(self) -> bytes:
        """Take a frame off the front, filled up with silence where the utterance ends."""
        sound = bytes(self.pcm[:FRAME_BYTES])
        del self.pcm[:FRAME_BYTES]
        whole = len(sound) - len(sound) % 2
        return sound[:whole].ljust(FRAME_BYTES, b"\0")


class Performer:
    """The avatar's speech and pose. Every change is reported through `report`, in LITE's order.

    It waits `waits_s` seconds before it begins an utterance. With `flapping`, speech that comes too
    slowly ends the utterance instead of being waited for, as the service was seen to do.
    """

    def __init__(
        self, report: Callable[[Event], None], *, waits_s: float = 0.0, flapping: bool = False
    ) -> None:
        self._report = report
        self._patience, self._flapping = round(waits_s * FPS), flapping
        self._waited = self._starved = 0
        self._utterances: deque[_Utterance] = deque()
        # Mouths for what the room's queue holds: its front is heard during the next frame.
        self._queued: deque[Mouth] = deque()
        self.pose: Pose = "idle"

    @property
    def waiting_s(self) -> float:
        """Seconds of speech that wait to be played."""
        return sum(len(utterance.pcm) for utterance in self._utterances) / (2 * SAMPLE_RATE)

    def speak(self, event_id: str | None, pcm: bytes) -> None:
        """Append speech (24 kHz, 16 bit, mono) to the open utterance, or open one."""
        if not self._utterances or self._utterances[-1].ended:
            self._utterances.append(_Utterance(source=event_id, task=Task(fresh())))
        self._utterances[-1].pcm += pcm
        self._report(AudioBufferAppended(source_event_id=event_id))

    def end(self, event_id: str | None) -> None:
        """Close the open utterance; nothing happens where none is open."""
        if self._utterances and not self._utterances[-1].ended:
            self._utterances[-1].ended = True
            self._report(AudioBufferCommitted(source_event_id=event_id))

    def interrupt(self, event_id: str | None) -> None:
        """Forget all speech at once. What the room has queued is the caller's to drop."""
        speaking = self._utterances[0] if self.pose == "talking" else None
        self.forget()
        self._report(AudioBufferCleared(source_event_id=event_id))
        if speaking is not None:
            self._report(SpeakInterrupted(source_event_id=speaking.source, task=speaking.task))
            # LITE promises an end for every beginning; the web SDK hears of nothing else.
            self._report(SpeakEnded(source_event_id=speaking.source, task=speaking.task))
            self._turn("idle")

    def forget(self) -> None:
        """Drop all speech, and report nothing."""
        self._utterances.clear()
        self._queued.clear()
        self._waited = self._starved = 0

    def listen(self) -> None:
        """Take the listening pose, from idle only: clients ask as soon as they have sent speech."""
        if self.pose == "idle" and not self._utterances:
            self._turn("listening")

    def rest(self) -> None:
        """Leave the listening pose."""
        if self.pose == "listening":
            self._turn("idle")

    def next_frame(self) -> Frame:
        """What happens in the next `FRAME_S` seconds."""
        if self.pose != "talking":
            sound = self._begin()
        elif self._utterances[0].ended and not self._utterances[0].pcm:
            sound = b""
            if not self._queued:
                self._finish()
        else:
            sound = self._continue()
        return Frame(sound, self._queued.popleft() if self._queued else SHUT)

    def _begin(self) -> bytes:
        if not self._utterances or not self._utterances[0].ready():
            return b""
        if self._waited < self._patience:
            self._waited += 1
            return b""
        utterance, self._waited = self._utterances[0], 0
        self._turn("talking")
        self._report(SpeakStarted(source_event_id=utterance.source, task=utterance.task))
        # One frame of silence goes in front, so that a late frame is made up before it is heard.
        self._queued.append(SHUT)
        return SILENCE + self._continue() if utterance.pcm else SILENCE

    def _continue(self) -> bytes:
        # Speech that comes too slowly is waited for in silence, still talking: a controller takes
        # any other state for the end of the utterance.
        if self._utterances[0].ready():
            self._starved = 0
            sound = self._utterances[0].cut()
        else:
            self._starve()
            sound = SILENCE
        self._queued.append(mouth_of(sound))
        return sound

    def _starve(self) -> None:
        self._starved += 1
        if self._starved == 1 and self._flapping:
            self._utterances[0].ended = True
        if self._starved == _STARVED:
            self._report(Warned(warning=Trouble("video_starvation", "speech comes too slowly")))

    def _finish(self) -> None:
        utterance = self._utterances.popleft()
        self._report(SpeakEnded(source_event_id=utterance.source, task=utterance.task))
        self._turn("idle")

    def _turn(self, pose: Pose) -> None:
        previous, self.pose = self.pose, pose
        self._report(StateUpdated(previous_state=previous, new_state=pose))
