"""The server in front of an application: it reads a whole request before it takes a thread for it.

So those who send slowly, or nothing, take a socket and no thread (docs/decisions/0015-waitress.md).
"""

from __future__ import annotations

import signal
import sys

from flask import Flask
from waitress.server import create_server

from settings import Settings

THREADS = 8
CONNECTIONS = 900
"""How many may be open at once: below the 1,024 files that a process may usually open."""
IDLE_SECONDS, LOOK_EVERY = 30, 5
LONGEST_HEADER = 32 * 1024
BODIES = 4
"""How many times the largest body is read at all: what is above the limit gets an answer of ours up to here."""


def serve(app: Flask, settings: Settings, *, host: str, port: int) -> None:
    """Serve until SIGTERM; requests that have begun are answered before it ends."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    server = create_server(
        app,
        host=host,
        port=port,
        threads=THREADS,
        connection_limit=CONNECTIONS,
        channel_timeout=IDLE_SECONDS,
        cleanup_interval=LOOK_EVERY,
        asyncore_use_poll=True,
        max_request_body_size=BODIES * settings.max_body,
        max_request_header_size=LONGEST_HEADER,
        ident=None,
        trusted_proxy=settings.trusted_proxy or None,
        trusted_proxy_headers={"x-forwarded-for"} if settings.trusted_proxy else set(),
        clear_untrusted_proxy_headers=True,
    )
    server.run()
