"""The figures of an entity: what was meant, and what QuickBooks holds instead."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from decimal import Decimal
from itertools import zip_longest
from typing import Any

from mappers.documents.differences import own_lines
from mappers.money import total, written

Json = Mapping[str, Any]


def tax_of(entity: Json) -> Decimal:
    """Return the tax of an entity; American ones have none of their own."""
    detail = entity.get("TxnTaxDetail") or {}
    if detail.get("TotalTax") is not None:
        return Decimal(detail["TotalTax"])
    return total([Decimal(line.get("Amount") or 0) for line in detail.get("TaxLine") or []])


def total_meant(mapped: Json) -> Decimal:
    """Return what the lines and the tax of our own fields add up to."""
    return total([*_amounts(mapped), tax_of(mapped)])


def wrong_figures(mapped: Json, entity: Json) -> str | None:
    """Name the figures of an entity that are not as meant, or return None.

    Lines without money may stand between and after ours.
    """
    return ", ".join(_wrong(mapped, entity)) or None


def _wrong(mapped: Json, entity: Json) -> Iterator[str]:
    headline = (
        ("total", total_meant(mapped), Decimal(entity.get("TotalAmt") or 0)),
        ("tax", tax_of(mapped), tax_of(entity)),
    )
    for name, meant, held in headline:
        if meant != held:
            yield f"its {name} is {written(held)} instead of {written(meant)}"
    for place, (meant_amount, held_amount) in enumerate(zip_longest(_amounts(mapped), _amounts(entity)), start=1):
        if meant_amount != held_amount:
            yield f"line {place} is {_shown(held_amount)} instead of {_shown(meant_amount)}"


def _amounts(entity: Json) -> list[Decimal]:
    """Return the amounts of the lines that carry money, in their order."""
    return [amount for line in own_lines(entity) if (amount := Decimal(line.get("Amount") or 0))]


def _shown(amount: Decimal | None) -> str:
    return "missing" if amount is None else written(amount)
