"""A pen for faces: shapes in units of the picture's height, and what was drawn as I420 planes.

Only used when a size is first wanted; nothing is drawn while the avatar performs.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont, ImageOps

Colour = tuple[int, int, int]
Curve = NDArray[np.float64]
Plane = NDArray[np.uint8]
Planes = tuple[Plane, Plane, Plane]
"""Luma, and both colour differences at half the resolution."""

_SMOOTH = 3  # drawn this many times larger, then averaged

_RISE = 0.014  # how far a breath lifts the head; the shoulders move half as much


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

    def backdrop(self, top: Colour, bottom: Colour) -> None:
        """Fill the box with its part of a sky."""
        for row in range(self.image.height):
            t = (row + self._top) / self._scale
            shade = tuple(round(a + (b - a) * t) for a, b in zip(top, bottom, strict=True))
            self._draw.line(((0, row), (self.image.width, row)), fill=shade)

    def picture(self, picture: Image.Image) -> None:
        """Fill the box with its part of a picture that fills the whole."""
        width = round(self.middle * 2 * self._scale)
        fitted = ImageOps.fit(picture, (width, round(self._scale)))
        self.image.paste(fitted, (round(-self._left - width / 2), -self._top))

    def shape(self, xs: Curve, ys: Curve, fill: Colour) -> None:
        """A polygon."""
        self._draw.polygon(self._places(xs, ys), fill)

    def line(self, xs: Curve, ys: Curve, width: float, fill: Colour) -> None:
        """A stroke with round ends."""
        places = self._places(xs, ys)
        self._draw.line(places, fill, round(width * self._scale), joint="curve")
        for x, y in (places[0], places[-1]):
            r = width * self._scale / 2
            self._draw.ellipse((x - r, y - r, x + r, y + r), fill)

    def _places(self, xs: Curve, ys: Curve) -> list[tuple[float, float]]:
        return [self._place(float(x), float(y)) for x, y in zip(xs, ys, strict=True)]

    def oval(self, x: float, y: float, rx: float, ry: float, fill: Colour) -> None:
        self._draw.ellipse((*self._place(x - rx, y - ry), *self._place(x + rx, y + ry)), fill)

    def slab(self, x: float, y: float, rx: float, ry: float, fill: Colour) -> None:
        """A rectangle with round corners."""
        corners = (*self._place(x - rx, y - ry), *self._place(x + rx, y + ry))
        self._draw.rounded_rectangle(corners, min(rx, ry) * self._scale * 0.8, fill)

    def word(self, text: str, x: float, y: float, height: float, fill: Colour) -> None:
        font = ImageFont.load_default(max(1.0, height * self._scale))
        self._draw.text(self._place(x, y), text, fill, font, anchor="mm")


def draw(size: Size, box: Box, breath: float, paint: Callable[[Pen], None]) -> Planes:
    """What `paint` paints of the box at this depth of breath (0 to 1)."""
    pen = Pen(size, box, breath)
    paint(pen)
    return _planes(np.asarray(pen.image.reduce(_SMOOTH), np.float32))


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
