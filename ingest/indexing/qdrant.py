"""How Qdrant is reached, and what its client raises, said in our own words."""

import math
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager

from qdrant_client import AsyncQdrantClient
from qdrant_client.common.client_exceptions import QdrantException
from qdrant_client.http.exceptions import ResponseHandlingException, UnexpectedResponse

from ingest.errors import IndexUnavailable
from ingest.settings import QdrantSettings


@asynccontextmanager
async def connected(
    settings: QdrantSettings, client: AsyncQdrantClient | None = None
) -> AsyncIterator[AsyncQdrantClient]:
    """A client of the Qdrant in the settings; one that is handed in is used, and stays open."""
    used = client or _connect(settings)
    try:
        yield used
    finally:
        if client is None:
            await used.close()


async def await_qdrant(settings: QdrantSettings) -> None:
    """Return when Qdrant answers: cheaper than finding out after a model was loaded.

    Raises:
        IndexUnavailable: it cannot be reached, or refuses the key.
    """
    async with connected(settings) as client:
        with translated(settings.url):
            await client.get_collections()


@contextmanager
def translated(url: str) -> Iterator[None]:
    """What the client raises, as IndexUnavailable: cause, then remedy."""
    try:
        yield
    except UnexpectedResponse as error:
        told = error.content.decode(errors="replace")[:300]
        raise IndexUnavailable(
            f"Qdrant at {url} refused with status {error.status_code}: {told} Check "
            "GROUNDLING_QDRANT__URL, and GROUNDLING_QDRANT__API_KEY if it asks for a key."
        ) from error
    except (ResponseHandlingException, QdrantException) as error:
        cause = str(getattr(error, "source", error)) or "no answer"
        raise IndexUnavailable(
            f"Qdrant at {url} cannot be reached: {cause}. Start it (on one machine: "
            "`python -m ingest qdrant`), or correct GROUNDLING_QDRANT__URL."
        ) from error


def _connect(settings: QdrantSettings) -> AsyncQdrantClient:
    # The key goes as a header, so that a key for a server on loopback does not make the client
    # assume TLS and warn; the version check, a thread of its own, is left to the first call.
    key = settings.api_key
    return AsyncQdrantClient(
        url=settings.url,
        timeout=math.ceil(settings.timeout_s),
        headers={"api-key": key.get_secret_value()} if key else None,
        check_compatibility=False,
    )
