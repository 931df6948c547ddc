"""The table of Precoro's collections: how each is addressed, what its list rows leave out, what a form may write."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal, TypeAlias

Kind: TypeAlias = Literal["text", "money", "integer", "flag", "reference", "texts", "integers"]

DOCUMENTS = ("purchaseorders", "invoices", "expenses")
LINES = frozenset(
    {"items", "taxes", "discounts", "payments", "attachments", "dataDocumentCustomFields", "relatedReceipts"}
)
OUTSIDE_ID: Mapping[str, Kind] = {"externalId": "text"}


@dataclass(frozen=True)
class Entity:
    """One collection.

    `key` is the property that stands in the path; `ping` the type number of its webhook; `single_only` what only the
    single GET shows; `writable` the form of POST and PUT; `patchable` the form of PATCH; `required` for POST.
    """

    collection: str
    key: str = "id"
    ping: int | None = None
    single_only: frozenset[str] = frozenset()
    writable: Mapping[str, Kind] = field(default_factory=dict)
    patchable: Mapping[str, Kind] = field(default_factory=lambda: OUTSIDE_ID)
    required: tuple[str, ...] = ()


_DOCUMENT_PATCH: Mapping[str, Kind] = {"externalId": "text", "externalIntegrationLog": "text"}
_OPTION: Mapping[str, Kind] = {
    "name": "text",
    "code": "text",
    "enable": "flag",
    "parent": "reference",
    "externalId": "text",
}

ENTITIES: Mapping[str, Entity] = {
    entity.collection: entity
    for entity in (
        Entity("purchaseorders", "idn", 2, LINES, patchable=_DOCUMENT_PATCH),
        Entity("invoices", "idn", 3, LINES, patchable=_DOCUMENT_PATCH),
        Entity("expenses", "idn", 6, LINES, patchable=_DOCUMENT_PATCH),
        Entity("receipts", "idn", 5, LINES, patchable=_DOCUMENT_PATCH),
        Entity("payments", "idn"),
        Entity(
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
                "taxPayerNumber": "text",
                "note": "text",
                "currencies": "texts",
                "supplierLegalEntityIds": "integers",
                "externalId": "text",
            },
            required=("name", "currencies"),
        ),
        Entity(
            "items",
            writable={
                "sku": "text",
                "name": "text",
                "description": "text",
                "price": "money",
                "currency": "text",
                "unit": "text",
                "supplier": "reference",
                "category": "reference",
                "externalId": "text",
            },
            required=("name",),
        ),
        Entity("itemcustomfields", ping=11, single_only=frozenset({"options"})),
        Entity("documentcustomfields", ping=10, single_only=frozenset({"options"})),
        Entity("options", writable=_OPTION, patchable=_OPTION, required=("name",)),
        Entity(
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
        Entity(
            "paymentterms",
            writable={
                "name": "text",
                "creditPeriodDays": "integer",
                "prepaymentPercent": "integer",
                "postpaymentPercent": "integer",
                "enable": "flag",
                "externalId": "text",
            },
            required=("name",),
        ),
        Entity(
            "locations",
            writable={
                "name": "text",
                "uniqueCode": "text",
                "fullAddress": "text",
                "enable": "flag",
                "externalId": "text",
            },
            required=("name",),
        ),
        Entity("legalentities"),
    )
}
