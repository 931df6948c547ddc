"""The first walk of a report: each document of Precoro with its record and with what stands for it in QuickBooks."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session, load_only, raiseload, selectinload

from mappers.counterparts import SUPPLIER_IN, in_currency
from mappers.documents.document import Document
from mappers.documents.figures import total_meant
from mappers.documents.outcomes import Sent
from mappers.documents.status import required_action
from mappers.money import rounded
from mappers.text import visible
from mappers.tie_out.buckets import Placement, of_document, of_other_period
from mappers.tie_out.equation import amount_of, postings
from mappers.tie_out.sides import LEDGERS, BooksSide, PrecoroSide, Standing
from store import drift, reference, tie_out
from store.records import DOCUMENT_KINDS, PURCHASE_ORDER, Record
from store.tie_out import ReadDocument
from workers.records.list_rows import is_unchanged
from workers.records.writes import load_sent
from workers.tie_out.draft import Basis, Original, ReportDraft, Twin
from workers.tie_out.entities import books_side, read_columns, unreadable_fields
from workers.tie_out.fields import amount_in, changed_at
from workers.tie_out.precoro_rows import read_document

TAKEN = frozenset({drift.ACCEPTED, drift.IGNORED})
"""What people decide about a change in QuickBooks when they leave it there."""


@dataclass(frozen=True)
class Item:
    """A document of Precoro, its record, what was sent for it, and what QuickBooks holds.

    `is_accepted` says that a person took what people changed there. `twin` is the entity that stands for it: the one that was sent,
    or, where nothing is remembered of that, one that carries the mark of the document.
    """

    read: ReadDocument
    document: Document
    record: Record | None
    sent: Sent | None
    is_accepted: bool
    party: str
    twin: Twin | None
    shown: Mapping[str, Any] | None = None


def compare_page(session: Session, draft: ReportDraft, page: Sequence[ReadDocument]) -> list[dict[str, Any]]:
    """Compare a page of documents; returns the rows of the report."""
    for read in page:
        draft.note_reading(read.kind, read.precoro_id, read.shown)
    items = _items(session, draft, [read for read in page if read.kind in DOCUMENT_KINDS])
    return [row for item in items if (row := _compare(draft, item))]


def _items(session: Session, draft: ReportDraft, page: Sequence[ReadDocument]) -> list[Item]:
    """Return the documents of a page that are this connection's, with all that is known of them."""
    records = _records(session, draft, page)
    documents: list[tuple[ReadDocument, Document, Record | None]] = []
    for read in page:
        record = records.get((read.kind, read.precoro_id))
        if not (record.connection_id == draft.connection_id if record else read.is_ours):
            continue
        document = read_document(read.kind, read.shown)
        if document is None:
            name = read.shown.get("customName") or read.shown.get("idn") or read.precoro_id
            draft.gaps.append(f"Precoro's row of {read.kind.replace('_', ' ')} {name} cannot be read.")
        else:
            documents.append((read, document, record))
    sent = {record.id: load_sent(record) for _, _, record in documents if record}
    vendors = reference.pairs(
        session, draft.connection_id, {key for _, document, _ in documents for key in _supplier_keys(document)}
    )
    accepted = {record_id for record_id, row in drift.drifts_of(session, list(sent)).items() if row.state in TAKEN}
    items = [
        _item(draft, read, document, record, sent.get(record.id) if record else None, accepted, vendors)
        for read, document, record in documents
    ]
    shown = _entities(session, draft, [item.twin for item in items])
    return [replace(item, shown=shown.get(item.twin)) if item.twin else item for item in items]


def _item(
    draft: ReportDraft,
    read: ReadDocument,
    document: Document,
    record: Record | None,
    sent: Sent | None,
    accepted: Collection[int],
    vendors: Mapping[tuple[str, str], str],
) -> Item:
    """Return a document without what QuickBooks shows of its twin."""
    own, in_its_currency = _supplier_keys(document)
    party = vendors.get(in_its_currency) or vendors.get(own) or f"supplier:{document.supplier_id}"
    is_accepted = record is not None and record.id in accepted
    twin = (sent.type, sent.id) if sent else draft.marked.get((read.kind, read.precoro_id))
    return Item(read, document, record, sent, is_accepted, party, twin)


def _records(session: Session, draft: ReportDraft, page: Sequence[ReadDocument]) -> dict[tuple[str, str], Record]:
    """Return the records of a page of documents."""
    of_page = select(Record).where(
        Record.precoro_company_id == draft.precoro_id,
        Record.kind.in_({read.kind for read in page}),
        Record.precoro_id.in_([read.precoro_id for read in page]),
    )
    needed = load_only(
        Record.connection_id, Record.kind, Record.precoro_id, Record.idn, Record.state, Record.reason, Record.sent, Record.revised,
        Record.requested_version, Record.handled_version, Record.list_row, Record.qbo_id, Record.qbo_type, Record.amount,
    )  # fmt: skip
    rows = session.scalars(of_page.options(needed, raiseload("*"), selectinload(Record.problems)))
    return {(record.kind, record.precoro_id): record for record in rows}


def _entities(session: Session, draft: ReportDraft, twins: Iterable[Twin | None]) -> dict[Twin, Mapping[str, Any]]:
    """Return what QuickBooks shows of the entities that stand for documents."""
    by_type: dict[str, list[str]] = defaultdict(list)
    for type_, id_ in filter(None, twins):
        by_type[type_].append(id_)
    return {
        (type_, id_): shown
        for type_, ids in by_type.items()
        for id_, shown in tie_out.entities(session, draft.report_id, type_, ids).items()
        if not unreadable_fields(shown)
    }


def _supplier_keys(document: Document) -> tuple[tuple[str, str], tuple[str, str]]:
    """Return how the pair of a document's supplier is stored, and that of its currency."""
    key = str(document.supplier_id)
    return ("supplier", key), (SUPPLIER_IN, in_currency(key, document.currency))


def _compare(draft: ReportDraft, item: Item) -> dict[str, Any] | None:
    """Put a document into its bucket and its amounts into the equations; returns its row, if the report is about it."""
    document, period = item.document, draft.period
    precoro = _precoro_side(draft, item)
    books = books_side(item.twin, item.shown, draft.home_currency) if item.twin and item.shown else None
    if item.twin and item.shown:
        draft.compared[item.twin] = precoro.approved_on in period
    standing, in_flight = _standing(item), _is_in_flight(draft, item)
    placement = of_document(precoro, standing, books, in_flight=in_flight)
    if placement is None:
        return None
    by_date, by_approval = precoro.dated in period, precoro.approved_on in period
    by_booking = books is not None and books.dated in period
    if placement.bucket == "agrees" and books is not None and by_date != by_booking:
        placement = of_other_period(standing, books, in_flight=in_flight)
    _offer(draft, item, precoro, placement)
    in_period: Mapping[Basis, tuple[bool, bool]] = {
        "date": (by_date, by_booking),
        "approval": (by_approval, by_approval),
    }
    for basis, (counts, is_booked) in in_period.items():
        approved = amount_of(precoro)
        if approved and counts:
            draft.equations[basis].approve(*approved)
        draft.post(basis, postings(placement.bucket, precoro, books, counts=counts, is_booked=is_booked))
    row = _row(draft, item, precoro, books, placement)
    is_in_period = by_date or by_approval or by_booking
    if is_in_period:
        draft.counts[placement.bucket] += 1
    return row if is_in_period or _is_open(document, precoro, row) else None


def _precoro_side(draft: ReportDraft, item: Item) -> PrecoroSide:
    document = item.document
    return PrecoroSide(
        requires=required_action(document, linked=item.twin is not None),
        type=document.entity_type,
        amount=_amount(item),
        currency=document.currency,
        party=item.party,
        dated=document.dated,
        approved_on=document.approval_date.date() if document.approval_date else None,
        is_read=_is_read(draft, item),
    )


def _amount(item: Item) -> Decimal:
    """Return what QuickBooks has to hold of a document.

    A list shows no taxes, so what is withheld is known only from what was sent for the version that it still shows.
    """
    document, sent, record = item.document, item.sent, item.record
    is_sent_version = sent is not None and sent.version == document.version and bool(sent.body.get("Line"))
    if sent is not None and record is not None and is_sent_version and record.amount == document.total:
        return total_meant(sent.body)
    return document.total_in_books


def _is_read(draft: ReportDraft, item: Item) -> bool:
    """Tell whether Tieout has seen the document as the list shows it, or has had the time for it."""
    if item.record is not None and is_unchanged(item.read.shown, item.record.list_row):
        return True
    updated, until = item.document.update_date, draft.read_until.get(item.document.kind)
    return updated is not None and until is not None and updated <= until


def _standing(item: Item) -> Standing | None:
    record, sent = item.record, item.sent
    if record is None:
        return None
    return Standing(
        state=record.state,
        reason=record.problems[0].sentence if record.problems else record.reason,
        is_due=record.requested_version > record.handled_version,
        sent=Decimal(sent.answer.get("TotalAmt") or 0) if sent else None,
        sent_dated=date.fromisoformat(sent.answer["TxnDate"]) if sent and sent.answer.get("TxnDate") else None,
        is_kept=item.is_accepted or bool(sent and sent.kept),
    )


def _is_in_flight(draft: ReportDraft, item: Item) -> bool:
    """Tell whether a side changed after the last look at what changed meanwhile."""
    moments = (item.document.update_date, changed_at(item.shown) if item.shown else None)
    return any(moment is not None and moment >= draft.last_look for moment in moments)


def _offer(draft: ReportDraft, item: Item, precoro: PrecoroSide, placement: Placement) -> None:
    """Remember a document that entities of its vendor may have been entered again for."""
    if precoro.requires != "stand":
        return
    document = item.document
    draft.names.setdefault(precoro.party, visible(document.supplier_name)[:600])
    if precoro.party in draft.vendors:
        numbers = tuple(filter(None, (document.supplier_number, document.number)))
        draft.originals[precoro.party].append(
            Original(
                document.title, numbers, precoro.type, precoro.currency, precoro.amount, precoro.dated, placement.bucket
            )
        )


def _is_open(document: Document, precoro: PrecoroSide, row: Mapping[str, Any]) -> bool:
    """Tell whether a document outside the period is not paid yet at either side."""
    unpaid = precoro.requires == "stand" and document.kind == "invoice" and document.paid != document.total
    return unpaid or bool(row["balance"])


def _row(
    draft: ReportDraft, item: Item, precoro: PrecoroSide, books: BooksSide | None, placement: Placement
) -> dict[str, Any]:
    """Return the row of a document."""
    document, record, sent, period = item.document, item.record, item.sent, draft.period
    by_booking = books is not None and books.dated in period
    effect = (books.total if books and by_booking else Decimal(0)) - (
        precoro.amount if precoro.requires == "stand" and precoro.dated in period else Decimal(0)
    )
    order = document.predecessor
    return {
        "ledger": LEDGERS[precoro.type],
        "bucket": placement.bucket,
        "why": placement.why[:1000],
        "currency": document.currency,
        "party": precoro.party,
        "supplier": visible(document.supplier_name)[:600],
        "record_id": record.id if record else None,
        "name": f"{document.kind}:{document.idn}"[:60],
        "number": visible(document.number)[:300],
        "status": document.status,
        "dated": document.dated,
        "approved_on": precoro.approved_on,
        "due_on": document.required_date,
        "precoro_id": str(document.id),
        "is_received": document.kind == PURCHASE_ORDER and str(document.id) in draft.received,
        "order": str(order.id) if order and order.kind == PURCHASE_ORDER else None,
        "precoro": precoro.amount if precoro.requires == "stand" else None,
        "paid": None if document.paid is None else abs(document.paid),
        "sent": Decimal(sent.answer.get("TotalAmt") or 0) if sent else None,
        "effect": effect,
        "rate_difference": _rate_difference(draft, item, books),
        "by_date": precoro.dated in period,
        "by_approval": precoro.approved_on in period,
        "by_booking": by_booking,
        **read_columns(item.twin if books else None, item.shown),
    }


def _rate_difference(draft: ReportDraft, item: Item, books: BooksSide | None) -> Decimal | None:
    """Return how much more an amount abroad comes to at home by QuickBooks' exchange rate than by Precoro's."""
    theirs, ours = amount_in(item.shown or {}, "ExchangeRate"), item.document.exchange_rate
    if books is None or books.currency == draft.home_currency or not theirs or not ours:
        return None
    at_home = [rounded(books.total * rate, draft.home_currency) for rate in (theirs, ours)]
    return at_home[0] - at_home[1]
