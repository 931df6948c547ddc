"""Custom fields of purchase orders: every definition that is on stands in every order."""

from __future__ import annotations

from typing import Any

from standins.quickbooks.company.draft import EntityDraft
from standins.quickbooks.company.records import CompanyBooks

Json = dict[str, Any]

NUMBERS = ("1", "2", "3")


def complete(draft: EntityDraft) -> None:
    """List the definitions that are on, with the values that were sent."""
    sent = {str(field.get("DefinitionId")): field for field in _fields(draft.new.get("CustomField"))}
    listed = [_field(identity, name, sent.get(identity, {})) for identity, name in definitions(draft.company).items()]
    draft.new["CustomField"] = listed
    if not listed:
        del draft.new["CustomField"]


def definitions(company: CompanyBooks) -> dict[str, str]:
    """Return the names of the custom fields of orders that are on, by their number."""
    groups = _fields(company.preference("VendorAndPurchasesPrefs", "POCustomField"))
    fields = {str(field.get("Name")): field for group in groups for field in _fields(group.get("CustomField"))}
    return {
        number: fields.get(f"PurchasePrefs.PurchaseCustomName{number}", {}).get("StringValue", "")
        for number in NUMBERS
        if fields.get(f"PurchasePrefs.UsePurchaseCustom{number}", {}).get("BooleanValue") is True
    }


def _field(identity: str, name: str, sent: Json) -> Json:
    value = {"StringValue": sent["StringValue"]} if sent.get("StringValue") else {}
    return {"DefinitionId": identity, "Name": name, "Type": "StringType", **value}


def _fields(sent: object) -> list[Json]:
    """Return the objects of a list; anybody may have written anything in its place."""
    return [field for field in sent if isinstance(field, dict)] if isinstance(sent, list) else []
