"""What people choose about the lists of a connection: entries, the custom field, how a list is kept fresh."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from mappers.books import NOT_FOR_PURCHASES
from mappers.lists.choices import REFRESH_MODES, ListChoice, RefreshMode, dump_choice, load_choice
from mappers.lists.entries import ListEntry, Mirror, Selection
from mappers.lists.fields import CustomField
from store import history
from store.companies import Connection
from workers.errors import DefaultAccountError, NoSuchListEntryError, NotForPurchasesError
from workers.lists import state as list_state
from workers.lists.state import ListSetup
from workers.lookup import connection_named, only_key
from workers.reference import cache
from workers.runtime import Runtime


@dataclass(frozen=True)
class Picks:
    """Changes to which entries are mirrored; entries by id, number or name. `everything` undoes all earlier choices."""

    types: Sequence[str] = ()
    only: Sequence[str] = ()
    also: Sequence[str] = ()
    leave_out: Sequence[str] = ()
    take_back: Sequence[str] = ()
    everything: bool = False


def choose(runtime: Runtime, slug: str, name: str, picks: Picks, who: str) -> ListChoice:
    """Choose which entries of a list are mirrored; what is left out is switched off by the next update.

    Raises NoSuchListEntryError, AmbiguousNameError, DefaultAccountError and NotForPurchasesError.
    """
    with runtime.write() as (session, moment):
        connection, setup = _setup(session, slug, name)
        mirror = list_state.mirror(session, connection, setup)
        choice = replace(setup.choice, selection=_selected(setup, mirror, picks, connection.slug))
        _check_defaults(mirror, choice, connection.slug)
        _keep(session, connection, setup, choice, moment, who)
    return choice


def set_field(runtime: Runtime, slug: str, name: str, field: str | None, who: str) -> ListChoice:
    """Choose the custom field that a list goes to, by id or name; None lets it be found by its name again."""
    with runtime.write() as (session, moment):
        connection, setup = _setup(session, slug, name)
        key = None if field is None else _field(session, connection, setup, field).id
        choice = replace(setup.choice, field=key)
        _keep(session, connection, setup, choice, moment, who)
        connection.fields = cache.fields_of(session, connection)
        cache.note_changed(session, connection, [f"field:{field_id}" for field_id in connection.fields], moment)
    runtime.dispatch()
    return choice


def set_refresh(runtime: Runtime, slug: str, name: str, refresh: RefreshMode, who: str) -> ListChoice:
    """Choose how a list is kept fresh: off, known or new."""
    if refresh not in REFRESH_MODES:
        raise ValueError(f"{refresh} is none of {', '.join(REFRESH_MODES)}")
    with runtime.write() as (session, moment):
        connection, setup = _setup(session, slug, name)
        choice = replace(setup.choice, refresh=refresh)
        _keep(session, connection, setup, choice, moment, who)
    return choice


def _setup(session: Session, slug: str, name: str) -> tuple[Connection, ListSetup]:
    """Return a connection and the setup of one of its lists."""
    connection = connection_named(session, slug)
    return connection, next(setup for setup in list_state.setups(session, connection) if setup.name == name)


def _selected(setup: ListSetup, mirror: Mirror, picks: Picks, slug: str) -> Selection:
    """Return the selection as the picks change it."""
    selection = load_choice(setup.kind.kind, {}).selection if picks.everything else setup.choice.selection
    only, also = _ids(mirror, picks.only, slug), _ids(mirror, picks.also, slug)
    left_out, taken_back = _ids(mirror, picks.leave_out, slug), _ids(mirror, picks.take_back, slug)
    if picks.types:
        _check_types(mirror, picks.types, slug)
        selection = replace(selection, types=frozenset(picks.types), only_picked=False)
    if only:
        selection = replace(selection, picked=only, only_picked=True)
    return replace(
        selection,
        picked=(selection.picked | also) - left_out,
        left_out=(selection.left_out | left_out) - taken_back - also - only,
    )


def _ids(mirror: Mirror, texts: Iterable[str], slug: str) -> frozenset[str]:
    """Return the ids of entries named by id, number or name. Raises NotForPurchasesError for A/P and A/R."""
    names = {key: _names(entry) for key, entry in mirror.entries.items()}
    keys = [
        only_key(text, names, what=mirror.noun, missing=NoSuchListEntryError(mirror.noun, text, slug)) for text in texts
    ]
    for key in keys:
        if mirror.entries[key].kind in NOT_FOR_PURCHASES:
            raise NotForPurchasesError(mirror.entries[key].kind)
    return frozenset(keys)


def _names(entry: ListEntry) -> list[str]:
    """Return the number and the name of an entry; one that is gone can be named by its id only."""
    return [] if entry.gone else [name for name in (entry.code, entry.name) if name]


def _check_types(mirror: Mirror, types: Collection[str], slug: str) -> None:
    """Refuse types of accounts that nobody has, or that take no purchase lines."""
    existing = {entry.kind for entry in mirror.entries.values() if entry.kind}
    for type_ in types:
        if type_ in NOT_FOR_PURCHASES:
            raise NotForPurchasesError(type_)
        if type_ not in existing:
            raise NoSuchListEntryError("type of account", f"{type_} ({', '.join(sorted(existing))})", slug)


def _check_defaults(mirror: Mirror, choice: ListChoice, slug: str) -> None:
    """Refuse to leave out an account that documents go to when they name none."""
    for key, use in mirror.defaults.items():
        entry = mirror.entries.get(key)
        if entry is not None and key in choice.selection.left_out:
            raise DefaultAccountError(entry.name, use, slug)


def _field(session: Session, connection: Connection, setup: ListSetup, text: str) -> CustomField:
    """Return the custom field of the list's level that has this id or name."""
    fields = [field for field in cache.custom_fields(session, connection.precoro) if field.level == setup.level]
    matches = [field for field in fields if text in {field.id, field.name}]
    if len(matches) != 1:
        raise NoSuchListEntryError(f"{setup.level} custom field", text, connection.slug)
    return matches[0]


def _keep(
    session: Session, connection: Connection, setup: ListSetup, choice: ListChoice, moment: datetime, who: str
) -> None:
    """Store a choice, and note in the history what it was before."""
    list_state.keep_choice(connection, setup.kind.kind, choice)
    history.note(
        session, moment, who, "choose", f"{connection.slug}: {setup.name}",
        before=_chosen_by_people(setup.choice), after=_chosen_by_people(choice), connection=connection.slug,
    )  # fmt: skip


def _chosen_by_people(choice: ListChoice) -> Mapping[str, Any]:
    return {name: value for name, value in dump_choice(choice).items() if name != "switched_off"}
