"""Rules of purchase orders, bills and vendor credits: dates, currency, numbers, lines, totals, and what is linked."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from standins.quickbooks import errors, lines, orders, taxes
from standins.quickbooks.company import PACIFIC, plain
from standins.quickbooks.draft import Draft
from standins.quickbooks.entities import ENTITIES
from standins.quickbooks.errors import Fault

Json = dict[str, Any]

CENT = Decimal("0.01")
FIRST_ORDER_NUMBER = 1001
PAYMENT_TYPES = {"Check": "BillPaymentCheck", "CreditCard": "BillPaymentCreditCard"}


def complete(draft: Draft) -> None:
    """Work out everything that QBO adds to a document, and refuse what it refuses."""
    new = draft.new
    new.setdefault("TxnDate", datetime.now(UTC).astimezone(PACIFIC).date().isoformat())
    check_books(draft)
    set_currency(draft)
    set_payable_account(draft)
    _drop_unknown_dimensions(draft)
    _set_number(draft)
    if "DueDate" in draft.entity.fields:
        _set_due_date(draft)
    if "Line" in draft.clean:
        lines.complete(draft)
    taxes.complete(draft)
    _total(draft)


def check_books(draft: Draft) -> None:
    """Refuse what is dated, or was dated, in a closed period."""
    company = draft.company
    closed = company.preference("AccountingInfoPrefs", "BookCloseDate")
    if not closed or draft.caller.person:
        return
    if draft.entity.name == "PurchaseOrder" and not company.settings.closed_books_hold_purchase_orders:
        return
    dates = [record["TxnDate"] for record in (draft.old, draft.new) if record and record.get("TxnDate")]
    if any(day <= closed for day in dates):
        raise errors.books_closed(password=company.settings.book_close_password)


def set_currency(draft: Draft) -> None:
    """Take the vendor's currency; refuse another one. Keep a rate only where there are several currencies."""
    new, company = draft.new, draft.company
    vendor = company.get("Vendor", new["VendorRef"]["value"]) or {}
    own = vendor.get("CurrencyRef", {}).get("value", company.home_currency)
    chosen = new.get("CurrencyRef") or draft.currency(own)
    if chosen["value"] != own:
        raise errors.business(f"The currency of the transaction must be the currency of the vendor ({own}).")
    new["CurrencyRef"] = draft.currency(own)
    if not draft.multicurrency:
        new.pop("ExchangeRate", None)
    elif own == company.home_currency:
        new["ExchangeRate"] = 1
    else:
        new.setdefault("ExchangeRate", 1)


def set_payable_account(draft: Draft) -> None:
    """Choose the A/P account of the currency when none is named; refuse one of another type or currency."""
    new, company = draft.new, draft.company
    code = new["CurrencyRef"]["value"]
    if not new.get("APAccountRef"):
        account = payable_account(draft, code)
        new["APAccountRef"] = {"value": account["Id"], "name": account["FullyQualifiedName"]}
        return
    account = company.get("Account", new["APAccountRef"]["value"]) or {}
    if account.get("AccountType") != "Accounts Payable":
        raise errors.wrong_account_type("an Accounts Payable account is expected in APAccountRef")
    if account.get("CurrencyRef", {}).get("value", code) != code:
        raise errors.business(f"The Accounts Payable account must have the currency of the transaction ({code}).")


def payable_account(draft: Draft, code: str) -> Json:
    """Return the first active A/P account of a currency; QuickBooks makes one for a new currency, or else refuses."""
    for account in draft.company.rows("Account"):
        own = account.get("CurrencyRef", {}).get("value")
        if account["AccountType"] == "Accounts Payable" and account.get("Active", True) and own == code:
            return account
    if draft.multicurrency and draft.company.settings.payable_account_by_itself:
        return _new_payable_account(draft, code)
    raise errors.business(f"There is no Accounts Payable account in {code}.")


def _new_payable_account(draft: Draft, code: str) -> Json:
    entity, name = ENTITIES["Account"], f"Accounts Payable (A/P) - {code}"
    account = {
        "Id": draft.company.new_id(entity),
        "Name": name,
        "FullyQualifiedName": name,
        "SubAccount": False,
        "Active": True,
        "AccountType": "Accounts Payable",
        "AccountSubType": "AccountsPayable",
        "Classification": "Liability",
        "CurrencyRef": draft.currency(code),
        "CurrentBalance": 0,
        "CurrentBalanceWithSubAccounts": 0,
    }
    return draft.company.put(entity, account, "Create")


def _drop_unknown_dimensions(draft: Draft) -> None:
    """Drop, without a word, header dimensions the company does not track [D/I]."""
    new, company = draft.new, draft.company
    if not company.preference("AccountingInfoPrefs", "TrackDepartments"):
        new.pop("DepartmentRef", None)
    if not company.preference("AccountingInfoPrefs", "ClassTrackingPerTxn"):
        new.pop("ClassRef", None)
    if draft.entity.name == "PurchaseOrder" and "DepartmentRef" in new:
        if company.settings.purchase_order_department == "reject":
            raise Fault(errors.unsupported_property("DepartmentRef"))
        if company.settings.purchase_order_department == "ignore":
            del new["DepartmentRef"]


def _set_number(draft: Draft) -> None:
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


def check_number(draft: Draft, *, warned: bool | None = None) -> None:
    """Refuse a number that is taken (6140), when the company wants to be warned and the caller did not insist."""
    company, new = draft.company, draft.new
    if warned is None:
        warned = company.preference("OtherPrefs", "WarnDuplicateBillNumber") is True
    if not warned or draft.caller.allow_duplicates or draft.caller.person:
        return
    own = draft.old["Id"] if draft.old else None
    taken = company.numbers.get((draft.entity.name, new["DocNumber"].strip().casefold()), set())
    for identity in sorted(taken, key=int):
        other = company.tables[draft.entity.name][identity]
        same_vendor = other["VendorRef"]["value"] == new["VendorRef"]["value"]
        orders_too = draft.entity.name == "PurchaseOrder" or company.settings.duplicate_number_scope == "company"
        if identity != own and (same_vendor or orders_too):
            raise errors.duplicate_number(new["DocNumber"], draft.entity.name, identity)


def check_check_number(draft: Draft, kind: str) -> None:
    """Refuse the number of another check: bill payments and purchases share one space (docs/reference/quickbooks.md, Payments)."""
    company, new, old = draft.company, draft.new, draft.old
    number = new.get("DocNumber")
    warned = company.preference("OtherPrefs", "WarnDuplicateCheckNumber") is True
    if not warned or not number or new[kind] != "Check" or draft.caller.allow_duplicates or draft.caller.person:
        return
    if old is not None and old.get("DocNumber") == number:
        return
    for name, own in (("BillPayment", "PayType"), ("Purchase", "PaymentType")):
        for identity in sorted(company.numbers.get((name, number.strip().casefold()), set()), key=int):
            if company.tables[name][identity][own] == "Check" and (old is None or identity != old["Id"]):
                raise errors.duplicate_number(number, name, identity)


def _set_due_date(draft: Draft) -> None:
    new = draft.new
    if new.get("DueDate") or draft.entity.name == "PurchaseOrder":
        return
    term = draft.company.get("Term", new.get("SalesTermRef", {}).get("value", "")) or {}
    day = date.fromisoformat(new["TxnDate"]) + timedelta(days=int(term.get("DueDays") or 0))
    new["DueDate"] = day.isoformat()


def _total(draft: Draft) -> None:
    new = draft.new
    total = sum((Decimal(line.get("Amount", 0)) for line in new["Line"]), Decimal(0))
    if new.get("GlobalTaxCalculation") in {"TaxExcluded", "TaxInclusive"}:
        total += Decimal(new.get("TxnTaxDetail", {}).get("TotalTax", 0))
    if total < 0:
        raise errors.business("Transaction amount must be 0 or greater.")
    new["TotalAmt"] = plain(total)
    if draft.entity.name == "PurchaseOrder":
        new.setdefault("LinkedTxn", [])
        return
    identity = draft.old["Id"] if draft.old else ""
    new.update(open_balance(draft, identity, new))
    new["LinkedTxn"] = links(draft, identity, new)
    if not new["LinkedTxn"]:
        del new["LinkedTxn"]


def open_balance(draft: Draft, identity: str, record: Json) -> Json:
    """Return Balance (and HomeBalance) of a bill or credit after what was applied to it."""
    paid = sum(draft.company.applied.get((draft.entity.name, identity), {}).values(), Decimal(0))
    return balances(record, paid, with_home=draft.multicurrency and draft.entity.name == "Bill")


def balances(record: Json, paid: Decimal, *, with_home: bool) -> Json:
    """Return the open balance of a bill or credit, in its own and in home currency."""
    balance = max(Decimal(record["TotalAmt"]) - paid, Decimal(0))
    if not with_home:
        return {"Balance": plain(balance)}
    home = (balance * Decimal(record.get("ExchangeRate", 1))).quantize(CENT, ROUND_HALF_UP)
    return {"Balance": plain(balance), "HomeBalance": plain(home)}


def links(draft: Draft, identity: str, record: Json) -> list[Json]:
    """Return LinkedTxn of a bill or credit: its purchase orders, charges on invoices, then what paid it."""
    found = [{"TxnId": order, "TxnType": "PurchaseOrder"} for order in orders.of(record)]
    charges = (link for line in record["Line"] for link in line.get("LinkedTxn", []))
    found += [
        {"TxnId": link["TxnId"], "TxnType": "ReimburseCharge"}
        for link in charges
        if link["TxnType"] == "ReimburseCharge"
    ]
    for payment in draft.company.applied.get((draft.entity.name, identity), {}):
        kind = draft.company.tables["BillPayment"].get(payment, {}).get("PayType", "Check")
        found.append({"TxnId": payment, "TxnType": PAYMENT_TYPES[kind]})
    return found


def follow(draft: Draft) -> None:
    """After storing: move the vendor's balance and the purchase orders that are billed."""
    _move_vendor_balance(draft, draft.old, draft.record)
    if draft.entity.name == "Bill":
        orders.refresh(draft, draft.old, draft.record)


def unfollow(draft: Draft) -> None:
    """After deleting: give back the vendor's balance, free orders, and drop what payments held."""
    old = draft.old or {}
    _move_vendor_balance(draft, old, None)
    if draft.entity.name == "Bill":
        orders.refresh(draft, old, None)
    if draft.entity.name == "PurchaseOrder":
        orders.unlink_bills(draft)
    _unlink_payments(draft, old["Id"])


def _move_vendor_balance(draft: Draft, old: Json | None, new: Json | None) -> None:
    sign = -1 if draft.entity.name == "VendorCredit" else 1
    for record, direction in ((old, -sign), (new, sign)):
        if record and "Balance" in record:
            draft.company.add_to_vendor_balance(record["VendorRef"]["value"], direction * Decimal(record["Balance"]))


def check_delete(draft: Draft) -> None:
    """Refuse to delete in a closed period, and what is linked (which fault QBO uses is unverified)."""
    check_books(draft)
    company, old = draft.company, draft.old or {}
    if not company.settings.refuse_delete_linked or draft.caller.person:
        return
    if any(link["TxnType"] == "ReimburseCharge" for link in old.get("LinkedTxn", [])):
        raise errors.invoiced()
    paid = company.applied.get((draft.entity.name, old["Id"]))
    billed = draft.entity.name == "PurchaseOrder" and company.billed.get(old["Id"])
    if not paid and not billed:
        return
    detail = f"{draft.entity.name} {old['Id']} is linked to {'a payment' if paid else 'a bill'}"
    fault = errors.has_dependencies(detail)
    if company.settings.refuse_delete_code != fault.problems[0].code:
        fault = Fault(errors.Problem(company.settings.refuse_delete_code, "Linked transaction", detail))
    raise fault


def _unlink_payments(draft: Draft, identity: str) -> None:
    company = draft.company
    for payment in list(company.applied.pop((draft.entity.name, identity), {})):
        record = company.tables["BillPayment"].get(payment)
        if record is None:
            continue
        kept = [
            line
            for line in record["Line"]
            if not any(link["TxnId"] == identity and link["TxnType"] == draft.entity.name for link in line["LinkedTxn"])
        ]
        company.touch(ENTITIES["BillPayment"], payment, Line=kept)
