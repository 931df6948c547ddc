"""Split invoices: how an answer tells that an invoice is a part of another one."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from standins.precoro.company import CompanyRecords, Record

WHOLE, MAIN = 0, 10


def with_parent(company: CompanyRecords, invoice: Record, shape: str) -> Record:
    """Return an invoice that names its parent in one of the shapes that Precoro had."""
    if shape == "parentData":
        return dict(invoice)
    rest = {name: value for name, value in invoice.items() if name != "parentData"}
    if shape == "parentIdn":
        return {**rest, "parentIdn": invoice["parentData"]["idn"] if invoice["parentData"] else None}
    return {**rest, "splitIndex": _index(company, invoice)}


def _index(company: CompanyRecords, invoice: Record) -> int:
    """Return 0 for a whole invoice, 10 for the main part, else which part it is, from 1 on without 10."""
    if invoice["parentData"] is None:
        return MAIN if _parts(company, invoice["id"]) else WHOLE
    place = 1 + _parts(company, invoice["parentData"]["id"]).index(invoice["id"])
    return place if place < MAIN else place + 1


def _parts(company: CompanyRecords, parent: int) -> list[int]:
    return [part["id"] for part in company.all("invoices") if part["parentData"] and part["parentData"]["id"] == parent]
