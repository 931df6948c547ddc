"""Rules of bill payments."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from standins.quickbooks import errors
from standins.quickbooks.company.clock import today
from standins.quickbooks.company.draft import EntityDraft
from standins.quickbooks.company.index import payments_of
from standins.quickbooks.documents.amounts import balances
from standins.quickbooks.documents.closed_books import check_books
from standins.quickbooks.documents.currencies import check_currency
from standins.quickbooks.documents.links import links
from standins.quickbooks.documents.numbers import check_check_number
from standins.quickbooks.documents.payables import set_currency
from standins.quickbooks.entities.table import ENTITIES
from standins.quickbooks.errors import QuickBooksFault
from standins.wire import money

Json = dict[str, Any]

HELD_HERE = frozenset({"Bill", "VendorCredit"})
LINKABLE = HELD_HERE | {"JournalEntry", "Deposit"}
SOURCES = {
    "Check": ("CheckPayment", "BankAccountRef", "Bank"),
    "CreditCard": ("CreditCardPayment", "CCAccountRef", "Credit Card"),
}


def complete(draft: EntityDraft) -> None:
    """Work out what QBO adds to a bill payment, and refuse what it refuses."""
    new = draft.new
    new.setdefault("TxnDate", today())
    check_books(draft)
    set_currency(draft)
    new.pop("APAccountRef", None)  # accepted, not echoed
    _check_source(draft)
    check_check_number(draft, "PayType")
    if Decimal(new["TotalAmt"]) < 0:
        raise errors.business("Transaction amount must be 0 or greater.")
    if "Line" in draft.clean:
        new["Line"] = [line for line in (_line(draft, line) for line in draft.clean["Line"]) if line]
    _check_total(draft)


def _check_source(draft: EntityDraft) -> None:
    new = draft.new
    part, name, kind = SOURCES[new["PayType"]]
    account_ref = new.get(part, {}).get(name)
    if account_ref is None:
        if Decimal(new["TotalAmt"]) != 0:
            raise QuickBooksFault(errors.required(name))
        return
    account = draft.company.get("Account", account_ref["value"]) or {}
    if account.get("AccountType") != kind:
        raise errors.wrong_account_type(f"an account of type {kind} is expected in {name}")
    check_currency(draft, account)
    if part == "CheckPayment":
        new[part] = {"PrintStatus": "NotSet", **new[part]}


def _line(draft: EntityDraft, sent: Json) -> Json | None:
    if sent.get("Amount") is None:
        raise QuickBooksFault(errors.required("Amount"))
    if not sent.get("LinkedTxn"):
        raise QuickBooksFault(errors.required("LinkedTxn"))
    links = [link for link in sent["LinkedTxn"] if link.get("TxnType") in LINKABLE]
    if not links:
        return None  # links to a Purchase and the like are dropped silently
    for link in links:
        if link["TxnType"] in HELD_HERE and not _fits(draft, link, Decimal(sent["Amount"])):
            return None
    return {"Amount": sent["Amount"], "LinkedTxn": links}


def _fits(draft: EntityDraft, link: Json, amount: Decimal) -> bool:
    """Tell whether something is left to pay; refuse more than that."""
    target = draft.company.get(link["TxnType"], str(link.get("TxnId", "")))
    if target is None:
        raise errors.unknown_reference("Txns", str(link.get("TxnId", "")), "TxnId")
    if target["VendorRef"]["value"] != draft.new["VendorRef"]["value"]:
        raise errors.cannot_be_linked("the transaction belongs to another vendor")
    own = draft.old["Id"] if draft.old else ""
    already = draft.company.index.payments_on(link["TxnType"], target["Id"]).get(own, Decimal(0))
    left = Decimal(target["Balance"]) + already
    if left and amount > left:
        raise errors.business("You can't apply more than the open balance of the transaction.")
    return bool(left)


def _check_total(draft: EntityDraft) -> None:
    applied = payments_of(draft.new)
    credit = sum((amount for (kind, _), amount in applied.items() if kind != "Bill"), Decimal(0))
    bills = sum((amount for (kind, _), amount in applied.items() if kind == "Bill"), Decimal(0))
    if Decimal(draft.new["TotalAmt"]) < bills - credit:
        raise errors.business("The amount paid is less than the amount applied.")


def follow(draft: EntityDraft) -> None:
    """After storing: move Balance and LinkedTxn of every bill and credit touched."""
    for kind, identity in sorted(payments_of(draft.old or {}).keys() | payments_of(draft.record).keys()):
        _refresh(draft, kind, identity)


def unfollow(draft: EntityDraft) -> None:
    """After deleting: the bills are open again."""
    draft.record = {}
    follow(draft)


def apply(draft: EntityDraft, type_: str, identity: str, amount: Decimal) -> None:
    """Let a transaction that is not modelled, such as a journal entry, pay a bill; only the bill shows it. 0 undoes it."""
    bill = draft.record["Id"]
    draft.company.journals[identity] = {"type": type_, "bill": bill, "amount": money(amount)}
    draft.company.index.apply(identity, bill, amount)
    _refresh(draft, "Bill", bill)


def _refresh(draft: EntityDraft, kind: str, identity: str) -> None:
    company = draft.company
    target = company.get(kind, identity) if kind in HELD_HERE else None
    if target is None:
        return
    paid = company.index.paid_on(kind, identity)
    changes = balances(target, paid, with_home=draft.multicurrency and kind == "Bill")
    inner = EntityDraft(company, ENTITIES[kind], draft.caller, {}, target)
    moved = Decimal(changes["Balance"]) - Decimal(target["Balance"])
    company.touch(ENTITIES[kind], identity, **changes, LinkedTxn=links(inner, identity, target) or None)
    company.add_to_vendor_balance(target["VendorRef"]["value"], -moved if kind == "VendorCredit" else moved)


def pay(draft_company: Any, bill: Json, amount: Decimal, day: str | None) -> Json:
    """Describe the bill payment a person makes from the first bank account."""
    code = bill["CurrencyRef"]["value"]
    banks = [
        row
        for row in draft_company.rows("Account")
        if row["AccountType"] == "Bank" and row.get("Active", True) and row["CurrencyRef"]["value"] == code
    ] or [row for row in draft_company.rows("Account") if row["AccountType"] == "Bank"]
    payment: Json = {
        "VendorRef": {"value": bill["VendorRef"]["value"]},
        "PayType": "Check",
        "CheckPayment": {"BankAccountRef": {"value": banks[0]["Id"]}},
        "TotalAmt": money(amount),
        "Line": [{"Amount": money(amount), "LinkedTxn": [{"TxnId": bill["Id"], "TxnType": "Bill"}]}],
    }
    if "ExchangeRate" in bill:
        payment["ExchangeRate"] = bill["ExchangeRate"]
    if day:
        payment["TxnDate"] = day
    return payment
