from collections.abc import AsyncIterator

import pytest

from ingest.settings import FetchSettings
from ingest.web.fetch import Fetcher, open_fetcher


@pytest.fixture
async def fetcher() -> AsyncIterator[Fetcher]:
    settings = FetchSettings.model_validate({"allow_private": True, "delay_s": 0.0})
    async with open_fetcher(settings) as opened:
        yield opened
