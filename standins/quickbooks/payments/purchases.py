"""Rules of purchases: money that left a bank account or a card without a bill."""

from __future__ import annotations

from typing import Any

from standins.quickbooks import errors
from standins.quickbooks.company.clock import today
from standins.quickbooks.company.draft import EntityDraft
from standins.quickbooks.company.index import orders_of
from standins.quickbooks.documents import lines, orders
from standins.quickbooks.documents.amounts import total_of
from standins.quickbooks.documents.closed_books import check_books
from standins.quickbooks.documents.currencies import check_currencies, check_currency
from standins.quickbooks.documents.numbers import check_check_number
from standins.quickbooks.entities.table import NAME_SHARERS
from standins.quickbooks.errors import QuickBooksFault
from standins.quickbooks.taxes import rules as taxes
from standins.wire import money

Json = dict[str, Any]

SOURCES = {"Cash": ("Bank", "Other Current Asset"), "Check": ("Bank",), "CreditCard": ("Credit Card",)}
TYPE_NUMBERS = {"Cash": "54", "Check": "3", "CreditCard": "11"}


def complete(draft: EntityDraft) -> None:
    """Work out what QBO adds to a purchase, and refuse what it refuses."""
    new = draft.new
    new.setdefault("TxnDate", today())
    check_books(draft)
    _check_account(draft)
    _check_payee(draft)
    check_check_number(draft, "PaymentType")
    if new.get("Credit") and new["PaymentType"] != "CreditCard":
        raise errors.business("Only a credit card purchase can be a refund.")
    if "Line" in draft.clean:
        lines.complete(draft)
        check_currencies(draft)
        _show_orders(draft)
    taxes.complete(draft)
    new["TotalAmt"] = money(total_of(new))
    new["PurchaseEx"] = {"any": [_leak(TYPE_NUMBERS[new["PaymentType"]])]}


def follow(draft: EntityDraft) -> None:
    """After storing: bring the purchase orders up to date that it takes from."""
    orders.refresh(draft, draft.old, draft.record)


def unfollow(draft: EntityDraft) -> None:
    """After deleting: free the purchase orders that it took from."""
    orders.refresh(draft, draft.old, None)


def _show_orders(draft: EntityDraft) -> None:
    draft.new.pop("LinkedTxn", None)
    linked = sorted(orders_of(draft.new), key=int)
    if linked:
        draft.new["LinkedTxn"] = [{"TxnId": order, "TxnType": "PurchaseOrder"} for order in linked]


def _check_account(draft: EntityDraft) -> None:
    new = draft.new
    account = draft.company.get("Account", new["AccountRef"]["value"]) or {}
    types = SOURCES[new["PaymentType"]]
    if account.get("AccountType") not in types:
        raise errors.wrong_account_type(f"an account of type {' or '.join(types)} is expected in AccountRef")
    code = account.get("CurrencyRef", {}).get("value", draft.company.home_currency)
    chosen = new.get("CurrencyRef", {}).get("value", code)
    if code not in {chosen, draft.company.home_currency}:
        raise errors.business(f"The currency of the transaction must be the currency of the account ({code}).")
    new["CurrencyRef"] = draft.currency(chosen)
    if not draft.multicurrency:
        new.pop("ExchangeRate", None)
    else:
        new.setdefault("ExchangeRate", 1)


def _check_payee(draft: EntityDraft) -> None:
    reference = draft.new.get("EntityRef")
    if not reference:
        return
    kind = str(reference.get("type", "Vendor")).capitalize()
    if kind not in NAME_SHARERS:
        raise QuickBooksFault(errors.wrong_value(2170, "Enumeration", "EntityRef", kind))
    payee = draft.company.get(kind, str(reference.get("value", "")))
    if payee is None:
        raise errors.unknown_reference("Names", str(reference.get("value", "")), "EntityRef")
    if not payee.get("Active", True):
        raise errors.inactive_reference("vendors", "EntityRef")
    check_currency(draft, payee)
    draft.new["EntityRef"] = {"value": payee["Id"], "name": payee["DisplayName"], "type": kind}


def _leak(number: str) -> Json:
    """Return what QBO's own serialiser lets through on every purchase [recorded]; never to be sent back."""
    return {
        "name": "{http://schema.intuit.com/finance/v3}NameValue",
        "declaredType": "com.intuit.schema.finance.v3.NameValue",
        "scope": "javax.xml.bind.JAXBElement$GlobalScope",
        "value": {"Name": "TxnType", "Value": number},
        "nil": False,
        "globalScope": True,
        "typeSubstituted": False,
    }
