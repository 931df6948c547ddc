"""What each process of Tieout does first: it keeps its files to itself and sets up its log.

A log line is one JSON object, or for people at a terminal one line of words. Names in it come from other people, so
nothing in them begins a line of its own or drives the terminal.
"""

from __future__ import annotations

import logging
import os
import sys
import threading
import time

import structlog
from structlog.typing import EventDict, Processor, WrappedLogger

from mappers.text import visible

TALKATIVE = ("urllib3", "requests_oauthlib", "oauthlib", "redis", "rq", "apprise")
"""Libraries that at DEBUG write whole addresses, with what was asked for and the `state` of a consent."""
ONLY_FOR_OWNER = 0o077
WARNINGS = {"warning", "warn", "error", "exception", "critical"}
MINUTE, REMEMBERED_LINES = 60.0, 1000


def prepare(log_level: str) -> None:
    """Let others read no file that this process makes, and send its log lines, in UTC, to standard error."""
    os.umask(ONLY_FOR_OWNER)
    level = logging.getLevelNamesMapping()[log_level]
    processors: list[Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]
    repeats = _Repeats()
    renderers = _for_people() if sys.stderr.isatty() else _for_programs()
    structlog.configure(
        processors=[repeats, *processors, *renderers],
        wrapper_class=structlog.make_filtering_bound_logger(level),
        logger_factory=structlog.PrintLoggerFactory(file=sys.stderr),
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=[structlog.stdlib.add_logger_name, *processors],
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, *renderers],
        )
    )
    logging.basicConfig(level=level, handlers=[handler])
    for name in TALKATIVE:
        logging.getLogger(name).setLevel(library_level(log_level))


def library_level(log_level: str) -> str:
    """Return the level of the libraries' own lines: never DEBUG."""
    return "INFO" if log_level == "DEBUG" else log_level


class _Repeats:
    """Writes the same warning once a minute, with how often it came meanwhile: a refused sender fills no disk."""

    def __init__(self) -> None:
        self._lines: dict[str, tuple[float, int]] = {}
        self._lock = threading.Lock()

    def __call__(self, _logger: WrappedLogger, method: str, event: EventDict) -> EventDict:
        """Return the line if it is to be written. Raises DropEvent."""
        if method not in WARNINGS:
            return event
        key, moment = repr(sorted(event.items())), time.monotonic()
        with self._lock:
            written_at, repeated = self._lines.get(key, (-MINUTE, 0))
            if moment - written_at < MINUTE:
                self._lines[key] = written_at, repeated + 1
                raise structlog.DropEvent
            if len(self._lines) >= REMEMBERED_LINES:
                self._lines.clear()
            self._lines[key] = moment, 0
        return {**event, "repeated": repeated} if repeated else event


def _for_people() -> list[Processor]:
    return [_make_visible, structlog.dev.ConsoleRenderer(exception_formatter=structlog.dev.plain_traceback)]


def _for_programs() -> list[Processor]:
    return [structlog.processors.format_exc_info, structlog.processors.JSONRenderer()]


def _make_visible(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
    """Write what cannot be printed as escapes; JSON does so by itself."""
    return {name: visible(value) if isinstance(value, str) else value for name, value in event.items()}
