"""What a person chose about one list, as stored with the connection."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal, TypeAlias

from mappers.lists.entries import EXPENSE_TYPES, Selection

RefreshMode: TypeAlias = Literal["off", "known", "new"]

OFF: RefreshMode = "off"
NEW: RefreshMode = "new"
REFRESH_MODES: Mapping[RefreshMode, str] = {
    OFF: "only when a person asks",
    "known": "every day, what is in Precoro already",
    NEW: "every day, and what is new in QuickBooks is added",
}
"""What each way of refreshing a list means."""


@dataclass(frozen=True, slots=True)
class ListChoice:
    """The choice about one list: its custom field, its entries, its refresh.

    `field` is the id of the custom field; None finds it by its name. `switched_off` are the entries whose option was switched
    off because of QuickBooks: only these are switched on again.
    """

    field: str | None = None
    selection: Selection = dataclasses.field(default_factory=Selection)
    refresh: RefreshMode = OFF
    switched_off: frozenset[str] = frozenset()


def load_choice(kind: str, stored: Mapping[str, Any]) -> ListChoice:
    """Read a stored choice.

    Of accounts, expense and cost accounts are mirrored unless others are chosen.
    """
    usual = EXPENSE_TYPES if kind == "account" else frozenset()
    selection = Selection(
        types=frozenset(stored.get("types", usual)),
        picked=frozenset(stored.get("picked", ())),
        only_picked=bool(stored.get("only_picked")),
        left_out=frozenset(stored.get("left_out", ())),
    )
    return ListChoice(
        stored.get("field"), selection, stored.get("refresh", OFF), frozenset(stored.get("switched_off", ()))
    )


def dump_choice(choice: ListChoice) -> dict[str, Any]:
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
