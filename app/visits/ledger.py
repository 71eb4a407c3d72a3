"""The ledger: which sessions on the stage were paid for, and what they came to.

A session costs what it lasts, and at least its first minute, which is taken at its start and given
back when the avatar never came.
"""

import math
from collections.abc import Sequence
from datetime import UTC, datetime

from sqlalchemy import insert, or_, select, update
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from app.errors import VisitsUnavailable
from app.settings import AvatarSettings
from app.visits.records import AvatarStep, Change, StageSession
from app.visits.tables import AvatarStepRow, StageSessionRow

_SESSION = tuple(getattr(StageSessionRow, name) for name in StageSession.__dataclass_fields__)
_STEP = tuple(getattr(AvatarStepRow, name) for name in AvatarStep.__dataclass_fields__)


async def note_stage(connection: AsyncConnection, visit: str, change: Change) -> bool:
    """Write down what the agent reports of the stage; the same report twice is noted once.

    The caller holds the visit's row. Whether the avatar took a step that was not known.
    """
    if change.stage_session is not None:
        known = select(StageSessionRow.id).where(StageSessionRow.id == change.stage_session)
        if await connection.scalar(known) is None:
            line = StageSession(
                id=change.stage_session, visit_id=visit, opened_at=datetime.now(UTC)
            )
            values = {name: getattr(line, name) for name in StageSession.__dataclass_fields__}
            await connection.execute(insert(StageSessionRow).values(values))
    if change.stage_closed is not None:
        await _close(connection, change.stage_closed, "the agent", unused=change.stage_unused)
    return change.avatar is not None and await _note_step(connection, visit, change.avatar)


async def _note_step(connection: AsyncConnection, visit: str, step: AvatarStep) -> bool:
    key = {"visit_id": visit, "at": step.at, "state": step.state}
    if await connection.scalar(select(AvatarStepRow.id).filter_by(**key)) is not None:
        return False
    await connection.execute(insert(AvatarStepRow).values(**key, reason=step.reason[:500]))
    return True


async def _close(
    connection: AsyncConnection, session: str, by: str, *, unused: bool = False
) -> None:
    open_one = (StageSessionRow.id == session) & StageSessionRow.closed_at.is_(None)
    closed = {"closed_at": datetime.now(UTC), "closed_by": by[:200], "unused": unused}
    await connection.execute(update(StageSessionRow).where(open_one).values(closed))


class Ledger:
    """Every method raises VisitsUnavailable when the database does not answer."""

    def __init__(self, engine: AsyncEngine, settings: AvatarSettings) -> None:
        self._engine = engine
        self._settings = settings

    async def open_sessions(self) -> list[StageSession]:
        """Those that nobody is known to have stopped."""
        return await self._sessions(StageSessionRow.closed_at.is_(None))

    async def of_visit(self, visit: str) -> list[StageSession]:
        """The sessions of a visit, in order."""
        return await self._sessions(StageSessionRow.visit_id == visit)

    async def of_month(self, now: datetime) -> list[StageSession]:
        """The sessions of this calendar month (UTC), and those open from before."""
        month = now.replace(day=1, hour=0, minute=0, second=0, microsecond=0)
        since = or_(StageSessionRow.opened_at >= month, StageSessionRow.closed_at.is_(None))
        return await self._sessions(since)

    async def steps(self, visit: str) -> list[AvatarStep]:
        """What its avatar went through, in order."""
        wanted = select(*_STEP).where(AvatarStepRow.visit_id == visit).order_by(AvatarStepRow.at)
        try:
            async with self._engine.connect() as connection:
                return [AvatarStep(**row._mapping) for row in await connection.execute(wanted)]
        except (DBAPIError, OSError) as error:
            raise _unavailable() from error

    async def close(self, session: str, by: str) -> None:
        """It was stopped, or was over already."""
        try:
            async with self._engine.begin() as connection:
                await _close(connection, session, by)
        except (DBAPIError, OSError) as error:
            raise _unavailable() from error

    def cents(self, sessions: Sequence[StageSession], now: datetime) -> int:
        """What these have cost so far."""
        charged = sum(charged_s(session, now) for session in sessions)
        return math.ceil(round(charged / 60 * self._settings.minute_cents, 6))

    async def seconds_left(self, visit: str) -> float | None:
        """How long the visit may go on using the stage; None: no budget is set."""
        now = datetime.now(UTC)
        budgets = []
        mine = await self.of_visit(visit)
        if self._settings.visit_cents is not None:
            budgets.append(self._settings.visit_cents - self.cents(mine, now))
        if self._settings.month_cents is not None:
            budgets.append(self._settings.month_cents - self.cents(await self.of_month(now), now))
        if not budgets or not self._settings.minute_cents:
            return None
        left = max(0.0, 60 * min(budgets) / self._settings.minute_cents)
        running = [session for session in mine if session.closed_at is None]
        if not running and left < 60:
            return 0.0  # not enough for the first minute of another session
        # The first minute is paid for: it may be used to its end.
        return left + max((charged_s(one, now) - _age(one, now) for one in running), default=0.0)

    async def _sessions(self, which: object) -> list[StageSession]:
        wanted = select(*_SESSION).where(which).order_by(StageSessionRow.opened_at)  # type: ignore[arg-type]
        try:
            async with self._engine.connect() as connection:
                return [StageSession(**row._mapping) for row in await connection.execute(wanted)]
        except (DBAPIError, OSError) as error:
            raise _unavailable() from error


def charged_s(session: StageSession, now: datetime) -> float:
    """The seconds of it that the stage charges."""
    return 0.0 if session.unused else max(60.0, _age(session, now))


def _age(session: StageSession, now: datetime) -> float:
    return ((session.closed_at or now) - session.opened_at).total_seconds()


def _unavailable() -> VisitsUnavailable:
    return VisitsUnavailable(
        "The database of visits does not answer. "
        "Check that it runs and that GROUNDLING_DATABASE__URL names it."
    )
