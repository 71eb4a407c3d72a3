"""What the tests of the fetcher share."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from ingest.errors import PageUnavailable
from ingest.settings import FetchSettings
from ingest.web.access import Access
from ingest.web.addresses import Network
from ingest.web.fetch import Fetcher, open_fetcher
from ingest.web.pace import Pace


@asynccontextmanager
async def fetcher(
    access: Access | None = None,
    pace: Pace | None = None,
    network: Network | None = None,
    **changes: object,
) -> AsyncIterator[Fetcher]:
    """A fetcher that may go to loopback and waits for nobody, unless told otherwise."""
    settings = FetchSettings.model_validate({"allow_private": True, "delay_s": 0.0, **changes})
    async with open_fetcher(settings, access, pace, network) as opened:
        yield opened


async def refused(fetch: Fetcher, url: str) -> PageUnavailable:
    """What the fetcher says of a URL that it does not give."""
    with pytest.raises(PageUnavailable) as caught:
        await fetch.get(url)
    return caught.value
