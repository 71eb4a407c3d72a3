"""A real Postgres on loopback, for as long as a context lasts."""

import os
import shutil
import socket
import subprocess
import tempfile
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path

from pydantic import SecretStr
from sqlalchemy import MetaData
from sqlalchemy.ext.asyncio import AsyncEngine

from ingest.database import open_database
from ingest.settings import DatabaseSettings

# Postgres refuses to run as root, so it runs as the user its package made.
AS_POSTGRES = ["runuser", "-u", "postgres", "--"] if os.geteuid() == 0 else []


def tool(name: str) -> str:
    found = shutil.which(name) or next(
        (str(path) for path in Path("/usr/lib/postgresql").glob(f"*/bin/{name}")), None
    )
    assert found, f"{name} is missing: install postgresql"
    return found


@contextmanager
def cluster() -> Iterator[str]:
    """The URL of one of its own."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    with tempfile.TemporaryDirectory(prefix="groundling-pg-") as folder:
        if AS_POSTGRES:
            shutil.chown(folder, "postgres")
        data = f"{folder}/data"
        pg_ctl = [*AS_POSTGRES, tool("pg_ctl"), "-D", data, "-w"]
        options = f"-p {port} -c listen_addresses=127.0.0.1 -k {folder} -c fsync=off"
        initdb = [*AS_POSTGRES, tool("initdb"), "-D", data, "-U", "groundling", "-A", "trust"]
        subprocess.run(initdb, check=True, stdout=subprocess.DEVNULL, cwd="/")
        start = [*pg_ctl, "-l", f"{folder}/log", "-o", options, "start"]
        subprocess.run(start, check=True, stdout=subprocess.DEVNULL, cwd="/")
        try:
            yield f"postgresql://groundling@127.0.0.1:{port}/postgres"
        finally:
            stop = [*pg_ctl, "-m", "immediate", "stop"]
            subprocess.run(stop, check=True, stdout=subprocess.DEVNULL, cwd="/")


@asynccontextmanager
async def emptied(url: str, migrations: Path, tables: MetaData) -> AsyncIterator[AsyncEngine]:
    """A database of that cluster, brought to its schema and without rows."""
    own = SecretStr(url.replace("postgresql:", "postgresql+asyncpg:"))
    async with open_database(DatabaseSettings(url=own), migrations) as opened:
        async with opened.begin() as connection:
            for table in reversed(tables.sorted_tables):
                await connection.execute(table.delete())
        yield opened
