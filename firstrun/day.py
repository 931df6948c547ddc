"""The short day of work at Widgets Inc that a first run shows."""

from __future__ import annotations

from collections.abc import Callable

from settings import Settings


def play(settings: Settings, say: Callable[[str], None]) -> list[str]:
    """Play the day, a line an event; returns the names of the documents that wait for a person at its end.

    Raises StoryError when something expected does not happen.
    """
    say(f"  (the day at {settings.precoro_url} is still to be written)")
    return []
