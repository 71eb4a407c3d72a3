"""The stage's process: `groundling stage`."""

import logging
import re
import signal
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from ipaddress import ip_address

import uvicorn
from litestar import Litestar, get
from litestar.config.cors import CORSConfig
from litestar.di import Provide
from litestar.exceptions import HTTPException
from litestar.types import ControllerRouterHandler

from app.errors import StageUnavailable
from app.log import configure
from app.settings import LiveKitSettings, Settings, StageSettings
from app.stage.catalogue import CATALOGUE, Contexts
from app.stage.control import Control
from app.stage.door import Door
from app.stage.envelope import (
    Invalid,
    Refusal,
    on_failure,
    on_http_exception,
    on_invalid,
    on_refusal,
)
from app.stage.face import face_of
from app.stage.hosted import Hosting
from app.stage.likeness import likeness_of
from app.stage.limits import Limits
from app.stage.records import SessionRecords, credits_left
from app.stage.rest import SessionCalls
from app.stage.room import OpenRoom, open_livekit_room
from app.stage.sessions import Sessions, open_sessions
from app.stage.socket import live
from app.stage.terms import SIZES

logger = logging.getLogger(__name__)

# Above the packet limit of LITE, so that a packet that is too long is answered rather than cut off.
_FRAME_BYTES = 4_000_000
_FAREWELL_S = 5
_HERE = r"https?://(localhost|127\.0\.0\.1|\[::1\])(:\d+)?"
_COUNTED = ["X-RateLimit-Limit", "X-RateLimit-Remaining", "X-RateLimit-Reset", "Retry-After"]


@get("/health")
async def health() -> dict[str, str]:
    """Whether the process is up."""
    return {"status": "up"}


def create_app(
    settings: StageSettings,
    open_room: OpenRoom = open_livekit_room,
    livekit: LiveKitSettings | None = None,
) -> Litestar:
    """The stage as an ASGI application; all sessions end with it.

    With the key of a LiveKit server it opens rooms there for callers that bring none.
    """
    hosting = Hosting(livekit or LiveKitSettings())

    @asynccontextmanager
    async def lifespan(app: Litestar) -> AsyncIterator[None]:
        async with open_sessions(settings, hosting.opening(open_room)) as sessions:
            app.state.sessions = sessions
            yield

    def sessions() -> Sessions:
        found: Sessions = app.state.sessions
        return found

    door, contexts = Door(settings), Contexts()
    calls: list[ControllerRouterHandler] = [
        SessionCalls,
        SessionRecords,
        credits_left,
        *CATALOGUE,
        live,
        health,
    ]
    app = Litestar(
        route_handlers=[*calls, Control] if settings.control else calls,
        lifespan=[lifespan],
        middleware=[Limits(settings.calls_per_s).around],
        cors_config=_cors(settings),
        dependencies={
            "sessions": Provide(sessions, sync_to_thread=False),
            "door": Provide(lambda: door, sync_to_thread=False),
            "settings": Provide(lambda: settings, sync_to_thread=False),
            "hosting": Provide(lambda: hosting, sync_to_thread=False),
            "contexts": Provide(lambda: contexts, sync_to_thread=False),
        },
        exception_handlers={
            Refusal: on_refusal,
            Invalid: on_invalid,
            HTTPException: on_http_exception,
            Exception: on_failure,
        },
        openapi_config=None,
        # Litestar's own would replace the process's logging.
        logging_config=None,
    )
    return app


def _cors(settings: StageSettings) -> CORSConfig:
    """Pages of this machine may call, and those of the settings, with cookies as the web SDK does.

    A pattern, not `*`: browsers refuse `*` where cookies are sent.
    """
    pages = "|".join((_HERE, *(re.escape(origin.rstrip("/")) for origin in settings.origins)))
    return CORSConfig(
        allow_origins=[],
        allow_origin_regex=pages,
        allow_credentials=True,
        allow_headers=["authorization", "content-type", "x-api-key"],
        expose_headers=_COUNTED,
    )


def serve(settings: Settings) -> None:
    """Serve until SIGTERM or SIGINT; returns when every avatar has left its room.

    Raises StageUnavailable when the address cannot be listened on, or must not be without a key.
    """
    listener = _listen(settings.stage)
    configure(settings.log)
    face_of(SIZES[settings.stage.quality], likeness_of(settings.stage))
    # uvicorn raises the signal that stopped it once more, for the handlers that it found.
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: None)
    logger.info("stage is open", extra={"host": settings.stage.host, "port": settings.stage.port})
    with listener:
        stage_server(settings.stage, livekit=settings.livekit).run([listener])


def stage_server(
    settings: StageSettings,
    open_room: OpenRoom = open_livekit_room,
    livekit: LiveKitSettings | None = None,
) -> uvicorn.Server:
    """The server of the stage, not yet running."""
    return uvicorn.Server(
        uvicorn.Config(
            create_app(settings, open_room, livekit),
            ws="websockets-sansio",
            ws_max_size=_FRAME_BYTES,
            # Controllers that never read their socket never answer a ping either.
            ws_ping_interval=None,
            timeout_graceful_shutdown=_FAREWELL_S,
            access_log=False,
            # uvicorn would log every socket's address, which is its credential.
            log_level="warning",
            log_config=None,
        )
    )


def _listen(settings: StageSettings) -> socket.socket:
    host, port = settings.host, settings.port
    if not settings.key and not _loopback(host):
        raise StageUnavailable(
            f"the stage would listen on {host} for anyone: "
            "set GROUNDLING_STAGE__KEY, or GROUNDLING_STAGE__HOST=127.0.0.1"
        )
    try:
        return socket.create_server(
            (host, port), family=socket.AF_INET6 if ":" in host else socket.AF_INET
        )
    except OSError as error:
        raise StageUnavailable(
            f"the stage cannot listen on {host} port {port} ({error.strerror}): "
            "end what uses it, or set GROUNDLING_STAGE__PORT to a free port"
        ) from error


def _loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False
