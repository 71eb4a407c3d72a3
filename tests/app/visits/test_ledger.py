from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import update
from sqlalchemy.ext.asyncio import AsyncEngine

from app.errors import NoSuchVisit
from app.settings import AvatarSettings
from app.visits.ledger import Ledger
from app.visits.reaper import Reaper
from app.visits.records import AvatarStep, Change, StageSession
from app.visits.store import VisitStore
from app.visits.tables import StageSessionRow, VisitRow
from app.visits.visits import Visits, open_visits
from tests.fakes.house import until
from tests.fakes.rooms import PaperRooms

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)


class PaperStage:
    """Stops sessions, unless it is down."""

    def __init__(self) -> None:
        self.stopped: list[str] = []
        self.down = False

    async def stop(self, session: str) -> bool:
        if not self.down:
            self.stopped.append(session)
        return not self.down


@pytest.fixture
def stage() -> PaperStage:
    return PaperStage()


@pytest.fixture
async def visits(
    engine: AsyncEngine, rooms: PaperRooms, stage: PaperStage
) -> AsyncIterator[Visits]:
    settings = AvatarSettings(lease_s=600, minute_cents=10, visit_cents=30, month_cents=50)
    async with open_visits(engine, rooms, at_once=9, avatar=settings, stop=stage.stop) as visits:
        yield visits


async def _age(engine: AsyncEngine, session: str, seconds: float) -> None:
    opened = datetime.now(UTC) - timedelta(seconds=seconds)
    row = update(StageSessionRow).where(StageSessionRow.id == session)
    async with engine.begin() as connection:
        await connection.execute(row.values(opened_at=opened))


def _session(lasted_s: float) -> StageSession:
    end = NOW + timedelta(seconds=lasted_s)
    return StageSession(id="s", visit_id="v", opened_at=NOW, closed_at=end)


@pytest.mark.parametrize(
    ("lasted_s", "cents"), [(0, 10), (60, 10), (60.1, 11), (90, 15), (3600, 600)]
)
def test_a_session_costs_what_it_lasts_and_its_first_minute(
    engine: AsyncEngine, lasted_s: float, cents: int
) -> None:
    ledger = Ledger(engine, AvatarSettings(minute_cents=10))
    assert ledger.cents([_session(lasted_s)], NOW) == cents


async def test_a_session_whose_avatar_never_came_costs_nothing(visits: Visits) -> None:
    visit = (await visits.open("museum", "en")).visit.id
    await visits.report(visit, Change(stage_session="s1"))
    assert visits.ledger.cents(await visits.ledger.of_visit(visit), datetime.now(UTC)) == 10
    await visits.report(visit, Change(stage_closed="s1", stage_unused=True))
    assert visits.ledger.cents(await visits.ledger.of_visit(visit), datetime.now(UTC)) == 0
    assert await visits.renew(visit) == 180


async def test_what_the_agent_reports_is_kept_once(visits: Visits) -> None:
    visit = (await visits.open("museum", "en")).visit.id
    step = AvatarStep(at=NOW, state="ready", reason="the avatar is in the room")
    for _ in range(2):
        await visits.report(visit, Change(stage_session="s1"))
        await visits.report(visit, Change(avatar=step))
    [line] = await visits.ledger.open_sessions()
    assert (line.id, line.visit_id) == ("s1", visit)
    await visits.report(visit, Change(stage_closed="s1"))
    assert await visits.ledger.open_sessions() == []
    assert (await visits.ledger.of_visit(visit))[0].closed_by == "the agent"
    assert await visits.ledger.steps(visit) == [step]


async def test_a_lease_says_how_long_the_stage_may_still_be_used(
    visits: Visits, engine: AsyncEngine
) -> None:
    visit, other = [(await visits.open("museum", "en")).visit.id for _ in range(2)]
    assert await visits.renew(visit) == 180
    await visits.report(visit, Change(stage_session="s1"))
    assert await visits.renew(visit) == pytest.approx(180, abs=1)
    await _age(engine, "s1", 90)
    assert await visits.renew(visit) == pytest.approx(90, abs=7)
    await visits.report(other, Change(stage_session="s2"))
    await _age(engine, "s2", 170)
    # The month's 50 cents are spent but for some 6.
    assert await visits.renew(visit) == pytest.approx(40, abs=7)
    await visits.end(visit, "the visitor left")
    with pytest.raises(NoSuchVisit):
        await visits.renew(visit)


async def test_a_dead_agents_stage_is_stopped_once_and_its_visit_ended(
    visits: Visits, engine: AsyncEngine, stage: PaperStage
) -> None:
    dead, alive = [(await visits.open("museum", "en")).visit.id for _ in range(2)]
    for visit, session in ((dead, "s1"), (alive, "s2")):
        await visits.report(visit, Change(stage_session=session))
        await _age(engine, session, 100)
    await visits.renew(alive)
    store, ledger = VisitStore(engine), Ledger(engine, AvatarSettings())
    reaper = Reaper(store, ledger, stage.stop, lease_s=0.0)
    stage.down = True
    assert await reaper.look() == 0
    assert [line.id for line in await ledger.open_sessions()] == ["s1", "s2"]
    stage.down = False
    assert await reaper.look() == 1
    assert await reaper.look() == 0
    assert stage.stopped == ["s1"]
    assert (await visits.find(dead)).ended_reason == "the agent was gone"
    assert (await visits.find(alive)).state == "open"


async def test_a_start_of_the_api_gives_every_agent_the_time_to_report(
    visits: Visits, engine: AsyncEngine, stage: PaperStage
) -> None:
    visit = (await visits.open("museum", "en")).visit.id
    await visits.report(visit, Change(stage_session="s1"))
    await _age(engine, "s1", 100)
    async with engine.begin() as connection:
        long_ago = datetime.now(UTC) - timedelta(seconds=50)
        await connection.execute(update(VisitRow).values(lease_until=long_ago))
    store, ledger = VisitStore(engine), Ledger(engine, AvatarSettings())
    assert await Reaper(store, ledger, stage.stop, lease_s=30).look() == 0


async def test_the_api_looks_after_lost_agents_by_itself(
    engine: AsyncEngine, rooms: PaperRooms, stage: PaperStage
) -> None:
    settings = AvatarSettings(lease_s=1)
    async with open_visits(engine, rooms, at_once=1, avatar=settings, stop=stage.stop) as visits:
        visit = (await visits.open("museum", "en")).visit.id
        await visits.report(visit, Change(stage_session="s1"))
        await until(lambda: stage.stopped)
