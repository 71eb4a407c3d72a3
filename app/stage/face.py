"""A calm, plainly synthetic face: it breathes, it blinks, its mouth follows a loudness.

Everything is drawn once per size; a picture is then one copy and two small patches.
"""

import math
import random
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from app.stage.portrait import Box, Pen, Planes, Size, draw, paint_eyes, paint_figure, paint_mouth

Picture = bytearray
"""One I420 picture: width·height bytes of luma, then two planes of a quarter of that."""

BREATHS, LIDS, MOUTHS = 8, 3, 10
_BREATH_FRAMES = 115  # 4.6 s: a person at rest
_BLINK = (1, 2, 2, 2, 1)  # lids, frame by frame


@dataclass(frozen=True, slots=True)
class Look:
    """Which of the drawn breaths, lids (0 open) and mouths (0 shut) to show."""

    breath: int
    lids: int
    mouth: int


class Expression:
    """What the face does by itself and while it speaks; `advance` is called for every picture."""

    def __init__(self, seed: int | None = None) -> None:
        self._random = random.Random(seed)
        self._frame = 0
        self._mouth = 0.0
        self._blink_at = 50

    def advance(self, loudness: float) -> Look:
        """The next look for what is heard now (0 to 1). Mouths open faster than they close."""
        self._frame += 1
        self._mouth += (loudness - self._mouth) * (0.8 if loudness > self._mouth else 0.5)
        breath = (1 - math.cos(2 * math.pi * self._frame / _BREATH_FRAMES)) / 2
        return Look(
            breath=round(breath * (BREATHS - 1)),
            lids=self._lids(),
            mouth=round(self._mouth * (MOUTHS - 1)),
        )

    def _lids(self) -> int:
        since = self._frame - self._blink_at
        if since >= len(_BLINK):
            self._blink_at = self._frame + self._random.randint(60, 150)
        return _BLINK[since] if 0 <= since < len(_BLINK) else 0


class Face:
    """All looks of one size."""

    def __init__(self, size: Size) -> None:
        self.size = size
        whole = Box(0, 0, size.width, size.height)
        self._figures = [
            b"".join(plane.tobytes() for plane in draw(size, whole, _depth(breath), paint_figure))
            for breath in range(BREATHS)
        ]
        self._eyes = _Patch(_box(size, 0.16, 0.32, 0.47), LIDS, paint_eyes, size)
        self._mouth = _Patch(_box(size, 0.12, 0.50, 0.66), MOUTHS, paint_mouth, size)

    def picture(self, look: Look) -> Picture:
        """One picture; its memory is the caller's."""
        picture = bytearray(self._figures[look.breath])
        planes = self._split(picture)
        self._eyes.paste(planes, look.breath, look.lids)
        self._mouth.paste(planes, look.breath, look.mouth)
        return picture

    def _split(self, picture: Picture) -> Planes:
        width, height = self.size.width, self.size.height
        data = np.frombuffer(picture, np.uint8)
        luma, blue, red = np.split(data, [width * height, width * height * 5 // 4])
        half = (height // 2, width // 2)
        return luma.reshape(height, width), blue.reshape(half), red.reshape(half)


class _Patch:
    """One part of the face, drawn in each of its states for each breath."""

    def __init__(
        self, box: Box, states: int, paint: Callable[[Pen, float], None], size: Size
    ) -> None:
        self._box = box
        self._drawn = [
            [
                draw(size, box, _depth(breath), lambda pen, state=state: paint(pen, state))  # type: ignore[misc]
                for state in np.linspace(0, 1, states)
            ]
            for breath in range(BREATHS)
        ]

    def paste(self, planes: Planes, breath: int, state: int) -> None:
        box = self._box
        for plane, patch, step in zip(planes, self._drawn[breath][state], (1, 2, 2), strict=True):
            rows = slice(box.top // step, box.bottom // step)
            plane[rows, box.left // step : box.right // step] = patch


def _depth(breath: int) -> float:
    return breath / (BREATHS - 1)


def _box(size: Size, reach: float, top: float, bottom: float) -> Box:
    """The even pixels from `reach` left to `reach` right of the middle, all in picture heights."""
    middle, height = size.width / 2, size.height
    edges = (middle - reach * height, top * height, middle + reach * height, bottom * height)
    return Box(*(round(edge / 2) * 2 for edge in edges))


@lru_cache(maxsize=4)
def face_of(size: Size) -> Face:
    """The face in this size, drawn when first wanted (0.3 s at 640x360; blocks)."""
    return Face(size)
