"""The form that writes a supplier: PUT replaces the whole, so what is left out would be emptied."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from precoro_client.forms import Fields, Value

UNCHANGED = (
    "name",
    "uniqueCode",
    "legalAddress",
    "city",
    "state",
    "postalCode",
    "country",
    "phone",
    "accountNumber",
    "taxPayer",
    "taxPayerNumber",
    "note",
)
"""What is sent along unchanged. How contacts are written is not known, so they are not among it (docs/reference/precoro.md, Suppliers)."""


def whole_form(supplier: Mapping[str, Any], changes: Fields) -> Fields:
    """Return all that a form can carry of a supplier just read, with the changes."""
    form: dict[str, Value] = {name: supplier[name] for name in UNCHANGED if supplier.get(name)}
    currencies = supplier.get("currencies") or [supplier.get("currency")]
    form["currencies"] = [currency for currency in currencies if currency]
    entities = _rows(supplier.get("supplierLegalEntities"))
    if entities:
        form["supplierLegalEntityIds"] = [(entity.get("legalEntity") or entity)["id"] for entity in entities]
    return {**form, **changes}


def without(form: Fields, refused: Collection[str], changes: Fields) -> Fields | None:
    """Return a form without the refused fields; None when one of them is a change or is not in it."""
    if not refused or any(name in changes or name not in form for name in refused):
        return None
    return {name: value for name, value in form.items() if name not in refused}


def _rows(collection: object) -> list[Mapping[str, Any]]:
    """Return the rows of a nested collection, which is wrapped in `data` or bare."""
    rows = collection.get("data") if isinstance(collection, Mapping) else collection
    return [row for row in rows if isinstance(row, Mapping)] if isinstance(rows, list) else []
