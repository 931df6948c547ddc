"""The lists of a connection in the store: how each is set up, what is chosen, and both sides side by side."""

from __future__ import annotations

from collections.abc import Container, Sequence
from dataclasses import dataclass, replace
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from mappers.books import PurchasePreferences
from mappers.lists import matching
from mappers.lists.choices import ListChoice, dump_choice, load_choice
from mappers.lists.entries import ListEntry, ListOption, Mirror, OptionPair
from mappers.lists.fields import LIST_KINDS, CustomField, Level, ListKind, NoField, level_of, pick_field, why_off
from mappers.policy import load_policy
from mappers.remedies import Remedy
from mappers.settings.default_accounts import default_account_uses
from qbo_client.company import read_preferences
from store import reference
from store.base import JsonText
from store.companies import Connection
from store.reference import Entry, ListedEntry, Pair
from workers.reference import suggestions
from workers.reference.books import purchase_preferences
from workers.reference.cache import custom_fields

BY_HAND = "person"
"""How a pair came about that a person made."""


@dataclass(frozen=True)
class ListSetup:
    """How one list is set up in a connection: its level and its custom field, or why it has none and what helps.

    Without a level QuickBooks has it switched off; with a level but without a field Precoro has none for it.
    """

    name: str
    kind: ListKind
    choice: ListChoice
    level: Level | None = None
    field: CustomField | None = None
    why: str | None = None
    remedy: Remedy | None = None


class StoredList(NamedTuple):
    """All that a list is made of, as it is stored: two of them that are equal make equal mirrors.

    `pairs` are (option, entry, how they came together), `defaults` (account, what it is the default for).
    """

    kind: ListKind
    realm: str
    choice: ListChoice
    entries: tuple[ListedEntry, ...]
    options: tuple[ListedEntry, ...]
    pairs: tuple[tuple[str, str, str], ...]
    refused: frozenset[tuple[str, str]]
    defaults: tuple[tuple[str, str], ...]


def setups(session: Session, connection: Connection) -> list[ListSetup]:
    """Return every list, in the order in which people see them."""
    fields = custom_fields(session, connection.precoro)
    preferences = purchase_preferences(read_preferences(connection.qbo.preferences))
    return [_setup(connection, name, kind, fields, preferences) for name, kind in LIST_KINDS.items()]


def _setup(
    connection: Connection, name: str, kind: ListKind, fields: Sequence[CustomField], preferences: PurchasePreferences
) -> ListSetup:
    choice, level = choice_of(connection, kind.kind), level_of(kind.kind, preferences)
    if level is None:
        return ListSetup(name, kind, choice, why=why_off(kind.kind))
    field = pick_field(kind, level, fields, choice.field)
    if isinstance(field, NoField):
        return ListSetup(name, kind, choice, level, why=field.sentence, remedy=field.remedy)
    return ListSetup(name, kind, choice, level, field)


def switched_on(session: Session, connection: Connection, names: Container[str]) -> list[ListSetup]:
    """Return the lists of these names that are not off in QuickBooks."""
    return [setup for setup in setups(session, connection) if setup.name in names and setup.level is not None]


def choice_of(connection: Connection, kind: str) -> ListChoice:
    """Return what is chosen about a list."""
    return load_choice(kind, connection.lists.get(kind, {}))


def remember_switch(connection: Connection, kind: str, entry_id: str, *, off: bool) -> None:
    """Remember whether the option of an entry is off because of QuickBooks."""
    choice = choice_of(connection, kind)
    switched = choice.switched_off | {entry_id} if off else choice.switched_off - {entry_id}
    keep_choice(connection, kind, replace(choice, switched_off=switched))


def keep_choice(connection: Connection, kind: str, choice: ListChoice) -> None:
    """Store what is chosen about a list."""
    connection.lists = {**connection.lists, kind: dump_choice(choice)}


def mirror(session: Session, connection: Connection, setup: ListSetup) -> Mirror:
    """Return both sides of a list."""
    return mirror_in(session, connection, setup.kind, setup.field.id if setup.field else None)


def mirror_in(session: Session, connection: Connection, kind: ListKind, field: str | None) -> Mirror:
    """Return both sides of a list whose options are those of a custom field."""
    return mirror_of(stored_list(session, connection, kind, field))


def stored_list(session: Session, connection: Connection, kind: ListKind, field: str | None) -> StoredList:
    """Return all that a list whose options are those of a custom field is made of."""
    pairs = select(Pair.precoro_key, Pair.qbo_key, Pair.how).where(Pair.connection_id == connection.id)
    uses = default_account_uses(load_policy(connection.policy)) if kind.kind == "account" else {}
    return StoredList(
        kind,
        connection.qbo.realm,
        choice_of(connection, kind.kind),
        tuple(entries_of(session, connection, kind)),
        tuple(options_of(session, connection, field)),
        tuple((option, entry, how) for option, entry, how in session.execute(pairs.where(Pair.kind == kind.kind))),
        suggestions.refused(session, connection, kind.kind),
        tuple(uses.items()),
    )


def mirror_of(stored: StoredList) -> Mirror:
    """Return both sides of a list; what was paired in another field is another list."""
    kind, choice = stored.kind, stored.choice
    options = {row.key: _option(row) for row in stored.options}
    return Mirror(
        kind=kind.kind,
        entity=kind.entry,
        noun=kind.noun,
        realm=stored.realm,
        entries={row.key: _entry(row) for row in stored.entries},
        options=options,
        pairs={key: OptionPair(entry, how == BY_HAND) for key, entry, how in stored.pairs if key in options},
        refused=stored.refused,
        selection=choice.selection,
        switched_off=choice.switched_off,
        defaults=dict(stored.defaults),
    )


def equal_options(session: Session, connection: Connection, kind: str) -> dict[str, str]:
    """Return the unpaired options that carry an entry's id, or have its name under the same parent."""
    twins: dict[str, str] = {}
    list_kind = next(list_kind for list_kind in LIST_KINDS.values() if list_kind.kind == kind)
    for field in (field for field, meaning in connection.fields.items() if meaning == kind):
        sides = mirror_in(session, connection, list_kind, field)
        matches = matching.match_pairs(sides)
        matching.adopt(sides, (key for key, entry in sides.entries.items() if entry.usable), matches)
        twins.update({option.id: key for key, option in matches.adopted.items() if option.enabled})
    return twins


def entries_of(session: Session, connection: Connection, kind: ListKind) -> Sequence[ListedEntry]:
    """Return the entries of a list as QuickBooks has them."""
    return reference.listed(session, reference.QUICKBOOKS, connection.qbo_id, kind.entry, with_gone=True)


def options_of(session: Session, connection: Connection, field: str | None) -> Sequence[ListedEntry]:
    """Return the options of a custom field, deleted ones included."""
    of_field = JsonText(Entry.data, "field_id") == field
    return reference.listed(session, reference.PRECORO, connection.precoro_id, "option", of_field, with_gone=True)


def is_entry(
    entry: Any, connection: Connection, kind: ListKind, *, with_gone: bool = False
) -> tuple[ColumnElement[bool], ...]:
    """Say that an entry is one of a list in QuickBooks, and is there."""
    of_list = entry.side == reference.QUICKBOOKS, entry.company_id == connection.qbo_id, entry.kind == kind.entry
    return of_list if with_gone else (*of_list, entry.gone_at.is_(None))


def is_option(entry: Any, connection: Connection, field: str | None) -> tuple[ColumnElement[bool], ...]:
    """Say that an entry is an option of a custom field, and is there."""
    of_company = entry.side == reference.PRECORO, entry.company_id == connection.precoro_id, entry.kind == "option"
    return (*of_company, JsonText(entry.data, "field_id") == field, entry.gone_at.is_(None))


def option_for(session: Session, connection: Connection, kind: str, field: str, entry_id: str) -> str | None:
    """Return the option that stands for an entry: the one that carries its id, else the oldest."""
    rows = session.scalars(
        select(reference.Entry)
        .join(Pair, Pair.precoro_key == reference.Entry.key)
        .where(
            Pair.connection_id == connection.id,
            Pair.kind == kind,
            Pair.qbo_key == entry_id,
            reference.Entry.side == reference.PRECORO,
            reference.Entry.company_id == connection.precoro_id,
            reference.Entry.kind == "option",
            reference.Entry.gone_at.is_(None),
        )
    ).all()
    options = [row for row in rows if str(row.data.get("field_id")) == field]
    carrying = [row for row in options if str(row.data.get("external_id") or "").rpartition(":")[2] == entry_id]
    return min((row.key for row in carrying or options), key=lambda key: (len(key), key), default=None)


def _entry(row: ListedEntry) -> ListEntry:
    data = row.data
    return ListEntry(
        id=row.key,
        name=data.get("short") or row.name.rpartition(":")[2],
        parent=data.get("parent"),
        code=data.get("number"),
        kind=data.get("kind") or "",
        active=row.active,
        gone=row.is_gone,
    )


def _option(row: ListedEntry) -> ListOption:
    data = row.data
    return ListOption(
        id=row.key,
        name=row.name,
        code=data.get("code"),
        parent=data.get("parent"),
        enabled=row.active,
        external_id=data.get("external_id"),
        gone=row.is_gone,
    )
