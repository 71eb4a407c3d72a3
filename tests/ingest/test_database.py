"""Opening the database: what it says when it cannot."""

from pathlib import Path

import pytest
from pydantic import SecretStr

from ingest.catalog.catalog import MIGRATIONS
from ingest.database import open_database
from ingest.errors import CatalogUnavailable
from ingest.settings import DatabaseSettings


async def test_the_folder_of_a_new_database_is_made(tmp_path: Path) -> None:
    file = tmp_path / "new" / "folder" / "groundling.db"
    settings = DatabaseSettings(url=SecretStr(f"sqlite+aiosqlite:///{file}"))
    async with open_database(settings, MIGRATIONS):
        assert file.is_file()


async def test_a_folder_that_cannot_be_made_is_named_with_the_setting(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("not a folder")
    settings = DatabaseSettings(url=SecretStr(f"sqlite+aiosqlite:///{tmp_path}/file/groundling.db"))
    with pytest.raises(CatalogUnavailable, match="GROUNDLING_DATABASE__URL"):
        async with open_database(settings, MIGRATIONS):
            raise AssertionError("opened")


async def test_a_password_does_not_stand_in_the_error() -> None:
    url = "postgresql+asyncpg://someone:verysecret@127.0.0.1:1/groundling"
    with pytest.raises(CatalogUnavailable) as caught:
        async with open_database(DatabaseSettings(url=SecretStr(url)), MIGRATIONS):
            raise AssertionError("opened")
    assert "verysecret" not in str(caught.value)
