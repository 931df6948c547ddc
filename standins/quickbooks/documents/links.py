"""What a document shows of the transactions that are linked to it."""

from __future__ import annotations

from typing import Any

from standins.quickbooks.company.draft import EntityDraft
from standins.quickbooks.company.index import orders_of
from standins.quickbooks.entities.table import ENTITIES

Json = dict[str, Any]

PAYMENT_TYPES = {"Check": "BillPaymentCheck", "CreditCard": "BillPaymentCreditCard"}


def links(draft: EntityDraft, identity: str, record: Json) -> list[Json]:
    """Return LinkedTxn of a bill or credit: orders, charges, payments."""
    linked = [{"TxnId": order, "TxnType": "PurchaseOrder"} for order in sorted(orders_of(record), key=int)]
    charges = (link for line in record["Line"] for link in line.get("LinkedTxn", []))
    linked += [
        {"TxnId": link["TxnId"], "TxnType": "ReimburseCharge"}
        for link in charges
        if link["TxnType"] == "ReimburseCharge"
    ]
    for payment in sorted(draft.company.index.payments_on(draft.entity.name, identity), key=int):
        journal = draft.company.journals.get(payment)
        kind = draft.company.tables["BillPayment"].get(payment, {}).get("PayType", "Check")
        linked.append({"TxnId": payment, "TxnType": journal["type"] if journal else PAYMENT_TYPES[kind]})
    return linked


def unlink_payments(draft: EntityDraft, identity: str) -> None:
    """Drop a document that is gone from the payments that paid it."""
    company = draft.company
    for payment in list(company.index.applied.pop((draft.entity.name, identity), {})):
        record = company.tables["BillPayment"].get(payment)
        if record is None:
            continue
        kept = [
            line
            for line in record["Line"]
            if not any(link["TxnId"] == identity and link["TxnType"] == draft.entity.name for link in line["LinkedTxn"])
        ]
        company.touch(ENTITIES["BillPayment"], payment, Line=kept)
