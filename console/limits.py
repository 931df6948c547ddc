"""How often somebody may ask: counted in Redis for all processes, in memory while Redis is away."""

from __future__ import annotations

import hashlib

from flask import Flask, Response, request, session
from flask_limiter import ApplicationLimit, Limiter

from console.session import TOKEN
from settings import Settings

PAGES = "20 per 2 seconds"
ACTIONS = "30 per 30 seconds"
EXPENSIVE = "6 per 30 seconds"
"""For what costs calls to a service."""
TEST_EVENT = "1 per minute"
"""For the look from outside whether events arrive."""
TRIES_OF_USER = "5 per minute; 20 per 15 minutes; 50 per day"
TRIES_OF_ADDRESS = "20 per minute; 100 per hour"


def asker() -> str:
    """Return who is counted: the session, or the address of somebody without one."""
    token = session.get(TOKEN)
    return f"session:{_digest(token)}" if isinstance(token, str) else f"address:{request.remote_addr}"


def address() -> str:
    """Return where a request comes from."""
    return f"address:{request.remote_addr}"


def user_named() -> str:
    """Return the user that somebody tries to be."""
    return f"user:{_digest(request.form.get('user', '').strip().lower())}"


def is_refused(response: Response) -> bool:
    """Say whether a try was wrong: only those are counted."""
    return response.status_code >= 400  # noqa: PLR2004 - where errors begin


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:32]


def _is_file() -> bool:
    return request.endpoint == "static"


def _is_no_action() -> bool:
    return request.method != "POST"


limiter = Limiter(
    asker,
    application_limits=[PAGES, ApplicationLimit(ACTIONS, exempt_when=_is_no_action)],
    application_limits_exempt_when=_is_file,
    strategy="moving-window",
    headers_enabled=True,
    in_memory_fallback_enabled=True,
)


def install(app: Flask, settings: Settings) -> None:
    """Count the requests of this console."""
    app.config.update(
        RATELIMIT_STORAGE_URI=settings.redis.replace("unix://", "redis+unix://", 1),
        RATELIMIT_KEY_PREFIX=f"{settings.queue}:console",
    )
    limiter.init_app(app)
