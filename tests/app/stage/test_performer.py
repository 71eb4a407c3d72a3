import numpy as np
import pytest

from app.stage.events import (
    AudioBufferAppended,
    AudioBufferCleared,
    AudioBufferCommitted,
    Event,
    SpeakEnded,
    SpeakInterrupted,
    SpeakStarted,
    StateUpdated,
    Warned,
)
from app.stage.performer import FRAME_BYTES, SILENCE, Performer


def tone(frames: float, level: int = 8000) -> bytes:
    count = int(frames * FRAME_BYTES / 2)
    return (level * np.sin(np.arange(count))).astype("<i2").tobytes()


class Stage:
    """A performer, what it reported and what it played."""

    def __init__(self, *, flapping: bool = False) -> None:
        self.events: list[Event] = []
        self.sound = b""
        self.heard: list[float] = []
        self.performer = Performer(self.events.append, flapping=flapping)

    def run(self, frames: int) -> None:
        for _ in range(frames):
            frame = self.performer.next_frame()
            self.sound += frame.sound
            self.heard.append(frame.mouth.opening)

    def poses(self) -> list[str]:
        return [e.new_state for e in self.events if isinstance(e, StateUpdated)]

    def kinds(self) -> list[type[Event]]:
        return [type(event) for event in self.events]


@pytest.fixture
def stage() -> Stage:
    return Stage()


def test_an_utterance_is_played_whole_and_reported_in_order(stage: Stage) -> None:
    speech = tone(3.5)
    stage.performer.speak("a1", speech[:5000])
    stage.run(1)
    stage.performer.speak("a2", speech[5000:])
    stage.performer.end("a3")
    stage.run(9)
    # One frame of silence leads in, and the last frame is filled up.
    assert stage.sound == SILENCE + speech + bytes(FRAME_BYTES // 2)
    assert stage.kinds() == [
        AudioBufferAppended,
        StateUpdated,
        SpeakStarted,
        AudioBufferAppended,
        AudioBufferCommitted,
        SpeakEnded,
        StateUpdated,
    ]
    started = next(e for e in stage.events if isinstance(e, SpeakStarted))
    ended = next(e for e in stage.events if isinstance(e, SpeakEnded))
    assert started.source_event_id == ended.source_event_id == "a1"
    assert started.task == ended.task


def test_the_end_is_reported_when_the_last_sound_was_heard(stage: Stage) -> None:
    stage.performer.speak("a", tone(4))
    stage.performer.end("a")
    stage.run(5)
    assert SpeakEnded not in stage.kinds()
    stage.run(1)
    assert stage.performer.pose == "idle"


def test_the_mouth_follows_what_is_heard_not_what_is_queued(stage: Stage) -> None:
    stage.performer.speak(None, tone(2) + bytes(FRAME_BYTES) + tone(1))
    stage.performer.end(None)
    stage.run(7)
    opened = [level > 0 for level in stage.heard]
    assert opened == [False, True, True, False, True, False, False]


def test_speech_that_comes_too_slowly_is_waited_for_still_talking(stage: Stage) -> None:
    speech = tone(2.5)
    stage.performer.speak("a", speech[: 2 * FRAME_BYTES + 7])
    stage.run(10)
    assert stage.performer.pose == "talking"
    stage.performer.speak("b", speech[2 * FRAME_BYTES + 7 :])
    stage.performer.end("c")
    stage.run(5)
    # The seven bytes waited for the rest of their sample.
    assert stage.sound.startswith(SILENCE + speech[: 2 * FRAME_BYTES] + SILENCE)
    assert stage.sound.rstrip(b"\0").endswith(speech[2 * FRAME_BYTES :].rstrip(b"\0"))
    assert stage.poses() == ["talking", "idle"]


def test_a_long_pause_in_mid_utterance_is_warned_of_once(stage: Stage) -> None:
    stage.performer.speak("a", tone(2))
    stage.run(60)
    assert [type(e) for e in stage.events].count(Warned) == 1


def test_a_flapping_stage_takes_every_pause_for_the_end() -> None:
    stage = Stage(flapping=True)
    stage.performer.speak("a", tone(2))
    stage.run(8)
    stage.performer.speak("b", tone(2))
    stage.performer.end("c")
    stage.run(8)
    assert stage.poses() == ["talking", "idle", "talking", "idle"]


def test_every_chunk_may_have_its_own_id_or_none(stage: Stage) -> None:
    for event_id in ("a", None, "c", None):
        stage.performer.speak(event_id, tone(1))
    stage.performer.end(None)
    stage.run(12)
    assert stage.poses() == ["talking", "idle"]


def test_speech_after_an_end_is_another_utterance(stage: Stage) -> None:
    for name in ("a", "b"):
        stage.performer.speak(name, tone(2))
        stage.performer.end(name)
    stage.run(12)
    assert stage.poses() == ["talking", "idle", "talking", "idle"]
    assert [e.source_event_id for e in stage.events if isinstance(e, SpeakEnded)] == ["a", "b"]


def test_an_interruption_forgets_everything_at_once(stage: Stage) -> None:
    stage.performer.speak("a", tone(50))
    stage.run(5)
    stage.events.clear()
    stage.performer.interrupt("stop")
    assert stage.kinds() == [AudioBufferCleared, SpeakInterrupted, SpeakEnded, StateUpdated]
    played = len(stage.sound)
    stage.run(5)
    assert len(stage.sound) == played
    assert stage.performer.waiting_s == 0


def test_an_interruption_while_idle_only_clears(stage: Stage) -> None:
    stage.performer.speak("a", tone(5))
    stage.performer.interrupt("stop")
    stage.run(3)
    assert stage.kinds() == [AudioBufferAppended, AudioBufferCleared]


def test_an_end_with_nothing_open_is_no_event(stage: Stage) -> None:
    stage.performer.end("a")
    stage.performer.speak("b", tone(2))
    stage.performer.interrupt("c")
    stage.events.clear()
    stage.performer.end("d")
    assert stage.events == []


def test_an_empty_utterance_still_starts_and_ends(stage: Stage) -> None:
    stage.performer.speak("a", b"")
    stage.performer.end("a")
    stage.run(4)
    assert stage.poses() == ["talking", "idle"]


def test_listening_never_cuts_speech(stage: Stage) -> None:
    stage.performer.listen()
    assert stage.performer.pose == "listening"
    stage.performer.speak("a", tone(2))
    stage.performer.end("a")
    stage.run(1)
    stage.performer.listen()
    stage.performer.rest()
    stage.run(6)
    assert stage.poses() == ["listening", "talking", "idle"]
    stage.performer.listen()
    stage.performer.rest()
    assert stage.poses()[-2:] == ["listening", "idle"]
