"""The form that writes a catalogue item: PUT replaces the whole, so all is sent along."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from precoro_client.forms import Fields, Value

UNCHANGED = ("sku", "name", "description", "currency", "unit", "freeOfCharge", "hiddenInCatalog")
"""What is sent along unchanged; how custom fields of items are written is not known (docs/reference/precoro.md, Items)."""
REFERENCES = ("supplier", "category")


def whole_form(item: Mapping[str, Any], changes: Fields) -> Fields:
    """Return all that a form can carry of an item just read, with the changes."""
    form: dict[str, Value] = {name: item[name] for name in UNCHANGED if item.get(name) not in (None, "")}
    if item.get("price") is not None:
        form["price"] = Decimal(str(item["price"]))
    references = {name: {"id": item[name]["id"]} for name in REFERENCES if item.get(name)}
    return {**form, **references, **changes}
