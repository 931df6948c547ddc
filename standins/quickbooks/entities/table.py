"""The entity table: every entity the stand-in knows.

A row is all that the engine needs to know of an entity whose rules are ordinary; documents add theirs in `documents`,
name lists in `names`. Lengths and lists of fields are those of Intuit's reference pages.
"""

from __future__ import annotations

from standins.quickbooks import errors
from standins.quickbooks.entities.entity import Entity
from standins.quickbooks.entities.fields import (
    ADDRESS,
    ANY,
    EMAIL,
    PHONE,
    TYPED_REF,
    WEB,
    FieldSpec,
    computed,
    flag,
    parts,
    text,
)
from standins.quickbooks.entities.lists import (
    ACCOUNT,
    CLASS,
    COMPANY_CURRENCY,
    CUSTOMER,
    DEPARTMENT,
    EMPLOYEE,
    ITEM,
    TAX_AGENCY,
    TAX_CODE,
    TAX_RATE,
    TERM,
    VENDOR,
)
from standins.quickbooks.entities.transactions import BILL, BILL_PAYMENT, PURCHASE, PURCHASE_ORDER, VENDOR_CREDIT

COMPANY_INFO = Entity(
    "CompanyInfo",
    {
        "CompanyName": text(1024),
        "LegalName": text(1024),
        "CompanyAddr": ADDRESS,
        "LegalAddr": ADDRESS,
        "CustomerCommunicationAddr": ADDRESS,
        "Email": EMAIL,
        "WebAddr": WEB,
        "PrimaryPhone": PHONE,
        "Country": text(100),
        "FiscalYearStartMonth": text(20),
        "SupportedLanguages": text(100),
        "CompanyStartDate": computed("date"),
        "NameValue": computed(),
    },
    verbs=frozenset({"read", "query", "update"}),
    event=False,
)
PREFERENCES = Entity(
    "Preferences",
    dict.fromkeys(
        (
            "AccountingInfoPrefs",
            "ProductAndServicesPrefs",
            "VendorAndPurchasesPrefs",
            "TaxPrefs",
            "CurrencyPrefs",
            "SalesFormsPrefs",
            "ReportPrefs",
            "TimeTrackingPrefs",
            "EmailMessagesPrefs",
            "OtherPrefs",
        ),
        ANY,
    ),
    verbs=frozenset({"read", "query", "update", "changes"}),
)

ATTACHABLE_REF = parts(
    EntityRef=TYPED_REF, IncludeOnSend=flag(), LineInfo=text(100), NoRefOnly=flag(), Inactive=flag(), CustomField=ANY
)
ATTACHABLE = Entity(
    "Attachable",
    {
        "FileName": text(1000),
        "Note": text(2000),
        "ContentType": text(100),
        "Category": text(100),
        "AttachableRef": FieldSpec("list", parts={"": ATTACHABLE_REF}),
        "Lat": text(100),
        "Long": text(100),
        "PlaceName": text(2000),
        "Tag": text(2000),
        "Size": computed("number", queryable=True),
        "FileAccessUri": computed(),
        "TempDownloadUri": computed(),
        "ThumbnailFileAccessUri": computed(),
        "ThumbnailTempDownloadUri": computed(),
    },
    verbs=frozenset({"create", "update", "delete", "read", "query", "changes"}),
    event=False,
)

ENTITIES = {
    row.name: row
    for row in (
        VENDOR,
        CUSTOMER,
        EMPLOYEE,
        ACCOUNT,
        CLASS,
        DEPARTMENT,
        ITEM,
        TERM,
        COMPANY_CURRENCY,
        TAX_CODE,
        TAX_RATE,
        TAX_AGENCY,
        PURCHASE_ORDER,
        BILL,
        VENDOR_CREDIT,
        BILL_PAYMENT,
        PURCHASE,
        ATTACHABLE,
        COMPANY_INFO,
        PREFERENCES,
    )
}
BY_KEY = {row.key: row for row in ENTITIES.values()}
NAME_SHARERS = ("Vendor", "Customer", "Employee")
ALWAYS = frozenset({"Id", "SyncToken", "sparse", "domain", "MetaData", "status"})
"""Properties that every entity carries and no rule of the table covers."""


def of_path(name: str) -> Entity:
    """Return the entity that an address names, in any case; Fault 500 when there is none."""
    entity = BY_KEY.get(name.lower())
    if entity is None:
        raise errors.unsupported_operation(name)
    return entity
