"""The settings of a connection: shown, changed, and copied from another connection."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import ColumnElement, and_, false, or_, select
from sqlalchemy.orm import Session

from mappers.books import BookEntry, is_us
from mappers.documents.left_out import OF_OTHER_KIND
from mappers.documents.status import PENDING
from mappers.policy import Policy, PolicySchema, dump_policy, load_policy
from mappers.settings.affected import DocumentState, changed_settings, is_affected
from mappers.settings.rules import (
    Facts,
    Setting,
    SettingValue,
    all_settings,
    entries_to_pick,
    merged_settings,
    refusals,
    with_ids,
)
from qbo_client.company import has_multicurrency, read_preferences
from store import companies, history, records, reference
from store.companies import Connection
from store.records import ProblemRow, Record
from workers.documents import drift
from workers.errors import NotOfferedError
from workers.lookup import connection_named
from workers.payments import requests
from workers.reference import books, home_currency
from workers.runtime import Runtime

NEVER_COPIED = frozenset({"go_live"})
"""Settings that are a connection's own."""


@dataclass(frozen=True)
class SettingsChange:
    """A change of settings: each setting with its old and new value, and the documents that waited for it."""

    connection: str
    changes: Mapping[str, tuple[Any, Any]]
    waiting: tuple[str, ...]
    left_out: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class SettingsSheet:
    """Every setting of a connection, and the accounts, tax codes and agencies that each may name, as `entries_to_pick` has them."""

    settings: Sequence[Setting]
    entries: Mapping[str, Sequence[SettingValue]]


def overview(runtime: Runtime, slug: str) -> list[Setting]:
    """Return every setting of a connection with the values that it may have, and why not others."""
    with runtime.read() as (session, _):
        connection = connection_named(session, slug)
        return all_settings(load_policy(connection.policy), facts(session, connection))


def sheet(runtime: Runtime, slug: str, values: Mapping[str, Any] | None = None) -> SettingsSheet:
    """Return every setting of a connection as `overview` does, with the entries that each may name.

    With `values` it is as if these had been chosen. Raises UnreadablePolicy.
    """
    with runtime.read() as (session, _):
        connection = connection_named(session, slug)
        company_facts = facts(session, connection)
        policy = load_policy(merged_settings(connection.policy, with_ids(values or {}, company_facts)))
        return SettingsSheet(all_settings(policy, company_facts), entries_to_pick(policy, company_facts))


def change(
    runtime: Runtime, slug: str, values: Mapping[str, Any], who: str, *, dry_run: bool = False
) -> SettingsChange:
    """Change settings, or only say what that would do; exactly the documents that waited for it are looked at again.

    What was sent is not sent again (docs/explanation/accounting.md, Which status means what). Raises UnreadablePolicy, which
    names every wrong setting, and NotOfferedError, which says why each value is not available.
    """
    with runtime.write() as (session, moment):
        connection = connection_named(session, slug)
        company_facts = facts(session, connection)
        before = load_policy(connection.policy)
        after = load_policy(merged_settings(connection.policy, with_ids(values, company_facts)))
        refused = refusals(before, after, company_facts)
        if refused:
            raise NotOfferedError(refused.values())
        waiting = _waiting(session, connection, before, after)
        settings_change = SettingsChange(slug, changed_settings(before, after), tuple(waiting.values()))
        if settings_change.changes and not dry_run:
            connection.policy = dump_policy(after)
            if after.import_payments != before.import_payments:
                connection.payments_since = moment
                requests.look_at_all(session, connection, moment)
            companies.bump_reference(session, connection.id)
            drift.decide_anew(session, connection, moment)
            for record_id in waiting:
                records.take_up(session, record_id)
                records.revive(session, record_id, moment)
            old, new = _old_and_new(settings_change.changes)
            history.note(session, moment, who, "decide", slug, before=old, after=new, waiting=settings_change.waiting)
    if not dry_run:
        runtime.dispatch()
    return settings_change


def copy(runtime: Runtime, source: str, target: str, who: str, *, dry_run: bool = False) -> SettingsChange:
    """Give a connection the settings of another, without those that it cannot have, and say why.

    Accounts and tax codes are known by their ids, so they are copied only within one QuickBooks company.
    """
    with runtime.read() as (session, _):
        copied_from, copied_to = connection_named(session, source), connection_named(session, target)
        target_facts, before = facts(session, copied_to), load_policy(copied_to.policy)
        values = {name: value for name, value in copied_from.policy.items() if name not in NEVER_COPIED}
        left_out = {} if copied_from.qbo_id == copied_to.qbo_id else _bound_to_company(copied_from)
    values = {name: value for name, value in values.items() if name not in left_out}
    refused = _not_available(before, values, target_facts)
    while refused:
        left_out |= refused
        values = {name: value for name, value in values.items() if name not in refused}
        refused = _not_available(before, values, target_facts)
    done = change(runtime, target, values, who, dry_run=dry_run)
    return SettingsChange(target, done.changes, done.waiting, left_out)


def facts(session: Session, connection: Connection, *, of_every_account: bool = True) -> Facts:
    """Return what about both companies decides which values a setting may have.

    Without every account, only those are looked at that the settings name now: QuickBooks may have thousands.
    """
    company = connection.qbo
    switches = read_preferences(company.preferences)
    taxes = select(reference.Entry.id).where(
        reference.Entry.side == reference.PRECORO,
        reference.Entry.company_id == connection.precoro_id,
        reference.Entry.kind == "tax",
        reference.Entry.active,
    )
    return Facts(
        company=company.name,
        plan=company.plan,
        is_us=is_us(company.country),
        home_currency=company.home_currency,
        precoro_currency=home_currency.of_company(session, connection.precoro_id),
        multicurrency=has_multicurrency(company.preferences),
        purchase_orders=switches.purchase_orders,
        customers=switches.customers_on_purchases,
        billable=switches.billable_expenses,
        uses_taxes=session.scalars(taxes.limit(1)).first() is not None,
        live_at=connection.live_at,
        accounts=_listed(session, company.id, "account") if of_every_account else _named(session, connection),
        tax_agencies=_listed(session, company.id, "tax_agency"),
        tax_codes=_listed(session, company.id, "tax_code"),
    )


def _named(session: Session, connection: Connection) -> dict[str, BookEntry]:
    """Return the accounts that settings of a connection name, by their ids."""
    policy = load_policy(connection.policy)
    keys = {policy.default_line_account, policy.default_item_account, *policy.payable_accounts.values()}
    wanted = [("account", key) for key in keys if key]
    rows = reference.entries(session, reference.QUICKBOOKS, connection.qbo_id, wanted)
    return {key: books.entry(row) for (_, key), row in rows.items()}


def _listed(session: Session, company_id: int, kind: str) -> dict[str, BookEntry]:
    """Return a whole list of QuickBooks by its ids."""
    rows = reference.listed(session, reference.QUICKBOOKS, company_id, kind, with_gone=True)
    return {row.key: books.entry(row) for row in rows}


def _waiting(session: Session, connection: Connection, before: Policy, after: Policy) -> dict[int, str]:
    """Return the names of the documents that a change affects, by their ids."""
    columns = (Record.id, Record.kind, Record.idn, Record.precoro_id, Record.state, Record.qbo_id, Record.list_row)
    rows = session.execute(
        select(*columns).where(
            Record.connection_id == connection.id,
            Record.kind.in_(records.DOCUMENT_KINDS),
            or_(Record.state.in_(records.WAITING), _is_of_other_kind(connection)),
        )
    ).all()
    codes = _codes(session, connection.id)
    return {
        row.id: f"{row.kind}:{row.idn or row.precoro_id}"
        for row in rows
        if is_affected(before, after, _document_state(row, codes.get(row.id, set())))
    }


def _is_of_other_kind(connection: Connection) -> ColumnElement[bool]:
    """Say that a document is left out for its kind, which going live has not settled yet."""
    if connection.live_at is not None:
        return false()
    return and_(Record.state == records.NEVER, Record.reason.startswith(OF_OTHER_KIND))


def _codes(session: Session, connection_id: int) -> dict[int, set[str]]:
    """Return the codes of the problems of every document that is held."""
    problems = select(ProblemRow.record_id, ProblemRow.code).join(Record, Record.id == ProblemRow.record_id)
    codes: dict[int, set[str]] = {}
    for record_id, code in session.execute(problems.where(Record.connection_id == connection_id)):
        codes.setdefault(record_id, set()).add(code)
    return codes


def _document_state(row: Any, codes: set[str]) -> DocumentState:
    """Return the state of a document as the mapping knows it."""
    is_pending = (row.list_row or {}).get("status") == str(PENDING)
    return DocumentState(row.kind, row.state, codes, is_sent=row.qbo_id is not None, is_pending=is_pending)


def _bound_to_company(connection: Connection) -> dict[str, str]:
    """Return the settings that name entries of QuickBooks' lists, and why they are not copied to another company."""
    named = {name: field.metadata for name, field in PolicySchema().fields.items() if "list" in field.metadata}
    return {
        name: f"{about['title']}: the ids of {connection.qbo.name} mean nothing in another company."
        for name, about in named.items()
        if connection.policy.get(name)
    }


def _not_available(before: Policy, values: Mapping[str, Any], company_facts: Facts) -> dict[str, str]:
    """Return which of these values are not available, and why."""
    after = load_policy({**dump_policy(before), **values})
    return {name: reason for name, reason in refusals(before, after, company_facts).items() if name in values}


def _old_and_new(changes: Mapping[str, tuple[Any, Any]]) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return the old values and the new ones."""
    return {name: old for name, (old, _) in changes.items()}, {name: new for name, (_, new) in changes.items()}
