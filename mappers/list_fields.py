"""The lists of QuickBooks that Precoro can mirror, and the level at which their custom field stands: as QuickBooks is set."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, TypeAlias

from mappers.books import Preferences

Level: TypeAlias = Literal["item", "document"]

ITEM: Level = "item"
DOCUMENT: Level = "document"


@dataclass(frozen=True, slots=True)
class ListKind:
    """One list: `kind` as its pairs are called, `entity` and `entry` as QuickBooks and our copy of it call its entries."""

    kind: str
    title: str
    noun: str
    entity: str
    entry: str
    field_name: str


LISTS: Mapping[str, ListKind] = {
    "accounts": ListKind("account", "GL accounts", "account", "Account", "account", "QuickBooks Accounts"),
    "customers": ListKind(
        "customer", "Customers and projects", "customer", "Customer", "customer", "QuickBooks Customers"
    ),
    "classes": ListKind("class", "Classes", "class", "Class", "class", "QuickBooks Classes"),
    "locations": ListKind("location", "Locations", "location", "Department", "department", "QuickBooks Locations"),
}
"""Every list under the name that people use for it, in the order in which it is shown."""

WORDS: Mapping[str, tuple[str, ...]] = {
    "account": ("account", "gl "),
    "class": ("class",),
    "customer": ("customer", "project"),
    "location": ("location", "department"),
}
"""What the name of a custom field contains when it means a list."""

_OFF = {
    "class": "Classes are off in QuickBooks. Switch them on there: Account and settings, Advanced, Categories.",
    "location": "Locations are off in QuickBooks. Switch them on there: Account and settings, Advanced, Categories.",
    "customer": (
        "QuickBooks does not track purchases by customer. Switch it on there: Account and settings, Expenses, Bills and expenses."
    ),
}


def level_of(kind: str, preferences: Preferences) -> Level | None:
    """Return where documents carry entries of a list: on each line, once for the document, or (None) not at all.

    Precoro keeps accounts, customers and classes on lines, locations on documents (facts 1.3); a company with one class per
    transaction chooses it once for the document.
    """
    if kind == "account":
        return ITEM
    if kind == "customer":
        return ITEM if preferences.track_customers else None
    if kind == "location":
        return DOCUMENT if preferences.track_departments else None
    if preferences.class_per_line:
        return ITEM
    return DOCUMENT if preferences.class_per_transaction else None


def why_off(kind: str) -> str:
    """Say why a list without a level is not offered, and how to change that."""
    return _OFF[kind]


def meaning_of(field_name: str) -> str | None:
    """Say which list a custom field stands for, by its name: account, class, customer, location or nothing of ours."""
    name = f"{field_name.casefold()} "
    return next((kind for kind, words in WORDS.items() if any(word in name for word in words)), None)


def field_missing(kind: ListKind, level: Level) -> str:
    """Say which custom field has to be made in Precoro: its API cannot make one (facts 2.4)."""
    return (
        f"Precoro has no {level} custom field for {kind.title.lower()}. Create a drop-down named {kind.field_name} there "
        f"(Configuration, Custom fields, {'Item' if level == ITEM else 'Document'} custom fields), then try again."
    )
