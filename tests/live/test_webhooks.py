"""A process that is killed while it delivers a webhook: the next one delivers it."""

import asyncio
import socket
import sys
from datetime import UTC, datetime
from pathlib import Path

import httpx
from pydantic import SecretStr

from app.visits.outbox import LEASE, Letters
from app.visits.visits import MIGRATIONS
from app.visits.webhooks import Courier, Outcome
from ingest.database import open_database
from ingest.settings import DatabaseSettings
from tests.app.visits.contract import rows
from tests.app.visits.test_webhooks import KEY, SECRET, verify
from tests.fakes.receiver import Receiver, serving

OPENS_A_VISIT = """
import asyncio, sys
from pydantic import SecretStr
from app.settings import WebhookSettings
from app.visits.visits import MIGRATIONS, open_visits
from app.visits.webhooks import open_webhooks
from ingest.database import open_database
from ingest.settings import DatabaseSettings
from tests.fakes.rooms import PaperRooms

async def main(database, url, secret):
    settings = WebhookSettings.model_validate({"urls": [url], "secret": secret})
    async with (
        open_database(DatabaseSettings(url=SecretStr(database)), MIGRATIONS) as engine,
        open_webhooks(settings, engine, print) as outbox,
        open_visits(engine, PaperRooms(), at_once=1, outbox=outbox) as visits,
    ):
        await visits.open("museum", "en")
        await asyncio.sleep(60)

asyncio.run(main(*sys.argv[1:]))
"""


async def test_what_a_killed_process_was_delivering_is_delivered_by_the_next(
    tmp_path: Path,
) -> None:
    database, counted = f"sqlite+aiosqlite:///{tmp_path / 'visits.db'}", list[Outcome]()
    mute = socket.create_server(("127.0.0.1", 0))
    port = mute.getsockname()[1]
    url = f"http://127.0.0.1:{port}/hooks"
    child = await asyncio.create_subprocess_exec(
        sys.executable, "-c", OPENS_A_VISIT, database, url, SECRET
    )
    try:
        async with asyncio.timeout(60):
            taken, _ = await asyncio.to_thread(mute.accept)
    finally:
        child.kill()
        await child.wait()
    taken.close()
    mute.close()

    with serving(Receiver(port=port)) as server:
        settings = DatabaseSettings(url=SecretStr(database))
        async with open_database(settings, MIGRATIONS) as engine, httpx.AsyncClient() as client:
            [row] = await rows(engine)
            assert (row["state"], row["attempts"]) == ("waiting", 1)
            later = Courier(
                Letters(engine), client, url, KEY,
                count=counted.append, now=lambda: datetime.now(UTC) + LEASE,
            )  # fmt: skip
            assert await later.go() == 1
        assert verify(server) == [row["message"]]
    assert counted == ["delivered"]
