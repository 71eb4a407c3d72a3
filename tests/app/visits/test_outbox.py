"""What is written into the outbox, and how letters leave it."""

import json
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from app.errors import RoomUnavailable, VisitsUnavailable
from app.visits.outbox import Letter, Letters, Outbox
from app.visits.records import Change
from app.visits.tables import Base
from app.visits.visits import Visits, open_visits
from tests.app.visits.contract import VisitsContract, rows
from tests.app.visits.test_happenings import STEP, TURN
from tests.fakes.rooms import PaperRooms

SOON = timedelta(seconds=1)


@pytest.fixture
async def visits(engine: AsyncEngine, rooms: PaperRooms) -> AsyncIterator[Visits]:
    async with open_visits(engine, rooms, at_once=3, outbox=Outbox(["us"])) as visits:
        yield visits


class TestOnSqlite(VisitsContract):
    """The same that Postgres must do."""


async def test_every_way_in_which_a_visit_ends_is_written_once(
    visits: Visits, engine: AsyncEngine, rooms: PaperRooms
) -> None:
    by_visitor, by_agent, lost = [(await visits.open("museum", "en")).visit for _ in range(3)]
    for _ in range(2):
        await visits.end(by_visitor.id, "ended by the visitor")
        await visits.report(by_agent.id, Change(ended_reason="the visitor was away"))
    del rooms.jobs[lost.room]
    await visits.repair()
    rooms.down = True
    with pytest.raises(RoomUnavailable):
        await visits.open("museum", "en")
    told = [row for row in await rows(engine) if row["kind"] == "visit.ended"]
    assert [json.loads(row["payload"])["data"]["cause"] for row in told] == [
        "visitor", "away", "room", "room"
    ]  # fmt: skip
    assert len({row["message"] for row in told}) == 4
    assert {(row["state"], row["attempts"], row["receiver"]) for row in told} == {
        ("waiting", 0, "us")
    }
    assert (await visits.now()).untold == 8


async def test_a_message_says_what_happened_and_not_what_was_said(
    visits: Visits, engine: AsyncEngine
) -> None:
    visit = (await visits.open("museum", "en")).visit
    for _ in range(2):
        await visits.report(visit.id, Change(avatar=STEP))
        await visits.record(visit.id, TURN)
    opened, step, turn = [json.loads(row["payload"]) for row in await rows(engine)]
    known = {"visit": visit.id, "kb": "museum", "room": visit.room}
    assert opened["type"] == "visit.opened"
    assert opened["data"] == known
    assert step == {
        "type": "avatar.degraded",
        "timestamp": "2026-11-23T12:00:00.000Z",
        "data": {**known, "cause": "avatar", "reason": "the avatar left the room"},
    }
    assert turn["data"] == {**known, "turn": "t1", "lang": "en", "abstained": "declined"}


async def test_what_fails_leaves_neither_a_change_nor_a_message(
    visits: Visits, engine: AsyncEngine
) -> None:
    visit = (await visits.open("museum", "en")).visit.id
    async with engine.begin() as connection:
        await connection.run_sync(Base.metadata.tables["outbox"].drop)
    with pytest.raises(VisitsUnavailable):
        await visits.report(visit, Change(avatar=STEP, ended_reason="error"))
    assert (await visits.find(visit)).state == "open"
    assert await visits.ledger.steps(visit) == []


async def test_who_wants_some_events_gets_no_others(engine: AsyncEngine, rooms: PaperRooms) -> None:
    outbox = Outbox(["us", "them"], events=["visit.ended", "avatar"])
    async with open_visits(engine, rooms, at_once=1, outbox=outbox) as visits:
        visit = (await visits.open("museum", "en")).visit.id
        await visits.report(visit, Change(avatar=STEP))
        await visits.end(visit, "ended by the visitor")
    kinds = [(row["kind"], row["receiver"]) for row in await rows(engine)]
    assert kinds == [
        ("avatar.degraded", "us"),
        ("avatar.degraded", "them"),
        ("visit.ended", "us"),
        ("visit.ended", "them"),
    ]
    messages = [row["message"] for row in await rows(engine)]
    assert messages[0] == messages[1] != messages[2]


async def test_without_receivers_nothing_is_kept(engine: AsyncEngine, rooms: PaperRooms) -> None:
    async with open_visits(engine, rooms, at_once=1) as visits:
        await visits.open("museum", "en")
    assert await rows(engine) == []


async def test_what_was_put_off_comes_again_and_what_was_given_up_does_not(
    visits: Visits, engine: AsyncEngine
) -> None:
    await visits.open("museum", "en")
    letters, now = Letters(engine), datetime.now(UTC)
    letter = await _the_one(letters, now)
    await letters.put_off(letter.id, now + SOON, "it answered 500")
    assert await letters.take("us", now, 1) == []
    letter = await _the_one(letters, now + SOON)
    await letters.give_up(letter.id, now + SOON, "it answered 410" + "." * 300)
    assert await letters.next_due("us") is None
    [row] = await rows(engine)
    assert (row["state"], row["attempts"], len(row["trouble"])) == ("failed", 2, 200)


async def _the_one(letters: Letters, now: datetime) -> Letter:
    [letter] = await letters.take("us", now, 5)
    return letter
