import itertools
import time

import numpy as np
import pytest

from app.stage.events import Pose
from app.stage.face import (
    BREATHS,
    EYES,
    MOUTHS,
    Expression,
    Face,
    Look,
    box_of,
    nearest,
)
from app.stage.figure import Drawn, Eyes, paint_figure
from app.stage.portrait import Box, Size, draw
from app.stage.visemes import SHUT, Mouth

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


def mouth(opening: float, spread: float = 0.3, hiss: float = 0.0) -> int:
    return nearest(Mouth(opening, spread, hiss))


def test_the_mouth_opens_wider_step_by_step(face: Face) -> None:
    shut = luma(face, Look())
    openings = [Look(mouth=mouth(opening)) for opening in (0.12, 0.3, 0.5, 0.75, 1.0)]
    changes = [changed(shut, luma(face, look)) for look in openings]
    counts = [count for count, _ in changes]
    assert counts == sorted(counts)
    assert all(0.53 < height < 0.66 for _, height in changes)


def test_every_mouth_and_every_eye_is_another_picture(face: Face) -> None:
    mouths = {face.picture(Look(mouth=index)).hex() for index in range(len(MOUTHS))}
    eyes = {face.picture(Look(eyes=index)).hex() for index in range(len(EYES))}
    assert (len(mouths), len(eyes)) == (len(MOUTHS), len(EYES))


def test_wide_mouths_are_wider_than_round_ones(face: Face) -> None:
    bare = draw(SMALL, Box(0, 0, 320, 180), 0.0, paint_figure)[0].astype(int)

    def reach(spread: float) -> int:
        drawn = luma(face, Look(mouth=mouth(0.5, spread)))
        _, columns = np.nonzero(np.abs(bare - drawn)[93:119] > 8)
        return int(np.ptp(columns))

    assert reach(1.0) > reach(-1.0) * 1.2


def test_a_blink_changes_the_eyes_only(face: Face) -> None:
    closed = EYES.index(Eyes(lids=1))
    count, height = changed(luma(face, Look()), luma(face, Look(eyes=closed)))
    assert count > 20
    assert 0.35 < height < 0.46


def test_it_breathes(face: Face) -> None:
    assert changed(luma(face, Look()), luma(face, Look(BREATHS - 1)))[0] > 50


def test_it_is_marked_as_artificial(face: Face) -> None:
    corner = luma(face, Look())[8:23, 8:60]
    assert corner.min() < 80  # the sign
    assert corner.max() > 200  # its letters


def test_the_patches_leave_no_seam() -> None:
    """What is drawn in a patch ends within it, and around it is the rest of the figure."""
    size = Size(640, 360)
    face, whole = Face(size), Box(0, 0, size.width, size.height)
    eyes, mouths = box_of(size, Drawn.eyes_in), box_of(size, Drawn.mouth_in)
    looks = [Look(eyes=index) for index in range(len(EYES))]
    looks += [Look(mouth=index) for index in range(len(MOUTHS))]
    for breath in (0, 4, BREATHS - 1):
        bare = draw(size, whole, breath / (BREATHS - 1), paint_figure)[0].astype(int)
        for look in looks:
            picture = face.picture(Look(breath, look.eyes, look.mouth))
            luma = np.frombuffer(picture, np.uint8)[: bare.size].reshape(bare.shape)
            for box in (eyes, mouths):
                part = np.abs(luma - bare)[box.top : box.bottom, box.left : box.right]
                ring = (part[0], part[-1], part[:, 0], part[:, -1])
                # The rim of the hair is smoothed a little differently where a patch cuts it.
                assert max(edge.max() for edge in ring) <= 30


def test_a_picture_is_cheap() -> None:
    face = Face(Size(640, 360))
    best = min(_seconds(face) for _ in range(20))
    assert best < 0.004


def _seconds(face: Face) -> float:
    start = time.perf_counter()
    face.picture(Look(3, 1, 4))
    return time.perf_counter() - start


def advance(expression: Expression, opening: float, pose: Pose = "idle") -> Look:
    return expression.advance(Mouth(opening) if opening else SHUT, pose)


def test_the_mouth_follows_the_speech_and_shuts_again() -> None:
    expression = Expression(seed=1)

    def opening(level: float) -> float:
        return MOUTHS[advance(expression, level, "talking").mouth].opening

    loud = [opening(1.0) for _ in range(4)]
    quiet = [opening(0.0) for _ in range(8)]
    assert loud[0] >= 0.5
    assert loud[-1] == 1.0
    assert quiet == sorted(quiet, reverse=True)
    assert quiet[-1] == 0


def test_it_blinks_glances_and_breathes_all_the_time() -> None:
    expression = Expression(seed=1)
    looks = [advance(expression, 0.0) for _ in range(25 * 60)]
    lids = [EYES[look.eyes].lids for look in looks]
    blinks = sum(1 for one, two in itertools.pairwise(lids) if one == 0 < two)
    assert 8 <= blinks <= 30
    assert {look.breath for look in looks} == set(range(BREATHS))
    assert {EYES[look.eyes].gaze for look in looks} == {-1, 0, 1}
    assert {look.mouth for look in looks} == {0}


def test_a_listener_raises_its_brows_looks_at_you_and_nods() -> None:
    expression = Expression(seed=1)
    looks = [advance(expression, 0.0, "listening") for _ in range(25 * 20)]
    assert {EYES[look.eyes].brows for look in looks} == {1}
    assert {EYES[look.eyes].gaze for look in looks} == {0}
    nods = sum(1 for one, two in itertools.pairwise(looks) if one.breath > 1 >= two.breath)
    assert 3 <= nods <= 9


def test_stressed_words_lift_the_head() -> None:
    calm, stressed = Expression(seed=1), Expression(seed=1)
    for _ in range(20):
        low, high = advance(calm, 0.1, "talking"), advance(stressed, 0.9, "talking")
    assert high.breath > low.breath
    assert EYES[high.eyes].brows == 1
