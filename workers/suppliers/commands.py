"""What people do with suppliers: pair, unpair, refuse, create a vendor, answer a question, leave one out."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from sqlalchemy.orm import Session

from mappers.counterparts import SUPPLIER_IN, in_currency, subject
from mappers.currencies import pairing_refused
from mappers.remedies import Act
from mappers.settings.rules import BY_ID
from mappers.suppliers.fields import LABELS
from mappers.suppliers.merge import Answer, Side
from mappers.suppliers.vendor_creation import Wish
from qbo_client.company import has_multicurrency
from store import history, records, reference
from store.companies import Connection
from store.records import SUPPLIER
from store.reference import PRECORO, QUICKBOOKS, Entry
from workers.errors import CurrencyError, NoQuestionError, NotPairedError, TakenError
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
        ours = _entry(session, connection, PRECORO, supplier)
        theirs = _entry(session, connection, QUICKBOOKS, vendor)
        _check_free(session, connection, ours, theirs)
        _check_currency(connection, ours, theirs)
        waiting = records.waiting_for(session, connection.id, subject(SUPPLIER, ours.key))
        released = supplier_records.make_pair(session, connection, ours.key, theirs.key, moment, how="person", who=who)
        about = f"supplier:{ours.key}"
        history.note(session, moment, who, "pair", about, after=theirs.key, waiting=waiting, connection=slug)
    runtime.dispatch()
    return released


def pair_in_currency(runtime: Runtime, slug: str, supplier: str, vendor: str, currency: str, who: str) -> int:
    """Give a supplier one more vendor, for its documents in a currency; returns how many held documents that releases.

    Only the pair without a currency is kept in step. Raises NoSuchEntryError, AmbiguousNameError, TakenError and CurrencyError.
    """
    with runtime.write() as (session, moment):
        connection = connection_named(session, slug)
        ours = _entry(session, connection, PRECORO, supplier)
        theirs = _entry(session, connection, QUICKBOOKS, vendor)
        _check_not_of_another(session, connection, ours, theirs)
        kept_in = theirs.data.get("currency") or connection.qbo.home_currency
        if kept_in != currency:
            raise CurrencyError(f"Vendor {theirs.name} is kept in {kept_in}, not in {currency}.")
        about = f"supplier:{ours.key}"
        waiting = records.waiting_for(session, connection.id, about)
        twins = {in_currency(ours.key, currency): theirs.key}
        released = pairs.make(session, connection, SUPPLIER_IN, twins, moment, how="person", who=who)
        history.note(
            session, moment, who, "pair", about, after=theirs.key, waiting=waiting, connection=slug, currency=currency
        )
    runtime.dispatch()
    return released


def unpair_in_currency(runtime: Runtime, slug: str, supplier: str, currency: str, who: str) -> str:
    """Take the vendor of one more currency from a supplier; returns its id. Raises NoSuchEntryError and NotPairedError."""
    with runtime.write() as (session, moment):
        connection = connection_named(session, slug)
        ours = _entry(session, connection, PRECORO, supplier)
        vendor_id = pairs.unpair(session, connection, SUPPLIER_IN, in_currency(ours.key, currency), moment)
        if vendor_id is None:
            raise NotPairedError(
                f"Supplier {ours.name} in {currency}", Act("list_suppliers", {"connection": connection.slug})
            )
        about = f"supplier:{ours.key}"
        history.note(session, moment, who, "unpair", about, before=vendor_id, connection=slug, currency=currency)
    runtime.dispatch()
    return vendor_id


def pair_suggested(runtime: Runtime, slug: str, at_least: int, who: str) -> list[tuple[str, str]]:
    """Pair every open suggestion with at least this score that is the only one of both; returns the pairs."""
    with runtime.read() as (session, _):
        suggested = suggestions.open_of(session, connection_named(session, slug), SUPPLIER)
    likely = [(suggestion.precoro_key, suggestion.qbo_key) for suggestion in suggested if suggestion.score >= at_least]
    suppliers, vendors = Counter(pair[0] for pair in likely), Counter(pair[1] for pair in likely)
    clear = [(supplier, vendor) for supplier, vendor in likely if suppliers[supplier] == vendors[vendor] == 1]
    for supplier, vendor in clear:
        pair(runtime, slug, f"{BY_ID}{supplier}", f"{BY_ID}{vendor}", who)
    return clear


def unpair(runtime: Runtime, slug: str, supplier: str, who: str, *, undo: bool = False) -> str:
    """End a pair for good; returns the vendor's id. `undo` gives both sides back what they had before.

    Raises NoSuchEntryError and NotPairedError.
    """
    with runtime.write() as (session, moment):
        connection = connection_named(session, slug)
        ours = _entry(session, connection, PRECORO, supplier)
        vendor_id = supplier_records.vendor_of(session, connection, ours.key)
        if vendor_id is None:
            raise NotPairedError(f"Supplier {ours.name}", Act("list_suppliers", {"connection": connection.slug}))
        history.note(
            session, moment, who, "unpair", f"supplier:{ours.key}", before=vendor_id, connection=slug, undo=undo
        )
        if undo:
            supplier_records.make_due(session, connection, ours.key, moment, by_person=True, overridden=[UNDO])
        else:
            pairs.unpair(session, connection, SUPPLIER, ours.key, moment)
            supplier_records.end(session, connection, ours.key, f"unpaired by {who}")
        suggestions.refuse(session, connection, SUPPLIER, ours.key, vendor_id, who, moment)
    runtime.dispatch()
    return vendor_id


def refuse(runtime: Runtime, slug: str, supplier: str, vendor: str, who: str) -> None:
    """Mark a supplier and a vendor as not the same: they are never suggested or paired by themselves again."""
    with runtime.write() as (session, moment):
        connection = connection_named(session, slug)
        ours = _entry(session, connection, PRECORO, supplier)
        theirs = _entry(session, connection, QUICKBOOKS, vendor)
        if supplier_records.vendor_of(session, connection, ours.key) == theirs.key:
            raise TakenError(f"Supplier {ours.name}", "this very vendor", ours.key, connection.slug)
        suggestions.refuse(session, connection, SUPPLIER, ours.key, theirs.key, who, moment)
        history.note(session, moment, who, "not the same", f"supplier:{ours.key}", after=theirs.key, connection=slug)


def create(runtime: Runtime, slug: str, supplier: str, who: str, *, name: str = "", anyway: bool = False) -> int:
    """Create the vendor of one supplier, under another name if one is given; returns the id of its record.

    `anyway` steps over similar vendors. What speaks against it holds the supplier. Raises NoSuchEntryError and TakenError.
    """
    with runtime.write() as (session, moment):
        connection = connection_named(session, slug)
        ours = _entry(session, connection, PRECORO, supplier)
        vendor_id = supplier_records.vendor_of(session, connection, ours.key)
        if vendor_id is not None:
            raise TakenError(f"Supplier {ours.name}", f"vendor {vendor_id}", ours.key, connection.slug)
        wish = Wish(create=True, anyway=anyway, name=name).stored()
        record_id = supplier_records.make_due(session, connection, ours.key, moment, by_person=True, overridden=wish)
        history.note(
            session, moment, who, "create vendor", f"supplier:{ours.key}", connection=slug, name=name, anyway=anyway
        )
    runtime.dispatch()
    return record_id


def supplier_keys(runtime: Runtime, slug: str, suppliers: Sequence[str]) -> list[str]:
    """Return the ids of suppliers, each named by id or exact name. Raises NoSuchEntryError and AmbiguousNameError."""
    with runtime.read() as (session, _):
        connection = connection_named(session, slug)
        return [_entry(session, connection, PRECORO, supplier).key for supplier in suppliers]


def leave(runtime: Runtime, slug: str, supplier: str, who: str, why: str = "") -> None:
    """Leave a held supplier as it is: nothing is created for it or asked about it until somebody pairs it."""
    with runtime.read() as (session, _):
        connection = connection_named(session, slug)
        ours = _entry(session, connection, PRECORO, supplier)
        record = supplier_records.find(session, connection.id, ours.key)
        if record is None:
            raise NotPairedError(f"Supplier {ours.name}", Act("list_suppliers", {"connection": connection.slug}))
    record_commands.ignore(runtime, record.id, who, why)


def answer(runtime: Runtime, slug: str, supplier: str, field: str, side: Side, who: str) -> None:
    """Decide about a field that is asked about: Precoro is right, QuickBooks is, or both may stay as they are.

    Raises NoSuchEntryError and NoQuestionError.
    """
    with runtime.write() as (session, moment):
        connection = connection_named(session, slug)
        ours = _entry(session, connection, PRECORO, supplier)
        record = supplier_records.find(session, connection.id, ours.key)
        questions = supplier_records.questions_of(record) if record else []
        question = next((question for question in questions if question.field == field), None)
        if record is None or question is None:
            raise NoQuestionError(ours.name, LABELS.get(field, field), connection.slug)  # type: ignore[call-overload]
        answers = [*record.overridden_problems, str(Answer(question.field, side, question.digest))]
        supplier_records.make_due(session, connection, ours.key, moment, by_person=True, overridden=answers)
        label = LABELS[question.field]
        history.note(session, moment, who, "answer", f"supplier:{ours.key}", after=side, connection=slug, field=label)
    runtime.dispatch()


def _entry(session: Session, connection: Connection, side: str, text: str) -> Entry:
    """Return the supplier or vendor of this id or exact name. Raises NoSuchEntryError and AmbiguousNameError."""
    kind, company = (SUPPLIER, connection.precoro_id) if side == PRECORO else ("vendor", connection.qbo_id)
    key = entry_key(session, connection, side, kind, text)
    return reference.entries(session, side, company, [(kind, key)])[kind, key]


def _check_free(session: Session, connection: Connection, ours: Entry, theirs: Entry) -> None:
    """Raise TakenError when the supplier is paired with another vendor, or the vendor with another supplier."""
    vendor_id = supplier_records.vendor_of(session, connection, ours.key)
    if vendor_id not in {None, theirs.key}:
        raise TakenError(f"Supplier {ours.name}", f"vendor {vendor_id}", ours.key, connection.slug)
    _check_not_of_another(session, connection, ours, theirs)


def _check_not_of_another(session: Session, connection: Connection, ours: Entry, theirs: Entry) -> None:
    """Raise TakenError when the vendor is paired with another supplier."""
    suppliers = supplier_records.suppliers_of(session, connection, theirs.key)
    if any(supplier_id != ours.key for supplier_id in suppliers):
        raise TakenError(f"Vendor {theirs.name}", f"supplier {suppliers[0]}", suppliers[0], connection.slug)


def _check_currency(connection: Connection, ours: Entry, theirs: Entry) -> None:
    """Raise CurrencyError, which says what can be done, unless the vendor's currency is one of the supplier's."""
    company = connection.qbo
    currency = theirs.data.get("currency") or company.home_currency
    currencies = [code for code in ours.data.get("currencies") or [] if code]
    if currencies and currency not in currencies:
        multicurrency = has_multicurrency(company.preferences)
        reason = pairing_refused(ours.name, currencies, currency, company.home_currency, multicurrency=multicurrency)
        if reason:
            raise CurrencyError(reason)
