"""Vendors in QuickBooks: created and changed under an intent, and found again by their unique name."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import update
from sqlalchemy.orm import Session

from mappers import problems
from mappers.problems import Problem
from mappers.suppliers import merge as supplier_merge
from mappers.suppliers.fields import Field, same, without_mark
from mappers.suppliers.forms import VENDOR_SUFFIX
from mappers.suppliers.profile import read_vendor
from mappers.suppliers.vendor_creation import CreationRules
from outbound.errors import NotFound
from qbo_client.client import QboClient
from qbo_client.company import has_multicurrency
from qbo_client.query import select as query
from store import intents
from store.companies import Connection
from store.intents import Intent, Operation
from store.records import Record
from workers.records import writes
from workers.records.work import Work
from workers.suppliers import cache
from workers.suppliers import records as supplier_records

HOLDERS = ("Vendor", "Customer", "Employee")
"""The lists that share one space of names (docs/reference/quickbooks.md, Names)."""

BEYOND_LATIN_1 = re.compile(r"[^\u0000-\u00ff]+")
"""Letters that a query may not hold (docs/reference/quickbooks.md, Queries)."""


def company_of(connection: Connection, *, automatic: bool = False) -> CreationRules:
    """Return what decides about creating vendors in a connection."""
    return CreationRules(
        automatic=automatic,
        home_currency=connection.qbo.home_currency,
        several_currencies=has_multicurrency(connection.qbo.preferences),
        legal_entity=connection.legal_entity,
    )


def create(work: Work, body: Mapping[str, Any]) -> Mapping[str, Any]:
    """Create a vendor and pair the supplier with it; returns it as QuickBooks keeps it."""
    return _write(work, intents.CREATE, None, body, {})


def change(work: Work, vendor_id: str, body: Mapping[str, Any], values: Mapping[Field, str]) -> Mapping[str, Any]:
    """Change a vendor that was just read; `values` are those of the supplier that it gets."""
    return _write(work, intents.UPDATE, vendor_id, body, {"told": {**values}})


def record_landed(work: Work, session: Session, moment: datetime, intent: Intent, answer: Mapping[str, Any]) -> None:
    """Record that a write landed: the pair of a new vendor, or what both sides agree on now.

    Of a change only what the answer shows is agreed on: the vendor may have been changed by somebody else.
    """
    intents.close(session, intent.id, moment, intents.LANDED)
    cache.keep_vendor(session, work.connection.qbo, answer, moment)
    record, vendor = work.record, read_vendor(answer)
    if intent.operation == intents.CREATE:
        supplier_records.make_pair(
            session, work.connection, record.precoro_id, vendor.id, moment, how="created", who="tieout"
        )
        agreed = supplier_merge.Agreed()
    else:
        before = supplier_merge.from_json((record.sent or {}).get("agreed"))
        taken_over = {
            name: (value, vendor.values.get(name, ""))
            for name, value in intent.plan["told"].items()
            if same(name, value, vendor.values.get(name, ""))
        }
        agreed = supplier_merge.Agreed({**before.values, **taken_over}, before.active, before.free_address)
    record.sent = {**(record.sent or {}), "vendor": vendor.id, "agreed": supplier_merge.to_json(agreed)}
    session.execute(update(Record).where(Record.id == record.id).values(sent=record.sent))


def find_created(work: Work, intent: Intent) -> Mapping[str, Any] | None:
    """Look for what an unanswered create has made: no two vendors have one name."""
    return named(work.qbo, "Vendor", str(intent.body["DisplayName"]), since=intent.created_at - writes.SLACK)


def holder_of(client: QboClient, name: str) -> tuple[str, Mapping[str, Any]] | None:
    """Find the vendor, customer or employee, active or not, whose name QuickBooks says is taken. Metered."""
    for kind in HOLDERS:
        holder = named(client, kind, name)
        if holder is not None:
            return kind, holder
    return None


def name_taken(supplier_id: str, name: str, holder: tuple[str, Mapping[str, Any]] | None) -> Problem:
    """Return the problem that another entry has the name, with a name that is free."""
    if holder is None:
        who = "an entry that is not shown"
    else:
        kind, row = holder
        who = f"{'' if row.get('Active', True) else 'inactive '}{kind.casefold()} {row['Id']}"
    return problems.vendor_name_taken(supplier_id, name, who, f"{name}{VENDOR_SUFFIX}")


def named(client: QboClient, kind: str, name: str, *, since: datetime | None = None) -> Mapping[str, Any] | None:
    """Return the entry that has this very name, active or not; `since`: only if it was changed after that. Metered.

    QuickBooks can be asked for letters of Latin-1 only (docs/reference/quickbooks.md, Queries). A name without any is looked for
    in the whole list, one call for 1,000 entries, unless `since` narrows it: nothing else that can be asked for tells it apart.
    """
    askable = BEYOND_LATIN_1.sub("%", name)
    operator = "=" if askable == name else "LIKE"
    statement = query(kind).where("DisplayName", operator, askable).with_inactive()
    if since is not None:
        statement = statement.where("MetaData.LastUpdatedTime", ">=", since)
    rows = client.query_all(statement)
    return next((row for row in rows if without_mark(str(row["DisplayName"])).casefold() == name.casefold()), None)


def read(work: Work, vendor_id: str) -> dict[str, Any] | None:
    """Read a vendor before it is changed, and keep it; None when it is not there any more. Metered."""
    try:
        row = work.qbo.read("Vendor", vendor_id)
    except NotFound:
        return None
    with work.runtime.write() as (session, moment):
        cache.keep_vendor(session, work.connection.qbo, row, moment)
    return row


def _write(
    work: Work, operation: Operation, vendor_id: str | None, body: Mapping[str, Any], plan: Mapping[str, Any]
) -> Mapping[str, Any]:
    """Commit the intent, call, commit the outcome."""
    with work.runtime.write() as (session, moment):
        work.need_lease(session, work.settings.qbo_timeout)
        intent = intents.begin(
            session, work.record.id, moment, operation=operation, type_="Vendor", entity_id=vendor_id, body=dict(body),
            plan=dict(plan),
        )  # fmt: skip
    answer = writes.send(work, intent)
    with work.runtime.write() as (session, moment):
        record_landed(work, session, moment, intent, answer)
    return answer
