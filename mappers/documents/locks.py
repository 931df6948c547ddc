"""Why an entity in QuickBooks may not be changed.

It is paid, linked, billed on, or in a closed period.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from mappers import problems
from mappers.books import Books
from mappers.documents.differences import own_lines, plain, tax_by_rate
from mappers.documents.document import PURCHASE_ORDER, VENDOR_CREDIT
from mappers.documents.outcomes import Body
from mappers.problems import Problem

_HARMLESS = frozenset({PURCHASE_ORDER})
"""A bill may name the order it came from; every other link locks it."""


def lock_problem(type_: str, entity: Mapping[str, Any]) -> Problem | None:
    """Return why the entity just read is locked, or None."""
    links = sorted(set(_links(entity)))
    if type_ == PURCHASE_ORDER:
        billed = ", ".join(f"{kind} {id_}" for kind, id_ in links)
        return problems.order_billed(str(entity["Id"]), billed) if links else None
    locked = problems.credit_applied if type_ == VENDOR_CREDIT else problems.bill_locked
    why = _why_locked(entity, links)
    return locked(type_, str(entity["Id"]), why) if why else None


def _why_locked(entity: Mapping[str, Any], links: Sequence[tuple[str, str]]) -> str | None:
    """Return what was done with a bill or vendor credit since it was sent, or None."""
    if is_billed_on(entity):
        return "a line has been billed on to a customer"
    locking = [f"{kind} {id_}" for kind, id_ in links if kind not in _HARMLESS]
    if locking:
        return f"{', '.join(locking)} is linked to it"
    balance, total = entity.get("Balance"), entity.get("TotalAmt")
    if balance is not None and total is not None and Decimal(balance) != Decimal(total):
        return f"its balance {balance} is not its total {total}"
    return None


def is_billed_on(entity: Mapping[str, Any]) -> bool:
    """Tell whether a line has been billed on to a customer.

    HasBeenBilled can be read but never written (fault 2170).
    """
    details = [line.get(line["DetailType"]) or {} for line in own_lines(entity)]
    return any(detail.get("BillableStatus") == "HasBeenBilled" for detail in details)


def _links(entity: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    for holder in (entity, *(entity.get("Line") or [])):
        for link in holder.get("LinkedTxn") or []:
            yield str(link.get("TxnType")), str(link.get("TxnId"))


def closed_period_problem(type_: str, entity: Mapping[str, Any], books: Books) -> Problem | None:
    """Return the problem of a bill dated in a closed period.

    Purchase orders post nothing and are never closed.
    """
    closed_until = books.preferences.book_close_date
    if type_ == PURCHASE_ORDER or closed_until is None or not entity.get("TxnDate"):
        return None
    day = date.fromisoformat(entity["TxnDate"])
    if day > closed_until:
        return None
    return problems.stands_in_closed_period(type_, str(entity["Id"]), day, closed_until)


def only_recodes(current: Mapping[str, Any], merged: Body, total: Decimal) -> bool:
    """Tell whether an update changes nothing but accounts, classes and texts.

    Vendor, currency, date, taxes and total stay.
    """
    same = all(plain(current.get(name)) == plain(merged.get(name)) for name in ("VendorRef", "CurrencyRef", "TxnDate"))
    return same and tax_by_rate(current) == tax_by_rate(merged) and Decimal(current.get("TotalAmt") or 0) == total
