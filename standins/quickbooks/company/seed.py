"""Put a seeded company into its books: company info, preferences, currencies."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from standins.quickbooks.company.clock import pacific
from standins.quickbooks.company.currencies import name_of
from standins.quickbooks.company.preferences import changed
from standins.quickbooks.company.records import CompanyBooks
from standins.quickbooks.entities.table import ENTITIES

if TYPE_CHECKING:
    from standins.companies.shapes import Address, QuickBooksSeed

Json = dict[str, Any]

SEEDED = datetime(2026, 1, 2, 17, 0, tzinfo=UTC)
PHONE = "+1 512 555 0100"
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
        "POCustomField": [
            {
                "CustomField": [
                    {"Name": f"PurchasePrefs.UsePurchaseCustom{number}", "Type": "BooleanType", "BooleanValue": False}
                    for number in (3, 1, 2)
                ]
            },
            {
                "CustomField": [
                    {"Name": f"PurchasePrefs.PurchaseCustomName{number}", "Type": "StringType"} for number in (3, 1, 2)
                ]
            },
        ],
    },
    "TaxPrefs": {"UsingSalesTax": False, "TaxGroupCodeRef": {"value": "2"}},
    "CurrencyPrefs": {"MultiCurrencyEnabled": False, "HomeCurrency": {"value": "USD"}},
    "SalesFormsPrefs": {
        "CustomTxnNumbers": False,
        "AllowDeposit": False,
        "AllowDiscount": False,
        "AllowEstimates": True,
        "AllowServiceDate": False,
        "AllowShipping": False,
        "AutoApplyCredit": True,
        "AutoApplyPayments": True,
        "CustomField": [],
        "DefaultCustomerMessage": "Thank you for your business.",
        "DefaultTerms": {"value": "3"},
        "EmailCopyToCompany": False,
        "EstimateMessage": "Thank you for the opportunity.",
        "ETransactionAttachPDF": False,
        "ETransactionEnabledStatus": "NotApplicable",
        "ETransactionPaymentEnabled": False,
        "IPNSupportEnabled": False,
        "SalesEmailBcc": {},
        "SalesEmailCc": {},
        "UsingPriceLevels": False,
        "UsingProgressInvoicing": False,
    },
    "ReportPrefs": {"ReportBasis": "Accrual", "CalcAgingReportFromTxnDate": False},
    "TimeTrackingPrefs": {
        "UseServices": True,
        "BillCustomers": True,
        "ShowBillRateToAll": False,
        "WorkWeekStartDate": "Monday",
        "MarkTimeEntriesBillable": True,
    },
    "EmailMessagesPrefs": {
        f"{form}Message": {"Subject": f"{title} from us", "Message": f"Please find your {title.lower()} attached."}
        for form, title in (
            *(("Invoice", "Invoice"), ("Estimate", "Estimate")),
            *(("SalesReceipt", "Sales receipt"), ("Statement", "Statement")),
        )
    },
    "OtherPrefs": {
        "NameValue": [
            {"Name": "SalesFormsPrefs.DefaultCustomerMessage", "Value": "Thank you for your business."},
            {"Name": "WarnDuplicateCheckNumber", "Value": "true"},
            {"Name": "DTXCopyMemo", "Value": "false"},
            {"Name": "TimeTrackingFeatureEnabled", "Value": "true"},
            {"Name": "Vendor1099Enabled", "Value": "false"},
        ]
    },
}


def fill(company: CompanyBooks, seed: QuickBooksSeed) -> None:
    """Put in what every company has."""
    put(company, "CompanyInfo", _info(seed))
    put(company, "Preferences", {"Id": "1", **changed(PREFERENCES, dict(seed.preferences))})
    for number, rate in enumerate(seed.foreign_rates, start=1):
        code = rate.currency
        put(company, "CompanyCurrency", {"Id": str(number), "Code": code, "Name": name_of(code), "Active": True})


def put(company: CompanyBooks, entity: str, record: Json) -> None:
    """Store a record as it stood on the day of the seed; empty properties are left out."""
    written = pacific(SEEDED)
    kept = {key: value for key, value in record.items() if value not in (None, "")}
    stamped = {
        "domain": "QBO",
        "sparse": False,
        "SyncToken": "0",
        "MetaData": {"CreateTime": written, "LastUpdatedTime": written},
    }
    company.store(ENTITIES[entity], {**kept, **stamped}, int(SEEDED.timestamp()))


def _info(seed: QuickBooksSeed) -> Json:
    address = address_of(seed.address, "1")
    return {
        "Id": "1",
        "CompanyName": seed.name,
        "LegalName": seed.legal_name,
        "CompanyAddr": address,
        "LegalAddr": address,
        "CustomerCommunicationAddr": address,
        "Email": {"Address": seed.email},
        "PrimaryPhone": {"FreeFormNumber": PHONE},
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


def address_of(address: Address, identity: str) -> Json:
    """Return an address in wire form."""
    written = {
        "Id": identity,
        "Line1": address.line1,
        "City": address.city,
        "CountrySubDivisionCode": address.state,
        "PostalCode": address.postal_code,
        "Country": COUNTRY_CODES.get(address.country, address.country),
    }
    return {key: value for key, value in written.items() if value}
