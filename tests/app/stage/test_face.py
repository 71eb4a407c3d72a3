import itertools
import time

import numpy as np
import pytest

from app.stage.face import BREATHS, LIDS, MOUTHS, Expression, Face, Look
from app.stage.portrait import Size

SMALL = Size(320, 180)


@pytest.fixture(scope="module")
def face() -> Face:
    return Face(SMALL)


def luma(face: Face, look: Look) -> np.ndarray:
    picture = np.frombuffer(face.picture(look), np.uint8)
    assert picture.size == SMALL.width * SMALL.height * 3 // 2
    return picture[: SMALL.width * SMALL.height].reshape(SMALL.height, SMALL.width).astype(int)


def changed(one: np.ndarray, other: np.ndarray) -> tuple[float, float]:
    """How many pixels differ, and how far down the picture they are (0 to 1)."""
    rows, _ = np.nonzero(np.abs(one - other) > 8)
    return len(rows), float(rows.mean()) / SMALL.height if len(rows) else 0.0


def test_the_mouth_opens_wider_step_by_step(face: Face) -> None:
    shut = luma(face, Look(0, 0, 0))
    counts = [changed(shut, luma(face, Look(0, 0, mouth)))[0] for mouth in range(1, MOUTHS)]
    assert counts == sorted(counts)
    assert 0.5 < changed(shut, luma(face, Look(0, 0, MOUTHS - 1)))[1] < 0.65


def test_a_blink_changes_the_eyes_only(face: Face) -> None:
    count, height = changed(luma(face, Look(0, 0, 3)), luma(face, Look(0, LIDS - 1, 3)))
    assert count > 20
    assert 0.35 < height < 0.46


def test_it_breathes(face: Face) -> None:
    assert changed(luma(face, Look(0, 0, 0)), luma(face, Look(BREATHS - 1, 0, 0)))[0] > 50


def test_it_is_marked_as_artificial(face: Face) -> None:
    corner = luma(face, Look(0, 0, 0))[8:32, 8:40]
    assert corner.min() < 80  # the sign
    assert corner.max() > 200  # its letters


def test_the_patches_leave_no_seam(face: Face) -> None:
    # Around the mouth there is nothing but skin, whatever is pasted there.
    for breath in range(BREATHS):
        picture = luma(face, Look(breath, 0, MOUTHS - 1))
        row = picture[int(0.51 * SMALL.height), 125:195]
        assert np.ptp(row) <= 3


def test_a_picture_is_cheap() -> None:
    face = Face(Size(640, 360))
    best = min(_seconds(face) for _ in range(20))
    assert best < 0.004


def _seconds(face: Face) -> float:
    start = time.perf_counter()
    face.picture(Look(3, 1, 4))
    return time.perf_counter() - start


def test_the_mouth_follows_the_loudness_and_shuts_again() -> None:
    expression = Expression(seed=1)
    loud = [expression.advance(1.0).mouth for _ in range(4)]
    quiet = [expression.advance(0.0).mouth for _ in range(8)]
    assert loud[0] >= MOUTHS // 2
    assert loud[-1] == MOUTHS - 1
    assert quiet == sorted(quiet, reverse=True)
    assert quiet[-1] == 0


def test_it_blinks_now_and_then_and_breathes_all_the_time() -> None:
    expression = Expression(seed=1)
    looks = [expression.advance(0.0) for _ in range(25 * 60)]
    blinks = sum(1 for one, two in itertools.pairwise(looks) if one.lids < two.lids == 1)
    assert 8 <= blinks <= 30
    assert {look.breath for look in looks} == set(range(BREATHS))
