"""A transaction on the tables of visits, with errors in our own words."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from app.errors import VisitsUnavailable


@asynccontextmanager
async def transaction(engine: AsyncEngine) -> AsyncIterator[AsyncConnection]:
    """What the block does is written as a whole, or not at all.

    Raises:
        VisitsUnavailable: the database does not answer.
    """
    try:
        async with engine.begin() as connection:
            yield connection
    except (DBAPIError, OSError) as error:
        shown = engine.url.render_as_string(hide_password=True)
        cause = getattr(error, "orig", None) or error
        raise VisitsUnavailable(
            f"The database {shown} does not answer ({cause}). "
            "Check that it runs and that GROUNDLING_DATABASE__URL names it."
        ) from error
