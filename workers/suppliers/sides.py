"""A supplier and its vendor as one job knows them: read from our copies, read again before a write, and written.

The only owner of both rows: whoever changes a side goes through here, so that what is known is what was read or written last.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from mappers import notes
from mappers.problems import Note
from mappers.suppliers import merge as supplier_merge
from mappers.suppliers.fields import LABELS, same
from mappers.suppliers.forms import new_contacts, says_nothing, supplier_form, vendor_changes
from mappers.suppliers.merge import Merge
from mappers.suppliers.profile import Profile, read_supplier, read_vendor
from outbound.errors import Refused
from outbound.wire import JsonObject
from precoro_client.errors import extra_fields
from store.records import SUPPLIER
from store.reference import Pair
from workers.records.work import Work
from workers.suppliers import cache, vendors
from workers.suppliers import records as supplier_records


@dataclass
class Sides:
    """A supplier and its vendor as they are known at this step.

    Args:
        supplier_is_read: this job has read the supplier itself; `vendor_is_read` likewise
        before: what both sides were before they were paired
        shared_with: the names of the other suppliers that are paired with the vendor
    """

    work: Work
    supplier_row: Mapping[str, Any]
    supplier_is_read: bool = False
    vendor_id: str | None = None
    vendor_row: Mapping[str, Any] | None = None
    vendor_is_read: bool = False
    before: Mapping[str, Any] | None = None
    shared_with: tuple[str, ...] = ()

    @property
    def supplier(self) -> Profile:
        """Return the supplier."""
        return read_supplier(self.supplier_row)

    @property
    def vendor(self) -> Profile | None:
        """Return the vendor, if there is one."""
        return read_vendor(self.vendor_row) if self.vendor_row else None

    def read_supplier(self) -> None:
        """Read the supplier in Precoro, and keep it."""
        work = self.work
        self.supplier_row, self.supplier_is_read = work.precoro.supplier(work.record.precoro_id), True
        work.read_at = work.claimed_at
        self._keep_supplier()
        self.describe()

    def read_vendor(self) -> None:
        """Read the vendor in QuickBooks, and keep it. Metered."""
        self.vendor_row, self.vendor_is_read = vendors.read(self.work, str(self.vendor_id)), True

    def read_before_writing(self, decision: Merge) -> bool:
        """Read the sides that a plan writes to and that were not read yet; False when there was nothing to read."""
        reads_vendor = decision.writes_quickbooks and not self.vendor_is_read
        reads_supplier = decision.writes_precoro and not self.supplier_is_read
        if reads_vendor:
            self.read_vendor()
        if reads_supplier:
            self.read_supplier()
        return reads_vendor or reads_supplier

    def write_supplier(self, decision: Merge) -> list[Note]:
        """Write to Precoro what the plan says; returns notes on what it did not take."""
        if not decision.writes_precoro:
            return []
        form = supplier_form(decision.to_precoro, active=decision.active_in_precoro)
        if "email" in decision.to_precoro:
            form["contacts"] = new_contacts(self.supplier_row, decision.to_precoro["email"])
        answer = _change_supplier(self.work, self.supplier_row, form)
        if answer is not None:
            self.supplier_row = answer
            self._keep_supplier()
        return _not_taken(self.supplier, decision)

    def write_vendor(self, decision: Merge) -> list[Note]:
        """Write to QuickBooks what the plan says; returns notes on what does not fit there."""
        if not decision.writes_quickbooks or self.vendor_row is None:
            return []
        agreed = supplier_records.agreed_with(self.work.record, str(self.vendor_id))
        vendor, _ = supplier_merge.understood(read_vendor(self.vendor_row), self.supplier, agreed)
        body, not_fitting = vendor_changes(
            self.vendor_row, vendor, decision.to_quickbooks, active=decision.active_in_quickbooks
        )
        if not says_nothing(body):
            self.vendor_row = vendors.change(self.work, str(self.vendor_id), body, decision.to_quickbooks)
        return list(not_fitting)

    def describe(self) -> None:
        """Note with the record what people recognise the supplier by."""
        record, supplier = self.work.record, self.supplier
        record.number = record.supplier = supplier.name[:300]
        record.external_id = supplier.external_id

    def _keep_supplier(self) -> None:
        work = self.work
        with work.runtime.write() as (session, _):
            cache.keep_suppliers(session, work.connection, [self.supplier_row], work.claimed_at)


def load(work: Work) -> Sides:
    """Return both sides from our copies; the supplier is read when its copy is older than what asks for a look."""
    with work.runtime.read() as (session, _):
        copy = cache.supplier(session, work.connection.precoro_id, work.record.precoro_id)
        row = cache.row_of(copy) if cache.is_fresh(copy, work) else None
        sides = Sides(work, row or {})
        _find_vendor(session, sides)
    if row is None:
        sides.read_supplier()
    else:
        sides.describe()
    return sides


def _find_vendor(session: Session, sides: Sides) -> None:
    """Find the vendor that the supplier is paired with, and the other suppliers that share it."""
    connection, supplier_key = sides.work.connection, sides.work.record.precoro_id
    of_connection = select(Pair).where(Pair.connection_id == connection.id, Pair.kind == SUPPLIER)
    pair = session.scalar(of_connection.where(Pair.precoro_key == supplier_key))
    if pair is None:
        return
    sides.vendor_id, sides.before = pair.qbo_key, pair.before
    sides.vendor_row = cache.row_of(cache.vendor(session, connection.qbo_id, pair.qbo_key))
    others = session.scalars(of_connection.where(Pair.qbo_key == pair.qbo_key, Pair.id != pair.id)).all()
    copies = (cache.supplier(session, connection.precoro_id, other.precoro_key) for other in others)
    sides.shared_with = tuple(copy.name for copy in copies if copy)


def _change_supplier(work: Work, row: Mapping[str, Any], form: dict[str, Any]) -> JsonObject | None:
    """Write a form over a supplier, without what Precoro says a form cannot carry; None when nothing is left to write."""
    try:
        return work.precoro.change_supplier(row, form)
    except Refused as refusal:
        accepted = {name: value for name, value in form.items() if name not in extra_fields(refusal)}
        if len(accepted) == len(form):
            raise
    return work.precoro.change_supplier(row, accepted) if accepted else None


def _not_taken(supplier: Profile, decision: Merge) -> list[Note]:
    """Return notes on what a supplier does not hold although the plan wrote it."""
    lost = [
        LABELS[name]
        for name, value in decision.to_precoro.items()
        if not same(name, value, supplier.values.get(name, ""))
    ]
    if decision.active_in_precoro not in {None, supplier.active}:
        lost.append("change of its being active")
    return [notes.not_taken_by_precoro(label) for label in lost]
