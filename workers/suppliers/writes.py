"""Writing to a supplier in Precoro and to its vendor in QuickBooks what a merge says."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from mappers import notes
from mappers.problems import Note
from mappers.suppliers import merge as supplier_merge
from mappers.suppliers.fields import LABELS, same
from mappers.suppliers.forms import new_contacts, says_nothing, supplier_form, vendor_changes
from mappers.suppliers.merge import Merge
from mappers.suppliers.profile import read_vendor
from outbound.errors import Refused
from precoro_client.errors import extra_fields
from workers.records.work import Work
from workers.suppliers import cache as supplier_copies
from workers.suppliers import records as supplier_records
from workers.suppliers import vendors
from workers.suppliers.sides import Sides


def write_supplier(work: Work, sides: Sides, decision: Merge) -> list[Note]:
    """Write to Precoro what the plan says; returns notes on what it did not take."""
    if not decision.writes_precoro:
        return []
    form = supplier_form(decision.to_precoro, active=decision.active_in_precoro)
    if "email" in decision.to_precoro:
        form["contacts"] = new_contacts(sides.supplier_row, decision.to_precoro["email"])
    row = _put(work, sides.supplier_row, form)
    if row is not None:
        with work.runtime.write() as (session, _):
            supplier_copies.keep_suppliers(session, work.connection, [row], work.claimed_at)
        sides.supplier_row = row
    after = sides.supplier
    lost = [
        LABELS[name] for name, value in decision.to_precoro.items() if not same(name, value, after.values.get(name, ""))
    ]
    if decision.active_in_precoro not in {None, after.active}:
        lost.append("change of its being active")
    return [notes.not_taken_by_precoro(label) for label in lost]


def _put(work: Work, row: Mapping[str, Any], form: dict[str, Any]) -> Mapping[str, Any] | None:
    """Write a form over a supplier, without what Precoro says a form cannot carry; None when nothing is left to write."""
    try:
        return work.precoro.change_supplier(row, form)
    except Refused as refusal:
        left = {name: value for name, value in form.items() if name not in extra_fields(refusal)}
        if len(left) == len(form):
            raise
    return work.precoro.change_supplier(row, left) if left else None


def write_vendor(work: Work, sides: Sides, decision: Merge) -> list[Note]:
    """Write to QuickBooks what the plan says; returns notes on what does not fit there."""
    if not decision.writes_quickbooks or sides.vendor_row is None:
        return []
    seen, _ = supplier_merge.understood(
        read_vendor(sides.vendor_row), sides.supplier, supplier_records.agreed_with(work.record, str(sides.vendor_id))
    )
    body, told = vendor_changes(sides.vendor_row, seen, decision.to_quickbooks, active=decision.active_in_quickbooks)
    if not says_nothing(body):
        sides.vendor_row = vendors.change(work, str(sides.vendor_id), body, decision.to_quickbooks)
    return list(told)
