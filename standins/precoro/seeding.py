"""Turn a seeded company into the records that the stand-in keeps."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import Any, TypeAlias

from standins.companies.shapes import CustomField, Option, PrecoroCompany, Product, Supplier

Record: TypeAlias = dict[str, Any]

SEEDED = "2026-01-05T09:00:00+00:00"


def fill(company: PrecoroCompany, *, full: bool) -> Iterator[tuple[str, Record]]:
    """Yield (collection, record) of a company; without `full` only what every company has from its first day."""
    yield from _frame(company)
    if not full:
        return
    for supplier in company.suppliers:
        yield "suppliers", _supplier(supplier, company)
    for product in company.products:
        yield "items", _product(product, company)
    for field in company.fields:
        for option in field.options:
            yield "options", _option(option, field)


def _frame(company: PrecoroCompany) -> Iterator[tuple[str, Record]]:
    for place, field in enumerate(company.fields, 1):
        required = field.name == "QuickBooks Accounts"
        yield f"{field.level}customfields", new_field(field.id, field.name, place) | {"required": required}
    for tax in company.taxes:
        whose = {"isWithholdingTax": tax.is_withholding, "externalId": tax.external_id}
        yield "taxes", new_tax(tax.id, tax.name, tax.value, SEEDED) | whose
    for term in company.payment_terms:
        yield "paymentterms", new_term(term.id, term.name, term.days)
    for office in company.locations:
        where = {"uniqueCode": office.code, "fullAddress": office.address}
        yield "locations", new_location(office.id, office.name) | where
    for entity in company.legal_entities:
        more = {"fullName": entity.full_name, "legalAddress": entity.address}
        yield "legalentities", new_legal_entity(entity.id, entity.name) | more


def new_term(identity: int, name: str, days: int) -> Record:
    """Return a payment term that is paid after the delivery."""
    return {
        "id": identity,
        "name": name,
        "prepaymentPercent": 0,
        "postpaymentPercent": 100,
        "creditPeriodDays": days,
        "termsDueDateAfterInvoicing": 1,
        "paymentType": 1,
        "enable": True,
        "externalId": None,
    }


def new_tax(identity: int, name: str, rate: Decimal, moment: str) -> Record:
    """Return a tax of that rate in percent, all of it recoverable."""
    return {
        "id": identity,
        "name": name,
        "percent": 100,
        "value": rate,
        "taxAmount": None,
        "isWithholdingTax": False,
        "qboId": None,
        "xeroId": None,
        "externalId": None,
        "createDate": moment,
        "updateDate": moment,
    }


def new_location(identity: int, name: str) -> Record:
    """Return a location of which no more is known than its name."""
    return {
        "id": identity,
        "uniqueCode": None,
        "name": name,
        "fullAddress": "",
        "phone": "",
        "enable": True,
        "externalId": None,
    }


def new_legal_entity(identity: int, name: str) -> Record:
    """Return a legal entity of which no more is known than its name."""
    return {"id": identity, "name": name, "fullName": name, "legalAddress": "", "externalId": None}


def new_supplier(identity: int, name: str, currencies: list[str], moment: str) -> Record:
    """Return a supplier of whom no more is known than a name and currencies."""
    return {
        "id": identity,
        "uniqueCode": None,
        "name": name,
        "status": 2,
        "enable": True,
        "currency": currencies[0] if currencies else None,
        "currencies": currencies,
        "legalAddress": "",
        "city": "",
        "state": "",
        "postalCode": "",
        "country": "",
        "phone": "",
        "accountNumber": "",
        "taxPayer": False,
        "taxPayerNumber": "",
        "note": "",
        "conditions": None,
        "createDate": moment,
        "updateDate": moment,
        "approvalDate": moment,
        "qboId": None,
        "xeroId": None,
        "netSuiteId": None,
        "externalId": None,
        "integrationStatus": None,
        "enterInvoiceAsOneLine": False,
        "contacts": [],
        "paymentTerms": [],
        "supplierLegalEntities": [],
        "dataSupplierCustomFields": [],
        "attachments": [],
    }


def _supplier(supplier: Supplier, company: PrecoroCompany) -> Record:
    term = next((one for one in company.payment_terms if one.id == supplier.term), None)
    address = supplier.address
    return {
        **new_supplier(supplier.id, supplier.name, list(supplier.currencies), SEEDED),
        "uniqueCode": supplier.code,
        "status": supplier.status,
        "enable": supplier.enable,
        "legalAddress": address.line1,
        "city": address.city,
        "state": address.state,
        "postalCode": address.postal_code,
        "country": address.country,
        "phone": supplier.phone,
        "accountNumber": supplier.account_number,
        "taxPayer": bool(supplier.tax_number),
        "taxPayerNumber": supplier.tax_number,
        "externalId": supplier.external_id,
        "contacts": [
            {"id": supplier.id * 10 + place, "name": name, "email": email, "phone": None}
            for place, (name, email) in enumerate(supplier.contacts)
        ],
        "paymentTerms": [new_term(term.id, term.name, term.days)] if term else [],
    }


def new_item(identity: int, name: str, currency: str, moment: str) -> Record:
    """Return a catalogue item of which no more is known than its name."""
    return {
        "id": identity,
        "sku": None,
        "name": name,
        "description": "",
        "price": None,
        "currency": currency,
        "unit": "piece",
        "type": 0,
        "typeString": "inventory",
        "enable": True,
        "freeOfCharge": False,
        "hiddenInCatalog": False,
        "category": None,
        "supplier": None,
        "qboId": None,
        "externalId": None,
        "createDate": moment,
        "updateDate": moment,
        "dataProductCustomFields": [],
    }


def _product(product: Product, company: PrecoroCompany) -> Record:
    return {
        **new_item(product.id, product.name, company.currency, SEEDED),
        "sku": product.sku,
        "description": product.description,
        "price": product.price,
        "unit": product.unit,
        "externalId": product.external_id,
    }


def new_field(identity: int, name: str, position: int) -> Record:
    """Return a drop-down without options."""
    return {
        "id": identity,
        "name": name,
        "description": None,
        "required": False,
        "enable": True,
        "type": 0,
        "typeString": "select",
        "position": position,
    }


def new_option(identity: int, field: int, name: str | None, code: str = "", parent: int | None = None) -> Record:
    """Return an option of a custom field."""
    return {
        "id": identity,
        "field": field,
        "name": name,
        "code": code,
        "parent": {"id": parent} if parent else None,
        "enable": True,
        "externalId": None,
        "legalEntities": [],
    }


def _option(option: Option, field: CustomField) -> Record:
    return {
        **new_option(option.id, field.id, option.name, option.code, option.parent),
        "enable": option.enable,
        "externalId": option.external_id,
    }
