"""Where people act from, as the history keeps it."""

from __future__ import annotations

from store.history import COMMAND_LINE, IN_CONSOLE, IN_DASHBOARD, Origin

FROM_COMMAND_LINE = Origin(COMMAND_LINE)


def from_console(address: str | None, session_id: int | None = None) -> Origin:
    """Return where somebody acts in the console, who may not have signed in yet."""
    return Origin(IN_CONSOLE, address, session_id)


def from_dashboard(address: str | None, session_id: int | None = None) -> Origin:
    """Return where somebody acts in the dashboard, who may not have signed in yet."""
    return Origin(IN_DASHBOARD, address, session_id)
