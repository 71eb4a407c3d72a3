"""What is asked, and what it is asked in."""

from pathlib import Path

import numpy as np
import pytest

from bench.talk.questions import BELOW_DB, questions, room_noise, share
from tools.sound import frames_of, save_wav


def test_there_are_at_least_forty_questions_each_its_own() -> None:
    asked = questions()
    assert len(asked) >= 40
    assert len({question.id for question in asked}) == len(asked)
    assert len({question.text for question in asked}) == len(asked)
    assert any(not question.facts for question in asked)


def test_a_share_is_spread_over_all() -> None:
    assert share(range(10), 5) == [0, 2, 4, 6, 8]
    assert share(range(3), 0) == share(range(3), 9) == [0, 1, 2]


def test_noise_lies_so_far_below_the_speech(tmp_path: Path) -> None:
    speech = np.full(24_000, 3000, np.int16)
    save_wav(tmp_path / "a.wav", speech)
    noise = room_noise([tmp_path / "a.wav"])
    below = 20 * np.log10(3000 / np.sqrt(np.mean(noise.astype(float) ** 2)))
    assert below == pytest.approx(BELOW_DB, abs=0.2)
    assert np.array_equal(noise, room_noise([tmp_path / "a.wav"]))


def test_a_background_is_cut_into_whole_frames() -> None:
    assert [frame.tolist() for frame in frames_of(np.arange(5, dtype=np.int16), 2)] == [
        [0, 1],
        [2, 3],
    ]
    assert [frame.tolist() for frame in frames_of(None, 2)] == [[0, 0]]
