"""Suppliers without a vendor: the vendor that is theirs, those that may be, and whether one is created."""

from __future__ import annotations

from mappers.documents.outcomes import Hold, Nothing
from mappers.policy import load_policy
from mappers.suppliers.profile import Profile
from mappers.suppliers.vendor_creation import CreateVendor, PairWith, Wish, creation
from mappers.write_back import read_external_id
from workers.records.work import Work
from workers.suppliers import records as supplier_records
from workers.suppliers import similar, vendors
from workers.suppliers.party_lists import PartyLists
from workers.suppliers.similar import Candidates


def plan(work: Work, supplier: Profile) -> CreateVendor | PairWith | Hold | Nothing:
    """Decide about a supplier that is not paired."""
    wish, connection = Wish.read(work.record.overridden_problems), work.connection
    creates = connection.live_at is not None and load_policy(connection.policy).create_missing_vendors
    company = vendors.company_of(connection, automatic=creates and not supplier_records.was_paired(work.record))
    if not (company.automatic or wish.create):
        return creation(supplier, company, wish, twin=None, similar=())
    with work.runtime.read() as (session, _):
        candidates = similar.load(session, connection, work.runtime.kept(PartyLists))
    own = _own_vendor(supplier, candidates, connection.qbo.realm)
    return creation(supplier, company, wish, twin=own, similar=[] if own else candidates.similar_to(supplier.id))


def _own_vendor(supplier: Profile, candidates: Candidates, realm: str) -> PairWith | None:
    """Return the vendor that surely is the supplier's own: Precoro names it, or it has the same name."""
    named = read_external_id(supplier.external_id or "")
    if named and named[:2] == (realm, "vendor") and candidates.is_unpaired_vendor(named[2]):
        return PairWith(named[2], "external id")
    vendor_id = candidates.same_name_as(supplier.id)
    return PairWith(vendor_id, "name") if vendor_id else None
