import asyncio

import pytest
from livekit import rtc

from app.agent.visitors import Leaving, first_visitor, is_visitor, visitors_in
from tests.fakes.present import Person, PresentRoom

AGENT = rtc.ParticipantKind.PARTICIPANT_KIND_AGENT
SIP = rtc.ParticipantKind.PARTICIPANT_KIND_SIP
JOINED = rtc.ParticipantState.PARTICIPANT_STATE_JOINED
CUT_OFF = rtc.DisconnectReason.STATE_MISMATCH


@pytest.mark.parametrize(
    ("person", "visits"),
    [
        (Person("visitor-a"), True),
        (Person("groundling-avatar", kind=AGENT), False),
        (Person("agent-AJ_1", kind=AGENT), False),
        (Person("visitor-a", kind=AGENT), False),
        (Person("visitor-a", kind=SIP), False),
        (Person("somebody"), False),
    ],
)
def test_a_visitor_is_known_by_the_token(person: Person, visits: bool) -> None:
    room = PresentRoom(person)
    assert is_visitor(room.room.remote_participants[person.identity]) is visits
    assert visitors_in(room.room) == ([person.identity] if visits else [])


async def test_the_first_visitor_is_waited_for_until_they_can_be_written_to() -> None:
    room = PresentRoom(Person("groundling-avatar", kind=AGENT))
    waiting = asyncio.create_task(first_visitor(room.room))
    coming = Person("visitor-a", state=JOINED)
    await asyncio.sleep(0)
    room.comes(coming)
    await asyncio.sleep(0)
    assert not waiting.done()
    coming.state = rtc.ParticipantState.PARTICIPANT_STATE_ACTIVE
    room.emit("participant_active", coming)
    assert await waiting == "visitor-a"


class Visit:
    """A room with two visitors, and why the agent left it."""

    def __init__(self) -> None:
        self.anna, self.ben = Person("visitor-a"), Person("visitor-b")
        self.room = PresentRoom(self.anna, self.ben, Person("groundling-avatar", kind=AGENT))
        self.left: list[str] = []
        Leaving(self.room.room, self.left.append, return_s=0.03)


async def test_only_the_last_visitor_takes_the_agent_along() -> None:
    visit = Visit()
    visit.room.goes(visit.anna)
    await asyncio.sleep(0.05)
    assert visit.left == []
    visit.room.goes(visit.ben)
    assert visit.left == ["participant_disconnected"]


async def test_who_was_cut_off_is_waited_for_and_may_come_back() -> None:
    visit = Visit()
    visit.room.goes(visit.anna, CUT_OFF)
    visit.room.goes(visit.ben)
    assert visit.left == []
    visit.room.comes(visit.anna)
    await asyncio.sleep(0.05)
    assert visit.left == []
    visit.room.goes(visit.anna, CUT_OFF)
    await asyncio.sleep(0.05)
    assert visit.left == ["visitor_lost"]


async def test_an_avatar_that_leaves_ends_no_visit() -> None:
    visit = Visit()
    visit.room.goes(visit.room.remote_participants["groundling-avatar"])
    assert visit.left == []
