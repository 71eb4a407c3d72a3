import asyncio
import json
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from app.errors import NoSuchVisit, RoomUnavailable, TooManyVisits
from app.visits.records import Change, SpokenTurn
from app.visits.visits import Visits, open_visits
from tests.fakes.rooms import PaperRooms


@pytest.fixture
async def visits(engine: AsyncEngine, rooms: PaperRooms) -> AsyncIterator[Visits]:
    async with open_visits(engine, rooms, at_once=2) as visits:
        yield visits


async def test_opening_makes_a_room_and_sends_the_agent_there(
    visits: Visits, rooms: PaperRooms
) -> None:
    opened = await visits.open("museum", "fr")

    visit = opened.visit
    assert visit.room == f"visit-{visit.id}"
    assert visit.identity.startswith("visitor-")
    assert opened.token == f"{visit.identity}@{visit.room}"
    assert json.loads(rooms.jobs[visit.room]) == {
        "visit": visit.id,
        "kb": "museum",
        "lang": "fr",
        "visitor": visit.identity,
    }
    assert await visits.find(visit.id) == visit
    assert visit.opened_at - datetime.now(UTC) < timedelta(seconds=5)


async def test_ending_deletes_the_room_once(visits: Visits, rooms: PaperRooms) -> None:
    visit = (await visits.open("museum", "en")).visit
    await visits.end(visit.id, "the visitor left")
    first = await visits.find(visit.id)
    await visits.end(visit.id, "somebody else ended it")

    assert rooms.jobs == {}
    assert first.state == "ended"
    assert first.ended_reason == "the visitor left"
    assert await visits.find(visit.id) == first


async def test_an_unknown_visit_is_named(visits: Visits) -> None:
    with pytest.raises(NoSuchVisit, match="'nobody'"):
        await visits.end("nobody", "why not")
    with pytest.raises(NoSuchVisit):
        await visits.report("nobody", Change(stage_seconds=1.0))


async def test_only_so_many_visits_at_once_even_when_they_come_together(visits: Visits) -> None:
    came = await asyncio.gather(
        *(visits.open("museum", "en") for _ in range(5)), return_exceptions=True
    )
    refused = [result for result in came if isinstance(result, TooManyVisits)]
    assert len(refused) == 3
    assert "GROUNDLING_API__VISITS_AT_ONCE" in str(refused[0])


async def test_a_visit_whose_room_is_gone_takes_no_place(visits: Visits, rooms: PaperRooms) -> None:
    lost = (await visits.open("museum", "en")).visit
    await visits.open("museum", "en")
    del rooms.jobs[lost.room]

    await visits.open("museum", "en")

    assert (await visits.find(lost.id)).ended_reason == "the room was gone"


async def test_visits_left_open_by_a_crash_are_ended_at_the_next_start(
    engine: AsyncEngine, rooms: PaperRooms
) -> None:
    async with open_visits(engine, rooms, at_once=2) as before:
        lost = (await before.open("museum", "en")).visit
        kept = (await before.open("museum", "en")).visit
    del rooms.jobs[lost.room]

    async with open_visits(engine, rooms, at_once=2) as after:
        assert (await after.find(lost.id)).state == "ended"
        assert (await after.find(kept.id)).state == "open"


async def test_livekit_down_at_the_start_keeps_nobody_from_asking(
    engine: AsyncEngine, rooms: PaperRooms
) -> None:
    rooms.down = True
    async with open_visits(engine, rooms, at_once=1) as visits:
        with pytest.raises(RoomUnavailable):
            await visits.open("museum", "en")
        rooms.down = False
        assert (await visits.open("museum", "en")).visit.state == "open"


async def test_reports_of_seconds_never_go_back(visits: Visits) -> None:
    visit = (await visits.open("museum", "en")).visit
    await visits.report(visit.id, Change(stage_session="s-1", stage_seconds=7.5))
    await visits.report(visit.id, Change(stage_seconds=3.0))
    await visits.report(visit.id, Change(ended_reason="budget spent"))

    found = await visits.find(visit.id)
    assert (found.stage_session, found.stage_seconds) == ("s-1", 7.5)
    assert (found.state, found.ended_reason) == ("ended", "budget spent")


async def test_a_turn_asked_again_replaces_the_first(visits: Visits) -> None:
    visit = (await visits.open("museum", "en")).visit
    await visits.record(visit.id, _turn("t1", "An answer begun too early."))
    await visits.record(visit.id, _turn("t2", "Another."))
    await visits.record(visit.id, _turn("t1", "The answer."))

    turns = await visits.turns(visit.id)
    assert [turn.answer for turn in turns] == ["Another.", "The answer."]
    assert turns[1].citations == [{"n": 1, "link": "https://museum.example/#hours"}]


LINE = {"spoken": True, "turn_ms": 600, "heard_ms": 1400}


async def test_what_the_agent_saw_of_a_turn_stands_with_it(visits: Visits) -> None:
    visit = (await visits.open("museum", "en")).visit
    assert await visits.time(visit.id, "t1", LINE) is None
    await visits.record(visit.id, _turn("t1", "At six."))
    timed = await visits.time(visit.id, "t1", LINE)
    assert [timed] == list(await visits.turns(visit.id))
    assert timed is not None
    assert timed.timings == {"total_ms": 12.0, "line": LINE}


async def test_neither_the_answer_nor_its_time_line_is_lost_when_both_come_at_once(
    visits: Visits,
) -> None:
    visit = (await visits.open("museum", "en")).visit
    names = [f"t{n}" for n in range(20)]
    for name in names:
        await visits.record(visit.id, _turn(name, "An answer begun too early."))

    async def answer(name: str) -> None:
        await visits.record(visit.id, _turn(name, "The answer."))

    async def time(name: str) -> None:
        await visits.time(visit.id, name, LINE)

    await asyncio.gather(*(do(name) for name in names for do in (answer, time)))
    turns = await visits.turns(visit.id)
    assert [turn.answer for turn in turns] == ["The answer."] * 20
    assert [turn.timings for turn in turns] == [{"total_ms": 12.0, "line": LINE}] * 20


def _turn(name: str, answer: str) -> SpokenTurn:
    return SpokenTurn(
        name=name,
        asked_at=datetime.now(UTC),
        question="When do you open?",
        answer=answer,
        lang="en",
        citations=[{"n": 1, "link": "https://museum.example/#hours"}],
        timings={"total_ms": 12.0},
    )
