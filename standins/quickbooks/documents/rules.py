"""Rules of purchase orders, bills and vendor credits."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from standins.quickbooks import errors
from standins.quickbooks.company.clock import today
from standins.quickbooks.company.draft import EntityDraft
from standins.quickbooks.documents import custom_fields, lines, orders
from standins.quickbooks.documents.amounts import move_vendor_balance, open_balance, total_of
from standins.quickbooks.documents.closed_books import check_books
from standins.quickbooks.documents.currencies import check_currencies
from standins.quickbooks.documents.links import links, unlink_payments
from standins.quickbooks.documents.numbers import set_number
from standins.quickbooks.documents.payables import set_currency, set_payable_account
from standins.quickbooks.errors import QuickBooksFault
from standins.quickbooks.taxes import rules as taxes
from standins.wire import money

Json = dict[str, Any]


def complete(draft: EntityDraft) -> None:
    """Work out everything that QBO adds to a document, and refuse what it refuses."""
    new = draft.new
    new.setdefault("TxnDate", today())
    check_books(draft)
    set_currency(draft)
    set_payable_account(draft)
    _drop_unknown_dimensions(draft)
    set_number(draft)
    if "DueDate" in draft.entity.fields:
        _set_due_date(draft)
    if "Line" in draft.clean:
        lines.complete(draft)
        check_currencies(draft)
    if draft.entity.name == "PurchaseOrder":
        orders.close_empty(draft)
        custom_fields.complete(draft)
    taxes.complete(draft)
    _total(draft)


def _drop_unknown_dimensions(draft: EntityDraft) -> None:
    """Drop, without a word, header dimensions the company does not track."""
    new, company = draft.new, draft.company
    if not company.preference("AccountingInfoPrefs", "TrackDepartments"):
        new.pop("DepartmentRef", None)
    if not company.preference("AccountingInfoPrefs", "ClassTrackingPerTxn"):
        new.pop("ClassRef", None)
    if draft.entity.name == "PurchaseOrder" and "DepartmentRef" in new:
        if company.settings.purchase_order_department == "reject":
            raise QuickBooksFault(errors.unsupported_property("DepartmentRef"))
        if company.settings.purchase_order_department == "ignore":
            del new["DepartmentRef"]


def _set_due_date(draft: EntityDraft) -> None:
    new = draft.new
    if new.get("DueDate") or draft.entity.name == "PurchaseOrder":
        _check_due_date(draft)
        return
    term = draft.company.get("Term", new.get("SalesTermRef", {}).get("value", "")) or {}
    day = date.fromisoformat(new["TxnDate"]) + timedelta(days=int(term.get("DueDays") or 0))
    new["DueDate"] = day.isoformat()


def _check_due_date(draft: EntityDraft) -> None:
    early = draft.new.get("DueDate", draft.new["TxnDate"]) < draft.new["TxnDate"]
    if early and draft.company.settings.due_before_bill == "refused":
        raise errors.business("The due date must not be before the date of the transaction.")


def _total(draft: EntityDraft) -> None:
    new = draft.new
    new["TotalAmt"] = money(total_of(new))
    if draft.entity.name == "PurchaseOrder":
        new.setdefault("LinkedTxn", [])
        return
    identity = draft.old["Id"] if draft.old else ""
    new.update(open_balance(draft, identity, new))
    new["LinkedTxn"] = links(draft, identity, new)
    if not new["LinkedTxn"]:
        del new["LinkedTxn"]


def follow(draft: EntityDraft) -> None:
    """After storing: move the vendor's balance and the purchase orders that are billed."""
    move_vendor_balance(draft, draft.old, draft.record)
    if draft.entity.name == "Bill":
        orders.refresh(draft, draft.old, draft.record)


def unfollow(draft: EntityDraft) -> None:
    """After deleting: give back the vendor's balance, free orders, and drop what payments held."""
    old = draft.old or {}
    move_vendor_balance(draft, old, None)
    if draft.entity.name == "Bill":
        orders.refresh(draft, old, None)
    if draft.entity.name == "PurchaseOrder":
        orders.unlink_bills(draft)
    unlink_payments(draft, old["Id"])


def check_delete(draft: EntityDraft) -> None:
    """Refuse to delete in a closed period, and what is linked (which fault QBO uses is unverified)."""
    check_books(draft)
    company, old = draft.company, draft.old or {}
    if not company.settings.refuse_delete_linked or draft.caller.person:
        return
    if any(link["TxnType"] == "ReimburseCharge" for link in old.get("LinkedTxn", [])):
        raise errors.invoiced()
    paid = company.index.payments_on(draft.entity.name, old["Id"])
    billed = draft.entity.name == "PurchaseOrder" and company.index.bills_of(old["Id"])
    if not paid and not billed:
        return
    detail = f"{draft.entity.name} {old['Id']} is linked to {'a payment' if paid else 'a bill'}"
    fault = errors.has_dependencies(detail)
    if company.settings.refuse_delete_code != fault.problems[0].code:
        fault = QuickBooksFault(errors.FaultEntry(company.settings.refuse_delete_code, "Linked transaction", detail))
    raise fault
