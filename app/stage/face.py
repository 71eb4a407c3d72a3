"""A calm, plainly synthetic face: it breathes, blinks, listens, and its mouth follows speech.

Everything is drawn once per size; a picture is then one copy and two small patches.
"""

import math
import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import TypeVar

import numpy as np

from app.stage.events import Pose
from app.stage.figure import Drawn, Eyes, Figure, Part
from app.stage.likeness import Likeness
from app.stage.portrait import Box, Pen, Planes, Size, draw
from app.stage.visemes import SHUT, Mouth

Picture = bytearray
"""One I420 picture: width·height bytes of luma, then two planes of a quarter of that."""

State = TypeVar("State")

BREATHS = 9
GAZES = (-1, 0, 1)
EYES = (
    *(Eyes(brows=brows, gaze=gaze) for brows in (0, 1) for gaze in GAZES),
    *(Eyes(lids=lids, brows=brows) for brows in (0, 1) for lids in (0.55, 1)),
)
"""Open in three directions or closing, each with brows at rest and raised."""

OPENINGS, SPREADS = (0.12, 0.3, 0.5, 0.75, 1.0), (-1.0, -0.33, 0.33, 1.0)
MOUTHS = (
    SHUT,
    Mouth(0.3, 0.4, hiss=1.0),
    *(Mouth(opening, spread) for opening in OPENINGS for spread in SPREADS),
)
"""Shut, a hiss, and how far by how wide."""

_BREATH_FRAMES = 115  # 4.6 s: a person at rest
_BLINK = (0.55, 1.0, 1.0, 1.0, 0.55)  # lids, frame by frame
_NOD_FRAMES = 16
_SHUT_BELOW = 0.06


@dataclass(frozen=True, slots=True)
class Look:
    """How far the head is lifted (of `BREATHS`), and which of `EYES` and `MOUTHS` to show."""

    breath: int = 0
    eyes: int = 1
    mouth: int = 0


class Expression:
    """What the face does by itself and while it speaks; `advance` is called for every picture."""

    def __init__(self, seed: int | None = None) -> None:
        self._random = random.Random(seed)
        self._frame = 0
        self._mouth = SHUT
        self._stress = 0.0
        self._blink_at = 50
        self._glance_at, self._glance = 200, 0
        self._nod_at = 0

    def advance(self, mouth: Mouth, pose: Pose) -> Look:
        """The next look for what is heard now. Mouths open faster than they close."""
        self._frame += 1
        before = self._mouth
        opening = _towards(before.opening, mouth.opening, up=0.8, down=0.5)
        spread = before.spread + (mouth.spread - before.spread) * 0.6
        self._mouth = Mouth(opening, spread, mouth.hiss)
        self._stress += (opening - self._stress) * 0.12
        raised = pose == "listening" or self._stress > 0.42
        return Look(
            breath=round(self._lift(pose) * (BREATHS - 1)),
            eyes=self._eyes(raised=raised, pose=pose),
            mouth=nearest(self._mouth),
        )

    def _lift(self, pose: Pose) -> float:
        """Breathing; stressed words lift the head, a listener nods."""
        breath = (1 - math.cos(2 * math.pi * self._frame / _BREATH_FRAMES)) / 2
        if pose == "talking":
            return min(1.0, 0.5 * breath + 0.9 * self._stress)
        if pose == "listening":
            since = self._frame - self._nod_at
            if since > _NOD_FRAMES:
                self._nod_at = self._frame + self._random.randint(70, 150)
            nod = math.sin(math.pi * since / _NOD_FRAMES) if 0 <= since <= _NOD_FRAMES else 0.0
            return (0.6 + 0.4 * breath) * (1 - nod)
        return breath

    def _eyes(self, *, raised: bool, pose: Pose) -> int:
        lids = self._lids()
        gaze = 0 if lids or pose != "idle" else self._look_aside()
        return EYES.index(Eyes(lids=lids, brows=int(raised), gaze=gaze))

    def _lids(self) -> float:
        since = self._frame - self._blink_at
        if since >= len(_BLINK):
            self._blink_at = self._frame + self._random.randint(60, 150)
        return _BLINK[since] if 0 <= since < len(_BLINK) else 0

    def _look_aside(self) -> int:
        """Now and then, for a second or two, while nobody speaks."""
        if self._frame >= self._glance_at:
            self._glance = 0 if self._glance else self._random.choice((-1, 1))
            longest = (25, 50) if self._glance else (125, 300)
            self._glance_at = self._frame + self._random.randint(*longest)
        return self._glance


def nearest(mouth: Mouth) -> int:
    """Which of `MOUTHS` comes closest."""
    if mouth.opening < _SHUT_BELOW:
        return 0
    if mouth.hiss > 0.5:
        return 1
    row = min(range(len(OPENINGS)), key=lambda i: abs(OPENINGS[i] - mouth.opening))
    column = min(range(len(SPREADS)), key=lambda i: abs(SPREADS[i] - mouth.spread))
    return 2 + row * len(SPREADS) + column


def _towards(now: float, target: float, *, up: float, down: float) -> float:
    return now + (target - now) * (up if target > now else down)


class Face:
    """All looks of one figure in one size."""

    def __init__(self, size: Size, figure: Figure | None = None) -> None:
        figure = figure or Drawn()
        self.size = size
        whole = Box(0, 0, size.width, size.height)
        self._figures = [
            b"".join(plane.tobytes() for plane in draw(size, whole, _depth(breath), figure.paint))
            for breath in range(BREATHS)
        ]
        eyes, mouth = figure.eyes_in, figure.mouth_in
        self._eyes = _Patch(box_of(size, eyes), EYES, figure.paint_eyes, size) if eyes else None
        self._mouth = (
            _Patch(box_of(size, mouth), MOUTHS, figure.paint_mouth, size) if mouth else None
        )

    def picture(self, look: Look) -> Picture:
        """One picture; its memory is the caller's."""
        picture = bytearray(self._figures[look.breath])
        planes = self._split(picture)
        if self._eyes:
            self._eyes.paste(planes, look.breath, look.eyes)
        if self._mouth:
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
        self, box: Box, states: Sequence[State], paint: Callable[[Pen, State], None], size: Size
    ) -> None:
        self._box = box
        self._drawn = [
            [
                draw(size, box, _depth(breath), lambda pen, state=state: paint(pen, state))  # type: ignore[misc]
                for state in states
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


def box_of(size: Size, part: Part) -> Box:
    """The even pixels of a part, within the picture."""
    middle, height = size.width / 2 + part.x * size.height, size.height
    reach = part.reach * height
    edges = (middle - reach, part.top * height, middle + reach, part.bottom * height)
    left, top, right, bottom = (round(edge / 2) * 2 for edge in edges)
    return Box(max(left, 0), max(top, 0), min(right, size.width), min(bottom, size.height))


@lru_cache(maxsize=4)
def face_of(size: Size, likeness: Likeness | None = None) -> Face:
    """The face in this size, drawn when first wanted (1 s at 640x360, 2 s at 720p; blocks).

    Raises StageUnavailable when the likeness is no picture.
    """
    return Face(size, likeness.load() if likeness else Drawn())
