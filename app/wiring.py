"""Opens what the API answers with, in order, and closes it in reverse: the only place that builds.

Ollama and LiveKit need not be there yet: what asks them says so when it is asked.
"""

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass

from app.answering.answerer import Answerer
from app.answering.ollama import open_model
from app.grounding.grounder import Grounder
from app.settings import Settings
from app.visits.tokens import open_rooms
from app.visits.visits import MIGRATIONS as VISITS
from app.visits.visits import Visits, open_visits
from ingest.catalog import MIGRATIONS as INGEST
from ingest.catalog import Catalog
from ingest.database import open_database
from ingest.embed import open_embedder
from ingest.index import await_qdrant, open_index


@dataclass(frozen=True, slots=True, kw_only=True)
class House:
    """The opened parts; `checks` are the neighbours by name, each raising why it is not well."""

    answerer: Answerer
    grounder: Grounder
    visits: Visits
    checks: Mapping[str, Callable[[], Awaitable[None]]]


@asynccontextmanager
async def open_house(settings: Settings) -> AsyncIterator[House]:
    """Everything behind the HTTP door.

    Raises:
        CatalogUnavailable, IndexUnavailable: a neighbour is not there yet; trying again may help.
        EmbedderUnavailable, EmbedderMismatch: the settings name a model that cannot be used.
    """
    async with open_database(settings.database, INGEST, VISITS) as engine:
        # Asked first: the embedding model takes seconds to load, at every try.
        await await_qdrant(settings.qdrant)
        async with (
            open_embedder(settings.embedder) as embedder,
            open_index(settings.qdrant, embedder) as index,
            open_model(settings.model) as model,
            open_rooms(settings.livekit, settings.agent.name) as rooms,
            open_visits(engine, rooms, at_once=settings.api.visits_at_once) as visits,
        ):
            grounder = Grounder(index, embedder, Catalog(engine), settings.grounding)
            yield House(
                answerer=Answerer(grounder, model, settings.model),
                grounder=grounder,
                visits=visits,
                checks={
                    "database": visits.store_ready,
                    "qdrant": index.ready,
                    "ollama": model.ready,
                    "livekit": visits.rooms_ready,
                },
            )
