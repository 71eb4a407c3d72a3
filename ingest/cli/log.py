"""Logging of the ingest commands: a fixed sentence plus fields, for people or as JSON."""

import logging
import sys
from typing import Literal

import structlog


def configure(level: Literal["INFO", "WARNING"], *, as_json: bool) -> None:
    """Send all logging of this process to stderr; third parties only when something is wrong."""
    render: structlog.typing.Processor = (
        structlog.processors.JSONRenderer()
        if as_json
        else structlog.dev.ConsoleRenderer(colors=sys.stderr.isatty())
    )
    handler = logging.StreamHandler()
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=[
                structlog.stdlib.add_log_level,
                structlog.stdlib.add_logger_name,
                structlog.stdlib.ExtraAdder(),
                structlog.processors.TimeStamper(fmt="iso", utc=True),
            ],
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                structlog.processors.format_exc_info,
                render,
            ],
        )
    )
    logging.basicConfig(handlers=[handler], level="WARNING", force=True)
    for ours in ("ingest", "saq"):
        logging.getLogger(ours).setLevel(level)
