"""What every part of the catalog shares: one transaction at a time, and errors in our own words."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from contextvars import ContextVar
from typing import Any

from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from ingest.errors import CatalogUnavailable

_JOINED: ContextVar[AsyncConnection | None] = ContextVar("joined", default=None)


class Rows:
    """Access to the tables; every method of what derives from it raises CatalogUnavailable."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine
        # The database's own `insert`, which knows what to do on a conflict.
        self._insert: Any = (
            postgresql.insert if engine.dialect.name == "postgresql" else sqlite.insert
        )

    @asynccontextmanager
    async def together(self) -> AsyncIterator[None]:
        """What the catalog is told inside is written as a whole, or not at all.

        Nothing inside may be done by tasks of their own.
        """
        async with self._transaction() as connection:
            token = _JOINED.set(connection)
            try:
                yield
            finally:
                _JOINED.reset(token)

    @asynccontextmanager
    async def _transaction(self) -> AsyncIterator[AsyncConnection]:
        if (joined := _JOINED.get()) is not None:
            yield joined
            return
        try:
            async with self._engine.begin() as connection:
                yield connection
        except (SQLAlchemyError, OSError) as error:
            raise CatalogUnavailable(
                f"The database does not answer as it should: {error}. Check "
                "GROUNDLING_DATABASE__URL, and that the database is running and not full."
            ) from error
