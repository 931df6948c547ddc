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

from mappers.currencies import Currency, overview
from outbound.errors import DuplicateName
from qbo_client.company import has_multicurrency
from qbo_client.query import select as query
from store.companies import Connection, QboCompany
from store.reference import PRECORO, QUICKBOOKS, Entry
from store.tasks import APPLIED, PROBLEM, UNCHANGED, Change
from workers.lookup import connection_named
from workers.reference import cache as copies
from workers.runtime import Runtime
from workers.tasks.engine import Action, Calls, Planned, Step

ADD_CURRENCIES = "currencies add"
ADD = "add"
TYPE = "CompanyCurrency"


def stand(runtime: Runtime, slug: str) -> list[Currency]:
    """Return every currency that either side uses, as the lists were last read. Raises NoSuchConnectionError."""
    with runtime.read() as (session, _):
        return found(session, connection_named(session, slug))


def found(session: Session, connection: Connection) -> list[Currency]:
    """Return every currency that active suppliers, active vendors or QuickBooks' settings name."""
    company = connection.qbo
    suppliers = Counter(code for one in _entries(session, connection, "supplier") for code in _of_supplier(one))
    vendors = Counter(
        str(one.data.get("currency") or company.home_currency) for one in _entries(session, connection, "vendor")
    )
    known = {one.key for one in _entries(session, connection, "currency")} | set(vendors)
    return overview(suppliers, vendors, known, company.home_currency, multicurrency=has_several(company))


def has_several(company: QboCompany) -> bool:
    """Tell whether multicurrency is on in QuickBooks."""
    return has_multicurrency(company.preferences)


def fresh(code: str, company: QboCompany) -> Currency:
    """Return a currency that neither side uses yet."""
    return overview({code: 0}, {}, (), company.home_currency, multicurrency=has_several(company))[-1]


def read(step: Step) -> None:
    """Read the currencies of QuickBooks, where it has more than one: one metered call."""
    if has_several(step.connection.qbo):
        step.report(now="currencies in QuickBooks")
        _read(step)


def plan(
    session: Session, connection: Connection, arguments: Mapping[str, Any], _moment: datetime
) -> Iterator[Planned]:
    """Say which currencies are added: those that suppliers have, or exactly those that are named."""
    wanted = set(arguments.get("codes") or ())
    named = [one for one in found(session, connection) if not wanted or one.code in wanted]
    named += [fresh(code, connection.qbo) for code in sorted(wanted - {one.code for one in named})]
    for one in named:
        if one.state == "off":
            yield Planned(PROBLEM, f"currency:{one.code}", one.sentence)
        elif one.state == "missing" and (wanted or one.suppliers):
            yield Planned(ADD, f"currency:{one.code}", f"Add {one.code} to QuickBooks.", {"code": one.code})
        else:
            yield Planned(UNCHANGED, f"currency:{one.code}", one.sentence or f"QuickBooks has {one.code}.")


def apply(step: Step, changes: Sequence[Change]) -> None:
    """Add one currency each; one that is there is not added again, whoever added it."""
    for change in changes:
        code = change.body["code"]
        if not (change.resent and code in _read(step)):
            with suppress(DuplicateName):
                step.quickbooks.create(TYPE, {"Code": code}, request_id=change.id)
        _read(step)
        with step.settle(change, APPLIED, f"QuickBooks has {code}."):
            pass


def _read(step: Step) -> set[str]:
    """Read and keep the currencies of QuickBooks; returns those that are active."""
    rows = list(step.quickbooks.query_all(query(TYPE)))
    with step.write() as (session, moment):
        company = session.get_one(QboCompany, step.connection.qbo_id)
        copies.keep_currencies(session, company, rows, moment)
    return {str(row["Code"]) for row in rows if row.get("Active", True)}


def _entries(session: Session, connection: Connection, kind: str) -> Sequence[Entry]:
    """Return the active entries of a list of either side."""
    side, company = (PRECORO, connection.precoro_id) if kind == "supplier" else (QUICKBOOKS, connection.qbo_id)
    there = select(Entry).where(Entry.side == side, Entry.company_id == company, Entry.kind == kind, Entry.active)
    return session.scalars(there).all()


def _of_supplier(entry: Entry) -> set[str]:
    return {str(code) for code in entry.data.get("currencies") or () if code}


def calls(counts: Counter[str]) -> Calls:
    """Return what a plan costs: each addition is followed by a reading."""
    return Calls(quickbooks=2 * counts[ADD])


ADDING = Action("Add currencies to QuickBooks", read, plan, apply, calls=calls)
