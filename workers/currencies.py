"""Currencies that suppliers need and QuickBooks lacks: shown, and added by the long action `currencies add`.

QuickBooks takes new ones through its API, once multicurrency is on; Precoro's API has none to be read or added.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from mappers import currencies
from mappers.currencies import Currency
from outbound.errors import DuplicateName
from qbo_client.company import has_multicurrency
from qbo_client.query import select as query
from store.companies import Connection, QboCompany
from store.reference import PRECORO, QUICKBOOKS, Entry
from store.tasks import APPLIED, PROBLEM, UNCHANGED, Change
from workers.lookup import connection_named
from workers.reference import cache
from workers.runtime import Runtime
from workers.tasks.action import Action, Calls, Planned, Step

NAME = "currencies add"
ADD = "add"
TYPE = "CompanyCurrency"


def overview(runtime: Runtime, slug: str) -> list[Currency]:
    """Return every currency that either side uses, as the lists were last read. Raises NoSuchConnectionError."""
    with runtime.read() as (session, _):
        return in_use(session, connection_named(session, slug))


def in_use(session: Session, connection: Connection) -> list[Currency]:
    """Return every currency that active suppliers, active vendors or QuickBooks' settings name."""
    company = connection.qbo
    suppliers = Counter(
        code for entry in _active(session, connection, "supplier") for code in _supplier_currencies(entry)
    )
    vendors = Counter(
        str(entry.data.get("currency") or company.home_currency) for entry in _active(session, connection, "vendor")
    )
    switched_on = {entry.key for entry in _active(session, connection, "currency")} | set(vendors)
    return currencies.overview(
        suppliers, vendors, switched_on, company.home_currency, multicurrency=has_multicurrency(company.preferences)
    )


def unused(code: str, company: QboCompany) -> Currency:
    """Return a currency that neither side uses yet."""
    return currencies.overview(
        {code: 0}, {}, (), company.home_currency, multicurrency=has_multicurrency(company.preferences)
    )[-1]


def read(step: Step) -> None:
    """Read the currencies of QuickBooks, where it has more than one: one metered call."""
    if has_multicurrency(step.connection.qbo.preferences):
        step.report(now="currencies in QuickBooks")
        _read(step)


def plan(
    session: Session, connection: Connection, arguments: Mapping[str, Any], _moment: datetime
) -> Iterator[Planned]:
    """Say which currencies are added: those that suppliers have, or exactly those that are named."""
    codes = set(arguments.get("codes") or ())
    listed = [currency for currency in in_use(session, connection) if not codes or currency.code in codes]
    listed += [unused(code, connection.qbo) for code in sorted(codes - {currency.code for currency in listed})]
    for currency in listed:
        code, sentence = currency.code, currency.sentence
        if currency.state == "off":
            yield Planned(PROBLEM, f"currency:{code}", sentence)
        elif currency.state == "missing" and (codes or currency.suppliers):
            yield Planned(ADD, f"currency:{code}", f"Add {code} to QuickBooks.", {"code": code})
        else:
            yield Planned(UNCHANGED, f"currency:{code}", sentence or f"QuickBooks has {code}.")


def apply(step: Step, changes: Sequence[Change]) -> None:
    """Add the currencies one by one, except those that QuickBooks has by now."""
    for change in changes:
        code = change.body["code"]
        if not (change.resent and code in _read(step)):
            with suppress(DuplicateName):
                step.quickbooks.create(TYPE, {"Code": code}, request_id=change.id)
        _read(step)
        with step.finish(change, APPLIED, f"QuickBooks has {code}."):
            pass


def _read(step: Step) -> set[str]:
    """Read and keep the currencies of QuickBooks; returns those that are active."""
    rows = list(step.quickbooks.query_all(query(TYPE)))
    with step.write() as (session, moment):
        company = session.get_one(QboCompany, step.connection.qbo_id)
        cache.keep_currencies(session, company, rows, moment)
    return {str(row["Code"]) for row in rows if row.get("Active", True)}


def _active(session: Session, connection: Connection, kind: str) -> Sequence[Entry]:
    """Return the active entries of a list of either side."""
    side, company = (PRECORO, connection.precoro_id) if kind == "supplier" else (QUICKBOOKS, connection.qbo_id)
    return session.scalars(
        select(Entry).where(Entry.side == side, Entry.company_id == company, Entry.kind == kind, Entry.active)
    ).all()


def _supplier_currencies(entry: Entry) -> set[str]:
    return {str(code) for code in entry.data.get("currencies") or () if code}


def calls(counts: Counter[str]) -> Calls:
    """Return what a plan costs: each addition is followed by a reading."""
    return Calls(quickbooks=2 * counts[ADD])


ACTION = Action("Add currencies to QuickBooks", read, plan, apply, calls=calls)
