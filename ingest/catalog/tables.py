"""The tables of the ingest path, as SQLAlchemy knows them; `migrations/versions` makes them."""

from datetime import UTC, datetime

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    Column,
    DateTime,
    Dialect,
    Double,
    Float,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
    TypeDecorator,
    UniqueConstraint,
    text,
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


SOURCE = Table(
    "source",
    METADATA,
    Column("id", String(32), primary_key=True),
    Column("kb", Text, nullable=False),
    Column("name", Text, nullable=False),
    # The source without its secrets; those stand encrypted beside it.
    Column("definition", JSON, nullable=False),
    Column("secrets", Text),
    Column("next_at", Instant, index=True),
    Column("created_at", Instant, nullable=False),
    Column("updated_at", Instant, nullable=False),
    UniqueConstraint("kb", "name"),
)

# A process while it carries out a run. What it holds is free again once it is not heard of.
WORKER = Table(
    "worker",
    METADATA,
    Column("id", String(32), primary_key=True),
    Column("run", String(32), nullable=False),
    Column("host", Text, nullable=False),
    Column("pid", Integer, nullable=False),
    Column("beat_at", Instant, nullable=False),
)

RUN = Table(
    "run",
    METADATA,
    Column("id", String(32), primary_key=True),
    Column("kb", Text, nullable=False, index=True),
    Column("source", Text, nullable=False),
    Column("kind", String(16), nullable=False),
    Column("state", String(16), nullable=False),
    Column("phase", String(16), nullable=False),
    Column("phase_at", Instant),
    Column("definition", JSON, nullable=False),
    Column("secrets", Text),
    Column("sites", JSON, nullable=False),
    # Hashes of the lines that are the site's own, and left out of its pages.
    Column("common", JSON, nullable=False),
    Column("forced", Boolean, nullable=False),
    # Whether every sitemap and feed could be read: else a page that is missing need not have gone.
    Column("complete", Boolean, nullable=False),
    Column("asked", Integer, nullable=False),
    Column("holder", String(32)),
    Column("reason", Text, nullable=False),
    Column("started_at", Instant, nullable=False, index=True),
    Column("ended_at", Instant),
    Column("report", JSON(none_as_null=True)),
    # One run a source at a time.
    Index(
        "ix_run_going",
        "kb",
        "source",
        unique=True,
        sqlite_where=text("state = 'running'"),
        postgresql_where=text("state = 'running'"),
    ),
)

# One URL of a run on its way to its article: the frontier, and then the report.
STEP = Table(
    "step",
    METADATA,
    Column("run", String(32), primary_key=True),
    Column("url", Text, primary_key=True),
    Column("depth", Integer, nullable=False),
    Column("via", String(16), nullable=False),
    Column("lastmod", Instant),
    Column("shape", Text, nullable=False),
    Column("state", String(16), nullable=False),
    Column("holder", String(32)),
    Column("attempts", Integer, nullable=False),
    Column("outcome", String(16), nullable=False),
    Column("reason", Text, nullable=False),
    Column("passages", Integer, nullable=False),
    Column("article", String(16)),
    # What the catalog will know of the page once this is published.
    Column("found", JSON, nullable=False),
    Index("ix_step_next", "run", "state", "depth", "url"),
    Index("ix_step_shape", "run", "shape"),
)

# One page that a run changes in the index, from one article to another (None: none).
CHANGE = Table(
    "change",
    METADATA,
    Column("run", String(32), primary_key=True),
    Column("url", Text, primary_key=True),
    Column("action", String(16), nullable=False),
    Column("rank", Integer, nullable=False),
    Column("before", String(16)),
    Column("after", String(16)),
    Column("alias_of", Text, nullable=False),
    Column("reason", Text, nullable=False),
    Column("state", String(16), nullable=False),
    Column("holder", String(32)),
    Column("attempts", Integer, nullable=False),
    Column("embedded", Integer, nullable=False),
    Index("ix_change_next", "run", "state", "rank", "url"),
)

# What pages said, by revision: for the index, for what changed, and for the way back.
ARTICLE = Table(
    "article",
    METADATA,
    Column("kb", Text, primary_key=True),
    Column("url", Text, primary_key=True),
    Column("revision", String(16), primary_key=True),
    Column("title", Text, nullable=False),
    Column("lang", String(8), nullable=False),
    Column("text", LargeBinary, nullable=False),
    Column("anchors", JSON, nullable=False),
    Column("description", Text, nullable=False),
    Column("page_date", String(10)),
    Column("method", String(16), nullable=False),
    Column("coverage", Float, nullable=False),
    # Hashes of its lines (8 bytes each) and of the whole: what stands on many pages, what is alike.
    Column("lines", LargeBinary, nullable=False),
    Column("simhash", BigInteger, nullable=False),
    Column("created_at", Instant, nullable=False),
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
    # The article that its passages were cut from, and the site's lines that were left out of it.
    Column("article", String(16)),
    Column("chrome", String(16), nullable=False),
    # What turned the page into points: collection, embedder, sizes. Another recipe, another result.
    Column("recipe", Text, nullable=False),
    Column("title", Text, nullable=False),
    Column("lang", String(8), nullable=False),
    Column("page_date", String(10)),
    Column("alias_of", Text, nullable=False),
    Column("missed", Integer, nullable=False),
    Column("passages", Integer, nullable=False),
    Column("fetched_at", Instant),
    Column("links", JSON, nullable=False),
    # How many of its passages contain a term, by term: what to take off when the page changes.
    Column("terms", JSON, nullable=False),
    Index("ix_page_source", "kb", "source", "state", "url"),
)

# When each host may be asked again, for all workers together: seconds since 1970.
HOST = Table(
    "host",
    METADATA,
    Column("host", Text, primary_key=True),
    Column("next_at", Double, nullable=False),
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
