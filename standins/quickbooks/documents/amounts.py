"""Total and open balance of a document, and the vendor's open balance."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from standins.quickbooks import errors
from standins.quickbooks.company.draft import EntityDraft
from standins.wire import money

Json = dict[str, Any]

CENT = Decimal("0.01")


def total_of(record: Json) -> Decimal:
    """Add up lines and tax; a negative total is refused."""
    total = sum((Decimal(line.get("Amount", 0)) for line in record["Line"]), Decimal(0))
    if record.get("GlobalTaxCalculation") in {"TaxExcluded", "TaxInclusive"}:
        total += Decimal(record.get("TxnTaxDetail", {}).get("TotalTax", 0))
    if total < 0:
        raise errors.business("Transaction amount must be 0 or greater.")
    return total


def open_balance(draft: EntityDraft, identity: str, record: Json) -> Json:
    """Return Balance (and HomeBalance) of a bill or credit after what was applied to it."""
    paid = draft.company.index.paid_on(draft.entity.name, identity)
    return balances(record, paid, with_home=draft.multicurrency and draft.entity.name == "Bill")


def balances(record: Json, paid: Decimal, *, with_home: bool) -> Json:
    """Return the open balance of a bill or credit, in its own and in home currency."""
    balance = max(Decimal(record["TotalAmt"]) - paid, Decimal(0))
    if not with_home:
        return {"Balance": money(balance)}
    home = (balance * Decimal(record.get("ExchangeRate", 1))).quantize(CENT, ROUND_HALF_UP)
    return {"Balance": money(balance), "HomeBalance": money(home)}


def move_vendor_balance(draft: EntityDraft, old: Json | None, new: Json | None) -> None:
    """Move the vendor's balance from the old version to the new one."""
    sign = -1 if draft.entity.name == "VendorCredit" else 1
    for record, direction in ((old, -sign), (new, sign)):
        if record and "Balance" in record:
            draft.company.add_to_vendor_balance(record["VendorRef"]["value"], direction * Decimal(record["Balance"]))
