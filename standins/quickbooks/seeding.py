"""Fill a company from the seed both stand-ins share."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from standins.quickbooks import preferences
from standins.quickbooks.company import Company, pacific, plain
from standins.quickbooks.draft import CURRENCY_NAMES
from standins.quickbooks.entities import ENTITIES
from standins.quickbooks.name_lists import CLASSIFICATION

if TYPE_CHECKING:
    from standins.companies.shapes import Account, Address, Customer, Item, QuickBooksCompany

Json = dict[str, Any]

SEEDED = datetime(2026, 1, 2, 17, 0, tzinfo=UTC)
COUNTRY_CODES = {"US": "USA", "GB": "GBR"}
PREFERENCES: Json = {
    "AccountingInfoPrefs": {
        "FirstMonthOfFiscalYear": "January",
        "UseAccountNumbers": False,
        "TaxYearMonth": "January",
        "ClassTrackingPerTxn": False,
        "ClassTrackingPerTxnLine": False,
        "TrackDepartments": False,
        "CustomerTerminology": "Customers",
    },
    "ProductAndServicesPrefs": {
        "ForSales": True,
        "ForPurchase": True,
        "QuantityWithPriceAndRate": True,
        "QuantityOnHand": True,
    },
    "VendorAndPurchasesPrefs": {
        "TrackingByCustomer": False,
        "BillableExpenseTracking": False,
        "TPAREnabled": False,
        "POCustomField": [],
    },
    "TaxPrefs": {"UsingSalesTax": False},
    "CurrencyPrefs": {"MultiCurrencyEnabled": False, "HomeCurrency": {"value": "USD"}},
    "SalesFormsPrefs": {"CustomTxnNumbers": False},
    "ReportPrefs": {"ReportBasis": "Accrual", "CalcAgingReportFromTxnDate": False},
    "TimeTrackingPrefs": {"UseServices": True, "BillCustomers": True},
    "EmailMessagesPrefs": {},
    "OtherPrefs": {
        "NameValue": [
            {"Name": "SalesFormsPrefs.DefaultCustomerMessage", "Value": "Thank you for your business."},
            {"Name": "WarnDuplicateCheckNumber", "Value": "true"},
            {"Name": "DTXCopyMemo", "Value": "false"},
        ]
    },
}


def fill(company: Company, seed: QuickBooksCompany, *, lists: bool) -> None:
    """Put a seeded company in; without `lists` only its A/P and bank accounts, currencies and preferences."""
    _put(company, "CompanyInfo", _info(seed))
    _put(company, "Preferences", {"Id": "1", **preferences.changed(PREFERENCES, dict(seed.preferences))})
    _currencies(company, seed)
    by_id = {entry.id: entry for entry in seed.accounts}
    for account in seed.accounts:
        if lists or account.type == "Accounts Payable":
            _put(company, "Account", _account(seed, by_id, account))
    if lists:
        _lists(company, seed)


def _put(company: Company, entity: str, record: Json) -> None:
    written = pacific(SEEDED)
    kept = {key: value for key, value in record.items() if value not in (None, "")}
    stamped = {
        "domain": "QBO",
        "sparse": False,
        "SyncToken": "0",
        "MetaData": {"CreateTime": written, "LastUpdatedTime": written},
    }
    company.store(ENTITIES[entity], {**kept, **stamped}, int(SEEDED.timestamp()))


def _info(seed: QuickBooksCompany) -> Json:
    address = _address(seed.address, "1")
    return {
        "Id": "1",
        "CompanyName": seed.name,
        "LegalName": seed.legal_name,
        "CompanyAddr": address,
        "LegalAddr": address,
        "CustomerCommunicationAddr": address,
        "Email": {"Address": seed.email},
        "WebAddr": {},
        "Country": seed.country,
        "FiscalYearStartMonth": "January",
        "SupportedLanguages": "en",
        "CompanyStartDate": "2019-03-01",
        "NameValue": [
            {"Name": "NeoEnabled", "Value": "true"},
            {"Name": "IndustryType", "Value": "Manufacturing"},
            {"Name": "ItemCategoriesFeature", "Value": "true"},
            {"Name": "SubscriptionStatus", "Value": "SUBSCRIBED"},
            {
                "Name": "OfferingSku",
                "Value": seed.plan if "QuickBooks" in seed.plan else f"QuickBooks Online {seed.plan}",
            },
        ],
    }


def _address(address: Address, identity: str) -> Json:
    written = {
        "Id": identity,
        "Line1": address.line1,
        "City": address.city,
        "CountrySubDivisionCode": address.state,
        "PostalCode": address.postal_code,
        "Country": COUNTRY_CODES.get(address.country, address.country),
    }
    return {key: value for key, value in written.items() if value}


def _currency(code: str) -> Json:
    return {"value": code, "name": CURRENCY_NAMES.get(code, code)}


def _currencies(company: Company, seed: QuickBooksCompany) -> None:
    codes = [rate.currency for rate in seed.foreign_rates]
    for number, code in enumerate(codes, start=1):
        _put(
            company,
            "CompanyCurrency",
            {"Id": str(number), "Code": code, "Name": CURRENCY_NAMES.get(code, code), "Active": True},
        )


def _account(seed: QuickBooksCompany, by_id: dict[str, Account], account: Account) -> Json:
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
        "CurrencyRef": _currency(account.currency or seed.currency),
        "Active": account.active,
    } | ({} if account.active else {"Name": f"{account.name} (deleted)"})


def _path(by_id: dict[str, Any], identity: str) -> str:
    entry = by_id[identity]
    return f"{_path(by_id, entry.parent)}:{entry.name}" if entry.parent else str(entry.name)


def _lists(company: Company, seed: QuickBooksCompany) -> None:
    for term in seed.terms:
        _put(
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
            _put(company, name, _nested(entry, _path(by_id, entry.id), "Name", flag))
    by_id_customers = {entry.id: entry for entry in seed.customers}
    for customer in seed.customers:
        _put(company, "Customer", _customer(seed, by_id_customers, customer))
    names = {account.id: account.name for account in seed.accounts}
    items = {item.id: item for item in seed.items}
    for item in seed.items:
        _put(company, "Item", _item(items, names, item))
    for employee in seed.employees:
        name = f"{employee.given_name} {employee.family_name}"
        names = {"GivenName": employee.given_name, "FamilyName": employee.family_name, "DisplayName": name}
        _put(company, "Employee", {"Id": employee.id, **names, "PrintOnCheckName": name, "Active": True})
    _taxes(company, seed)


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


def _vendors(company: Company, seed: QuickBooksCompany) -> None:
    terms = {term.id: term.name for term in seed.terms}
    for number, vendor in enumerate(seed.vendors, start=101):
        name = vendor.name + _ending(active=vendor.active)
        record: Json = {
            "Id": vendor.id,
            "DisplayName": name,
            "CompanyName": vendor.name,
            "PrintOnCheckName": vendor.name,
            "BillAddr": _address(vendor.address, str(number)),
            "PrimaryEmailAddr": {"Address": vendor.email} if vendor.email else None,
            "PrimaryPhone": {"FreeFormNumber": vendor.phone} if vendor.phone else None,
            "AcctNum": vendor.account_number,
            "TermRef": {"value": vendor.term, "name": terms[vendor.term]} if vendor.term else None,
            "CurrencyRef": _currency(vendor.currency),
            "Vendor1099": False,
            "Balance": 0,
            "Active": vendor.active,
        }
        _put(company, "Vendor", record)


def _customer(seed: QuickBooksCompany, by_id: dict[str, Customer], customer: Customer) -> Json:
    path = _path(by_id, customer.id)
    return {
        **_nested(customer, path, "DisplayName", "Job"),
        "CompanyName": customer.name,
        "PrintOnCheckName": customer.name,
        "BillWithParent": customer.parent is not None,
        "IsProject": customer.is_project,
        "Level": path.count(":"),
        "Taxable": True,
        "CurrencyRef": _currency(seed.currency),
        "Balance": 0,
        "BalanceWithJobs": 0,
        "PreferredDeliveryMethod": "Print",
    }


def _item(items: dict[str, Item], names: dict[str, str], item: Item) -> Json:
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


def _taxes(company: Company, seed: QuickBooksCompany) -> None:
    for agency in seed.tax_agencies:
        tracked = {"TaxTrackedOnPurchases": True, "TaxTrackedOnSales": True}
        _put(company, "TaxAgency", {"Id": agency.id, "DisplayName": agency.name, **tracked})
    for rate in seed.tax_rates:
        percent = plain(rate.percent)
        effective = {"RateValue": percent, "EffectiveDate": "2011-01-04T00:00:00-08:00"}
        if rate.until:
            effective["EndDate"] = f"{rate.until}T00:00:00-08:00"
        record: Json = {
            "Id": rate.id,
            "Name": rate.name,
            "Description": rate.name,
            "RateValue": percent,
            "AgencyRef": {"value": rate.agency},
            "SpecialTaxType": rate.special or ("NONE" if rate.percent else "ZERO_RATE"),
            "DisplayType": "ReadOnly",
            "EffectiveTaxRate": [effective],
            "Active": rate.active,
        }
        _put(company, "TaxRate", record)
    _tax_codes(company, seed)


def _tax_codes(company: Company, seed: QuickBooksCompany) -> None:
    names = {rate.id: rate.name for rate in seed.tax_rates}

    def listed(rates: tuple[str, ...]) -> Json:
        details = [
            {"TaxRateRef": {"value": rate, "name": names[rate]}, "TaxTypeApplicable": "TaxOnAmount", "TaxOrder": 0}
            for rate in rates
        ]
        return {"TaxRateDetail": details}

    for code in seed.tax_codes:
        record: Json = {
            "Id": code.id,
            "Name": code.name,
            "Description": code.description,
            "Active": code.active,
            "Hidden": code.hidden,
            "Taxable": code.taxable,
            "TaxGroup": True,
            "SalesTaxRateList": listed(code.sales_rates),
            "PurchaseTaxRateList": listed(code.purchase_rates),
            "TaxCodeConfigType": "SYSTEM_GENERATED",
        }
        _put(company, "TaxCode", record)
