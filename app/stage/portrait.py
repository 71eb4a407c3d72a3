"""Draws the face: what it looks like, in units of the picture's height, and as I420 planes.

Only used when a size is first wanted; nothing is drawn while the avatar performs.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

Colour = tuple[int, int, int]
Plane = NDArray[np.uint8]
Planes = tuple[Plane, Plane, Plane]
"""Luma, and both colour differences at half the resolution."""

_SMOOTH = 3  # drawn this many times larger, then averaged

_SKY, _GROUND = (236, 241, 246), (203, 215, 228)
_SKIN, _NECK, _CLOTH, _DARK = (176, 205, 224), (148, 180, 203), (70, 97, 140), (38, 50, 78)
_WHITE, _TONGUE = (250, 252, 254), (196, 112, 124)
_RISE = 0.010  # how far a breath lifts the head; the shoulders move half as much


@dataclass(frozen=True, slots=True)
class Size:
    """Width and height in pixels, both even."""

    width: int
    height: int

    @property
    def bits_per_second(self) -> int:
        """Enough for a drawing with large calm surfaces, at 25 pictures a second."""
        return int(self.width * self.height * 2.2)


@dataclass(frozen=True, slots=True)
class Box:
    """A part of the picture; its edges are even, so that it is whole in the colour planes too."""

    left: int
    top: int
    right: int
    bottom: int


class Pen:
    """Draws into one box of the picture, in heights from its top and from its middle."""

    def __init__(self, size: Size, box: Box, breath: float) -> None:
        self._scale = size.height * _SMOOTH
        self._left = (box.left - size.width / 2) * _SMOOTH
        self._top = box.top * _SMOOTH
        self.head = -_RISE * breath
        self.chest = self.head / 2
        self.middle = size.width / size.height / 2
        width, height = (box.right - box.left) * _SMOOTH, (box.bottom - box.top) * _SMOOTH
        self.image = Image.new("RGB", (width, height))
        self._draw = ImageDraw.Draw(self.image)

    def _place(self, x: float, y: float) -> tuple[float, float]:
        return x * self._scale - self._left, y * self._scale - self._top

    def backdrop(self) -> None:
        """Fill the box with its part of the sky."""
        for row in range(self.image.height):
            t = (row + self._top) / self._scale
            shade = tuple(round(a + (b - a) * t) for a, b in zip(_SKY, _GROUND, strict=True))
            self._draw.line(((0, row), (self.image.width, row)), fill=shade)

    def oval(self, x: float, y: float, rx: float, ry: float, fill: Colour) -> None:
        self._draw.ellipse((*self._place(x - rx, y - ry), *self._place(x + rx, y + ry)), fill)

    def slab(self, x: float, y: float, rx: float, ry: float, fill: Colour) -> None:
        """A rectangle with round corners."""
        corners = (*self._place(x - rx, y - ry), *self._place(x + rx, y + ry))
        self._draw.rounded_rectangle(corners, min(rx, ry) * self._scale * 0.8, fill)

    def bow(self, x: float, y: float, rx: float, ry: float, fill: Colour, *, up: bool) -> None:
        """The upper or lower edge of an oval."""
        corners = (*self._place(x - rx, y - ry), *self._place(x + rx, y + ry))
        start, end = (205, 335) if up else (25, 155)
        self._draw.arc(corners, start, end, fill, round(0.011 * self._scale))

    def word(self, text: str, x: float, y: float, height: float, fill: Colour) -> None:
        font = ImageFont.load_default(height * self._scale)
        self._draw.text(self._place(x, y), text, fill, font, anchor="mm")


def draw(size: Size, box: Box, breath: float, paint: Callable[[Pen], None]) -> Planes:
    """What `paint` paints of the box at this depth of breath (0 to 1)."""
    pen = Pen(size, box, breath)
    paint(pen)
    return _planes(np.asarray(pen.image.reduce(_SMOOTH), np.float32))


def paint_figure(pen: Pen) -> None:
    """Everything that neither blinks nor speaks, and the sign that says what this is."""
    pen.backdrop()
    pen.oval(0, 1.20 + pen.chest, 0.50, 0.36, _CLOTH)
    pen.slab(0, 0.76 + pen.chest, 0.085, 0.13, _NECK)
    for side in (-1, 1):
        pen.slab(side * 0.243, 0.44 + pen.head, 0.026, 0.062, _CLOTH)
    pen.oval(0, 0.43 + pen.head, 0.238, 0.295, _SKIN)
    pen.slab(0.13 - pen.middle, 0.11, 0.085, 0.060, _DARK)
    pen.word("AI", 0.13 - pen.middle, 0.112, 0.075, _WHITE)


def paint_eyes(pen: Pen, closed: float) -> None:
    """Eyes and brows; `closed` from 0 (open) to 1."""
    pen.oval(0, 0.43 + pen.head, 0.238, 0.295, _SKIN)
    for side in (-1, 1):
        x, y = side * 0.088, 0.415 + pen.head
        pen.bow(x, y - 0.044, 0.056, 0.030, _CLOTH, up=True)
        if closed >= 1:
            pen.bow(x, y - 0.012, 0.036, 0.026, _DARK, up=False)
        else:
            pen.oval(x, y, 0.040, 0.034 * (1 - 0.6 * closed), _WHITE)
            pen.oval(x, y, 0.026, 0.028 * (1 - 0.5 * closed), _DARK)
            pen.oval(x + 0.009, y - 0.010 * (1 - closed), 0.007, 0.007 * (1 - closed), _WHITE)


def paint_mouth(pen: Pen, opening: float) -> None:
    """The mouth, from shut and smiling a little (0) to wide (1)."""
    pen.oval(0, 0.43 + pen.head, 0.238, 0.295, _SKIN)
    y = 0.575 + pen.head
    if opening <= 0:
        pen.bow(0, y - 0.026, 0.080, 0.036, _DARK, up=False)
        return
    rx, ry = 0.072 - 0.008 * opening, 0.010 + 0.034 * opening
    pen.oval(0, y, rx, ry, _DARK)
    pen.bow(0, y - 0.026, 0.084, 0.034, _DARK, up=False)  # the corners keep their smile
    if opening > 0.4:
        pen.oval(0, y + ry * 0.55, rx * 0.6, ry * 0.38, _TONGUE)


def _planes(rgb: NDArray[np.float32]) -> Planes:
    """I420 with limited-range BT.601 colour, which is what video encoders take as it is."""
    red, green, blue = rgb[..., 0], rgb[..., 1], rgb[..., 2]
    luma = 16 + (65.738 * red + 129.057 * green + 25.064 * blue) / 256
    blueness = 128 + (-37.945 * red - 74.494 * green + 112.439 * blue) / 256
    redness = 128 + (112.439 * red - 94.154 * green - 18.285 * blue) / 256
    return _bytes(luma), _bytes(_halved(blueness)), _bytes(_halved(redness))


def _halved(plane: NDArray[np.float32]) -> NDArray[np.float32]:
    height, width = plane.shape
    quads = plane.reshape(height // 2, 2, width // 2, 2)
    return np.asarray(quads.mean(axis=(1, 3)), np.float32)


def _bytes(plane: NDArray[np.float32]) -> Plane:
    return np.rint(plane).astype(np.uint8)
