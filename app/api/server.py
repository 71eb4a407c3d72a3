"""The API as an application, and as a process."""

import signal
from collections.abc import Iterator, Sequence
from contextlib import AbstractAsyncContextManager, contextmanager

import uvicorn
from litestar import Litestar, Router
from litestar.di import Provide
from litestar.openapi import OpenAPIConfig
from litestar.openapi.plugins import JsonRenderPlugin

from app.api import console, health, visits
from app.api.answers import answer
from app.api.auth import KeyGuard, require_safe
from app.api.calls import open_call
from app.api.entrance import Entrance, Errands, OpenHouse
from app.api.knowledge import knowledge_routes
from app.api.listening import listen
from app.api.metrics import read_metrics
from app.api.openai import openai_routes
from app.api.ports import House
from app.api.problems import HANDLERS
from app.api.search import search
from app.api.vocabulary import read_vocabulary
from app.api.webhooks import list_webhooks, try_webhooks_again
from app.settings import ApiSettings, Settings
from app.visits.webhooks import receiver_of
from ingest.settings import VERSION

# A question of 100,000 characters with its history, and some room.
LARGEST_BODY = 2_000_000
# How long an answer that is being given may go on after SIGTERM.
LAST_WORDS_S = 3

Lifespan = Sequence[AbstractAsyncContextManager[None]]


def create_app(house: House, settings: Settings | None = None) -> Litestar:
    """The application over an open house, which stays the caller's to close."""
    return _application(Entrance(house), settings or Settings(), ())


def serve(settings: Settings) -> None:
    """Serve until SIGTERM or SIGINT; neighbours that are down are waited for, and named by /ready.

    Raises:
        ValueError: the API would be open to other machines without a key, or cannot listen.
        IngestError: the embedding model cannot be had, or is not that of the collection.
    """
    from app.wiring import open_house  # here, since it brings torch

    run(settings, lambda: open_house(settings))


def run(settings: Settings, open_house: OpenHouse) -> None:
    """Serve this house as `serve` does."""
    require_safe(settings.api)
    lasting: list[Exception] = []

    def stop(error: Exception) -> None:
        lasting.append(error)
        server.should_exit = True

    entrance = Entrance()
    app = _application(entrance, settings, [entrance.keeping(open_house, on_lasting=stop)])
    server = uvicorn.Server(
        uvicorn.Config(
            app,
            host=settings.api.host,
            port=settings.api.port,
            log_config=None,
            access_log=False,
            timeout_graceful_shutdown=LAST_WORDS_S,
        )
    )
    with _signals_end_it_quietly(), _no_place_to_listen(settings.api):
        server.run()
    if lasting:
        raise lasting[0]


def _application(entrance: Entrance, settings: Settings, lifespan: Lifespan) -> Litestar:
    errands = Errands()
    receivers = {receiver_of(str(url)): url.host for url in settings.webhooks.urls}
    with_key = Router(
        "/",
        route_handlers=[
            *(search, answer, listen, read_vocabulary, visits.report_visit, visits.renew_lease),
            *(open_call, list_webhooks, try_webhooks_again),
            *knowledge_routes(settings.api),
            openai_routes(),
        ],
        guards=[KeyGuard(settings.api)],
    )
    open_to_all = [
        *(visits.open_visit, visits.join_visit),
        *(visits.read_visit, visits.end_visit),
    ]
    return Litestar(
        route_handlers=[
            Router("/v1", route_handlers=[with_key, *open_to_all]),
            Router("/", route_handlers=[read_metrics], guards=[KeyGuard(settings.api)]),
            health.health,
            health.ready,
            *console.console_routes(),
        ],
        dependencies={
            "entrance": Provide(lambda: entrance, sync_to_thread=False),
            "house": Provide(entrance.house, sync_to_thread=False),
            "errands": Provide(lambda: errands, sync_to_thread=False),
            "defaults": Provide(lambda: settings.grounding, sync_to_thread=False),
            "livekit": Provide(lambda: settings.livekit, sync_to_thread=False),
            "receivers": Provide(lambda: receivers, sync_to_thread=False),
            "agent": Provide(lambda: settings.agent, sync_to_thread=False),
        },
        exception_handlers=HANDLERS,
        lifespan=[*lifespan, errands.running()],
        logging_config=None,
        openapi_config=OpenAPIConfig(
            title="Groundling",
            version=VERSION,
            path="/schema",
            render_plugins=[JsonRenderPlugin(path="/openapi.json"), console.DescriptionPage()],
        ),
        request_max_body_size=LARGEST_BODY,
        response_headers=console.security_headers(settings.livekit),
    )


@contextmanager
def _signals_end_it_quietly() -> Iterator[None]:
    """Uvicorn raises the signal that ended it once more when it is done: let that do nothing."""
    former = {
        number: signal.signal(number, signal.SIG_IGN) for number in (signal.SIGTERM, signal.SIGINT)
    }
    try:
        yield
    finally:
        for number, handler in former.items():
            signal.signal(number, handler)


@contextmanager
def _no_place_to_listen(settings: ApiSettings) -> Iterator[None]:
    """Uvicorn leaves by SystemExit when it cannot listen, and by nothing else."""
    try:
        yield
    except SystemExit as error:
        raise ValueError(
            f"{settings.host}:{settings.port} cannot be listened on, perhaps because something "
            "else does. Set GROUNDLING_API__PORT (and GROUNDLING_API__URL) to a free port."
        ) from error
