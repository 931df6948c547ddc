"""TaxService: a tax code made with its rates in one call."""

from __future__ import annotations

from decimal import Decimal, InvalidOperation
from typing import Any

from standins.quickbooks import errors
from standins.quickbooks.company.records import CompanyBooks
from standins.quickbooks.entities.table import ENTITIES
from standins.quickbooks.errors import QuickBooksFault
from standins.wire import plain

Json = dict[str, Any]

LISTS = {"Sales": "SalesTaxRateList", "Purchase": "PurchaseTaxRateList"}
LONGEST = 100


def create(company: CompanyBooks, sent: Json) -> Json:
    """Make code and rates; return what was sent with their ids."""
    name, details = _text(sent, "TaxCode"), sent.get("TaxRateDetails")
    if not isinstance(details, list) or not details:
        raise QuickBooksFault(errors.required("TaxRateDetails"))
    if company.index.holder_of_name(ENTITIES["TaxCode"], name):
        raise errors.name_taken("tax code")
    read = [_detail(company, detail) for detail in details]
    names = [rate["TaxRateName"] for rate in read if "TaxRateId" not in rate]
    if len(set(names)) < len(names) or any(company.index.holder_of_name(ENTITIES["TaxRate"], name) for name in names):
        raise errors.name_taken("tax rate")
    made = [rate if "TaxRateId" in rate else _new_rate(company, rate) for rate in read]
    return {"TaxCode": name, "TaxCodeId": _new_code(company, name, made), "TaxRateDetails": made}


def _text(sent: Json, name: str) -> str:
    value = str(sent.get(name) or "").strip()
    if not value:
        raise QuickBooksFault(errors.required(name))
    if len(value) > LONGEST:
        raise QuickBooksFault(errors.wrong_length(name, value, LONGEST))
    return value


def _detail(company: CompanyBooks, sent: Any) -> Json:
    if not isinstance(sent, dict):
        raise QuickBooksFault(errors.unsupported_property("TaxRateDetails"))
    side = str(sent.get("TaxApplicableOn") or "Sales")
    if side not in LISTS:
        raise QuickBooksFault(errors.wrong_value(2170, "Enumeration", "TaxApplicableOn", side))
    if sent.get("TaxRateId"):
        rate = company.get("TaxRate", str(sent["TaxRateId"]))
        if rate is None:
            raise errors.unknown_reference("TaxRates", str(sent["TaxRateId"]), "TaxRateId")
        return {"TaxRateId": rate["Id"], "TaxApplicableOn": side}
    agency = str(sent.get("TaxAgencyId") or "")
    if company.get("TaxAgency", agency) is None:
        raise errors.unknown_reference("TaxAgencies", agency, "TaxAgencyId")
    return {
        "TaxRateName": _text(sent, "TaxRateName"),
        "RateValue": _percent(sent.get("RateValue")),
        "TaxAgencyId": agency,
        "TaxApplicableOn": side,
    }


def _percent(value: object) -> Decimal | int:
    try:
        percent = Decimal(str(value))
    except InvalidOperation as error:
        raise QuickBooksFault(errors.wrong_value(2080, "Number format", "RateValue", value)) from error
    if not 0 <= percent <= 100:  # noqa: PLR2004
        raise QuickBooksFault(errors.wrong_value(2150, "Percent", "RateValue", value))
    return plain(percent)


def _new_rate(company: CompanyBooks, rate: Json) -> Json:
    entity = ENTITIES["TaxRate"]
    record = {
        "Id": company.new_id(entity),
        "Name": rate["TaxRateName"],
        "Description": rate["TaxRateName"],
        "Active": True,
        "RateValue": rate["RateValue"],
        "AgencyRef": {"value": rate["TaxAgencyId"]},
        "SpecialTaxType": "NONE" if rate["RateValue"] else "ZERO_RATE",
        "DisplayType": "ReadOnly",
        "EffectiveTaxRate": [{"RateValue": rate["RateValue"], "EffectiveDate": "2011-01-04T00:00:00-08:00"}],
    }
    return {**rate, "TaxRateId": company.put(entity, record)["Id"]}


def _new_code(company: CompanyBooks, name: str, rates: list[Json]) -> str:
    entity = ENTITIES["TaxCode"]
    record: Json = {
        "Id": company.new_id(entity),
        "Name": name,
        "Description": name,
        "Active": True,
        "Hidden": False,
        "Taxable": True,
        "TaxGroup": True,
        "TaxCodeConfigType": "USER_DEFINED",
    }
    for side, listed in LISTS.items():
        rate_ids = [rate["TaxRateId"] for rate in rates if rate["TaxApplicableOn"] == side]
        record[listed] = {"TaxRateDetail": [_listed(company, rate) for rate in rate_ids]}
    return str(company.put(entity, record)["Id"])


def _listed(company: CompanyBooks, rate: str) -> Json:
    name = company.tables["TaxRate"][rate]["Name"]
    return {"TaxRateRef": {"value": rate, "name": name}, "TaxTypeApplicable": "TaxOnAmount", "TaxOrder": 0}
