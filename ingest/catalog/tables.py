"""The tables of the ingest path, as SQLAlchemy knows them; `migrations/versions` makes them."""

from datetime import UTC, datetime

from sqlalchemy import (
    JSON,
    BigInteger,
    Column,
    DateTime,
    Dialect,
    Integer,
    MetaData,
    String,
    Table,
    Text,
    TypeDecorator,
)

METADATA = MetaData()


class Instant(TypeDecorator[datetime]):
    """A moment in UTC, on databases with time zones and on those without (SQLite)."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        return value and value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        return value and (value if value.tzinfo else value.replace(tzinfo=UTC))


RUN = Table(
    "run",
    METADATA,
    Column("id", String(32), primary_key=True),
    Column("kb", Text, nullable=False, index=True),
    Column("source", Text, nullable=False),
    Column("state", String(16), nullable=False),
    Column("started_at", Instant, nullable=False, index=True),
    Column("ended_at", Instant),
    Column("report", JSON(none_as_null=True)),
)

PAGE = Table(
    "page",
    METADATA,
    Column("kb", Text, primary_key=True),
    Column("url", Text, primary_key=True),
    Column("source", Text, nullable=False),
    Column("state", String(16), nullable=False),
    Column("reason", Text, nullable=False),
    Column("etag", Text),
    Column("last_modified", Text),
    Column("body_hash", String(64)),
    Column("revision", String(16)),
    # What turned the page into points: collection, embedder, sizes. Another recipe, another result.
    Column("recipe", Text, nullable=False),
    Column("lang", String(8), nullable=False),
    Column("passages", Integer, nullable=False),
    Column("fetched_at", Instant),
    Column("links", JSON, nullable=False),
    # How many of its passages contain a term, by term: what to take off when the page changes.
    Column("terms", JSON, nullable=False),
)

TERM = Table(
    "term",
    METADATA,
    Column("kb", Text, primary_key=True),
    # Salted with its language, so a term of one language is never one of another.
    Column("term", BigInteger, primary_key=True, autoincrement=False),
    Column("passages", Integer, nullable=False),
)

LANGUAGE = Table(
    "language",
    METADATA,
    Column("kb", Text, primary_key=True),
    Column("lang", String(8), primary_key=True),
    Column("passages", Integer, nullable=False),
)
