"""What people do with suppliers: pair, unpair, mark as not the same, create a vendor, answer what is asked, leave it."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from mappers.currencies import pairing_refused
from mappers.remedies import Act
from mappers.suppliers.fields import LABELS
from mappers.suppliers.merge import Answer, Question, Side
from mappers.suppliers.vendor_creation import Wish
from qbo_client.company import has_multicurrency
from store import history, reference
from store.companies import Connection
from store.records import SUPPLIER, Record
from store.reference import OPEN, PRECORO, QUICKBOOKS, Entry, Suggestion
from workers.errors import (
    CurrencyError,
    NoQuestionError,
    NotPairedError,
    TakenError,
)
from workers.lookup import connection_named, entry_key
from workers.records import commands as record_commands
from workers.reference import pairs, suggestions
from workers.runtime import Runtime
from workers.suppliers import records as supplier_records
from workers.suppliers.kind import UNDO


def pair(runtime: Runtime, slug: str, supplier: str, vendor: str, who: str) -> int:
    """Pair a supplier with a vendor, each named by id or exact name; returns how many held documents that releases.

    Raises NoSuchEntryError, AmbiguousNameError, TakenError and CurrencyError.
    """
    with runtime.write() as (session, moment):
        connection = connection_named(session, slug)
        left = _entry(session, connection, PRECORO, supplier)
        right = _entry(session, connection, QUICKBOOKS, vendor)
        _check_free(session, connection, left, right)
        _check_currency(connection, left, right)
        released = supplier_records.make_pair(session, connection, left.key, right.key, moment, how="person", who=who)
        history.note(session, moment, who, "pair", f"supplier:{left.key}", after=right.key, connection=slug)
    runtime.dispatch()
    return released


def pair_suggested(runtime: Runtime, slug: str, at_least: int, who: str) -> list[tuple[str, str]]:
    """Pair every open suggestion with at least this score that is the only one of both; returns the pairs."""
    with runtime.read() as (session, _):
        connection = connection_named(session, slug)
        told = session.execute(
            select(Suggestion.precoro_key, Suggestion.qbo_key).where(
                Suggestion.connection_id == connection.id,
                Suggestion.kind == SUPPLIER,
                Suggestion.state == OPEN,
                Suggestion.score >= at_least,
            )
        ).all()
    lefts, rights = [row[0] for row in told], [row[1] for row in told]
    sure = [(left, right) for left, right in told if lefts.count(left) == 1 and rights.count(right) == 1]
    for left, right in sure:
        pair(runtime, slug, left, right, who)
    return sure


def unpair(runtime: Runtime, slug: str, supplier: str, who: str, *, undo: bool = False) -> str:
    """End a pair, for good: it is not suggested again; returns the vendor's id. `undo` gives both sides back what they had.

    Raises NoSuchEntryError and NotPairedError.
    """
    with runtime.write() as (session, moment):
        connection = connection_named(session, slug)
        left = _entry(session, connection, PRECORO, supplier)
        vendor = reference.pairs(session, connection.id, [(SUPPLIER, left.key)]).get((SUPPLIER, left.key))
        if vendor is None:
            raise NotPairedError(f"Supplier {left.name}", Act("list_suppliers", {"connection": connection.slug}))
        history.note(session, moment, who, "unpair", f"supplier:{left.key}", before=vendor, connection=slug, undo=undo)
        if undo:
            supplier_records.look_at(session, connection, left.key, moment, by_person=True, overridden=[UNDO])
        else:
            pairs.unpair(session, connection, SUPPLIER, left.key)
            supplier_records.ended(session, connection, left.key, f"unpaired by {who}")
        suggestions.refuse(session, connection, SUPPLIER, left.key, vendor, who, moment)
    runtime.dispatch()
    return vendor


def refuse(runtime: Runtime, slug: str, supplier: str, vendor: str, who: str) -> None:
    """Mark a supplier and a vendor as not the same: they are never suggested or paired by themselves again."""
    with runtime.write() as (session, moment):
        connection = connection_named(session, slug)
        left = _entry(session, connection, PRECORO, supplier)
        right = _entry(session, connection, QUICKBOOKS, vendor)
        if reference.pairs(session, connection.id, [(SUPPLIER, left.key)]).get((SUPPLIER, left.key)) == right.key:
            raise TakenError(f"Supplier {left.name}", "this very vendor", left.key, connection.slug)
        suggestions.refuse(session, connection, SUPPLIER, left.key, right.key, who, moment)
        history.note(session, moment, who, "not the same", f"supplier:{left.key}", after=right.key, connection=slug)


def create(runtime: Runtime, slug: str, supplier: str, who: str, *, name: str = "", anyway: bool = False) -> int:
    """Create the vendor of one supplier, under another name if one is given; returns the id of its record.

    `anyway` steps over similar vendors. What speaks against it holds the supplier. Raises NoSuchEntryError and TakenError.
    """
    with runtime.write() as (session, moment):
        connection = connection_named(session, slug)
        left = _entry(session, connection, PRECORO, supplier)
        vendor = reference.pairs(session, connection.id, [(SUPPLIER, left.key)]).get((SUPPLIER, left.key))
        if vendor is not None:
            raise TakenError(f"Supplier {left.name}", f"vendor {vendor}", left.key, connection.slug)
        wish = Wish(create=True, anyway=anyway, name=name)
        record_id = supplier_records.look_at(
            session, connection, left.key, moment, by_person=True, overridden=wish.stored()
        )  # fmt: skip
        history.note(
            session, moment, who, "create vendor", f"supplier:{left.key}", connection=slug, name=name, anyway=anyway
        )
    runtime.dispatch()
    return record_id


def leave(runtime: Runtime, slug: str, supplier: str, who: str, why: str = "") -> None:
    """Leave a supplier that is held as it is: nothing is created for it or asked about it until somebody pairs it."""
    with runtime.read() as (session, _):
        connection = connection_named(session, slug)
        left = _entry(session, connection, PRECORO, supplier)
        found = supplier_records.of(session, connection.id, left.key)
        if found is None:
            raise NotPairedError(f"Supplier {left.name}", Act("list_suppliers", {"connection": connection.slug}))
    record_commands.ignore(runtime, found.id, who, why)


def answer(runtime: Runtime, slug: str, supplier: str, field: str, side: Side, who: str) -> None:
    """Decide about a field that is asked about: Precoro is right, QuickBooks is, or both may stay as they are.

    Raises NoSuchEntryError and NoQuestionError.
    """
    with runtime.write() as (session, moment):
        connection = connection_named(session, slug)
        left = _entry(session, connection, PRECORO, supplier)
        record = supplier_records.of(session, connection.id, left.key)
        question = next((one for one in _questions(record) if one.field == field), None)
        if record is None or question is None:
            raise NoQuestionError(left.name, LABELS.get(field, field), connection.slug)  # type: ignore[call-overload]
        given = [*record.overridden_problems, str(Answer(question.field, side, question.digest))]
        supplier_records.look_at(session, connection, left.key, moment, by_person=True, overridden=given)
        history.note(
            session,
            moment,
            who,
            "answer",
            f"supplier:{left.key}",
            after=side,
            connection=slug,
            field=LABELS[question.field],
        )
    runtime.dispatch()


def _questions(record: Record | None) -> list[Question]:
    return supplier_records.questions_of(record) if record else []


def _entry(session: Session, connection: Connection, side: str, text: str) -> Entry:
    """Return the supplier or vendor of this id or exact name. Raises NoSuchEntryError and AmbiguousNameError."""
    kind = "supplier" if side == PRECORO else "vendor"
    key = entry_key(session, connection, side, kind, text)
    company = connection.precoro_id if side == PRECORO else connection.qbo_id
    return reference.entries(session, side, company, [(kind, key)])[kind, key]


def _check_free(session: Session, connection: Connection, left: Entry, right: Entry) -> None:
    """Raise TakenError when the supplier is paired with another vendor, or the vendor with another supplier."""
    vendor = reference.pairs(session, connection.id, [(SUPPLIER, left.key)]).get((SUPPLIER, left.key))
    if vendor not in {None, right.key}:
        raise TakenError(f"Supplier {left.name}", f"vendor {vendor}", left.key, connection.slug)
    twins = [one for one in reference.paired_with(session, connection.id, [right.key]) if one.kind == SUPPLIER]
    if any(one.precoro_key != left.key for one in twins):
        supplier = twins[0].precoro_key
        raise TakenError(f"Vendor {right.name}", f"supplier {supplier}", supplier, connection.slug)


def _check_currency(connection: Connection, left: Entry, right: Entry) -> None:
    """Raise CurrencyError, which says what can be done, unless the vendor's currency is one of the supplier's."""
    company = connection.qbo
    currency = right.data.get("currency") or company.home_currency
    currencies = [one for one in left.data.get("currencies") or [] if one]
    if currencies and currency not in currencies:
        several = has_multicurrency(company.preferences)
        reason = pairing_refused(left.name, currencies, currency, company.home_currency, multicurrency=several)
        if reason:
            raise CurrencyError(reason)
