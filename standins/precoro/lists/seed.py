"""Put the lists of a seeded company into Precoro."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from standins.precoro.lists.blanks import (
    new_field,
    new_item,
    new_legal_entity,
    new_location,
    new_option,
    new_supplier,
    new_tax,
    new_term,
    new_unit,
    new_user,
)

if TYPE_CHECKING:
    from standins.companies.shapes import CatalogueItem, PrecoroSeed, SeededField, SeededOption, Supplier
    from standins.precoro.company import CompanyRecords, Record

UNITS = ("piece", "box", "hour", "kg")
SEEDED = "2026-01-05T09:00:00+00:00"


def fill(company: CompanyRecords, seed: PrecoroSeed, *, full: bool) -> None:
    """Put in what a seed has, or only the frame of a first day."""
    for collection, record in _frame(seed):
        company.add(collection, record)
    if full:
        for collection, record in _lists(seed):
            company.add(collection, record)


def _lists(company: PrecoroSeed) -> Iterator[tuple[str, Record]]:
    for supplier in company.suppliers:
        yield "suppliers", _supplier(supplier, company)
    for product in company.products:
        yield "items", _product(product, company)
    for field in company.fields:
        for option in field.options:
            yield "options", _option(option, field)


def _frame(company: PrecoroSeed) -> Iterator[tuple[str, Record]]:
    for place, field in enumerate(company.fields, 1):
        required = field.name == "QuickBooks Accounts"
        yield f"{field.level}customfields", new_field(field.id, field.name, place) | {"required": required}
    yield "users", new_user(11, company.user, "Ann", "Lee")
    for number, name in enumerate(UNITS, 1):
        yield "units", new_unit(number, name)
    yield "suppliercustomfields", new_field(3100 + company.id, "Supplier group", 1)
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


def _supplier(supplier: Supplier, company: PrecoroSeed) -> Record:
    term = next((term for term in company.payment_terms if term.id == supplier.term), None)
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


def _product(product: CatalogueItem, company: PrecoroSeed) -> Record:
    return {
        **new_item(product.id, product.name, company.currency, SEEDED),
        "sku": product.sku,
        "description": product.description,
        "price": product.price,
        "unit": product.unit,
        "externalId": product.external_id,
    }


def _option(option: SeededOption, field: SeededField) -> Record:
    return {
        **new_option(option.id, field.id, option.name, option.code, option.parent),
        "enable": option.enable,
        "externalId": option.external_id,
    }
