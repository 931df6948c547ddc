"""New entries of each list, of which no more is known than a name."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from standins.precoro.company import Record


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
        "taxPayerType": 0,
        "taxPayerLabel": None,
        "businessRegistrationNumber": "",
        "accountHolderName": "",
        "bankName": "",
        "bankAddress": "",
        "swiftCode": "",
        "sortCode": "",
        "internationalBankAccountNumber": "",
        "americanBankersAssociationNumber": "",
        "creditBalanceSums": [],
        "creator": {"id": 11},
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


def new_user(identity: int, email: str, first_name: str, last_name: str) -> Record:
    """Return a user of the company."""
    return {
        "id": identity,
        "email": email,
        "firstname": first_name,
        "lastname": last_name,
        "enable": True,
        "externalId": None,
    }


def new_unit(identity: int, name: str) -> Record:
    """Return a unit of measurement."""
    return {"id": identity, "name": name, "enable": True}


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
