"""Put the tax agencies, rates and codes of a seeded company into its books."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from standins.quickbooks.company.records import CompanyBooks
from standins.quickbooks.company.seed import put
from standins.wire import plain

if TYPE_CHECKING:
    from standins.companies.shapes import QuickBooksSeed

Json = dict[str, Any]


def fill(company: CompanyBooks, seed: QuickBooksSeed) -> None:
    """Put agencies, rates and codes in."""
    for agency in seed.tax_agencies:
        tracked = {"TaxTrackedOnPurchases": True, "TaxTrackedOnSales": True}
        put(company, "TaxAgency", {"Id": agency.id, "DisplayName": agency.name, **tracked})
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
        put(company, "TaxRate", record)
    _tax_codes(company, seed)


def _tax_codes(company: CompanyBooks, seed: QuickBooksSeed) -> None:
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
        put(company, "TaxCode", record)
