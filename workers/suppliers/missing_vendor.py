"""Suppliers that have no vendor: what there is that may be theirs, and creating one under an intent."""

from __future__ import annotations

from mappers.documents.outcomes import Hold, Nothing
from mappers.matching.rule import equal_names
from mappers.matching.suggestions import suggest
from mappers.policy import load_policy
from mappers.suppliers.profile import Profile
from mappers.suppliers.vendor_creation import SIMILAR, CreateVendor, PairWith, Wish, creation
from mappers.write_back import read_external_id
from workers.records.work import Work
from workers.reference import pairs, suggestions
from workers.suppliers import records as supplier_records
from workers.suppliers import vendors


def plan(work: Work, supplier: Profile) -> CreateVendor | PairWith | Hold | Nothing:
    """Decide about a supplier that is not paired."""
    wish, connection = Wish.read(work.record.overridden_problems), work.connection
    creates = connection.live_at is not None and load_policy(connection.policy).create_missing_vendors
    company = vendors.company_of(connection, automatic=creates and not supplier_records.was_paired(work.record))
    if not (company.automatic or wish.create):
        return creation(supplier, company, wish, twin=None, similar=())
    twin, similar = _alike(work, supplier)
    return creation(supplier, company, wish, twin=twin, similar=similar)


def _alike(work: Work, supplier: Profile) -> tuple[PairWith | None, list[str]]:
    """Return the vendor that surely is the supplier's own, and the names of those that may be."""
    connection = work.connection
    with work.runtime.read() as (session, _):
        left, right = pairs.parties(session, connection, "supplier")
        known, never = (
            pairs.paired(session, connection, "supplier"),
            suggestions.refused(session, connection, "supplier"),
        )
    named = read_external_id(supplier.external_id or "")
    there = {one.key: one for one in right if one.key not in known.values()}
    if named and named[:2] == (connection.qbo.realm, "vendor") and named[2] in there:
        return PairWith(named[2], "external id"), []
    found = equal_names(left, right, paired=known, refused=never).get(supplier.id)
    if found:
        return PairWith(found, "name"), []
    own = [one for one in left if one.key == supplier.id]
    alike = [one for one in suggest(own, there.values(), never) if one.score >= SIMILAR]
    return None, [f"{there[one.right].names[0]} (id {one.right}, {one.score} %)" for one in alike]
