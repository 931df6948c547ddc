"""Numbers of documents and checks: given, kept, or refused as taken."""

from __future__ import annotations

from standins.quickbooks import errors
from standins.quickbooks.company.draft import EntityDraft

FIRST_ORDER_NUMBER = 1001


def set_number(draft: EntityDraft) -> None:
    """Give an order its number, or refuse a custom one that is taken."""
    new, old, company = draft.new, draft.old, draft.company
    custom = company.preference("OtherPrefs", "VendorAndPurchasesPrefs.UseCustomTxnNumbers") is True
    if draft.entity.name == "PurchaseOrder" and not custom:
        new["DocNumber"] = old["DocNumber"] if old else company.next_id("order numbers", FIRST_ORDER_NUMBER)
        return
    if new.get("DocNumber") == "":
        del new["DocNumber"]
    changed = old is None or old.get("DocNumber") != new.get("DocNumber")
    if new.get("DocNumber") and changed:
        check_number(draft, warned=custom if draft.entity.name == "PurchaseOrder" else None)


def check_number(draft: EntityDraft, *, warned: bool | None = None) -> None:
    """Refuse a number that is taken (6140), unless the caller insists."""
    company, new = draft.company, draft.new
    if warned is None:
        warned = company.preference("OtherPrefs", "WarnDuplicateBillNumber") is True
    if not warned or draft.caller.allow_duplicates or draft.caller.person:
        return
    own = draft.old["Id"] if draft.old else None
    for identity in company.index.holders_of_number(draft.entity.name, new["DocNumber"]):
        other = company.tables[draft.entity.name][identity]
        same_vendor = other["VendorRef"]["value"] == new["VendorRef"]["value"]
        orders_too = draft.entity.name == "PurchaseOrder" or company.settings.duplicate_number_scope == "company"
        if identity != own and (same_vendor or orders_too):
            raise errors.duplicate_number(new["DocNumber"], draft.entity.name, identity)


def check_check_number(draft: EntityDraft, kind: str) -> None:
    """Refuse the number of another check: bill payments and purchases share one space (docs/reference/quickbooks.md, Payments)."""
    company, new, old = draft.company, draft.new, draft.old
    number = new.get("DocNumber")
    warned = company.preference("OtherPrefs", "WarnDuplicateCheckNumber") is True
    if not warned or not number or new[kind] != "Check" or draft.caller.allow_duplicates or draft.caller.person:
        return
    if old is not None and old.get("DocNumber") == number:
        return
    for name, own in (("BillPayment", "PayType"), ("Purchase", "PaymentType")):
        for identity in company.index.holders_of_number(name, number):
            if company.tables[name][identity][own] == "Check" and (old is None or identity != old["Id"]):
                raise errors.duplicate_number(number, name, identity)
