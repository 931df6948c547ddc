"""One supplier beside its vendor, field by field, with what was asked, suggested and done about it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from mappers.problems import Problem
from mappers.suppliers.fields import GUARDED, LABELS, Field, same
from mappers.suppliers.merge import Question
from mappers.suppliers.profile import Profile, UnreadableProfile, read_supplier, read_vendor
from mappers.web_addresses import in_quickbooks
from store.companies import Connection
from store.records import SUPPLIER, Record
from store.reference import PRECORO, Entry, Pair
from workers.lookup import connection_named, entry_key
from workers.records.outcome import problem_of
from workers.records.timeline import Happening, timeline_of
from workers.reference.pairs import SUPPLIER_KINDS
from workers.runtime import Runtime
from workers.suppliers import cache
from workers.suppliers import records as supplier_records
from workers.suppliers.views import SuggestedVendor, suggestions_of


@dataclass(frozen=True, slots=True)
class ComparedField:
    """One shared field of a supplier and its vendor; None where a side does not tell.

    Args:
        is_guarded: a change of it is always asked about, since that is how payment fraud looks
        why_asked: why a person has to decide about it, if one has to
    """

    field: Field
    label: str
    precoro: str | None
    quickbooks: str | None
    differs: bool
    is_guarded: bool
    why_asked: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class SupplierDetail:
    """One supplier with its vendor, or with what its vendor may be.

    Args:
        state, reason, due: how it is kept in step; `open` as long as it never had a vendor
        how, who, paired_at: how the pair came about
        in_currencies: the vendors that it has besides, by currency
    """

    connection: str
    supplier: str
    name: str
    state: str
    reason: str | None
    due: bool
    vendor: str | None
    vendor_name: str | None
    qbo_page: str | None
    how: str | None
    who: str | None
    paired_at: datetime | None
    in_currencies: Mapping[str, str]
    fields: tuple[ComparedField, ...]
    problems: tuple[Problem, ...]
    suggestions: tuple[SuggestedVendor, ...]
    timeline: tuple[Happening, ...]


def supplier_detail(runtime: Runtime, slug: str, supplier: str) -> SupplierDetail:
    """Return everything about a supplier, named by its id or exact name, from our copies of both sides.

    Raises NoSuchConnectionError, NoSuchEntryError and AmbiguousNameError.
    """
    with runtime.read() as (session, _):
        connection = connection_named(session, slug)
        key = entry_key(session, connection, PRECORO, SUPPLIER, supplier)
        ours = cache.supplier(session, connection.precoro_id, key)
        pairs = _pairs(session, connection, key)
        pair = pairs.pop("", None)
        theirs = cache.vendor(session, connection.qbo_id, pair.qbo_key) if pair else None
        record = supplier_records.find(session, connection.id, key)
        return SupplierDetail(
            connection=connection.slug,
            supplier=key,
            name=ours.name if ours else key,
            vendor=pair.qbo_key if pair else None,
            vendor_name=theirs.name if theirs else None,
            qbo_page=in_quickbooks(connection.qbo.environment, "vendor", pair.qbo_key if pair else None),
            how=pair.how if pair else None,
            who=pair.who if pair else None,
            paired_at=pair.paired_at if pair else None,
            in_currencies={currency: other.qbo_key for currency, other in pairs.items()},
            fields=_compared(ours, theirs, supplier_records.questions_of(record) if record else []),
            suggestions=() if pair else suggestions_of(session, connection, key),
            **_standing(session, record),
        )


def _pairs(session: Session, connection: Connection, key: str) -> dict[str, Pair]:
    """Return the pairs of a supplier by currency, "" for its own."""
    pairs = select(Pair).where(Pair.connection_id == connection.id, Pair.kind.in_(SUPPLIER_KINDS))
    of_supplier = Pair.precoro_key.in_([key]) | Pair.precoro_key.startswith(f"{key}:", autoescape=True)
    return {pair.precoro_key.partition(":")[2]: pair for pair in session.scalars(pairs.where(of_supplier))}


def _standing(session: Session, record: Record | None) -> Mapping[str, Any]:
    """Return how a supplier is kept in step, and what happened to it."""
    if record is None:
        return {"state": "open", "reason": None, "due": False, "problems": (), "timeline": ()}
    return {
        "state": record.state,
        "reason": record.reason,
        "due": record.requested_version > record.handled_version,
        "problems": tuple(problem_of(row) for row in record.problems),
        "timeline": timeline_of(session, record),
    }


def _compared(ours: Entry | None, theirs: Entry | None, questions: list[Question]) -> tuple[ComparedField, ...]:
    """Return every field as both sides have it."""
    precoro, quickbooks = _values(ours, read_supplier), _values(theirs, read_vendor)
    reasons = {question.field: question.why for question in questions}
    return tuple(
        ComparedField(
            field=name,
            label=label,
            precoro=precoro.get(name),
            quickbooks=quickbooks.get(name),
            differs=theirs is not None and not same(name, precoro.get(name, ""), quickbooks.get(name, "")),
            is_guarded=name in GUARDED,
            why_asked=reasons.get(name),
        )
        for name, label in LABELS.items()
    )


def _values(entry: Entry | None, read: Callable[[Mapping[str, Any]], Profile]) -> Mapping[Field, str]:
    """Return what our copy of a side holds; an address in bare lines stands in its first field."""
    row = cache.row_of(entry)
    try:
        profile = read(row) if row else Profile("")
    except UnreadableProfile:
        return {}
    return {"address": profile.free_address, **profile.values} if profile.free_address else profile.values
