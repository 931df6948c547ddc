"""New documents of each kind, of which no more is known than company, supplier and currency."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING

from standins.companies.seeds import COMPANIES
from standins.precoro.company import now, stamp

if TYPE_CHECKING:
    from standins.precoro.company import CompanyRecords, Record

SUMS = ("sum", "netSum", "sumInCompanyCurrency", "netSumInCompanyCurrency", "withholdingTaxSum")
PRECORO_MARGIN = Decimal("1.01")
CREDIT_DAYS = 30


def new_document(company: CompanyRecords, collection: str, supplier: Record, currency: str) -> Record:
    """Return a draft of `purchaseorders`, `invoices` or `expenses`, not yet kept."""
    moment = stamp(now())
    number = company.next_number(collection)
    prefix, own_properties = _KINDS[collection]
    document: Record = {
        "id": company.next_id(collection),
        "idn": number,
        "customName": f"{prefix}-{number}",
        "status": 0,
        "statusString": "draft",
        "logicType": 0,
        "isServiceOrder": False,
        "createDate": moment,
        "updateDate": moment,
        "requiredDate": _midnight(now().date() + timedelta(days=CREDIT_DAYS)),
        "approvalDate": None,
        "currency": currency,
        "exchangeRate": {currency: rate_of_today(company, currency)},
        **dict.fromkeys(SUMS, Decimal(0)),
        "note": None,
        "creditPeriodDays": CREDIT_DAYS,
        "paymentTerm": {"id": supplier["paymentTerms"][0]["id"]} if supplier["paymentTerms"] else None,
        "qboId": None,
        "externalId": None,
        "externalIntegrationLog": None,
        "integrationStatus": None,
        "supplier": {"id": supplier["id"], "name": supplier["name"]},
        "location": {"id": next(iter(company.records["locations"]), None)},
        "legalEntity": {"id": next(iter(company.records["legalentities"]), None)},
        "company": {"id": company.id, "name": company.name},
        "updateExchangeRateDate": None,
        "xeroId": None,
        "budget": None,
        "budgetLine": None,
        "budgetedSum": None,
        "usedTaxPercentInBudget": None,
        "isBudgetOverLimit": False,
        "prepaymentPercent": 0,
        "postpaymentPercent": 100,
        "lastApprover": None,
        "secondInCharge": None,
        "approvalSteps": [],
        "comments": [],
        "followers": [],
        "contracts": [],
        "creator": {"id": 11, "email": company.user, "firstname": "Ann", "lastname": "Lee"},
        "items": [],
        "taxes": [],
        "discounts": [],
        "dataDocumentCustomFields": [],
        "attachments": [],
    }
    return document | own_properties(number)


def rate_of_today(company: CompanyRecords, currency: str) -> Decimal:
    """Return Precoro's own rate for today: near that of QuickBooks, but not the same."""
    seeded = next((pair for pair in COMPANIES if pair.precoro.id == company.id), None)
    rate = seeded.quickbooks.exchange_rate(currency, now().date()) if seeded else None
    if currency == company.currency or rate is None:
        return Decimal(1)
    return (rate * PRECORO_MARGIN).quantize(Decimal("0.000001"))


def _order_properties(_: str) -> Record:
    return {
        "statusReceiving": 0,
        "statusPayment": 0,
        "statusSending": 0,
        "invoicedSum": Decimal(0),
        "deliverToName": None,
        "relatedReceipts": [],
    }


def _invoice_properties(number: str) -> Record:
    return {
        "invoiceNumber": f"S-{number}",
        "fromSupplier": False,
        "issueDate": _midnight(now().date()),
        "sumPaid": Decimal("0.00"),
        "sumPaidInCompanyCurrency": Decimal(0),
        "deliveryNote": None,
        "purchaseOrder": None,
        "allocatedInvoice": None,
        "parentData": None,
        "isRequiredTaxesForItems": False,
        "toleranceRateSum": None,
        "toleranceRatePercent": None,
        "payments": [],
    }


def _expense_properties(_: str) -> Record:
    return {
        "expenseDate": _midnight(now().date()),
        "sumPaid": Decimal("0.00"),
        "sumPaidInCompanyCurrency": Decimal(0),
        "payments": [],
    }


_KINDS: dict[str, tuple[str, Callable[[str], Record]]] = {
    "purchaseorders": ("PO", _order_properties),
    "invoices": ("INV", _invoice_properties),
    "expenses": ("EXP", _expense_properties),
}
"""For every kind of document: the letters of its number, and the properties that only it has."""


def _midnight(day: date) -> str:
    return stamp(datetime(day.year, day.month, day.day, tzinfo=UTC))
