"""Lines of purchase orders, bills and vendor credits."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from standins.quickbooks import errors
from standins.quickbooks.company.draft import EntityDraft
from standins.quickbooks.documents import orders
from standins.quickbooks.errors import QuickBooksFault
from standins.wire import plain

Json = dict[str, Any]

CENT = Decimal("0.01")
NOT_FOR_EXPENSES = frozenset({"Accounts Receivable", "Accounts Payable"})
CATEGORY, ITEM, NOTE = "AccountBasedExpenseLineDetail", "ItemBasedExpenseLineDetail", "DescriptionOnly"


def complete(draft: EntityDraft) -> None:
    """Replace all lines by those sent; a known Id keeps its line."""
    sent = draft.clean["Line"] or []
    _check_sparse(draft)
    if not sent:
        raise QuickBooksFault(errors.no_lines())
    if len(sent) > draft.company.settings.max_lines:
        raise errors.business(f"A transaction can have at most {draft.company.settings.max_lines} lines.")
    before = {line["Id"]: line for line in (draft.old or {}).get("Line", [])}
    highest = max((int(identity) for identity in before), default=0)
    done: list[Json] = []
    taken: set[str] = set()
    for number, line in enumerate(sent, start=1):
        identity = str(line.get("Id", ""))
        if identity not in before or identity in taken:
            highest += 1
            identity = str(highest)
        taken.add(identity)
        finished = _completed(draft, line)
        orders.check_link(draft, finished, before.get(identity))
        received = {name: value for name, value in before.get(identity, {}).items() if name == "Received"}
        done.append({"Id": identity, "LineNum": number, **finished, **received})
    draft.new["Line"] = done


def _check_sparse(draft: EntityDraft) -> None:
    """Refuse lines in a sparse update of a vendor credit; which fault QBO answers with is not known."""
    sparse_credit = draft.sparse and draft.entity.name == "VendorCredit" and not draft.caller.person
    if sparse_credit and draft.company.settings.sparse_credit_lines == "refused":
        raise errors.business("The lines of a vendor credit cannot be changed by a sparse update.")


def _completed(draft: EntityDraft, sent: Json) -> Json:
    line = {key: value for key, value in sent.items() if key not in {"Id", "LineNum"}}
    kind = line.get("DetailType")
    if kind is None:
        raise QuickBooksFault(errors.required("Line.DetailType"))
    if kind == NOTE:
        line["Amount"] = 0
        return line
    detail = dict(line.get(kind, {}))
    if kind not in line:
        raise QuickBooksFault(errors.required(kind))
    if kind == ITEM and not detail.get("ItemRef"):
        return {"Description": line.get("Description", ""), "DetailType": NOTE, "Amount": 0}
    if line.get("Amount") is None:
        raise QuickBooksFault(errors.required("Amount"))
    if kind == CATEGORY:
        _check_account(draft, detail, line)
    else:
        _check_item(draft, detail)
        _check_amount(draft, detail, line)
    _set_dimensions(draft, detail)
    _set_tax_code(draft, detail)
    return {**line, kind: detail}


def _check_account(draft: EntityDraft, detail: Json, _line: Json) -> None:
    if not detail.get("AccountRef"):
        raise errors.line_needs_account()
    account = draft.company.get("Account", detail["AccountRef"]["value"]) or {}
    if account.get("AccountType") in NOT_FOR_EXPENSES:
        raise errors.wrong_account_type(f"{account['AccountType']} cannot be used on an expense line")


def _check_item(draft: EntityDraft, detail: Json) -> None:
    item = draft.company.get("Item", detail["ItemRef"]["value"]) or {}
    if draft.company.preference("ProductAndServicesPrefs", "ForPurchase") is False:
        raise errors.business("Products and services are not switched on for purchases.")
    if item.get("Type") in {"Category", "Group"}:
        raise QuickBooksFault(errors.wrong_value(2120, "Type", "ItemRef", item["Type"]))
    if not item.get("ExpenseAccountRef"):
        raise errors.business(f"The item {item.get('Name')} has no expense account.")
    if item.get("TrackQtyOnHand") and not detail.get("Qty"):
        raise errors.quantity_required()
    if item.get("TrackQtyOnHand") and draft.new["TxnDate"] < item.get("InvStartDate", ""):
        raise errors.before_inventory_start()


def _check_amount(draft: EntityDraft, detail: Json, line: Json) -> None:
    """Hold Amount against Qty x UnitPrice, to the cent (6070)."""
    if detail.get("UnitPrice") is not None:
        limit = Decimal(1).scaleb(-draft.company.settings.unit_price_decimals)
        price = Decimal(detail["UnitPrice"])
        if int(price.normalize().as_tuple().exponent) < -draft.company.settings.unit_price_decimals:
            detail["UnitPrice"] = plain(price.quantize(limit, ROUND_HALF_UP))
    quantity, price_sent = detail.get("Qty"), detail.get("UnitPrice")
    if quantity is None or price_sent is None or not draft.company.settings.amounts_checked:
        return
    expected = (Decimal(quantity) * Decimal(price_sent)).quantize(CENT, ROUND_HALF_UP)
    if expected != Decimal(line["Amount"]):
        raise errors.amount_mismatch(line["Amount"])


def _set_dimensions(draft: EntityDraft, detail: Json) -> None:
    """Drop, without a word, what the company does not track; a billable line needs a customer."""
    company = draft.company
    if not company.preference("AccountingInfoPrefs", "ClassTrackingPerTxnLine"):
        detail.pop("ClassRef", None)
    if not company.preference("VendorAndPurchasesPrefs", "TrackingByCustomer"):
        detail.pop("CustomerRef", None)
    status = detail.get("BillableStatus")
    if status == "HasBeenBilled":
        raise QuickBooksFault(errors.wrong_value(2170, "Enumeration", "BillableStatus", "HAS_BEEN_BILLED"))
    if not company.preference("VendorAndPurchasesPrefs", "BillableExpenseTracking"):
        detail["BillableStatus"] = "NotBillable"
        return
    if status == "Billable" and not detail.get("CustomerRef"):
        raise errors.billable_needs_customer()
    implied = "CustomerRef" in detail and company.settings.customer_makes_billable
    detail.setdefault("BillableStatus", "Billable" if implied else "NotBillable")
    if detail["BillableStatus"] == "Billable":
        _check_billable_account(draft, detail)


def _check_billable_account(draft: EntityDraft, detail: Json) -> None:
    account = draft.company.get("Account", detail.get("AccountRef", {}).get("value", ""))
    types = draft.company.settings.billable_account_types
    if account is not None and types and account["AccountType"] not in types:
        raise errors.not_billable(account["AccountType"])


def _set_tax_code(draft: EntityDraft, detail: Json) -> None:
    code = detail.get("TaxCodeRef", {}).get("value")
    if draft.company.country == "US":
        if code not in {None, "TAX", "NON"}:
            raise errors.wrong_tax_code(str(code))
        detail["TaxCodeRef"] = {"value": code or "NON"}
        return
    if draft.new.get("GlobalTaxCalculation") == "NotApplicable":
        detail.pop("TaxCodeRef", None)
        return
    record = draft.company.get("TaxCode", str(code)) if code else None
    if record is None:
        raise errors.business("Make sure all your transactions have a GST/VAT rate before you save.")
    if not record.get("PurchaseTaxRateList", {}).get("TaxRateDetail"):
        raise errors.business(f"The tax code {record['Name']} has no rate for purchases.")
    detail["TaxCodeRef"] = {"value": str(code)}
