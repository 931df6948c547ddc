"""One look at the whole installation, from which causes are made."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from mappers.policy import Policy, UnreadablePolicy, load_policy
from settings import Settings
from store.companies import Connection

OPERATIONS = "/operations"
"""The path of the page about the whole installation."""


@dataclass(frozen=True, slots=True)
class Look:
    """The open database, the moment, and the connections that there are."""

    session: Session
    moment: datetime
    settings: Settings
    connections: Sequence[Connection]

    def hours(self, hours: float) -> timedelta:
        """Return hours of a setting, as fast as everything else runs."""
        return timedelta(hours=hours) / self.settings.speed


def policy_of(connection: Connection) -> Policy:
    """Return the settings of a connection, or the safe ones where they cannot be read."""
    try:
        return load_policy(connection.policy)
    except UnreadablePolicy:
        return Policy()


def page_of(connection: Connection, noun: str) -> str:
    """Return the path of a page of a connection."""
    return f"/c/{connection.slug}/{noun}"
