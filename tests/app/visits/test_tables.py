from alembic import command
from alembic.config import Config
from sqlalchemy import Connection, text
from sqlalchemy.ext.asyncio import create_async_engine

from app.visits.visits import MIGRATIONS


async def test_steps_that_were_kept_twice_before_are_kept_once() -> None:
    step = text(
        "INSERT INTO avatar_step (visit_id, at, state, reason) "
        "VALUES ('v', '2026-11-23 12:00:00', :state, '')"
    )
    engine = create_async_engine("sqlite+aiosqlite:///:memory:")
    async with engine.begin() as connection:
        await connection.run_sync(_upgrade, "0004")
        for state in ("ready", "ready", "ended"):
            await connection.execute(step, {"state": state})
        await connection.run_sync(_upgrade, "head")
        kept = await connection.scalars(text("SELECT state FROM avatar_step ORDER BY id"))
        assert kept.all() == ["ready", "ended"]
    await engine.dispose()


def _upgrade(connection: Connection, revision: str) -> None:
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    config.attributes |= {"connection": connection, "version_table": "alembic_visits"}
    command.upgrade(config, revision)
