"""Who in the room is a visitor of the visit: whoever has a visitor's token.

The avatar's stage, other agents and telephones are not, whatever they publish.
"""

import asyncio
from collections.abc import Callable

from livekit import rtc

from app.settings import VISITOR

# Whoever leaves so does not come back; LiveKit closes a session for the same reasons.
_FOR_GOOD = frozenset(
    {
        rtc.DisconnectReason.CLIENT_INITIATED,
        rtc.DisconnectReason.ROOM_DELETED,
        rtc.DisconnectReason.USER_REJECTED,
    }
)


def is_visitor(participant: rtc.Participant) -> bool:
    """Whether the participant joined with a visitor's token."""
    standard = rtc.ParticipantKind.PARTICIPANT_KIND_STANDARD
    return participant.kind == standard and participant.identity.startswith(VISITOR)


def visitors_in(room: rtc.Room) -> list[str]:
    """The identities of the visitors that can be written to, in the order in which they came."""
    active = rtc.ParticipantState.PARTICIPANT_STATE_ACTIVE
    return [
        participant.identity
        for participant in room.remote_participants.values()
        if is_visitor(participant) and participant.state == active
    ]


async def first_visitor(room: rtc.Room) -> str:
    """Wait until a visitor is there; the identity of the first."""
    came = asyncio.get_running_loop().create_future()

    def look(_: object = None) -> None:
        if (here := visitors_in(room)) and not came.done():
            came.set_result(here[0])

    room.on("participant_active", look)
    try:
        look()
        return str(await came)
    finally:
        room.off("participant_active", look)


class Leaving:
    """Leaves, giving a reason, when no visitor is in the room any more.

    At once if the last one wished to go; one that was cut off may come back within `return_s`.
    """

    def __init__(self, room: rtc.Room, leave: Callable[[str], None], return_s: float) -> None:
        self._room = room
        self._leave = leave
        self._return_s = return_s
        self._lost: dict[str, asyncio.TimerHandle] = {}
        room.on("participant_connected", self._came)
        room.on("participant_disconnected", self._left)

    def _came(self, participant: rtc.RemoteParticipant) -> None:
        if timer := self._lost.pop(participant.identity, None):
            timer.cancel()

    def _left(self, participant: rtc.RemoteParticipant) -> None:
        if not is_visitor(participant):
            return
        if participant.disconnect_reason in _FOR_GOOD:
            self._leave_if_empty("participant_disconnected")
        else:
            loop, lost = asyncio.get_running_loop(), participant.identity
            self._lost[lost] = loop.call_later(self._return_s, self._stayed_away, lost)

    def _stayed_away(self, identity: str) -> None:
        del self._lost[identity]
        self._leave_if_empty("visitor_lost")

    def _leave_if_empty(self, reason: str) -> None:
        here = any(map(is_visitor, self._room.remote_participants.values()))
        if not here and not self._lost:
            self._leave(reason)
