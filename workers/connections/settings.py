"""What people decide about a connection: its settings as they stand, what a change would do, and the change itself."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from mappers.books import is_us
from mappers.documents.status import PENDING
from mappers.policy import Policy, PolicySchema, dump_policy, load_policy
from mappers.settings.affected import DocumentState, changed_settings, is_affected
from mappers.settings.rules import Facts, Setting, all_settings, refusals, with_ids
from qbo_client.company import has_multicurrency, read_preferences
from store import companies, history, records, reference
from store.companies import Connection
from store.records import ProblemRow, Record
from workers.errors import NotOfferedError
from workers.lookup import connection_named
from workers.reference import books
from workers.reference import home_currency as home_currencies
from workers.runtime import Runtime

STAYS_BEHIND = frozenset({"go_live"})
"""Settings that are a connection's own and are never copied to another."""


@dataclass(frozen=True)
class Decided:
    """What a change of settings comes to: each setting from what to what, and the documents that waited for it."""

    connection: str
    changes: Mapping[str, tuple[Any, Any]]
    waiting: tuple[str, ...]
    left_out: Mapping[str, str] = field(default_factory=dict)


def offered(runtime: Runtime, slug: str) -> list[Setting]:
    """Return every setting of a connection with what is offered, and why something is not."""
    with runtime.read() as (session, _):
        connection = connection_named(session, slug)
        return all_settings(load_policy(connection.policy), facts(session, connection))


def decide(runtime: Runtime, slug: str, given: Mapping[str, Any], who: str, *, dry_run: bool = False) -> Decided:
    """Change settings, or only say what that would do; exactly the documents that waited for it are looked at again.

    What was sent is not sent again (docs/explanation/accounting.md, Which status means what). Raises UnreadablePolicy, naming every wrong setting, and
    NotOfferedError, saying why each is not to be had.
    """
    with runtime.write() as (session, moment):
        connection = connection_named(session, slug)
        known = facts(session, connection)
        before = load_policy(connection.policy)
        after = load_policy({**connection.policy, **with_ids(given, known)})
        refused = refusals(before, after, known)
        if refused:
            raise NotOfferedError(refused.values())
        waiting = _waiting(session, connection, before, after)
        found = Decided(slug, changed_settings(before, after), tuple(waiting.values()))
        if found.changes and not dry_run:
            connection.policy = dump_policy(after)
            companies.bump_reference(session, connection.id)
            for record_id in waiting:
                records.revive(session, record_id, moment)
            old, new = _both(found.changes)
            history.note(session, moment, who, "decide", slug, before=old, after=new, waiting=found.waiting)
    if not dry_run:
        runtime.dispatch()
    return found


def copy(runtime: Runtime, source: str, target: str, who: str, *, dry_run: bool = False) -> Decided:
    """Give a connection the settings of another, leaving out what it cannot have, and say why.

    Accounts and tax codes are known by their ids, so they are copied only within one QuickBooks company.
    """
    with runtime.read() as (session, _):
        giver, taker = connection_named(session, source), connection_named(session, target)
        known, before = facts(session, taker), load_policy(taker.policy)
        given = {name: value for name, value in giver.policy.items() if name not in STAYS_BEHIND}
        left_out = {} if giver.qbo_id == taker.qbo_id else _of_other_books(giver)
    wanted = {name: value for name, value in given.items() if name not in left_out}
    refused = _cannot_have(before, wanted, known)
    while refused:
        left_out |= refused
        wanted = {name: value for name, value in wanted.items() if name not in refused}
        refused = _cannot_have(before, wanted, known)
    done = decide(runtime, target, wanted, who, dry_run=dry_run)
    return Decided(target, done.changes, done.waiting, left_out)


def facts(session: Session, connection: Connection) -> Facts:
    """Return what of both companies decides on what a connection is offered."""
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
        precoro_currency=home_currencies.of(session, connection.precoro_id),
        multicurrency=has_multicurrency(company.preferences),
        purchase_orders=switches.purchase_orders,
        customers=switches.customers_on_purchases,
        billable=switches.billable_expenses,
        uses_taxes=session.scalars(taxes.limit(1)).first() is not None,
        live_at=connection.live_at,
        accounts={row.key: books.entry(row) for row in books.rows(session, company.id, "account")},
        tax_agencies={row.key: books.entry(row) for row in books.rows(session, company.id, "tax_agency")},
        tax_codes={row.key: books.entry(row) for row in books.rows(session, company.id, "tax_code")},
    )


def _waiting(session: Session, connection: Connection, before: Policy, after: Policy) -> dict[int, str]:
    """Return the documents that a change concerns, by their ids."""
    states = (*records.WAITING, records.OPEN)
    columns = (Record.id, Record.kind, Record.idn, Record.precoro_id, Record.state, Record.qbo_id, Record.list_row)
    found = session.execute(
        select(*columns).where(
            Record.connection_id == connection.id, Record.kind.in_(records.DOCUMENT_KINDS), Record.state.in_(states)
        )
    ).all()
    codes = _codes(session, connection.id)
    return {
        row.id: f"{row.kind}:{row.idn or row.precoro_id}"
        for row in found
        if is_affected(before, after, _standing(row, codes.get(row.id, set())))
    }


def _codes(session: Session, connection_id: int) -> dict[int, set[str]]:
    """Return the codes of the problems of every document that is held."""
    found = select(ProblemRow.record_id, ProblemRow.code).join(Record, Record.id == ProblemRow.record_id)
    codes: dict[int, set[str]] = {}
    for record_id, code in session.execute(found.where(Record.connection_id == connection_id)):
        codes.setdefault(record_id, set()).add(code)
    return codes


def _standing(row: Any, codes: set[str]) -> DocumentState:
    """Return where a document stands, as the mapping knows it."""
    is_pending = (row.list_row or {}).get("status") == str(PENDING)
    return DocumentState(row.kind, row.state, codes, is_sent=row.qbo_id is not None, is_pending=is_pending)


def _of_other_books(giver: Connection) -> dict[str, str]:
    """Return why what names entries of QuickBooks' lists is not copied to another company."""
    named = {name: field.metadata for name, field in PolicySchema().fields.items() if "list" in field.metadata}
    return {
        name: f"{about['title']}: the ids of {giver.qbo.name} mean nothing in another company."
        for name, about in named.items()
        if giver.policy.get(name)
    }


def _cannot_have(before: Policy, wanted: Mapping[str, Any], known: Facts) -> dict[str, str]:
    """Return which of these settings are not to be had, and why."""
    after = load_policy({**dump_policy(before), **wanted})
    return {name: reason for name, reason in refusals(before, after, known).items() if name in wanted}


def _both(changes: Mapping[str, tuple[Any, Any]]) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return what was, and what is."""
    return {name: old for name, (old, _) in changes.items()}, {name: new for name, (_, new) in changes.items()}
