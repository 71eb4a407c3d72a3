"""A picture of the operator's own to show in place of the drawn figure."""

from dataclasses import dataclass
from pathlib import Path

from PIL import Image, ImageOps, UnidentifiedImageError

from app.errors import StageUnavailable
from app.settings import StageSettings
from app.stage.figure import Eyes, Part, paint_lips, paint_sign
from app.stage.portrait import Pen, Size
from app.stage.visemes import Mouth

_LARGEST = Size(1920, 1080)
_LIPS = 0.14  # how wide the stage's own mouth is, in picture heights


@dataclass(frozen=True, slots=True)
class Likeness:
    """Which picture, and where its mouth is (middle in widths and heights, width in heights)."""

    path: Path
    mouth: tuple[float, float, float] | None

    def load(self) -> "Portrait":
        """The picture, to be painted. Raises StageUnavailable."""
        try:
            with Image.open(self.path) as picture:
                upright = ImageOps.exif_transpose(picture).convert("RGB")
        except (OSError, UnidentifiedImageError, Image.DecompressionBombError) as error:
            raise StageUnavailable(
                f"the portrait {self.path} cannot be shown ({error}): "
                "set GROUNDLING_STAGE__PORTRAIT to a PNG or JPEG, or to nothing"
            ) from error
        return Portrait(ImageOps.fit(upright, (_LARGEST.width, _LARGEST.height)), self.mouth)


def likeness_of(settings: StageSettings) -> Likeness | None:
    """The picture that the settings name."""
    if settings.portrait is None:
        return None
    return Likeness(settings.portrait, settings.portrait_mouth)


class Portrait:
    """A picture whose mouth moves, if it is known where that is. It stays as still as it is."""

    eyes_in = None

    def __init__(self, picture: Image.Image, mouth: tuple[float, float, float] | None) -> None:
        self._picture = picture
        self._mouth = mouth

    @property
    def mouth_in(self) -> Part | None:
        if self._mouth is None:
            return None
        x, y, width = self._mouth
        scale = width / _LIPS
        middle = (x - 0.5) * _LARGEST.width / _LARGEST.height
        return Part(0.10 * scale, y - 0.06 * scale, y + 0.08 * scale, middle)

    def paint(self, pen: Pen) -> None:
        pen.picture(self._picture)
        paint_sign(pen)

    def paint_eyes(self, pen: Pen, eyes: Eyes) -> None:
        """Nothing: the picture's own eyes stay."""

    def paint_mouth(self, pen: Pen, mouth: Mouth) -> None:
        """Shut, the mouth is the picture's own; open, it is ours on the colour around it."""
        pen.picture(self._picture)
        part = self.mouth_in
        if mouth.opening <= 0 or self._mouth is None or part is None:
            return
        scale = self._mouth[2] / _LIPS
        skin = self._colour(self._mouth[0], self._mouth[1] + 0.075 * scale)
        pen.oval(part.x, self._mouth[1], 0.075 * scale, 0.03 * scale, skin)
        paint_lips(pen, mouth, part.x, self._mouth[1], scale)

    def _colour(self, x: float, y: float) -> tuple[int, int, int]:
        """What colour the picture has there."""
        width, height = self._picture.size
        place = (min(int(x * width), width - 1), min(int(y * height), height - 1))
        red, green, blue = self._picture.getpixel(place)  # type: ignore[misc]
        return int(red), int(green), int(blue)
