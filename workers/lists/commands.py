"""What people choose about the lists of a connection, and how each list stands: what `tieout lists show` tells."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from mappers.books import NOT_FOR_PURCHASES
from mappers.books import BookEntry as Account
from mappers.lists.choices import OFF, REFRESH, Choice, dump_choice, load_choice
from mappers.lists.entries import Entry, Mirror, Selection
from mappers.lists.fields import LISTS, Field, ListKind
from mappers.lists.plan import ADD, PROBLEM, UPDATE, plan
from mappers.policy import load_policy
from mappers.settings.default_accounts import ITEMS, LINES, refusal
from store import history
from store.companies import Connection
from workers.errors import (
    AmbiguousNameError,
    DefaultAccountError,
    NoSuchListEntryError,
    NotForPurchasesError,
)
from workers.lists import state as list_mirrors
from workers.lists.state import Offer
from workers.lookup import connection_named
from workers.reference import books
from workers.reference import cache as copies
from workers.runtime import Runtime


@dataclass(frozen=True)
class Standing:
    """How one list stands: entries chosen in QuickBooks, options in Precoro, what an import and an update would do.

    `why` says why it cannot be had.
    """

    name: str
    title: str
    why: str | None = None
    level: str | None = None
    field_name: str | None = None
    quickbooks: int = 0
    precoro: int = 0
    new: int = 0
    changed: int = 0
    problems: int = 0
    refresh: str = OFF
    selection: Selection = field(default_factory=Selection)


@dataclass(frozen=True)
class DefaultAccount:
    """One default account, None when none is chosen, and what is wrong with it, if anything."""

    use: str
    account: str | None
    wrong: str | None = None


@dataclass(frozen=True)
class Picks:
    """Changes to which entries are mirrored; entries by id, number or name. `everything` undoes all earlier choices."""

    types: Sequence[str] = ()
    only: Sequence[str] = ()
    also: Sequence[str] = ()
    leave_out: Sequence[str] = ()
    take_back: Sequence[str] = ()
    everything: bool = False


def stand(runtime: Runtime, slug: str) -> tuple[list[Standing], list[DefaultAccount]]:
    """Return how every list of a connection and its default accounts stand, from what was last read; makes no call."""
    with runtime.read() as (session, _):
        connection = connection_named(session, slug)
        lists = [_standing(session, connection, offer) for offer in list_mirrors.offers(session, connection)]
        return lists, _default_accounts(session, connection)


def choose(runtime: Runtime, slug: str, name: str, picks: Picks, who: str) -> Choice:
    """Choose which entries of a list are mirrored; what is left out is switched off by the next update.

    Raises NoSuchListEntryError, AmbiguousNameError, DefaultAccountError and NotForPurchasesError.
    """
    with runtime.write() as (session, moment):
        connection, offer = _offer(session, slug, name)
        mirror = list_mirrors.mirror(session, connection, offer)
        choice = replace(offer.choice, selection=_selected(offer, mirror, picks, connection.slug))
        _check_defaults(mirror, choice, connection.slug)
        _keep(session, connection, offer, choice, moment, who)
    return choice


def set_field(runtime: Runtime, slug: str, name: str, named: str | None, who: str) -> Choice:
    """Choose the custom field that a list goes to, by id or name; None lets it be found by its name again."""
    with runtime.write() as (session, moment):
        connection, offer = _offer(session, slug, name)
        key = None if named is None else _field(session, connection, offer, named).id
        choice = replace(offer.choice, field=key)
        _keep(session, connection, offer, choice, moment, who)
        connection.fields = copies.fields_of(session, connection)
        copies.release(session, connection, [f"field:{one}" for one in connection.fields], moment)
    runtime.dispatch()
    return choice


def set_refresh(runtime: Runtime, slug: str, name: str, refresh: str, who: str) -> Choice:
    """Choose how a list is kept fresh: off, known or new."""
    if refresh not in REFRESH:
        raise ValueError(f"{refresh} is none of {', '.join(REFRESH)}")
    with runtime.write() as (session, moment):
        connection, offer = _offer(session, slug, name)
        choice = replace(offer.choice, refresh=refresh)
        _keep(session, connection, offer, choice, moment, who)
    return choice


def _standing(session: Session, connection: Connection, offer: Offer) -> Standing:
    """Return how one list stands."""
    level, goes_to = offer.level, offer.field
    known = Standing(
        offer.name, offer.kind.title, offer.why, level, goes_to.name if goes_to else None,
        refresh=offer.choice.refresh, selection=offer.choice.selection,
    )  # fmt: skip
    if level is None:
        return known
    mirror = list_mirrors.mirror(session, connection, offer)
    if goes_to is None:
        return replace(known, quickbooks=len(mirror.wanted()))
    whole, update = plan(mirror, "all"), plan(mirror, "nothing")
    return replace(
        known,
        quickbooks=len(mirror.wanted()),
        precoro=sum(1 for one in mirror.options.values() if not one.gone),
        new=sum(1 for row in whole if row.what == ADD),
        changed=sum(1 for row in update if row.what == UPDATE),
        problems=sum(1 for row in whole if row.what == PROBLEM),
    )


def _default_accounts(session: Session, connection: Connection) -> list[DefaultAccount]:
    """Return the default accounts of a connection, each with what is wrong with it by now."""
    accounts = {row.key: books.entry(row) for row in list_mirrors.entries_of(session, connection, LISTS["accounts"])}
    policy, home = load_policy(connection.policy), connection.qbo.home_currency
    uses = [(LINES, policy.default_line_account, home), (ITEMS, policy.default_item_account, home)]
    uses += [(f"accounts payable in {code}", key, code) for code, key in policy.payable_accounts.items()]
    return [_default(use, key, accounts, currency, home) for use, key, currency in uses]


def _default(use: str, key: str | None, accounts: Mapping[str, Account], currency: str, home: str) -> DefaultAccount:
    """Return one default account with what is wrong with it."""
    if key is None:
        return DefaultAccount(use, None)
    account = accounts.get(key)
    return DefaultAccount(use, account.name if account else key, refusal(account, key, use, currency, home))


def _offer(session: Session, slug: str, name: str) -> tuple[Connection, Offer]:
    """Return a connection and one of its lists."""
    connection = connection_named(session, slug)
    return connection, next(one for one in list_mirrors.offers(session, connection) if one.name == name)


def _selected(offer: Offer, mirror: Mirror, picks: Picks, slug: str) -> Selection:
    """Return the selection with the picks laid over it."""
    selection = load_choice(offer.kind.kind, {}).selection if picks.everything else offer.choice.selection
    only, also = _ids(mirror, picks.only, slug), _ids(mirror, picks.also, slug)
    left_out, back = _ids(mirror, picks.leave_out, slug), _ids(mirror, picks.take_back, slug)
    if picks.types:
        _check_types(mirror, picks.types, slug)
        selection = replace(selection, types=frozenset(picks.types), only_picked=False)
    if only:
        selection = replace(selection, picked=only, only_picked=True)
    return replace(
        selection,
        picked=(selection.picked | also) - left_out,
        left_out=(selection.left_out | left_out) - back - also - only,
    )


def _ids(mirror: Mirror, named: Iterable[str], slug: str) -> frozenset[str]:
    """Return the ids of entries named by id, number or name. Raises NotForPurchasesError for A/P and A/R."""
    found = frozenset(_id(mirror, text, slug) for text in named)
    for key in found:
        if mirror.entries[key].kind in NOT_FOR_PURCHASES:
            raise NotForPurchasesError(mirror.entries[key].kind)
    return found


def _id(mirror: Mirror, text: str, slug: str) -> str:
    """Return the id of the one entry that goes by a text."""
    if text in mirror.entries:
        return text
    keys = [one.id for one in mirror.entries.values() if not one.gone and text in {one.code, one.name}]
    if len(keys) > 1:
        raise AmbiguousNameError(mirror.noun, text, keys)
    if not keys:
        raise NoSuchListEntryError(mirror.noun, text, slug)
    return keys[0]


def _check_types(mirror: Mirror, types: Collection[str], slug: str) -> None:
    """Refuse types of accounts that nobody has, or that take no purchase lines."""
    known = {entry.kind for entry in mirror.entries.values() if entry.kind}
    for type_ in types:
        if type_ in NOT_FOR_PURCHASES:
            raise NotForPurchasesError(type_)
        if type_ not in known:
            raise NoSuchListEntryError("type of account", f"{type_} ({', '.join(sorted(known))})", slug)


def _check_defaults(mirror: Mirror, choice: Choice, slug: str) -> None:
    """Refuse to leave out an account that documents go to when they name none."""
    for key, use in mirror.defaults.items():
        entry: Entry | None = mirror.entries.get(key)
        if entry is not None and key in choice.selection.left_out:
            raise DefaultAccountError(entry.name, use, slug)


def _field(session: Session, connection: Connection, offer: Offer, named: str) -> Field:
    """Return the custom field of the list's level that goes by an id or a name."""
    fields = [one for one in copies.custom_fields(session, connection.precoro) if one.level == offer.level]
    found = [one for one in fields if named in {one.id, one.name}]
    if len(found) != 1:
        raise NoSuchListEntryError(f"{offer.level} custom field", named, connection.slug)
    return found[0]


def _keep(session: Session, connection: Connection, offer: Offer, choice: Choice, moment: datetime, who: str) -> None:
    """Store a choice, and write down what it was."""
    kind: ListKind = offer.kind
    before, after = _told(offer.choice), _told(choice)
    list_mirrors.keep_choice(connection, kind.kind, choice)
    history.note(session, moment, who, "choose", f"{connection.slug}: {offer.name}", before=before, after=after)


def _told(choice: Choice) -> Mapping[str, Any]:
    return {name: value for name, value in dump_choice(choice).items() if name != "switched_off"}
