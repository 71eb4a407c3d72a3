"""One database for every process: opening it, and bringing a room's tables up to date.

Each room that keeps tables (`ingest`, `app.visits`) holds its own `migrations/` folder and its own
version table, so that neither knows of the other's.
"""

import asyncio
import sqlite3
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from alembic import command
from alembic.config import Config
from sqlalchemy import Connection, event
from sqlalchemy.engine import make_url
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

from ingest.errors import CatalogUnavailable
from ingest.settings import DatabaseSettings


@asynccontextmanager
async def open_database(settings: DatabaseSettings, *rooms: Path) -> AsyncIterator[AsyncEngine]:
    """The engine, with the tables of each room's migrations folder at their newest version.

    SQLite is opened in WAL mode, its folder made if missing.

    Raises:
        CatalogUnavailable: the database cannot be opened, or its tables not brought up to date.
    """
    url = make_url(settings.url.get_secret_value())
    engine = create_async_engine(url, pool_pre_ping=True)
    if url.get_backend_name() == "sqlite":
        event.listen(engine.sync_engine, "connect", _prepare_sqlite)
    try:
        try:
            in_file = url.database not in (None, "", ":memory:") and "uri" not in url.query
            if url.get_backend_name() == "sqlite" and in_file:
                await asyncio.to_thread(_try_sqlite, Path(str(url.database)))
            for room in rooms:
                async with engine.begin() as connection:
                    await connection.run_sync(_upgrade, room)
        except (SQLAlchemyError, sqlite3.Error, OSError) as error:
            shown = url.render_as_string(hide_password=True)
            raise CatalogUnavailable(
                f"The database {shown} cannot be used: {error}. Check GROUNDLING_DATABASE__URL."
            ) from error
        yield engine
    finally:
        await engine.dispose()


def _try_sqlite(path: Path) -> None:
    """Open the file once, in the open: aiosqlite's thread outlives a connection that failed."""
    path.parent.mkdir(parents=True, exist_ok=True)
    sqlite3.connect(path).close()


# SQLite lets a writer in by chance, not in turn: on a machine four times oversubscribed, one of the
# eight of a run waited more than 10 s.
_PATIENCE_MS = 120_000


def _prepare_sqlite(connection: Any, _record: Any) -> None:
    cursor = connection.cursor()
    for pragma in (
        "journal_mode=WAL",
        "synchronous=NORMAL",
        "foreign_keys=ON",
        f"busy_timeout={_PATIENCE_MS}",
    ):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _upgrade(connection: Connection, room: Path) -> None:
    config = Config()
    config.set_main_option("script_location", str(room).replace("%", "%%"))
    config.attributes["connection"] = connection
    config.attributes["version_table"] = f"alembic_{room.parent.name}"
    command.upgrade(config, "head")


def run_migrations() -> None:
    """What every room's `migrations/env.py` calls: migrate over the connection it was handed."""
    from alembic import context

    context.configure(
        connection=context.config.attributes["connection"],
        version_table=context.config.attributes["version_table"],
        render_as_batch=True,
    )
    with context.begin_transaction():
        context.run_migrations()
