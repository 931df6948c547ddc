"""What people look at of the mirrored lists: how each list stands on both sides, and the default accounts."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Literal, get_args

from sqlalchemy.orm import Session

from mappers.books import NOT_FOR_PURCHASES
from mappers.books import BookEntry as Account
from mappers.lists.choices import OFF
from mappers.lists.entries import ListEntry, ListOption, Selection
from mappers.lists.fields import LIST_KINDS
from mappers.lists.plan import plan
from mappers.policy import load_policy
from mappers.remedies import Remedy
from mappers.settings.default_accounts import FOR_LINES, FOR_PRODUCTS, refusal
from store.companies import Connection
from workers.lists import state as list_state
from workers.lists.state import ListSetup
from workers.lookup import connection_named
from workers.reference import books
from workers.reference.cache import custom_fields
from workers.runtime import Runtime


@dataclass(frozen=True, slots=True)
class ListRow:
    """One list: entries chosen in QuickBooks, options in Precoro, and what an import and an update would do.

    Args:
        why, remedy: why it cannot be mirrored, and what helps; without a `level` QuickBooks has it switched off
        quickbooks, precoro: how many chosen entries there are, and how many options
        staying: how many entries stay on in Precoro though they are not chosen
        new, changed, problems: how many rows of each kind an import would have
        refresh: how it is kept fresh without a person
    """

    name: str
    title: str
    why: str | None = None
    remedy: Remedy | None = None
    level: str | None = None
    field_name: str | None = None
    quickbooks: int = 0
    precoro: int = 0
    staying: int = 0
    new: int = 0
    changed: int = 0
    problems: int = 0
    refresh: str = OFF
    selection: Selection = field(default_factory=Selection)


@dataclass(frozen=True, slots=True)
class DefaultAccount:
    """One default account, None when none is chosen, and what is wrong with it, if anything."""

    use: str
    account: str | None
    wrong: str | None = None


EntryState = Literal["paired", "not in Precoro", "not in QuickBooks"]
ENTRY_STATES: tuple[EntryState, ...] = get_args(EntryState)


@dataclass(frozen=True, slots=True)
class MirroredEntry:
    """One entry of a list in QuickBooks beside its option in Precoro; either may be missing.

    Args:
        entry, name, number: its key, its name with those above it, and its number in QuickBooks
        option, option_name: the key and the name of the option
        is_active: whether the side that there is, or both, can be used
    """

    entry: str | None
    name: str | None
    number: str | None
    option: str | None
    option_name: str | None
    is_active: bool
    state: EntryState


@dataclass(frozen=True, slots=True)
class EntryPage:
    """Some of the entries that match, and how many there are in each state, if any were wanted."""

    rows: tuple[MirroredEntry, ...]
    by_state: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class OfferedChoices:
    """What a list can be chosen from: the custom fields of its level, and the types of accounts that there are."""

    fields: tuple[str, ...]
    types: tuple[str, ...]


def entries(
    runtime: Runtime,
    slug: str,
    list_name: str,
    state: str | None = None,
    text: str | None = None,
    *,
    limit: int | None = None,
    offset: int = 0,
) -> EntryPage:
    """Return the entries of a list in one state or in any, by name; `text` is a part of a name, or a number or key.

    Raises NoSuchConnectionError and AmbiguousNameError.
    """
    with runtime.read() as (session, _):
        rows = _mirrored(session, connection_named(session, slug), list_name)
    matches = [row for row in rows if _goes_by(row, text)] if text else rows
    numbers = Counter(row.state for row in matches)
    wanted = [row for row in matches if state in {None, row.state}]
    return EntryPage(
        rows=tuple(wanted[offset:] if limit is None else wanted[offset : offset + limit]),
        by_state={state: numbers[state] for state in ENTRY_STATES if numbers[state]},
    )


def lists(runtime: Runtime, slug: str) -> list[ListRow]:
    """Return every list of a connection, from what was last read. Raises NoSuchConnectionError."""
    with runtime.read() as (session, _):
        connection = connection_named(session, slug)
        return [_list(session, connection, setup) for setup in list_state.setups(session, connection)]


def offered(runtime: Runtime, slug: str, list_name: str) -> OfferedChoices:
    """Return the custom fields that a list may go to, and the types that its entries have."""
    with runtime.read() as (session, _):
        connection = connection_named(session, slug)
        setup = next(setup for setup in list_state.setups(session, connection) if setup.name == list_name)
        fields = [field.name for field in custom_fields(session, connection.precoro) if field.level == setup.level]
        existing = list_state.mirror(session, connection, setup).entries.values() if setup.level else ()
        types = {entry.kind for entry in existing if entry.kind and entry.kind not in NOT_FOR_PURCHASES}
    return OfferedChoices(tuple(fields), tuple(sorted(types)))


def default_accounts(runtime: Runtime, slug: str) -> list[DefaultAccount]:
    """Return the default accounts of a connection, each with what is wrong with it by now. Raises NoSuchConnectionError."""
    with runtime.read() as (session, _):
        connection = connection_named(session, slug)
        rows = list_state.entries_of(session, connection, LIST_KINDS["accounts"])
        accounts = {row.key: books.entry(row) for row in rows}
        policy, home = load_policy(connection.policy), connection.qbo.home_currency
    uses = [(FOR_LINES, policy.default_line_account, home), (FOR_PRODUCTS, policy.default_item_account, home)]
    uses += [(f"accounts payable in {code}", key, code) for code, key in policy.payable_accounts.items()]
    return [_default(use, key, accounts, currency, home) for use, key, currency in uses]


def _mirrored(session: Session, connection: Connection, list_name: str) -> list[MirroredEntry]:
    """Return all entries of a list, by name."""
    setup = next(setup for setup in list_state.setups(session, connection) if setup.name == list_name)
    mirror = list_state.mirror(session, connection, setup)
    names = {row.key: row.name for row in list_state.entries_of(session, connection, setup.kind)}
    entries = {key: entry for key, entry in mirror.entries.items() if not entry.gone}
    options = {key: option for key, option in mirror.options.items() if not option.gone}
    twins = {key: pair.entry_id for key, pair in mirror.pairs.items() if key in options and pair.entry_id in entries}
    rows = [_beside(entries[twin], names[twin], options[key], "paired") for key, twin in twins.items()]
    alone = entries.keys() - set(twins.values())
    rows += [_beside(entries[key], names[key], None, "not in Precoro") for key in alone]
    rows += [_beside(None, None, option, "not in QuickBooks") for key, option in options.items() if key not in twins]
    return sorted(
        rows, key=lambda row: ((row.name or row.option_name or "").casefold(), row.entry or "", row.option or "")
    )


def _beside(entry: ListEntry | None, name: str | None, option: ListOption | None, state: EntryState) -> MirroredEntry:
    """Return an entry beside its option."""
    return MirroredEntry(
        entry=entry.id if entry else None,
        name=name,
        number=entry.code if entry else None,
        option=option.id if option else None,
        option_name=option.name if option else None,
        is_active=(entry is None or entry.active) and (option is None or option.enabled),
        state=state,
    )


def _goes_by(row: MirroredEntry, text: str) -> bool:
    """Say whether a text is a part of a name, or the number or key of either side."""
    names = (row.name or "", row.option_name or "")
    return text in {row.entry, row.number, row.option} or any(text.casefold() in name.casefold() for name in names)


def _list(session: Session, connection: Connection, setup: ListSetup) -> ListRow:
    """Return one list with what an import and an update would do."""
    row = ListRow(
        setup.name,
        setup.kind.title,
        setup.why,
        setup.remedy,
        setup.level,
        setup.field.name if setup.field else None,
        refresh=setup.choice.refresh,
        selection=setup.choice.selection,
    )
    if setup.level is None:
        return row
    mirror = list_state.mirror(session, connection, setup)
    if setup.field is None:
        return replace(row, quickbooks=len(mirror.wanted()))
    import_rows, update_rows = plan(mirror, "all"), plan(mirror, "nothing")
    return replace(
        row,
        quickbooks=len(mirror.wanted()),
        precoro=sum(1 for option in mirror.options.values() if not option.gone),
        staying=len(mirror.staying()),
        new=sum(1 for change in import_rows if change.what == "add"),
        changed=sum(1 for change in update_rows if change.what == "update"),
        problems=sum(1 for change in import_rows if change.what == "problem"),
    )


def _default(use: str, key: str | None, accounts: Mapping[str, Account], currency: str, home: str) -> DefaultAccount:
    """Return one default account with what is wrong with it."""
    if key is None:
        return DefaultAccount(use, None)
    account = accounts.get(key)
    return DefaultAccount(use, account.name if account else key, refusal(account, key, use, currency, home))
