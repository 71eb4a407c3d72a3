from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from app.errors import StageUnavailable
from app.settings import StageSettings
from app.stage.face import Face, Look, nearest
from app.stage.likeness import Likeness, likeness_of
from app.stage.portrait import Size
from app.stage.visemes import Mouth

SMALL = Size(320, 180)
WIDE = Look(mouth=nearest(Mouth(1.0)))


@pytest.fixture
def picture(tmp_path: Path) -> Path:
    path = tmp_path / "portrait.png"
    Image.new("RGB", (800, 600), (200, 160, 120)).save(path)
    return path


def luma(face: Face, look: Look) -> np.ndarray:
    data = np.frombuffer(face.picture(look), np.uint8)
    return data[: SMALL.width * SMALL.height].reshape(SMALL.height, SMALL.width).astype(int)


def test_a_portrait_is_shown_with_the_sign_and_moves_its_mouth_where_that_is(picture: Path) -> None:
    face = Face(SMALL, Likeness(picture, (0.25, 0.6, 0.2)).load())
    still, open_ = luma(face, Look()), luma(face, WIDE)
    assert np.ptp(still[60:170, 100:]) == 0
    assert still[8:23, 8:60].min() < 80
    rows, columns = np.nonzero(np.abs(still - open_) > 8)
    assert rows.mean() / SMALL.height == pytest.approx(0.61, abs=0.03)
    assert columns.mean() / SMALL.width == pytest.approx(0.25, abs=0.02)


def test_without_a_place_for_the_mouth_nothing_moves(picture: Path) -> None:
    face = Face(SMALL, Likeness(picture, None).load())
    assert face.picture(Look()) == face.picture(WIDE)


def test_what_is_no_picture_is_named_with_its_setting(tmp_path: Path) -> None:
    path = tmp_path / "portrait.png"
    path.write_text("no picture")
    with pytest.raises(StageUnavailable, match="GROUNDLING_STAGE__PORTRAIT"):
        Likeness(path, None).load()


def test_the_settings_name_it(picture: Path) -> None:
    assert likeness_of(StageSettings()) is None
    settings = StageSettings(portrait=picture, portrait_mouth=(0.5, 0.6, 0.1))
    assert likeness_of(settings) == Likeness(picture, (0.5, 0.6, 0.1))
