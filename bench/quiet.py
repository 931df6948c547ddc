"""Waiting until an installation with both stand-ins is quiet: all was looked at again, and nothing is left to do."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import func, or_, select

from bench.chaos_installation import ChaosInstallation
from bench.waiting import until
from store.companies import PrecoroCompany, QboCompany
from store.records import DOCUMENT_KINDS, Record

PATIENCE = 900.0
LOOKS = 5
"""How often in a row nothing must be left to do."""


def until_quiet(installation: ChaosInstallation) -> None:
    """Wait until a whole catch-up and a read of changes have seen everything and nothing is due. Raises TooSlowError."""
    with installation.runtime.read() as (_, moment):
        since = moment
    quiet = 0

    def is_quiet() -> bool:
        nonlocal quiet
        busy = not _has_seen_all(installation, since) or due(installation) or _webhooks_pending(installation)
        quiet = 0 if busy else quiet + 1
        return quiet >= LOOKS

    until(is_quiet, "quiet", PATIENCE)


def due(installation: ChaosInstallation) -> int:
    """Return how many records are due or worked on."""
    with installation.runtime.read() as (session, _):
        waiting = or_(
            Record.requested_version > Record.handled_version, Record.write_back_due, Record.lease_until.isnot(None)
        )
        return session.scalar(select(func.count()).where(waiting)) or 0


def _has_seen_all(installation: ChaosInstallation, since: datetime) -> bool:
    """Say whether both services were asked for all changes after a moment."""
    with installation.runtime.read() as (session, _):
        read = session.scalars(select(PrecoroCompany.modified_read_until)).one()
        changes_read_at = session.scalars(select(QboCompany.changes_read_at)).one()
    is_caught_up = all(kind in read and datetime.fromisoformat(read[kind]) > since for kind in DOCUMENT_KINDS)
    return is_caught_up and changes_read_at is not None and changes_read_at > since


def _webhooks_pending(installation: ChaosInstallation) -> bool:
    return any(ask("webhooks", "GET")["pending"] for ask in (installation.precoro, installation.quickbooks))
