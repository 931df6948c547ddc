"""Pausing a connection and letting it go on, from every page that offers it."""

from __future__ import annotations

from console.runtime import runtime
from console.session import user
from workers.connections import commands


def pause(connection: str) -> str:
    """Stop working for a connection."""
    commands.pause(runtime(), connection, user().name)
    return f"{connection} is paused. Events are kept, and what they are about waits."


def resume(connection: str) -> str:
    """Go on after a pause, and end a rest early."""
    commands.resume(runtime(), connection, user().name)
    return f"{connection} goes on."
