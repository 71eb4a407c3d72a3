import pytest

from app.avatar.playback import GRACE_S, Playback


class Clock:
    now = 100.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def playback(clock: Clock) -> Playback:
    return Playback(clock)


def test_a_segment_is_sent_started_and_finished(playback: Playback, clock: Clock) -> None:
    playback.sent(1.0)
    assert playback.started()
    assert not playback.started()
    playback.sent(2.0)
    assert playback.complete() is None
    clock.now += 3
    assert playback.finished() == 3.0
    assert playback.finished() is None
    assert not playback.pending
    assert playback.total_s == 3.0


def test_silence_within_a_segment_ends_nothing(playback: Playback) -> None:
    playback.sent(1.0)
    playback.started()
    assert playback.finished() is None
    playback.sent(1.0)
    assert not playback.started()
    playback.complete()
    assert playback.finished() == 2.0


def test_a_segment_that_was_heard_before_it_was_closed_ends_then(playback: Playback) -> None:
    playback.sent(1.0)
    playback.started()
    assert playback.finished() is None
    assert playback.complete() == 1.0
    assert not playback.pending


def test_segments_are_heard_in_their_order(playback: Playback) -> None:
    for seconds in (1.0, 2.0):
        playback.sent(seconds)
        playback.complete()
    assert playback.started()
    assert playback.finished() == 1.0
    assert playback.started()
    assert playback.finished() == 2.0


def test_what_the_stage_still_says_of_abandoned_speech_is_not_believed(
    playback: Playback, clock: Clock
) -> None:
    playback.sent(4.0)
    playback.started()
    clock.now += 1.5
    assert playback.abandon() == 1.5
    playback.sent(1.0)
    playback.complete()
    assert not playback.started()
    assert playback.finished() is None
    playback.acknowledged()
    assert playback.finished() is None
    assert playback.started()
    assert playback.finished() == 1.0


def test_a_second_abandoning_makes_nobody_deaf(playback: Playback) -> None:
    playback.sent(1.0)
    playback.abandon()
    playback.acknowledged()
    assert playback.abandon() == 0.0
    playback.sent(1.0)
    assert playback.started()


def test_a_stage_that_never_acknowledges_is_believed_again_after_a_while(
    playback: Playback, clock: Clock
) -> None:
    playback.sent(1.0)
    playback.abandon()
    playback.sent(3.0)
    playback.complete()
    clock.now += 2
    assert playback.finished() == 3.0


def test_it_is_overdue_some_seconds_after_it_should_have_been_heard(
    playback: Playback, clock: Clock
) -> None:
    playback.sent(2.0)
    clock.now += 60
    assert not playback.overdue  # slow speech is nobody's fault
    playback.complete()
    clock.now += 2 + GRACE_S - 0.1
    assert not playback.overdue
    clock.now += 0.2
    assert playback.overdue
