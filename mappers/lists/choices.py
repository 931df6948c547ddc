"""What a person has chosen about one list, as it is stored with the connection: its field, its entries, its refresh."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from mappers.lists.entries import EXPENSE_TYPES, Selection

OFF, KNOWN, NEW = "off", "known", "new"
REFRESH: Mapping[str, str] = {
    OFF: "only when a person asks",
    KNOWN: "every day, what is in Precoro already",
    NEW: "every day, and what is new in QuickBooks is added",
}
"""How a list is kept fresh."""


@dataclass(frozen=True, slots=True)
class Choice:
    """One list: the id of its custom field (None: found by its name), which entries, and how it is kept fresh.

    `switched_off` are the entries whose option was switched off because of QuickBooks: only these are switched on again.
    """

    field: str | None = None
    selection: Selection = dataclasses.field(default_factory=Selection)
    refresh: str = OFF
    switched_off: frozenset[str] = frozenset()


def load_choice(kind: str, stored: Mapping[str, Any]) -> Choice:
    """Read a choice; of accounts, expense and cost accounts are mirrored unless others are chosen."""
    usual = EXPENSE_TYPES if kind == "account" else frozenset()
    selection = Selection(
        types=frozenset(stored.get("types", usual)),
        picked=frozenset(stored.get("picked", ())),
        only_picked=bool(stored.get("only_picked")),
        left_out=frozenset(stored.get("left_out", ())),
    )
    return Choice(stored.get("field"), selection, stored.get("refresh", OFF), frozenset(stored.get("switched_off", ())))


def dump_choice(choice: Choice) -> dict[str, Any]:
    """Return a choice as plain JSON values."""
    selection = choice.selection
    return {
        "field": choice.field,
        "types": sorted(selection.types),
        "picked": sorted(selection.picked),
        "only_picked": selection.only_picked,
        "left_out": sorted(selection.left_out),
        "refresh": choice.refresh,
        "switched_off": sorted(choice.switched_off),
    }
