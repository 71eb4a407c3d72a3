"""The embedded Qdrant as a process: one worker, on loopback, until it is told to stop."""

import ipaddress
import logging
import signal
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import uvicorn

from ingest.embedded_qdrant.app import QdrantApp
from ingest.embedded_qdrant.store import open_store
from ingest.errors import IndexUnavailable
from ingest.settings import EmbeddedQdrantSettings

logger = logging.getLogger(__name__)


def serve(settings: EmbeddedQdrantSettings) -> None:
    """Serve the folder of the settings until SIGTERM or SIGINT, then write everything out.

    Port 0 takes a free one; the log says which.

    Raises:
        IndexUnavailable: another process serves the folder, the folder or the port cannot be used,
            or the host is not loopback and there is no key.
    """
    key = settings.api_key.get_secret_value() if settings.api_key else None
    if not key and not _is_loopback(settings.host):
        raise IndexUnavailable(
            f"The embedded Qdrant does not listen on {settings.host} without a key. Set "
            "GROUNDLING_EMBEDDED_QDRANT__API_KEY, or listen on 127.0.0.1."
        )
    with open_store(Path(settings.path)) as store, _listening(settings) as listener:
        host, port = listener.getsockname()[:2]
        logger.info("embedded Qdrant serves", extra={"url": f"http://{host}:{port}"})
        config = uvicorn.Config(
            QdrantApp(store, key),
            lifespan="on",
            log_config=None,
            access_log=False,
            server_header=False,
            timeout_graceful_shutdown=5,
        )
        with _outliving_signals():
            uvicorn.Server(config).run(sockets=[listener])
    logger.info("embedded Qdrant stopped, everything written out")


def _is_loopback(host: str) -> bool:
    try:
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


@contextmanager
def _listening(settings: EmbeddedQdrantSettings) -> Iterator[socket.socket]:
    try:
        family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
        listener = socket.create_server((settings.host, settings.port), family=family)
    except OSError as error:
        raise IndexUnavailable(
            f"Nothing can listen on {settings.host}:{settings.port}: {error}. Choose another port "
            "with GROUNDLING_EMBEDDED_QDRANT__PORT, or stop what is there."
        ) from error
    with listener:
        yield listener


@contextmanager
def _outliving_signals() -> Iterator[None]:
    """Let the server stop at a signal, and the process go on to write its store out.

    uvicorn raises the signal again once it has stopped, which would end the process there.
    """
    before = {
        number: signal.signal(number, lambda *_: None) for number in (signal.SIGINT, signal.SIGTERM)
    }
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
