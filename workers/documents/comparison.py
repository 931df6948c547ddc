"""A document as Precoro has it, as it would be sent, and as QuickBooks holds it, side by side."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from sqlalchemy.orm import Session

from mappers.documents.document import Document
from mappers.documents.outcomes import Create, Delete, Nothing, Update
from mappers.documents.preview import LISTS, PreviewEntity, entity, linked_orders, preview, references
from outbound.errors import NotFound
from store.companies import Connection
from workers import clients
from workers.documents.dry_run import DryRun, dry_run
from workers.documents.preview import names_in
from workers.documents.views import DocumentDetail
from workers.lookup import connection_named
from workers.runtime import Runtime


@dataclass(frozen=True, slots=True)
class Comparison:
    """What each side says of a document; `to_send` is None when nothing would be sent, `standing` when nothing stands there."""

    planned: DryRun
    to_send: PreviewEntity | None
    standing: PreviewEntity | None

    @property
    def document(self) -> Document:
        """Return the document as Precoro has it now."""
        return self.planned.document

    @property
    def totals_agree(self) -> bool:
        """Say whether both sides hold one total in one currency."""
        standing, document = self.standing, self.document
        return standing is not None and (standing.total, standing.currency) == (
            document.total_in_books,
            document.currency,
        )

    @property
    def removal(self) -> Delete | None:
        """Return the removal that sending the document comes to, if it does."""
        return self.planned.plan if isinstance(self.planned.plan, Delete) else None


def compare(runtime: Runtime, document: DocumentDetail) -> Comparison:
    """Read a document in Precoro and its twin in QuickBooks: one call each, beside those that planning needs.

    Nothing is sent and no state is written. Raises RemoteError, UnreadableDocument and DoesNotExistError.
    """
    planned = dry_run(runtime, document.document, document.connection)
    body = _standing(runtime, document)
    with runtime.read() as (session, _):
        connection = connection_named(session, document.connection)
        return Comparison(planned, _to_send(session, connection, planned), _named(session, connection, document, body))


def _standing(runtime: Runtime, document: DocumentDetail) -> dict[str, Any] | None:
    """Return what QuickBooks holds now; None when nothing stands there, or no longer."""
    if document.qbo_type is None or document.qbo_id is None:
        return None
    with runtime.read() as (session, _):
        company = connection_named(session, document.connection).qbo
    try:
        return clients.quickbooks(runtime, company, urgent=True).read(document.qbo_type, document.qbo_id)
    except NotFound:
        return None
    finally:
        runtime.keep_calls()


def _to_send(session: Session, connection: Connection, planned: DryRun) -> PreviewEntity | None:
    """Return what would be sent, now or once the document need not wait."""
    change = planned.plan.then if isinstance(planned.plan, Nothing) else planned.plan
    if not isinstance(change, Create | Update):
        return None
    document = planned.document
    return preview(
        change, _names(session, connection, change.body), currency=document.currency, precoro_date=document.dated
    )


def _named(
    session: Session, connection: Connection, document: DocumentDetail, body: dict[str, Any] | None
) -> PreviewEntity | None:
    """Return what stands in QuickBooks with the names of its references."""
    if body is None or document.qbo_type is None:
        return None
    currency = body.get("CurrencyRef", {}).get("value") or connection.qbo.home_currency
    total = Decimal(body.get("TotalAmt", 0))
    return entity(document.qbo_type, body, total, _names(session, connection, body), currency=currency)


def _names(session: Session, connection: Connection, body: dict[str, Any]) -> Mapping[tuple[str, str], str]:
    keys = {(LISTS[field], id_) for field, id_ in references(body)}
    return names_in(session, connection.qbo_id, keys, set(linked_orders(body)))
