"""What receivers are still to be told, written down together with what happened.

So nothing that happened goes untold, whatever breaks afterwards, and nothing is told that did not.
"""

import asyncio
import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Literal
from uuid import uuid4

from sqlalchemy import delete, func, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from app.visits.database import transaction
from app.visits.happenings import Happening
from app.visits.tables import OutboxRow

LetterState = Literal["waiting", "delivered", "failed"]

LEASE = timedelta(seconds=60)
"""How long who took a letter has for it: far longer than any attempt lasts."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Letter:
    """One message for one receiver; `attempts` counts this one. `message` is its stable id."""

    id: int
    message: str
    kind: str
    payload: str
    attempts: int


@dataclass(frozen=True, slots=True, kw_only=True)
class SeenLetter:
    """What became of a message so far; `trouble` is why it was not taken the last time."""

    message: str
    receiver: str
    kind: str
    visit_id: str
    state: LetterState
    attempts: int
    trouble: str
    created_at: datetime
    due_at: datetime
    ended_at: datetime | None


_SEEN = tuple(getattr(OutboxRow, name) for name in SeenLetter.__dataclass_fields__)
_LETTER = tuple(getattr(OutboxRow, name) for name in Letter.__dataclass_fields__)


class Outbox:
    """Takes down what `receivers` want to be told: of `events` all, or all of their first words.

    Without receivers, nothing.
    """

    def __init__(self, receivers: Collection[str] = (), events: Collection[str] = ()) -> None:
        self._events = frozenset(events)
        self.news = {receiver: asyncio.Event() for receiver in receivers}
        """Set when there may be something new for a receiver."""

    async def put(self, connection: AsyncConnection, happened: Sequence[Happening]) -> None:
        """Write letters into the transaction of what happened."""
        letters = [
            {
                "message": message,
                "visit_id": one.visit,
                "receiver": receiver,
                "kind": one.kind,
                "payload": payload,
                "created_at": now,
                "due_at": now,
                "attempts": 0,
                "state": "waiting",
            }
            for now in [datetime.now(UTC)]
            for one in happened
            if self._wants(one.kind)
            for message, payload in [(f"msg_{uuid4().hex}", payload_of(one))]
            for receiver in self.news
        ]
        if letters:
            await connection.execute(insert(OutboxRow), letters)

    def wake(self) -> None:
        """What was put in is written."""
        for news in self.news.values():
            news.set()

    def _wants(self, kind: str) -> bool:
        return not self._events or bool(self._events & {kind, kind.partition(".")[0]})


def payload_of(happening: Happening) -> str:
    """What is told of it, as JSON: `type`, `timestamp` and `data`."""
    data: dict[str, str] = {
        "visit": happening.visit,
        "kb": happening.kb,
        "room": happening.room,
        **happening.facts,
    }
    if happening.cause is not None:
        data |= {"cause": happening.cause, "reason": happening.reason}
    at = happening.at.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
    told: Mapping[str, object] = {"type": happening.kind, "timestamp": at, "data": data}
    return json.dumps(told, ensure_ascii=False, separators=(",", ":"))


class Letters:
    """Letters on their way. Every method raises VisitsUnavailable.

    Who takes a letter has it for itself for the LEASE; it is due again then, unless it was settled.
    """

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine

    async def take(self, receiver: str, now: datetime, limit: int) -> list[Letter]:
        """Some of those that are due, the oldest first."""
        due = (
            OutboxRow.receiver == receiver, OutboxRow.state == "waiting", OutboxRow.due_at <= now
        )  # fmt: skip
        first = (
            select(OutboxRow.id)
            .where(*due)
            .order_by(OutboxRow.due_at, OutboxRow.id)
            .limit(limit)
            .with_for_update(skip_locked=True)
            # Not as a subquery, which Postgres may carry out again for every row.
            .cte("first")
        )
        taking = (
            update(OutboxRow)
            .where(OutboxRow.id.in_(select(first.c.id)), *due)
            .values(due_at=now + LEASE, attempts=OutboxRow.attempts + 1)
            .returning(*_LETTER)
        )
        async with transaction(self._engine) as connection:
            taken = [Letter(**row._mapping) for row in await connection.execute(taking)]
        return sorted(taken, key=lambda letter: letter.id)

    async def delivered(self, letter: int, now: datetime) -> None:
        """The receiver has it."""
        await self._note(letter, state="delivered", ended_at=now)

    async def put_off(self, letter: int, until: datetime, why: str) -> None:
        """The receiver did not take it."""
        await self._note(letter, due_at=until, trouble=why[:200])

    async def give_up(self, letter: int, now: datetime, why: str) -> None:
        """The receiver will not take it."""
        await self._note(letter, state="failed", ended_at=now, trouble=why[:200])

    async def next_due(self, receiver: str) -> datetime | None:
        """When there is something to be done for a receiver; None = nothing waits."""
        waiting = (OutboxRow.receiver == receiver) & (OutboxRow.state == "waiting")
        async with transaction(self._engine) as connection:
            return await connection.scalar(select(func.min(OutboxRow.due_at)).where(waiting))

    async def latest(self, state: LetterState, limit: int) -> list[SeenLetter]:
        """The latest of those in a state, the newest first."""
        wanted = select(*_SEEN).where(OutboxRow.state == state)
        newest = wanted.order_by(OutboxRow.id.desc()).limit(limit)
        async with transaction(self._engine) as connection:
            return [SeenLetter(**row._mapping) for row in await connection.execute(newest)]

    async def again(self) -> int:
        """Have everything that was given up tried once more from the beginning; how many."""
        failed = update(OutboxRow).where(OutboxRow.state == "failed")
        anew = {"state": "waiting", "attempts": 0, "due_at": datetime.now(UTC), "ended_at": None}
        async with transaction(self._engine) as connection:
            return (await connection.execute(failed.values(anew))).rowcount

    async def sweep(self, before: datetime) -> None:
        """Remove what was written before, whatever became of it."""
        async with transaction(self._engine) as connection:
            await connection.execute(delete(OutboxRow).where(OutboxRow.created_at < before))

    async def _note(self, letter: int, **values: object) -> None:
        async with transaction(self._engine) as connection:
            await connection.execute(
                update(OutboxRow).where(OutboxRow.id == letter).values(**values)
            )
