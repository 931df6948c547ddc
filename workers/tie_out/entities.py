"""The second walk of a report: each entity of QuickBooks, and those that stand for no document of Precoro."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from mappers.text import find_marker, is_same_number, visible
from mappers.tie_out.buckets import Placement, of_entity
from mappers.tie_out.equation import account_of_entity, postings
from mappers.tie_out.period import NEAR
from mappers.tie_out.sides import LEDGERS, BooksSide
from store import reference
from store.records import Record
from store.reference import QUICKBOOKS
from store.tie_out import ReadEntity
from workers.rows import is_id
from workers.tie_out.draft import Original, ReportDraft, Twin
from workers.tie_out.fields import amount_in, changed_at, day_in, is_currency

OF_DOCUMENT = (
    "name", "number", "status", "dated", "approved_on", "precoro_id", "order", "precoro", "paid", "sent", "rate_difference",
)  # fmt: skip
"""What a row shows of a document, and not of an entity that stands for none."""
UNSENT = frozenset({"historical", "ignored", "left_out"})
"""The buckets of documents that people enter themselves."""


def note_unlinked(session: Session, draft: ReportDraft, page: Sequence[ReadEntity]) -> list[dict[str, Any]]:
    """Note which entities of a page are linked with no document, and which of them carry our mark.

    People entered the others, or an older database was restored.
    """
    linked = _linked(session, draft, page)
    for entity in page:
        if _twin(entity) in linked:
            continue
        mark, vendor = _our_mark(draft, entity), entity.shown.get("VendorRef")
        if mark:
            _, _, kind, precoro_id = mark.split(":")
            draft.marked.setdefault((kind, precoro_id), _twin(entity))
        if isinstance(vendor, Mapping):
            draft.vendors.add(str(vendor.get("value")))
    return []


def compare_page(session: Session, draft: ReportDraft, page: Sequence[ReadEntity]) -> list[dict[str, Any]]:
    """Book a page of entities; returns the rows of those that stand for no document."""
    for entity in page:
        draft.note_reading(entity.type, entity.qbo_id, entity.shown)
    page = list(_readable(draft, page))
    others = [entity for entity in page if _twin(entity) not in draft.compared]
    owners = _owners(session, draft, others)
    names = _vendor_names(session, draft, page)
    rows = []
    for entity in page:
        owner = owners.get(_twin(entity))
        if owner is not None and owner.connection_id != draft.connection_id:
            continue
        books = books_side(_twin(entity), entity.shown, draft.home_currency)
        draft.names.setdefault(books.party, names.get(books.party, books.party))
        _book(draft, books)
        if _twin(entity) not in draft.compared:
            rows += _unexplained(draft, entity, books, owner)
    return rows


def _readable(draft: ReportDraft, page: Sequence[ReadEntity]) -> Iterator[ReadEntity]:
    """Yield the entities that show all that a report needs; the others are gaps of it."""
    for entity in page:
        unreadable = unreadable_fields(entity.shown)
        if unreadable:
            draft.gaps.append(f"{entity.type} {entity.qbo_id} of QuickBooks cannot be read: {', '.join(unreadable)}.")
        else:
            yield entity


def unreadable_fields(shown: Mapping[str, Any]) -> list[str]:
    """Return the fields of an entity without which nothing can be said of it, and which cannot be read."""
    vendor, currency = shown.get("VendorRef"), shown.get("CurrencyRef")
    readable = {
        "VendorRef": isinstance(vendor, Mapping) and is_id(vendor.get("value")),
        "CurrencyRef": not currency or (isinstance(currency, Mapping) and is_currency(currency.get("value"))),
        "TxnDate": day_in(shown, "TxnDate") is not None,
        "TotalAmt": amount_in(shown, "TotalAmt") is not None,
        "Balance": shown.get("Balance") is None or amount_in(shown, "Balance") is not None,
    }
    return [name for name, is_readable in readable.items() if not is_readable]


def books_side(twin: Twin, shown: Mapping[str, Any], home_currency: str) -> BooksSide:
    """Return an entity as it is compared; all its fields can be read."""
    return BooksSide(
        type=twin[0],
        id=twin[1],
        total=Decimal(shown["TotalAmt"]),
        currency=(shown.get("CurrencyRef") or {}).get("value") or home_currency,
        party=str(shown["VendorRef"]["value"]),
        dated=date.fromisoformat(shown["TxnDate"]),
    )


def read_columns(twin: Twin | None, shown: Mapping[str, Any] | None) -> dict[str, Any]:
    """Return what a row of the report shows of an entity."""
    if twin is None or shown is None:
        return dict.fromkeys(("type", "qbo_id", "qbo_number", "booked_on", "quickbooks", "balance"))
    balance = shown.get("Balance")
    return {
        "type": twin[0],
        "qbo_id": twin[1],
        "qbo_number": _number(shown),
        "booked_on": date.fromisoformat(shown["TxnDate"]),
        "quickbooks": Decimal(shown["TotalAmt"]),
        "balance": None if balance is None else Decimal(balance),
    }


def _number(shown: Mapping[str, Any]) -> str | None:
    """Return the number of an entity, no longer than a row keeps."""
    number = shown.get("DocNumber")
    return None if number is None else visible(str(number))[:60]


def _twin(entity: ReadEntity) -> Twin:
    return entity.type, entity.qbo_id


def _owners(session: Session, draft: ReportDraft, entities: Sequence[ReadEntity]) -> dict[Twin, Record]:
    """Return the records that entities stand for, of whichever connection."""
    owners = [session.scalars(select(Record).where(*of_type)) for of_type in _of_types(draft, entities)]
    return {(str(record.qbo_type), str(record.qbo_id)): record for records in owners for record in records}


def _linked(session: Session, draft: ReportDraft, entities: Sequence[ReadEntity]) -> set[Twin]:
    """Return the entities that stand for a record of any connection."""
    linked = [session.execute(select(Record.qbo_type, Record.qbo_id).where(*of)) for of in _of_types(draft, entities)]
    return {(str(type_), str(id_)) for rows in linked for type_, id_ in rows}


def _of_types(draft: ReportDraft, entities: Sequence[ReadEntity]) -> Iterator[tuple[ColumnElement[bool], ...]]:
    """Yield what the records of entities have in common, type by type."""
    for type_ in {entity.type for entity in entities}:
        ids = [entity.qbo_id for entity in entities if entity.type == type_]
        yield Record.qbo_company_id == draft.qbo_id, Record.qbo_type == type_, Record.qbo_id.in_(ids)


def _vendor_names(session: Session, draft: ReportDraft, page: Sequence[ReadEntity]) -> dict[str, str]:
    keys = {("vendor", str(entity.shown["VendorRef"]["value"])) for entity in page}
    entries = reference.entries(session, QUICKBOOKS, draft.qbo_id, keys)
    return {key: entry.name for (_, key), entry in entries.items()}


def _book(draft: ReportDraft, books: BooksSide) -> None:
    """Add an entity to what QuickBooks holds in the period; by approval it goes with its document."""
    by_booking = books.dated in draft.period
    counts = {"date": by_booking, "approval": draft.compared.get((books.type, books.id), by_booking)}
    for basis, equations in draft.equations.items():
        if counts[basis]:
            equations.book(account_of_entity(books), books.total)


def _unexplained(
    draft: ReportDraft, entity: ReadEntity, books: BooksSide, owner: Record | None
) -> list[dict[str, Any]]:
    """Return the row of an entity that stands for no document of the report, if it is in the period or open.

    One that looks like a document of the period counts with it, though it was entered a few days before or after.
    """
    original = None if owner else _original(draft, books, str(entity.shown.get("DocNumber") or ""))
    placement = _placement(draft, entity, original, owner)
    in_period = books.dated in draft.period
    by_date = placement.bucket == "suspected_duplicate" and original is not None and original.dated in draft.period
    for basis in draft.equations:
        draft.post(basis, postings(placement.bucket, None, books, counts=False, is_booked=in_period))
    columns = read_columns(_twin(entity), entity.shown)
    if not (in_period or by_date or columns["balance"]):
        return []
    if in_period or by_date:
        draft.counts[placement.bucket] += 1
    return [
        {
            "ledger": LEDGERS[books.type],
            "bucket": placement.bucket,
            "why": placement.why[:1000],
            "currency": books.currency,
            "party": books.party,
            "supplier": draft.names[books.party],
            "record_id": owner.id if owner else None,
            "due_on": day_in(entity.shown, "DueDate"),
            "effect": books.total if in_period else Decimal(0),
            "is_received": False,
            "by_date": by_date,
            "by_approval": False,
            "by_booking": in_period,
            **dict.fromkeys(OF_DOCUMENT),
            **columns,
        }
    ]


def _placement(draft: ReportDraft, entity: ReadEntity, original: Original | None, owner: Record | None) -> Placement:
    """Return the bucket of an entity that stands for no document of the report; `original` is the document that it looks like."""
    changed = changed_at(entity.shown)
    in_flight = changed is not None and changed >= draft.last_look
    mark = _our_mark(draft, entity)
    if owner is not None:
        return of_entity(f"of {owner.name}", None, in_flight=in_flight)
    if original is not None and original.bucket in UNSENT and not mark:
        return Placement("entered_directly", f"It looks like {original.name}, which Tieout does not send.")
    return of_entity(mark, original.name if original else None, in_flight=in_flight)


def _our_mark(draft: ReportDraft, entity: ReadEntity) -> str | None:
    """Return the mark of this connection on an entity."""
    mark = find_marker(str(entity.shown.get("PrivateNote") or ""))
    return mark if mark and mark.split(":")[1] == draft.slug else None


def _original(draft: ReportDraft, books: BooksSide, number: str) -> Original | None:
    """Return the document that an entity may have been entered again for: by its number, else by its amount and date."""
    alike = [
        original
        for original in draft.originals.get(books.party, ())
        if (original.type, original.currency) == (books.type, books.currency)
    ]
    by_number = (original for original in alike if any(is_same_number(number, other) for other in original.numbers))
    by_figures = (
        original
        for original in alike
        if original.amount == books.total and original.dated is not None and abs(original.dated - books.dated) <= NEAR
    )
    return next(by_number, None) or next(by_figures, None)
