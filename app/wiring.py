"""Opens what the API answers with, in order, and closes it in reverse: the only place that builds.

Ollama and LiveKit need not be there yet: what asks them says so when it is asked.
"""

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import AbstractAsyncContextManager, asynccontextmanager, nullcontext
from dataclasses import dataclass
from functools import partial

from sqlalchemy.ext.asyncio import AsyncEngine

from app.answering.ahead import Ahead, open_ahead
from app.answering.answerer import Answerer
from app.answering.check.checker import Checker
from app.answering.check.likeness import likeness_for
from app.answering.excerpts import Excerpts
from app.answering.model import ChatModel
from app.answering.ollama import open_model
from app.answering.rewriting import ModelRewriter
from app.answering.waiting import Load
from app.errors import AnswerError
from app.grounding.grounder import Grounder
from app.grounding.vocabulary import Vocabularies
from app.metrics import Metrics
from app.moderation.guard import open_moderator
from app.settings import Settings
from app.tracing import Tracing, open_tracing
from app.visits.outbox import Letters
from app.visits.tokens import open_rooms
from app.visits.unanswered import UnansweredQuestions
from app.visits.visits import MIGRATIONS as VISITS
from app.visits.visits import Rooms, Visits, open_visits
from app.visits.webhooks import open_webhooks
from ingest.catalog.catalog import MIGRATIONS as INGEST
from ingest.catalog.catalog import Catalog
from ingest.catalog.tally import Tally
from ingest.database import open_database
from ingest.embedding.embed import open_embedder
from ingest.embedding.entailment import open_entailment
from ingest.embedding.reranking import open_reranker
from ingest.errors import IngestError
from ingest.indexing.index import PassageIndex, open_index
from ingest.indexing.qdrant import await_qdrant
from ingest.runs.carrier import Carrier, HandOn, open_carrier
from ingest.runs.intake import Intake, open_intake
from ingest.runs.runs import Runs
from ingest.runs.schedule import keep_schedules
from ingest.settings import QueueSettings
from ingest.sources.store import Sources
from ingest.wiring import open_parts, web_of

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class House:
    """The opened parts; `checks` are the neighbours by name, each raising why it is not well.

    `load` tells how busy the model is.
    """

    answerer: Answerer
    ahead: Ahead
    load: Callable[[], Load]
    grounder: Grounder
    vocabularies: Vocabularies
    visits: Visits
    unanswered: UnansweredQuestions
    sources: Sources
    runs: Runs
    carrier: Carrier
    intake: Intake
    letters: Letters
    tally: Tally
    tracing: Tracing
    metrics: Metrics
    checks: Mapping[str, Callable[[], Awaitable[None]]]


@asynccontextmanager
async def open_house(settings: Settings) -> AsyncIterator[House]:
    """Everything behind the HTTP door.

    Raises:
        CatalogUnavailable, IndexUnavailable: a neighbour is not there yet; trying again may help.
        EmbedderUnavailable, EmbedderMismatch: the settings name a model that cannot be used.
    """
    metrics = Metrics()
    async with open_database(settings.database, INGEST, VISITS) as engine:
        # Asked first: the embedding model takes seconds to load, at every try.
        await await_qdrant(settings.qdrant)
        async with (
            open_embedder(settings.embedder) as embedder,
            open_index(settings.qdrant, embedder) as index,
            open_model(settings.model) as model,
            open_moderator(settings.moderation, settings.model.url) as moderator,
            open_rooms(
                settings.livekit, settings.agent.name, settings.api.visitors_at_once
            ) as rooms,
            open_tracing(settings.tracing) as tracing,
            _visits(settings, engine, rooms, metrics) as visits,
            open_parts(settings, engine, embedder, index) as parts,
            open_entailment(settings.check.entailment) as entailment,
            open_reranker(settings.grounding.reranker) as reranker,
        ):
            runs = Runs(parts, settings.run, web_of(settings.fetch, parts.records))
            sources = Sources(engine, parts.vault)
            unanswered = UnansweredQuestions(engine, settings.unanswered.keep_days)
            grounder = Grounder(index, embedder, Catalog(engine), settings.grounding, reranker)
            checker = Checker(entailment) if settings.check.on else None
            excerpts = Excerpts(grounder, settings.model)
            async with (
                open_carrier(runs, _workers(settings.queue)) as carrier,
                open_intake(runs, carrier) as intake,
                _schedules(settings.queue, sources, runs, carrier),
                open_ahead(grounder, model, settings.model, settings.ahead, excerpts) as ahead,
            ):
                answerer = Answerer(
                    grounder,
                    model,
                    settings.model,
                    ahead,
                    excerpts=excerpts,
                    checker=checker,
                    likeness=likeness_for(embedder, grounder.sentences),
                    unanswered=unanswered,
                    moderator=moderator,
                    rewriter=ModelRewriter(model, settings.model.rewrite_s),
                )
                async with _warming(answerer, settings.grounding.kb):
                    yield House(
                        answerer=answerer,
                        ahead=ahead,
                        load=lambda: model.load,
                        grounder=grounder,
                        vocabularies=Vocabularies(engine),
                        visits=visits,
                        unanswered=unanswered,
                        sources=sources,
                        runs=runs,
                        carrier=carrier,
                        intake=intake,
                        letters=Letters(engine),
                        tally=Tally(engine),
                        tracing=tracing,
                        metrics=metrics,
                        checks=_checks(visits, index, model),
                    )


@asynccontextmanager
async def _visits(
    settings: Settings, engine: AsyncEngine, rooms: Rooms, metrics: Metrics
) -> AsyncIterator[Visits]:
    """The visits, and whoever is told what happens in them."""
    async with (
        open_webhooks(settings.webhooks, engine, metrics.sent) as outbox,
        open_visits(
            engine,
            rooms,
            at_once=settings.api.visits_at_once,
            visitors_at_once=settings.api.visitors_at_once,
            avatar=settings.avatar,
            tell=metrics.happened,
            outbox=outbox,
        ) as visits,
    ):
        yield visits


def _checks(
    visits: Visits, index: PassageIndex, model: ChatModel
) -> dict[str, Callable[[], Awaitable[None]]]:
    """The neighbours by name, and what asks each whether it is well."""
    return {
        "database": visits.store_ready,
        "qdrant": index.ready,
        "ollama": model.ready,
        "livekit": visits.rooms_ready,
    }


def _workers(settings: QueueSettings) -> HandOn | None:
    """What calls the workers to a run; None where there are none."""
    if settings.url is None:
        return None
    from ingest.runs.queue import hand_on  # here, since it brings the queue's drivers

    return partial(hand_on, settings=settings)


def _schedules(
    settings: QueueSettings, sources: Sources, runs: Runs, carrier: Carrier
) -> AbstractAsyncContextManager[None]:
    """Runs begin by themselves when they are due; where there are workers, they see to that."""
    if settings.url is None:
        return keep_schedules(sources, runs, carrier.carry)
    return nullcontext()


@asynccontextmanager
async def _warming(answerer: Answerer, kb: str) -> AsyncIterator[None]:
    """Load the model and have it read the rules beside what the block does.

    Every prompt begins with them, so that the first visit need not wait for it either.
    """

    async def prepare() -> None:
        try:
            await answerer.prepare(kb)
        except (AnswerError, IngestError) as error:
            logger.warning("the model was not warmed", extra={"reason": str(error)})

    task = asyncio.create_task(prepare(), name="warming")
    try:
        yield
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
