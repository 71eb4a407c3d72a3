"""What is told of visits: once, when it is written, and without words."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime
from typing import get_args

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from app.avatar.states import State
from app.errors import RoomUnavailable, VisitsUnavailable
from app.visits.happenings import Happening
from app.visits.records import AvatarState, AvatarStep, Change, SpokenTurn
from app.visits.tables import Base
from app.visits.visits import Visits, open_visits
from tests.fakes.rooms import PaperRooms

AT = datetime(2026, 11, 23, 12, tzinfo=UTC)
STEP = AvatarStep(at=AT, state="degraded", reason="the avatar left the room")
TURN = SpokenTurn(
    name="t1", asked_at=AT, question="When?", answer="At six.", lang="en", abstained="declined"
)


@pytest.fixture
def told() -> list[Happening]:
    return []


@pytest.fixture
async def visits(
    engine: AsyncEngine, rooms: PaperRooms, told: list[Happening]
) -> AsyncIterator[Visits]:
    async with open_visits(engine, rooms, at_once=2, tell=told.append) as visits:
        yield visits


def kinds(told: list[Happening]) -> list[tuple[str, str | None]]:
    return [(one.kind, one.cause) for one in told]


async def test_what_happens_is_told_once(visits: Visits, told: list[Happening]) -> None:
    visit = (await visits.open("museum", "en")).visit
    for _ in range(2):
        await visits.report(visit.id, Change(avatar=STEP))
        await visits.record(visit.id, TURN)
        await visits.report(visit.id, Change(ended_reason="the budget is spent"))
        await visits.end(visit.id, "somebody else ended it")
    assert kinds(told) == [
        ("visit.opened", None),
        ("avatar.degraded", "avatar"),
        ("turn.answered", None),
        ("visit.ended", "budget"),
    ]
    assert {(one.visit, one.kb, one.room) for one in told} == {(visit.id, "museum", visit.room)}
    assert told[1].at == AT
    assert told[2].facts == {"turn": "t1", "lang": "en", "abstained": "declined"}
    assert not [one for one in told if "When" in str(one) or "At six" in str(one)]


async def test_a_visit_that_ends_by_itself_is_told_of_too(
    visits: Visits, told: list[Happening], rooms: PaperRooms
) -> None:
    await visits.open("museum", "en")
    rooms.jobs.clear()
    await visits.repair()
    rooms.down = True
    with pytest.raises(RoomUnavailable):
        await visits.open("museum", "en")
    ended = [one.reason for one in told if one.kind == "visit.ended"]
    assert ended == ["the room was gone", "no room could be had"]


async def test_what_could_not_be_written_did_not_happen(
    visits: Visits, told: list[Happening], engine: AsyncEngine
) -> None:
    visit = (await visits.open("museum", "en")).visit.id
    async with engine.begin() as connection:
        await connection.run_sync(Base.metadata.tables["avatar_step"].drop)
    with pytest.raises(VisitsUnavailable):
        await visits.report(visit, Change(avatar=STEP, ended_reason="the budget is spent"))
    assert kinds(told) == [("visit.opened", None)]
    assert (await visits.find(visit)).state == "open"


def test_the_states_of_an_avatar_are_those_of_the_agent() -> None:
    assert get_args(AvatarState) == tuple(State)
