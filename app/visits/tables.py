"""The tables of visits, their turns, their stage, what is told of them, and refused questions."""

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import (
    JSON,
    DateTime,
    Float,
    ForeignKey,
    Index,
    MetaData,
    String,
    Text,
    UniqueConstraint,
)
from sqlalchemy.engine import Dialect
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column
from sqlalchemy.types import TypeDecorator


class Moment(TypeDecorator[datetime]):
    """A point in time, always UTC: SQLite keeps none of its zone, so it is put back on reading."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        return None if value is None else value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None or value.tzinfo is not None:
            return value
        return value.replace(tzinfo=UTC)


class Base(DeclarativeBase):
    metadata = MetaData()


class VisitRow(Base):
    __tablename__ = "visit"

    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    room: Mapped[str] = mapped_column(String(64), unique=True)
    identity: Mapped[str] = mapped_column(String(64))
    kb: Mapped[str] = mapped_column(String(64))
    lang: Mapped[str] = mapped_column(String(2))
    lang_pinned: Mapped[bool] = mapped_column(default=False)
    state: Mapped[str] = mapped_column(String(8), index=True)
    opened_at: Mapped[datetime] = mapped_column(Moment)
    ended_at: Mapped[datetime | None] = mapped_column(Moment)
    ended_reason: Mapped[str] = mapped_column(String(200), default="")
    stage_session: Mapped[str] = mapped_column(String(128), default="")
    stage_seconds: Mapped[float] = mapped_column(Float, default=0.0)
    lease_until: Mapped[datetime | None] = mapped_column(Moment)


class StageSessionRow(Base):
    """A line of the ledger: it outlives its visit, and says nothing of who visited."""

    __tablename__ = "stage_session"

    id: Mapped[str] = mapped_column(String(128), primary_key=True)
    visit_id: Mapped[str] = mapped_column(String(32), index=True)
    opened_at: Mapped[datetime] = mapped_column(Moment, index=True)
    closed_at: Mapped[datetime | None] = mapped_column(Moment)
    closed_by: Mapped[str] = mapped_column(String(200), default="")
    unused: Mapped[bool] = mapped_column(default=False)


class AvatarStepRow(Base):
    __tablename__ = "avatar_step"
    __table_args__ = (Index("ix_avatar_step_once", "visit_id", "at", "state", unique=True),)

    id: Mapped[int] = mapped_column(primary_key=True)
    visit_id: Mapped[str] = mapped_column(ForeignKey("visit.id", ondelete="CASCADE"), index=True)
    at: Mapped[datetime] = mapped_column(Moment)
    state: Mapped[str] = mapped_column(String(16))
    reason: Mapped[str] = mapped_column(String(500))


class TurnRow(Base):
    __tablename__ = "turn"
    __table_args__ = (UniqueConstraint("visit_id", "name"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    visit_id: Mapped[str] = mapped_column(ForeignKey("visit.id", ondelete="CASCADE"), index=True)
    name: Mapped[str] = mapped_column(String(64))
    asked_at: Mapped[datetime] = mapped_column(Moment)
    question: Mapped[str] = mapped_column(Text)
    answer: Mapped[str] = mapped_column(Text)
    lang: Mapped[str] = mapped_column(String(2))
    abstained: Mapped[str] = mapped_column(String(32), default="")
    citations: Mapped[list[dict[str, Any]]] = mapped_column(JSON)
    timings: Mapped[dict[str, Any]] = mapped_column(JSON)


class OutboxRow(Base):
    """A message for one receiver: `waiting`, `delivered` or `failed`; erased with its visit."""

    __tablename__ = "outbox"
    __table_args__ = (Index("ix_outbox_due", "receiver", "state", "due_at"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    message: Mapped[str] = mapped_column(String(40))
    visit_id: Mapped[str] = mapped_column(ForeignKey("visit.id", ondelete="CASCADE"), index=True)
    receiver: Mapped[str] = mapped_column(String(16))
    kind: Mapped[str] = mapped_column(String(32))
    payload: Mapped[str] = mapped_column(Text)
    created_at: Mapped[datetime] = mapped_column(Moment, index=True)
    due_at: Mapped[datetime] = mapped_column(Moment)
    attempts: Mapped[int]
    state: Mapped[str] = mapped_column(String(16))
    ended_at: Mapped[datetime | None] = mapped_column(Moment)
    trouble: Mapped[str] = mapped_column(String(200), default="")


class UnansweredRow(Base):
    __tablename__ = "unanswered"
    __table_args__ = (UniqueConstraint("kb", "lang", "key"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    kb: Mapped[str] = mapped_column(String(64))
    lang: Mapped[str] = mapped_column(String(2))
    key: Mapped[str] = mapped_column(String(500))
    question: Mapped[str] = mapped_column(Text)
    reason: Mapped[str] = mapped_column(String(32))
    times: Mapped[int] = mapped_column(default=1)
    first_asked: Mapped[datetime] = mapped_column(Moment)
    last_asked: Mapped[datetime] = mapped_column(Moment, index=True)
