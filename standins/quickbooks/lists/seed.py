"""Put the lists of a seeded company into its books."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from standins.quickbooks.company.currencies import reference_to
from standins.quickbooks.company.records import CompanyBooks
from standins.quickbooks.company.seed import address_of, put
from standins.quickbooks.entities.fields import NOWHERE
from standins.quickbooks.entities.lists import CLASSIFICATION
from standins.wire import plain

if TYPE_CHECKING:
    from standins.companies.shapes import Account, Customer, ProductOrService, QuickBooksSeed

Json = dict[str, Any]


def fill(company: CompanyBooks, seed: QuickBooksSeed, *, full: bool) -> None:
    """Put the lists in; without `full` only the A/P accounts, without which there are no books."""
    by_id = {entry.id: entry for entry in seed.accounts}
    for account in seed.accounts:
        if full or account.type == "Accounts Payable":
            put(company, "Account", _account(seed, by_id, account))
    if full:
        _lists(company, seed)


def _lists(company: CompanyBooks, seed: QuickBooksSeed) -> None:
    for term in seed.terms:
        put(
            company,
            "Term",
            {
                "Id": term.id,
                "Name": term.name,
                "Type": "STANDARD",
                "DueDays": term.days,
                "DiscountDays": 0,
                "Active": True,
            },
        )
    _vendors(company, seed)
    for name, entries, flag in (("Class", seed.classes, "SubClass"), ("Department", seed.departments, "SubDepartment")):
        by_id = {entry.id: entry for entry in entries}
        for entry in entries:
            put(company, name, _nested(entry, _path(by_id, entry.id), "Name", flag))
    by_id_customers = {entry.id: entry for entry in seed.customers}
    for customer in seed.customers:
        put(company, "Customer", _customer(seed, by_id_customers, customer))
    names = {account.id: account.name for account in seed.accounts}
    items = {item.id: item for item in seed.items}
    for item in seed.items:
        put(company, "Item", _item(items, names, item))
    for employee in seed.employees:
        name = f"{employee.given_name} {employee.family_name}"
        names = {"GivenName": employee.given_name, "FamilyName": employee.family_name, "DisplayName": name}
        put(
            company,
            "Employee",
            {"Id": employee.id, **names, "PrintOnCheckName": name, "BillableTime": False, "Active": True},
        )


def _ending(*, active: bool) -> str:
    return "" if active else " (deleted)"


def _nested(entry: Any, path: str, name_field: str, flag: str) -> Json:
    ending = _ending(active=entry.active)
    return {
        "Id": entry.id,
        name_field: entry.name + ending,
        flag: entry.parent is not None,
        "ParentRef": {"value": entry.parent} if entry.parent else None,
        "FullyQualifiedName": path + ending,
        "Active": entry.active,
    }


def _vendors(company: CompanyBooks, seed: QuickBooksSeed) -> None:
    for number, vendor in enumerate(seed.vendors, start=101):
        name = vendor.name + _ending(active=vendor.active)
        record: Json = {
            "Id": vendor.id,
            "DisplayName": name,
            "CompanyName": vendor.name,
            "PrintOnCheckName": vendor.name,
            "BillAddr": {**address_of(vendor.address, str(number)), **NOWHERE},
            "PrimaryEmailAddr": {"Address": vendor.email} if vendor.email else None,
            "PrimaryPhone": {"FreeFormNumber": vendor.phone} if vendor.phone else None,
            "AcctNum": vendor.account_number,
            "TermRef": {"value": vendor.term} if vendor.term else None,
            "CurrencyRef": reference_to(vendor.currency),
            "Vendor1099": False,
            "Balance": 0,
            "Active": vendor.active,
        }
        put(company, "Vendor", record)


def _customer(seed: QuickBooksSeed, by_id: dict[str, Customer], customer: Customer) -> Json:
    path = _path(by_id, customer.id)
    return {
        **_nested(customer, path, "DisplayName", "Job"),
        "CompanyName": customer.name,
        "PrintOnCheckName": customer.name,
        "BillWithParent": customer.parent is not None,
        "IsProject": customer.is_project,
        "Level": path.count(":"),
        "Taxable": True,
        "CurrencyRef": reference_to(seed.currency),
        "Balance": 0,
        "BalanceWithJobs": 0,
        "PreferredDeliveryMethod": "Print",
    }


def _item(items: dict[str, ProductOrService], names: dict[str, str], item: ProductOrService) -> Json:
    def account(identity: str | None) -> Json | None:
        return {"value": identity, "name": names[identity]} if identity else None

    stocked, path, ending = item.quantity_on_hand is not None, _path(items, item.id), _ending(active=item.active)
    record: Json = {
        "Id": item.id,
        "Name": item.name + ending,
        "SubItem": True if item.parent else None,
        "ParentRef": {"value": item.parent, "name": _path(items, item.parent)} if item.parent else None,
        "Level": path.count(":") if item.parent else None,
        "FullyQualifiedName": path + ending,
        "Sku": item.sku,
        "Type": item.type,
        "Description": item.description,
        "PurchaseDesc": item.description if item.for_purchase else "",
        "Taxable": item.type in {"Inventory", "NonInventory"},
        "UnitPrice": plain(item.price),
        "PurchaseCost": plain(item.cost) if item.for_purchase else None,
        "IncomeAccountRef": account(item.income_account),
        "ExpenseAccountRef": account(item.expense_account) if item.for_purchase else None,
        "AssetAccountRef": account(item.asset_account),
        "TrackQtyOnHand": stocked,
        "QtyOnHand": item.quantity_on_hand,
        "InvStartDate": "2026-01-01" if stocked else None,
        "Active": item.active,
    }
    if item.parts:
        record["ItemGroupDetail"] = {
            "ItemGroupLine": [
                {"ItemRef": {"value": part, "name": items[part].name}, "Qty": quantity} for part, quantity in item.parts
            ]
        }
    return record


def _account(seed: QuickBooksSeed, by_id: dict[str, Account], account: Account) -> Json:
    path = _path(by_id, account.id)
    return {
        "Id": account.id,
        "Name": account.name,
        "AcctNum": account.number,
        "SubAccount": account.parent is not None,
        "ParentRef": {"value": account.parent} if account.parent else None,
        "FullyQualifiedName": path if account.active else f"{path} (deleted)",
        "AccountType": account.type,
        "AccountSubType": account.subtype,
        "Classification": CLASSIFICATION[account.type],
        "CurrentBalance": 0,
        "CurrentBalanceWithSubAccounts": 0,
        "CurrencyRef": reference_to(account.currency or seed.currency),
        "Active": account.active,
    } | ({} if account.active else {"Name": f"{account.name} (deleted)"})


def _path(by_id: dict[str, Any], identity: str) -> str:
    entry = by_id[identity]
    return f"{_path(by_id, entry.parent)}:{entry.name}" if entry.parent else str(entry.name)
