"""The lists that Precoro can mirror, and the level of their custom fields."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, TypeAlias

from mappers.books import PurchasePreferences
from mappers.counterparts import COUNTERPARTS
from mappers.remedies import Act, Remedy

Level: TypeAlias = Literal["item", "document"]


@dataclass(frozen=True, slots=True)
class ListKind:
    """One list of QuickBooks that Precoro can mirror.

    `kind` is that of its pairs, `field_name` the custom field that a person is told to create.
    """

    kind: str
    title: str
    field_name: str

    @property
    def noun(self) -> str:
        """Return what people call one entry."""
        return COUNTERPARTS[self.kind].noun

    @property
    def entity(self) -> str:
        """Return the type of its entries in QuickBooks."""
        return COUNTERPARTS[self.kind].entity

    @property
    def entry(self) -> str:
        """Return the kind of its entries in our copy of QuickBooks."""
        return COUNTERPARTS[self.kind].quickbooks


@dataclass(frozen=True, slots=True)
class CustomField:
    """One custom field of Precoro."""

    id: str
    level: Level
    name: str
    enabled: bool = True


@dataclass(frozen=True, slots=True)
class NoField:
    """Why a list has no custom field, and what a person can do."""

    sentence: str
    remedy: Remedy


LIST_KINDS: Mapping[str, ListKind] = {
    "accounts": ListKind("account", "GL accounts", "QuickBooks Accounts"),
    "customers": ListKind("customer", "Customers and projects", "QuickBooks Customers"),
    "classes": ListKind("class", "Classes", "QuickBooks Classes"),
    "locations": ListKind("location", "Locations", "QuickBooks Locations"),
}
"""Every list under the name that people use for it, in the order in which it is shown."""

FIELD_WORDS: Mapping[str, tuple[str, ...]] = {
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


def level_of(kind: str, preferences: PurchasePreferences) -> Level | None:
    """Return the level at which documents carry entries of a list.

    That is each line, or the document once; None where QuickBooks does not track them. Precoro keeps accounts, customers and
    classes on lines, locations on documents; a company with one class per transaction chooses it once for the document
    (docs/reference/precoro.md, Options and custom fields; docs/reference/quickbooks.md, Classes and locations).
    """
    if kind == "account":
        return "item"
    if kind == "customer":
        return "item" if preferences.track_customers else None
    if kind == "location":
        return "document" if preferences.track_departments else None
    if preferences.class_per_line:
        return "item"
    return "document" if preferences.class_per_transaction else None


def why_off(kind: str) -> str:
    """Say why a list without a level is unavailable, and what changes that."""
    return _OFF[kind]


def meaning_of(field_name: str) -> str | None:
    """Return the kind of list that a custom field's name means, or None."""
    name = f"{field_name.casefold()} "
    return next((kind for kind, words in FIELD_WORDS.items() if any(word in name for word in words)), None)


def meanings(fields: Iterable[CustomField], chosen: Mapping[str, str]) -> dict[str, str]:
    """Return the kind of list that each custom field holds, by field id.

    The choice of a person comes before the field's name.
    """
    by_field = {field.id: meaning_of(field.name) for field in fields}
    by_name = {id_: kind for id_, kind in by_field.items() if kind is not None and kind not in chosen}
    return {**by_name, **{id_: kind for kind, id_ in chosen.items()}}


def pick_field(
    kind: ListKind, level: Level, fields: Sequence[CustomField], chosen: str | None
) -> CustomField | NoField:
    """Return the custom field of a list, or why there is none."""
    fitting = [field for field in fields if field.level == level and field.enabled]
    if chosen is not None:
        match = next((field for field in fitting if field.id == chosen), None)
        return match or _wrong_field(kind, level, chosen)
    named = [field for field in fitting if meaning_of(field.name) == kind.kind]
    if len(named) > 1:
        return _several_fields(kind, named)
    return named[0] if named else _missing_field(kind, level)


def _wrong_field(kind: ListKind, level: Level, chosen: str) -> NoField:
    """Say that the field a person chose cannot hold the list."""
    return NoField(
        f"{kind.title} go to a drop-down for {'lines' if level == 'item' else 'documents'} ({level} custom field); "
        f"Precoro has none in use with the id {chosen}.",
        Remedy("Choose another.", (_choose_field(kind),)),
    )


def _several_fields(kind: ListKind, named: Sequence[CustomField]) -> NoField:
    """Say that several fields could hold the list."""
    names = ", ".join(f"{field.name} ({field.id})" for field in named)
    return NoField(
        f"{kind.title} could go to several custom fields: {names}.", Remedy("Choose one.", (_choose_field(kind),))
    )


def _missing_field(kind: ListKind, level: Level) -> NoField:
    """Say which custom field a person has to create in Precoro.

    Its API cannot create one (docs/reference/precoro.md, Options and custom fields).
    """
    place = f"Configuration, Custom fields, {'Item' if level == 'item' else 'Document'} custom fields"
    return NoField(
        f"Precoro has no {level} custom field for {kind.title.lower()}.",
        Remedy(f"Create a drop-down named {kind.field_name} there ({place}), then try again."),
    )


def _choose_field(kind: ListKind) -> Act:
    """Return the act that chooses the custom field of a list."""
    return Act("choose_field", {"list": next(name for name, listed in LIST_KINDS.items() if listed == kind)})
