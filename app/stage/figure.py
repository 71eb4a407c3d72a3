"""The figure that the stage draws: calm, friendly, and plainly nobody.

Its colours are no person's, and a sign in the corner says that it is generated.
"""

from dataclasses import dataclass
from typing import Protocol

import numpy as np

from app.stage.portrait import Curve, Pen
from app.stage.visemes import Mouth

_SKY, _GROUND, _MOON = (240, 243, 250), (212, 221, 238), (229, 234, 246)
_SKIN, _SHADE, _BLUSH = (190, 208, 233), (170, 191, 223), (204, 193, 226)
_HAIR, _STRAND = (58, 62, 116), (79, 85, 146)
_CLOTH, _FOLD, _COLLAR = (62, 128, 142), (51, 111, 126), (241, 245, 250)
_WHITE, _IRIS, _DARK = (250, 252, 255), (46, 118, 140), (38, 42, 78)
_LIP, _MOUTH, _TONGUE = (160, 116, 164), (66, 40, 74), (206, 116, 142)
_SIGN = (38, 42, 78)

_CHIN = 0.12  # how much narrower the face is below
_EYES_Y, _EYE_X = 0.425, 0.092
_MOUTH_Y = 0.592


@dataclass(frozen=True, slots=True)
class Eyes:
    """`lids` 0 (open) to 1, `brows` 0 to 1 (raised), `gaze` -1 (to its right) to 1."""

    lids: float = 0.0
    brows: float = 0.0
    gaze: float = 0.0


@dataclass(frozen=True, slots=True)
class Part:
    """Where something is: reach to both sides of `x`, top and bottom; all in picture heights.

    `x` counts from the middle.
    """

    reach: float
    top: float
    bottom: float
    x: float = 0.0


class Figure(Protocol):
    """Somebody to be shown; without `eyes_in` or `mouth_in` that part never moves."""

    @property
    def eyes_in(self) -> Part | None: ...
    @property
    def mouth_in(self) -> Part | None: ...

    def paint(self, pen: Pen) -> None:
        """Everything but eyes and mouth."""

    def paint_eyes(self, pen: Pen, eyes: Eyes) -> None:
        """What lies in `eyes_in`."""

    def paint_mouth(self, pen: Pen, mouth: Mouth) -> None:
        """What lies in `mouth_in`."""


class Drawn:
    """The stage's own figure."""

    eyes_in = Part(0.160, 0.32, 0.48)
    mouth_in = Part(0.092, 0.52, 0.66)

    def paint(self, pen: Pen) -> None:
        paint_figure(pen)

    def paint_eyes(self, pen: Pen, eyes: Eyes) -> None:
        paint_eyes(pen, eyes)

    def paint_mouth(self, pen: Pen, mouth: Mouth) -> None:
        paint_face(pen)
        paint_lips(pen, mouth, 0.0, _MOUTH_Y + pen.head)


def paint_figure(pen: Pen) -> None:
    """Everything that neither looks nor speaks, and the sign."""
    pen.backdrop(_SKY, _GROUND)
    pen.oval(0, 0.46, 0.47, 0.47, _MOON)
    _paint_hair_behind(pen)
    _paint_body(pen)
    paint_face(pen)
    _paint_hair_before(pen)
    paint_sign(pen)


def paint_sign(pen: Pen) -> None:
    """What says that the picture is generated."""
    pen.slab(0.205 - pen.middle, 0.085, 0.168, 0.040, _SIGN)
    pen.word("AI-generated", 0.205 - pen.middle, 0.086, 0.047, _WHITE)


def _paint_hair_behind(pen: Pen) -> None:
    pen.oval(0, 0.385 + pen.head, 0.262, 0.302, _HAIR)
    pen.slab(0, 0.535 + pen.head, 0.262, 0.190, _HAIR)


def _paint_body(pen: Pen) -> None:
    pen.oval(0, 1.22 + pen.chest, 0.47, 0.375, _CLOTH)
    pen.oval(0, 1.28 + pen.chest, 0.30, 0.375, _FOLD)
    x = np.array([-0.155, 0.0, 0.155, 0.10, -0.10])
    pen.shape(x, np.array([0.862, 1.01, 0.862, 0.80, 0.80]) + pen.chest, _COLLAR)
    pen.slab(0, 0.78 + pen.chest, 0.078, 0.145, _SHADE)


def paint_face(pen: Pen) -> None:
    """The face without eyes and mouth, which are painted on top."""
    for side in (-1, 1):
        pen.oval(side * 0.212, 0.455 + pen.head, 0.030, 0.046, _SHADE)
    pen.shape(*_outline(0.0, 0.448 + pen.head, 0.214, 0.283), _SHADE)
    pen.shape(*_outline(-0.006, 0.440 + pen.head, 0.203, 0.278), _SKIN)
    for side in (-1, 1):
        pen.oval(side * 0.125, 0.520 + pen.head, 0.036, 0.023, _BLUSH)
    t = np.linspace(0.25 * np.pi, 0.85 * np.pi, 20)
    pen.line(0.020 * np.cos(t), 0.497 + pen.head + 0.015 * np.sin(t), 0.008, _SHADE)


def _paint_hair_before(pen: Pen) -> None:
    """A fringe that is parted at the side, and the hair that falls beside the cheeks."""
    t = np.linspace(np.pi, 2 * np.pi, 40)
    top_x, top_y = 0.260 * np.cos(t), 0.385 + pen.head + 0.300 * np.sin(t)
    x = np.linspace(0.232, -0.232, 60)
    low = 0.222 + pen.head + np.where(x > 0.07, 2.7, 1.15) * np.abs(x - 0.07) ** 1.5
    pen.shape(np.concatenate([top_x, x]), np.concatenate([top_y, low]), _HAIR)
    y = np.linspace(0.385, 0.69, 40)
    inner = 0.196 + 0.018 * np.sin((y - 0.28) * np.pi / 0.41)
    outer = 0.262 - 4.0 * np.clip(y - 0.573, 0, 1) ** 2
    for side in (-1, 1):
        xs = side * np.concatenate([inner, outer[::-1]])
        pen.shape(xs, np.concatenate([y, y[::-1]]) + pen.head, _HAIR)
    t = np.linspace(1.18 * np.pi, 1.42 * np.pi, 20)
    pen.line(0.205 * np.cos(t), 0.375 + pen.head + 0.245 * np.sin(t), 0.012, _STRAND)


def paint_eyes(pen: Pen, eyes: Eyes) -> None:
    """Eyes and brows, on the face."""
    paint_face(pen)
    y = _EYES_Y + pen.head
    for side in (-1, 1):
        _paint_eye(pen, side * _EYE_X, y, eyes)
        t = np.linspace(-1, 1, 20)
        brow = y - 0.062 - 0.014 * eyes.brows + 0.011 * t**2 + side * 0.005 * t
        pen.line(side * (_EYE_X + 0.004) + 0.044 * t, brow, 0.011, _HAIR)
    _paint_hair_before(pen)


def _paint_eye(pen: Pen, x: float, y: float, eyes: Eyes) -> None:
    t = np.linspace(-1, 1, 31)
    arch = (1 - t**2) ** 0.7
    xs = x + 0.044 * t
    under = y + 0.022 * arch
    over = y - 0.032 * arch + (under - y + 0.032 * arch) * eyes.lids
    if eyes.lids < 1:
        pen.shape(np.concatenate([xs, xs[::-1]]), np.concatenate([over, under[::-1]]), _WHITE)
        iris = x + 0.011 * eyes.gaze
        pen.oval(iris, y - 0.003, 0.0245, 0.0265, _IRIS)
        pen.oval(iris, y - 0.003, 0.0135, 0.0145, _DARK)
        pen.oval(iris + 0.009, y - 0.013, 0.0065, 0.0065, _WHITE)
        # The lids cover what the iris leaves beside the eye.
        for edge, far in ((over, y - 0.040), (under, y + 0.034)):
            pen.shape(
                np.concatenate([xs, xs[::-1]]), np.concatenate([edge, np.full(31, far)]), _SKIN
            )
    pen.line(xs, over, 0.009, _DARK)


def paint_lips(pen: Pen, mouth: Mouth, x: float, y: float, scale: float = 1.0) -> None:
    """The mouth; shut, it smiles a little. At `scale` 1 it is about 0.14 wide."""
    t = np.linspace(-1, 1, 41)
    if mouth.opening <= 0:
        pen.line(x + 0.066 * scale * t, y + scale * (0.004 - 0.014 * t**2), 0.013 * scale, _LIP)
        return
    round_ = max(0.0, -mouth.spread)
    rx = scale * (0.058 + 0.018 * mouth.spread - 0.006 * mouth.opening)
    ry = scale * (0.007 + 0.036 * mouth.opening + 0.005 * round_)
    arch = np.sqrt(1 - t**2)
    middle = y - 0.010 * scale * (1 - round_) * t**2
    over, under = middle - 0.75 * ry * arch, middle + 1.1 * ry * arch
    upper, lower = 0.011 * scale * arch, 0.013 * scale * arch
    _fill(pen, x + (rx + 0.011 * scale) * t, over - upper, under + lower, _LIP)
    _fill(pen, x + rx * t, over, under, _MOUTH)
    if mouth.hiss > 0.5:
        _fill(pen, x + 0.88 * rx * t, over + 0.1 * ry, under - 0.1 * ry, _WHITE)
        return
    if mouth.opening > 0.3:
        _fill(pen, x + 0.72 * rx * t, under - 0.62 * ry * arch, under, _TONGUE)
    teeth = np.minimum(0.020 * scale, 0.7 * ry) * arch
    _fill(pen, x + 0.84 * rx * t, over, over + teeth, _WHITE)


def _fill(pen: Pen, xs: Curve, over: Curve, under: Curve, fill: tuple[int, int, int]) -> None:
    pen.shape(np.concatenate([xs, xs[::-1]]), np.concatenate([over, under[::-1]]), fill)


def _outline(x: float, y: float, rx: float, ry: float) -> tuple[Curve, Curve]:
    """An oval that is narrower below."""
    t = np.linspace(0, 2 * np.pi, 120)
    narrow = 1 - _CHIN * np.clip(np.sin(t), 0, 1) ** 2
    return x + rx * np.cos(t) * narrow, y + ry * np.sin(t)
