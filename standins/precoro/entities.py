"""The table of Precoro's collections: keys, list rows, forms."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal, TypeAlias

Kind: TypeAlias = Literal["text", "money", "integer", "flag", "reference", "texts", "integers", "contacts", "moment"]

DOCUMENTS = ("purchaseorders", "invoices", "expenses")
LINES = frozenset(
    {
        *("items", "taxes", "discounts", "payments", "attachments", "dataDocumentCustomFields", "relatedReceipts"),
        *("approvalSteps", "comments", "followers", "contracts"),
    }
)
OUTSIDE_ID: Mapping[str, Kind] = {"externalId": "text"}


@dataclass(frozen=True)
class Collection:
    """One collection.

    `key` is the property that stands in the path; `ping` the type number of its webhook; `single_only` what only the
    single GET shows; `writable` the form of POST and PUT; `patchable` the form of PATCH; `required` for POST and PUT;
    `read_only` collections cannot be written at all; `longest` the most characters of a text (255 where it says nothing); `codes` what no two records may share.
    """

    collection: str
    key: str = "id"
    ping: int | None = None
    single_only: frozenset[str] = frozenset()
    writable: Mapping[str, Kind] = field(default_factory=dict)
    patchable: Mapping[str, Kind] = field(default_factory=lambda: OUTSIDE_ID)
    required: tuple[str, ...] = ()
    longest: Mapping[str, int] = field(default_factory=dict)
    codes: tuple[str, ...] = ()
    read_only: bool = False


_DOCUMENT_PATCH: Mapping[str, Kind] = {"externalId": "text", "externalIntegrationLog": "text"}
_LOG: Mapping[str, int] = {"externalIntegrationLog": 65535}
_PAYMENT: Mapping[str, Kind] = {"sumPaid": "money", "payDate": "moment", "externalId": "text", "note": "text"}
EXPENSE_PAYMENT: Mapping[str, Kind] = {"expense": "reference", **_PAYMENT}
_OPTION: Mapping[str, Kind] = {
    "name": "text",
    "code": "text",
    "enable": "flag",
    "parent": "reference",
    "externalId": "text",
}

ENTITIES: Mapping[str, Collection] = {
    entity.collection: entity
    for entity in (
        Collection("purchaseorders", "idn", 2, LINES, patchable=_DOCUMENT_PATCH, longest=_LOG),
        Collection("invoices", "idn", 3, LINES, patchable=_DOCUMENT_PATCH, longest=_LOG),
        Collection("expenses", "idn", 6, LINES, patchable=_DOCUMENT_PATCH, longest=_LOG),
        Collection("receipts", "idn", 5, LINES, patchable=_DOCUMENT_PATCH, longest=_LOG),
        Collection("payments", "idn", writable={"invoice": "reference", **_PAYMENT, "logicType": "integer"}),
        Collection(
            "suppliers",
            ping=7,
            single_only=frozenset({"attachments"}),
            writable={
                "name": "text",
                "uniqueCode": "text",
                "legalAddress": "text",
                "city": "text",
                "state": "text",
                "postalCode": "text",
                "country": "text",
                "phone": "text",
                "accountNumber": "text",
                "taxPayer": "flag",
                "taxPayerNumber": "text",
                "note": "text",
                "currencies": "texts",
                "contacts": "contacts",
                "supplierLegalEntityIds": "integers",
                "enable": "flag",
                "externalId": "text",
            },
            required=("name",),
            longest={"note": 65535},
            codes=("uniqueCode",),
        ),
        Collection(
            "items",
            writable={
                "sku": "text",
                "name": "text",
                "description": "text",
                "price": "money",
                "currency": "text",
                "unit": "text",
                "freeOfCharge": "flag",
                "hiddenInCatalog": "flag",
                "supplier": "reference",
                "category": "reference",
                "externalId": "text",
            },
            required=("name",),
            longest={"name": 300, "sku": 300, "description": 65535},
        ),
        Collection("itemcustomfields", ping=11, single_only=frozenset({"options"})),
        Collection("documentcustomfields", ping=10, single_only=frozenset({"options"})),
        Collection("options", writable=_OPTION, patchable=_OPTION, required=("name",)),
        Collection(
            "taxes",
            writable={
                "name": "text",
                "value": "money",
                "percent": "money",
                "isWithholdingTax": "flag",
                "externalId": "text",
            },
            required=("name", "value"),
        ),
        Collection(
            "paymentterms",
            writable={
                "name": "text",
                "creditPeriodDays": "integer",
                "prepaymentPercent": "money",
                "postpaymentPercent": "money",
                "termsDueDateAfterInvoicing": "integer",
                "paymentType": "integer",
                "enable": "flag",
                "externalId": "text",
            },
            required=("name",),
        ),
        Collection(
            "locations",
            writable={
                "name": "text",
                "uniqueCode": "text",
                "fullAddress": "text",
                "phone": "text",
                "enable": "flag",
                "externalId": "text",
            },
            required=("name",),
            codes=("uniqueCode",),
        ),
        Collection("legalentities"),
        Collection("users", read_only=True),
        Collection("units", read_only=True),
        Collection("suppliercustomfields", single_only=frozenset({"options"}), read_only=True),
    )
}
