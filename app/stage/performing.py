"""The avatar at work: what the performer gives is played and shown, frame after frame."""

import asyncio
from typing import Protocol

from app.stage.events import Error, Event, Reason, Trouble
from app.stage.face import Expression, Face
from app.stage.faults import Faults, Mishaps
from app.stage.performer import FRAME_S, SILENCE, Performer
from app.stage.room import Room
from app.stage.visemes import SHUT

_LATE_S = 0.2


class Troubled(Protocol):
    """What goes wrong around a performance, and whom it is told."""

    faults: Faults

    def report(self, event: Event) -> None:
        """Tell every controller."""

    def cut(self) -> None:
        """Close every socket as a broken network would."""


class Performance:
    """One avatar in its room, in real time, with the faults that were ordered for it."""

    def __init__(self, room: Room, performer: Performer, face: Face, around: Troubled) -> None:
        self._room, self._performer, self._face, self._around = room, performer, face, around
        self._mishaps = Mishaps(around.faults, _now())
        self._expression = Expression()
        self.played_s = 0.0

    def renew(self) -> None:
        """Begin the clocks of faults that were ordered just now."""
        self._mishaps = Mishaps(self._around.faults, _now())

    async def run(self) -> Reason:
        """Play and show frame after frame; ends by a fault, or by being cancelled.

        A late frame is made up for at once, and no sound is dropped; after a stall time starts
        anew.
        """
        due = _now()
        while True:
            await self._next()
            if (reason := await self._mishap()) is not None:
                return reason
            due = max(due + FRAME_S, _now() - _LATE_S)
            await asyncio.sleep(max(0.0, due - _now()))

    async def _next(self) -> None:
        frame = self._performer.next_frame()
        silent = self._around.faults.silent
        if frame.sound:
            await self._room.play(bytes(len(frame.sound)) if silent else frame.sound)
            if frame.sound != SILENCE:
                self.played_s += FRAME_S
                self._mishaps.speak(FRAME_S)
        mouth = SHUT if silent else frame.mouth
        look = self._expression.advance(mouth, self._performer.pose)
        self._room.show(self._face.picture(look))

    async def _mishap(self) -> Reason | None:
        if self._mishaps.cut():
            self._around.cut()
        if self._mishaps.leaves(_now()):
            await self._room.leave()
        if not self._mishaps.ends(_now()):
            return None
        if self._around.faults.ends_with != "MODERATION":
            return self._around.faults.ends_with
        message = "the session was ended by moderation"
        self._around.report(Error(error=Trouble("invalid_request_error", message)))
        return "UNKNOWN"


def _now() -> float:
    return asyncio.get_running_loop().time()
