"""Sending one message to a channel by apprise, and what may be shown of what it says when that fails."""

from __future__ import annotations

import logging
import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import unquote

from mappers.alerts.message import Message
from mappers.text import visible
from settings import Settings
from workers.alerts import addresses
from workers.errors import AddressRefusedError

_PARTS_OF_ADDRESS = re.compile(r"[:/?#@&=,;+]+")
_SHORTEST_SECRET = 5
_WHY = "Socket Exception: "
"""How apprise begins the line that says why it could not connect; that may quote the whole address."""
_PLAIN_WHY = re.compile(
    r"""\[Errno\ -?\d+\]\ ([^)"']+) | (certificate\ verify\ failed[^()"]*) | (timed\ out) | ^(\(\d{3},\ b.*)$""",
    re.VERBOSE,
)
"""What is taken of it: the reasons of the system, of TLS, and of a mail server."""


class NotSentError(Exception):
    """A message could not be sent; it says why, without the address."""


def send(address: str, message: Message, settings: Settings) -> None:
    """Send a message. Raises NotSentError."""
    try:
        plugin = addresses.opened(address, settings)
    except AddressRefusedError as error:
        raise NotSentError(str(error)) from error
    with _collected_lines() as lines:
        try:
            is_sent = plugin.notify(body=message.body, title=message.title, body_format="text")
        except Exception as error:
            raise NotSentError(f"It failed ({type(error).__name__}).") from error
    if not is_sent:
        server = addresses.server_of(address, plugin)
        raise NotSentError(without_secrets(" ".join(lines[-2:]) or "It gave no reason.", address, server))


def without_secrets(text: str, address: str, server: str) -> str:
    """Return what a service said without any part of its address but the server's name."""
    parts = {part for part in _PARTS_OF_ADDRESS.split(address) if len(part) >= _SHORTEST_SECRET}
    for part in sorted({*parts, *map(unquote, parts)} - {server}, key=len, reverse=True):
        text = text.replace(part, "…")
    return visible(text)[:300]


@contextmanager
def _collected_lines() -> Iterator[list[str]]:
    """Collect what apprise warns of in this thread, and why it could not connect."""
    handler = _Collector(threading.get_ident())
    log = logging.getLogger("apprise")
    log.addHandler(handler)
    try:
        yield handler.lines
    finally:
        log.removeHandler(handler)


class _Collector(logging.Handler):
    """Keeps the lines of one thread that say what went wrong."""

    def __init__(self, thread: int) -> None:
        super().__init__()
        self._thread = thread
        self.lines: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        """Keep a line."""
        text = record.getMessage()
        if record.thread != self._thread:
            return
        if record.levelno >= logging.WARNING:
            self.lines.append(text)
        elif text.startswith(_WHY) and (why := _PLAIN_WHY.search(text.removeprefix(_WHY))):
            self.lines.append(next(filter(None, why.groups())))
