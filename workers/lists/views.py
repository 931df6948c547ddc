"""What people look at of the mirrored lists: how each list stands on both sides, and the default accounts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import lru_cache
from typing import Any, Literal, get_args

from sqlalchemy import (
    ColumnElement,
    Subquery,
    Text,
    and_,
    case,
    cast,
    exists,
    func,
    null,
    or_,
    select,
    true,
    union_all,
)
from sqlalchemy.orm import Session, aliased

from mappers.books import NOT_FOR_PURCHASES
from mappers.books import BookEntry as Account
from mappers.lists.choices import OFF
from mappers.lists.entries import Selection
from mappers.lists.fields import LIST_KINDS
from mappers.lists.plan import plan
from mappers.policy import load_policy
from mappers.remedies import Remedy
from mappers.settings.default_accounts import FOR_LINES, FOR_PRODUCTS, refusal
from store import reference
from store.base import JsonText, holds, word
from store.companies import Connection
from store.reference import Entry, Pair
from workers.lists import state as list_state
from workers.lists.state import ListSetup, StoredList
from workers.lookup import connection_named
from workers.reference import books
from workers.reference.cache import custom_fields
from workers.runtime import Runtime

LISTS_REMEMBERED = 40
"""How many lists a process remembers the counts of: those of the companies that people look at."""


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
        matching = select(rows).where(_goes_by(session, rows, text)) if text else select(rows)
        matches = matching.subquery()
        counted = select(matches.c.state, func.count()).group_by(matches.c.state)
        numbers: dict[str, int] = {name: number for name, number in session.execute(counted)}  # noqa: C416 - rows are no pairs to mypy
        wanted = matching.where(rows.c.state == state) if state else matching
        name = func.lower(func.coalesce(rows.c.name, rows.c.option_name))
        in_order = wanted.order_by(name, func.coalesce(rows.c.entry, ""), func.coalesce(rows.c.option, ""))
        page = session.execute(in_order.limit(limit).offset(offset))
        return EntryPage(
            rows=tuple(MirroredEntry(**row) for row in page.mappings()),
            by_state={name: numbers[name] for name in ENTRY_STATES if name in numbers},
        )


def lists(runtime: Runtime, slug: str) -> list[ListRow]:
    """Return every list of a connection, from what was last read. Raises NoSuchConnectionError."""
    with runtime.read() as (session, _):
        connection = connection_named(session, slug)
        return [_list(session, connection, setup) for setup in list_state.setups(session, connection)]


def setup(runtime: Runtime, slug: str, list_name: str) -> ListRow:
    """Return how one list is set up, without a look at its entries. Raises NoSuchConnectionError."""
    with runtime.read() as (session, _):
        return _row(_setup(session, connection_named(session, slug), list_name))


def offered(runtime: Runtime, slug: str, list_name: str) -> OfferedChoices:
    """Return the custom fields that a list may go to, and the types that its entries have."""
    with runtime.read() as (session, _):
        connection = connection_named(session, slug)
        setup = _setup(session, connection, list_name)
        fields = [field.name for field in custom_fields(session, connection.precoro) if field.level == setup.level]
        kind = JsonText(Entry.data, "kind")
        existing = select(kind).distinct().where(*list_state.is_entry(Entry, connection, setup.kind, with_gone=True))
        types = {type_ for type_ in session.scalars(existing) if type_} if setup.level else set()
    return OfferedChoices(tuple(fields), tuple(sorted(types - NOT_FOR_PURCHASES)))


def default_accounts(runtime: Runtime, slug: str) -> list[DefaultAccount]:
    """Return the default accounts of a connection, each with what is wrong with it by now. Raises NoSuchConnectionError."""
    with runtime.read() as (session, _):
        connection = connection_named(session, slug)
        policy, home = load_policy(connection.policy), connection.qbo.home_currency
        uses = [(FOR_LINES, policy.default_line_account, home), (FOR_PRODUCTS, policy.default_item_account, home)]
        uses += [(f"accounts payable in {code}", key, code) for code, key in policy.payable_accounts.items()]
        chosen = [(LIST_KINDS["accounts"].entry, key) for _, key, _ in uses if key]
        rows = reference.entries(session, reference.QUICKBOOKS, connection.qbo_id, chosen).values()
        accounts = {row.key: books.entry(row) for row in rows}
    return [_default(use, key, accounts, currency, home) for use, key, currency in uses]


def _mirrored(session: Session, connection: Connection, list_name: str) -> Subquery:
    """Return the table of a list: every entry beside its options, and the options that stand for none."""
    setup = _setup(session, connection, list_name)
    entry, option, living = (aliased(Entry, name=name) for name in ("entry", "option", "living"))
    field = setup.field.id if setup.field else None
    is_entry, is_option = (
        list_state.is_entry(entry, connection, setup.kind),
        list_state.is_option(option, connection, field),
    )
    is_pair = (Pair.connection_id == connection.id, Pair.kind == setup.kind.kind)
    has_option = exists().where(*list_state.is_option(living, connection, field), living.key == Pair.precoro_key)
    of_entries = (
        select(
            entry.key.label("entry"),
            entry.name.label("name"),
            JsonText(entry.data, "number").label("number"),
            option.key.label("option"),
            option.name.label("option_name"),
            and_(entry.active, func.coalesce(option.active, true())).label("is_active"),
            case((option.key.is_(None), word("not in Precoro")), else_=word("paired")).label("state"),
        )
        .select_from(entry)
        .outerjoin(Pair, and_(*is_pair, Pair.qbo_key == entry.key, has_option))
        .outerjoin(option, and_(*is_option, option.key == Pair.precoro_key))
        .where(*is_entry)
    )
    stands = exists().where(*is_pair, Pair.precoro_key == option.key, Pair.qbo_key == entry.key, *is_entry)
    no_text = cast(null(), Text)
    alone = select(no_text, no_text, no_text, option.key, option.name, option.active, word("not in QuickBooks"))
    return union_all(of_entries, alone.where(*is_option, ~stands)).subquery("mirrored")


def _goes_by(session: Session, rows: Subquery, text: str) -> ColumnElement[bool]:
    """Say that a text is a part of a name, or the number or key of either side."""
    names, keys = (rows.c.name, rows.c.option_name), (rows.c.entry, rows.c.number, rows.c.option)
    return or_(*(holds(session, name, text) for name in names), *(key == text for key in keys))


def _setup(session: Session, connection: Connection, list_name: str) -> ListSetup:
    """Return how one list is set up."""
    return next(setup for setup in list_state.setups(session, connection) if setup.name == list_name)


def _row(setup: ListSetup) -> ListRow:
    """Return how one list is set up."""
    return ListRow(
        setup.name,
        setup.kind.title,
        setup.why,
        setup.remedy,
        setup.level,
        setup.field.name if setup.field else None,
        refresh=setup.choice.refresh,
        selection=setup.choice.selection,
    )


def _list(session: Session, connection: Connection, setup: ListSetup) -> ListRow:
    """Return one list with what an import and an update would do."""
    row = _row(setup)
    if setup.level is None:
        return row
    field = setup.field.id if setup.field else None
    counts = _counts(list_state.stored_list(session, connection, setup.kind, field))
    return replace(row, **counts) if field else replace(row, quickbooks=counts["quickbooks"])


@lru_cache(maxsize=LISTS_REMEMBERED)
def _counts(stored: StoredList) -> Mapping[str, Any]:
    """Return how much stands on both sides of a list, and what an import and an update would do.

    Both are planned only when anything of the list has changed since this process was last asked.
    """
    mirror = list_state.mirror_of(stored)
    import_rows, update_rows = plan(mirror, "all"), plan(mirror, "nothing")
    return {
        "quickbooks": len(mirror.wanted()),
        "precoro": sum(1 for option in mirror.options.values() if not option.gone),
        "staying": len(mirror.staying()),
        "new": sum(1 for change in import_rows if change.what == "add"),
        "changed": sum(1 for change in update_rows if change.what == "update"),
        "problems": sum(1 for change in import_rows if change.what == "problem"),
    }


def _default(use: str, key: str | None, accounts: Mapping[str, Account], currency: str, home: str) -> DefaultAccount:
    """Return one default account with what is wrong with it."""
    if key is None:
        return DefaultAccount(use, None)
    account = accounts.get(key)
    return DefaultAccount(use, account.name if account else key, refusal(account, key, use, currency, home))
