"""Our ledger against the bill of our own stage, over several minutes that are made short."""

import asyncio
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from pydantic import SecretStr

from app.avatar.lite import LiteClient
from app.avatar.states import DEADLINES_S, State, States
from app.avatar.supervisor import Supervisor
from app.errors import StageUnavailable
from app.settings import AvatarSettings, StageSettings
from app.visits.ledger import Ledger
from app.visits.records import Change, StageSession
from app.visits.visits import MIGRATIONS, Visits, open_visits
from ingest.database import open_database
from ingest.settings import DatabaseSettings
from tests.app.stage.serving import Stage, livekit_token, serving
from tests.fakes.carriers import PaperOutlet, PaperPresence
from tests.fakes.rooms import PaperRooms

MINUTE_S = 2.0
CENTS = 10
# Seconds that a visit lasts: less than the first minute, one and a half, and nearly three.
STAYS_S = (0.8, 3.0, 5.6)


class NotedDirectly:
    """Notes what costs in the visits themselves, as the API does for an agent. A Ledger."""

    def __init__(self, visits: Visits, visit: str) -> None:
        self._visits = visits
        self._visit = visit
        self.noting: asyncio.Task[None] | None = None

    async def opens(self, session: str) -> None:
        await self._visits.report(self._visit, Change(stage_session=session))

    def closed(self, session: str, *, came: bool) -> None:
        change = Change(stage_closed=session, stage_unused=not came)
        self.noting = asyncio.create_task(self._visits.report(self._visit, change))


class Lobby(PaperPresence):
    """Gives a token that the stage takes for one of LiveKit's."""

    def token(self) -> str:
        return livekit_token(self.room)


async def _stay(stage: Stage, visits: Visits, stay_s: float, *, comes: bool = True) -> str:
    """A visit of this length whose avatar comes, or never does."""
    visit = (await visits.open("museum", "en")).visit.id
    presence, ledger = Lobby(), NotedDirectly(visits, visit)
    presence.comes = comes
    supervisor = Supervisor(
        LiteClient(AvatarSettings(url=stage.url)),
        presence,
        PaperOutlet(),
        ledger,
        states=States(),
        pauses_s=(),
        deadlines_s={**DEADLINES_S, State.JOINING: 20.0 if comes else 1.0},
    )
    supervisor.start()
    await supervisor.settled()
    await asyncio.sleep(stay_s if comes else 0)
    await supervisor.aclose("the visitor left")
    assert ledger.noting is not None
    await ledger.noting
    return visit


def _in_real_minutes(session: StageSession) -> StageSession:
    """As long as it would have been, had the stage's minutes been minutes."""
    assert session.closed_at is not None
    lasted = (session.closed_at - session.opened_at) * (60 / MINUTE_S)
    return replace(session, closed_at=session.opened_at + lasted)


async def _noted(ledger: Ledger, visit: str) -> tuple[str, int]:
    """The session of this visit at the stage, and its cents in the ledger."""
    [session] = await ledger.of_visit(visit)
    return session.id, ledger.cents([_in_real_minutes(session)], datetime.now(UTC))


async def _billed(stage: Stage, session: str) -> float:
    """What the stage charged for it, in cents."""
    record = (await stage.http.get(f"/control/sessions/{session}")).json()["data"]
    return CENTS * float(record["credits_consumed"])


async def test_the_ledger_agrees_with_the_bill_to_within_a_unit(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    database = DatabaseSettings(url=SecretStr(f"sqlite+aiosqlite:///{tmp_path / 'visits.db'}"))
    settings = AvatarSettings(minute_cents=CENTS)

    async def stop(_session: str) -> bool:
        raise StageUnavailable("nobody is lost here")

    async with (
        serving(StageSettings(control=True, minute_s=MINUTE_S)) as stage,
        open_database(database, MIGRATIONS) as engine,
        open_visits(engine, PaperRooms(), at_once=9, avatar=settings, stop=stop) as visits,
    ):
        await _stay(stage, visits, 0)  # the first face takes seconds to draw
        stays = await asyncio.gather(*(_stay(stage, visits, stay_s) for stay_s in STAYS_S))
        (await stage.http.post("/control/faults", json={"never_enters": True})).raise_for_status()
        none = await _stay(stage, visits, 0, comes=False)
        pairs = []
        for visit in (*stays, none):
            session, cents = await _noted(visits.ledger, visit)
            pairs.append((cents, await _billed(stage, session)))
    with capsys.disabled():
        print(f"\ncents, ours and the stage's: {pairs}")  # noqa: T201
    assert pairs[0] == (CENTS, CENTS)
    assert pairs[-1] == (0, 0)
    assert [ours for ours, _ in pairs[1:3]] == pytest.approx([15, 28], abs=4)
    # A credit is a minute is ten cents; we note the opening 20 to 200 ms before the stage begins.
    assert all(ours == pytest.approx(theirs, abs=2) for ours, theirs in pairs)
