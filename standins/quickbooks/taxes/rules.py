"""Tax of a document: as sent, or worked out from its codes."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from standins.quickbooks import errors
from standins.quickbooks.company.draft import EntityDraft
from standins.wire import money, plain

Json = dict[str, Any]

CENT = Decimal("0.01")


def complete(draft: EntityDraft) -> None:
    """Set GlobalTaxCalculation and TxnTaxDetail."""
    new = draft.new
    if draft.company.country == "US":
        new.pop("GlobalTaxCalculation", None)
        new.pop("TxnTaxDetail", None)
        return
    new.setdefault("GlobalTaxCalculation", "TaxExcluded")
    sent = draft.clean.get("TxnTaxDetail")
    if new["GlobalTaxCalculation"] == "NotApplicable":
        if sent:
            raise errors.tax_detail_not_allowed()
        new.pop("TxnTaxDetail", None)
    elif sent:
        new["TxnTaxDetail"] = _as_sent(sent)
    elif "TxnTaxDetail" not in new or "Line" in draft.clean:
        new["TxnTaxDetail"] = _worked_out(draft)


def _as_sent(sent: Json) -> Json:
    lines = sent.get("TaxLine", [])
    total = sum((Decimal(line.get("Amount", 0)) for line in lines), Decimal(0))
    return {**sent, "TotalTax": sent.get("TotalTax", money(total))}


def _worked_out(draft: EntityDraft) -> Json:
    net: dict[str, Decimal] = {}
    for line in draft.new["Line"]:
        code = line.get(line["DetailType"], {}).get("TaxCodeRef", {}).get("value")
        for rate in rates_of(draft, code):
            net[rate] = net.get(rate, Decimal(0)) + Decimal(line["Amount"])
    lines = [_tax_line(draft, rate, amount) for rate, amount in net.items()]
    return {"TotalTax": money(sum((Decimal(line["Amount"]) for line in lines), Decimal(0))), "TaxLine": lines}


def rates_of(draft: EntityDraft, code: str | None) -> list[str]:
    """Return the ids of the purchase rates of a tax code."""
    record = draft.company.get("TaxCode", code) if code else None
    details = (record or {}).get("PurchaseTaxRateList", {}).get("TaxRateDetail", [])
    return [detail["TaxRateRef"]["value"] for detail in details]


def _tax_line(draft: EntityDraft, rate: str, net: Decimal) -> Json:
    record = draft.company.tables["TaxRate"][rate]
    if record.get("RateValue") is None:
        raise errors.business(f"The tax rate {record['Name']} has no value to work the tax out with.")
    percent = Decimal(record["RateValue"])
    return {
        "Amount": money((net * percent / 100).quantize(CENT, ROUND_HALF_UP)),
        "DetailType": "TaxLineDetail",
        "TaxLineDetail": {
            "TaxRateRef": {"value": rate},
            "PercentBased": True,
            "TaxPercent": plain(percent),
            "NetAmountTaxable": money(net),
        },
    }
