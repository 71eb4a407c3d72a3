"""Logging of every process: a fixed sentence plus fields, as coloured lines or JSON.

Modules use `logging.getLogger(__name__)` and put facts into `extra`; what people said never goes
into a log.
"""

import logging
import sys

import structlog

from app.settings import LogSettings


def configure(settings: LogSettings) -> None:
    """Send all logging of this process to stderr in the form that the settings name."""
    shared: list[structlog.typing.Processor] = [
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.stdlib.ExtraAdder(),
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]
    renderer: structlog.typing.Processor = (
        structlog.processors.JSONRenderer()
        if settings.form == "json"
        else structlog.dev.ConsoleRenderer(colors=sys.stderr.isatty())
    )
    handler = logging.StreamHandler()
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                structlog.processors.format_exc_info,
                renderer,
            ],
        )
    )
    logging.basicConfig(handlers=[handler], level=settings.level.upper(), force=True)
    for chatty in ("httpx", "httpcore", "alembic", "aiosqlite", "websockets"):
        logging.getLogger(chatty).setLevel(logging.WARNING)
