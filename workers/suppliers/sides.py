"""A supplier and its vendor as one job knows them: our copies first, and each side read anew before it is written to."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from mappers.suppliers.merge import Merge
from mappers.suppliers.profile import Profile, read_supplier, read_vendor
from store.reference import Pair
from workers.records.work import Work
from workers.suppliers import cache as supplier_copies
from workers.suppliers import vendors


@dataclass
class Sides:
    """A supplier and its vendor as they are known at this step; `..._read` says that this job has read that side itself."""

    supplier_row: Mapping[str, Any]
    supplier_read: bool
    vendor_id: str | None = None
    vendor_row: Mapping[str, Any] | None = None
    vendor_read: bool = False
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


def known(work: Work) -> Sides:
    """Return both sides: from our copies when they are as new as what asks for a look, else by one read."""
    with work.runtime.read() as (session, _):
        copy = supplier_copies.supplier(session, work.connection.precoro_id, work.record.precoro_id)
        row = supplier_copies.row_of(copy) if supplier_copies.is_fresh(copy, work) else None
        sides = Sides(row or {}, supplier_read=False)
        _find_vendor(session, work, sides)
    if row is None:
        read_supplier_again(work, sides)
    else:
        describe(work, sides)
    return sides


def read_more(work: Work, sides: Sides, decision: Merge) -> bool:
    """Read the sides that the plan writes to and that this job has not read yet; False when none was left to read."""
    reads = False
    if decision.writes_quickbooks and not sides.vendor_read:
        sides.vendor_row, sides.vendor_read = vendors.read(work, str(sides.vendor_id)), True
        reads = True
    if decision.writes_precoro and not sides.supplier_read:
        read_supplier_again(work, sides)
        reads = True
    return reads


def _find_vendor(session: Session, work: Work, sides: Sides) -> None:
    """Find the vendor the supplier is paired with, and who else is paired with it."""
    connection = work.connection
    found = select(Pair).where(Pair.connection_id == connection.id, Pair.kind == "supplier")
    pair = session.scalar(found.where(Pair.precoro_key == work.record.precoro_id))
    if pair is None:
        return
    sides.vendor_id, sides.before = pair.qbo_key, pair.before
    sides.vendor_row = supplier_copies.row_of(supplier_copies.vendor(session, connection.qbo_id, pair.qbo_key))
    others = session.scalars(found.where(Pair.qbo_key == pair.qbo_key, Pair.id != pair.id)).all()
    names = (supplier_copies.supplier(session, connection.precoro_id, one.precoro_key) for one in others)
    sides.shared_with = tuple(one.name for one in names if one)


def read_supplier_again(work: Work, sides: Sides) -> None:
    """Make the one read of the supplier, and keep what it brought."""
    row = work.precoro.supplier(work.record.precoro_id)
    work.read_at = work.claimed_at
    with work.runtime.write() as (session, _):
        supplier_copies.keep_suppliers(session, work.connection, [row], work.claimed_at)
    sides.supplier_row, sides.supplier_read = row, True
    describe(work, sides)


def describe(work: Work, sides: Sides) -> None:
    """Take over what people recognise the supplier by."""
    record, supplier = work.record, sides.supplier
    record.number = record.supplier = supplier.name[:300]
    record.external_id = supplier.external_id
