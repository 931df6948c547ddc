"""Logs as lines of key=value for people, or of JSON for machines when they do not go to a terminal."""

from __future__ import annotations

import logging
import sys

import structlog


def set_up(level: str) -> None:
    """Send every log line to standard error, with its time in UTC."""
    numeric = logging.getLevelNamesMapping()[level]
    shared = [structlog.contextvars.merge_contextvars, structlog.processors.add_log_level]
    structlog.configure(
        processors=[
            *shared,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.dev.ConsoleRenderer() if sys.stderr.isatty() else structlog.processors.JSONRenderer(),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(numeric),
        logger_factory=structlog.PrintLoggerFactory(file=sys.stderr),
    )
    logging.basicConfig(level=numeric, format="%(asctime)s %(levelname)s %(name)s %(message)s", stream=sys.stderr)
