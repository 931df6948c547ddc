"""What a report is about: its period, and the kinds of documents and types of entities that its connection sends."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy.orm import Session

from mappers.documents.document import BILL, PURCHASE_ORDER, VENDOR_CREDIT, DocumentKind
from mappers.policy import load_policy
from mappers.settings.affected import sends
from mappers.tie_out.period import Period
from store.companies import Connection
from store.records import DOCUMENT_KINDS
from store.tie_out import Report

TYPES = {"purchase_order": (PURCHASE_ORDER,), "invoice": (BILL, VENDOR_CREDIT)}
"""What documents of each kind become."""


def kinds_of(connection: Connection) -> list[DocumentKind]:
    """Return the kinds of documents that are sent, which a report is about."""
    policy = load_policy(connection.policy)
    return [kind for kind in DOCUMENT_KINDS if sends(policy, kind)]


def types_of(kinds: Sequence[str]) -> list[str]:
    """Return the types of entities that documents of these kinds become."""
    return [type_ for kind in kinds for type_ in TYPES[kind]]


def period_of(report: Report) -> Period:
    """Return the days that a report is about."""
    return Period(report.first_day, report.last_day)


def report_of(session: Session, report_id: int) -> Report:
    """Return a report that is being made."""
    return session.get_one(Report, report_id)


def connection_of(session: Session, report: Report) -> Connection:
    """Return the connection that a report is about."""
    return session.get_one(Connection, report.connection_id)
