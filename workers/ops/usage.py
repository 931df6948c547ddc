"""The usage meter: how many calls each company cost, under the names that people know the companies by."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from store import usage as call_counts
from store.companies import PrecoroCompany, QboCompany
from store.usage import Usage
from workers.runtime import Runtime

NEW_COMPANY = ("precoro", "0")
"""What the rows of calls call a Precoro company that is about to be connected."""


def usage(runtime: Runtime, since: date) -> list[Usage]:
    """Return the usage from a day on (UTC), by day, service, company and kind of call."""
    with runtime.read() as (session, _):
        names = _names(session)
        counted = call_counts.usage_since(session, since)
    return sorted(replace(row, company=names.get((row.service, row.company), row.company)) for row in counted)


def _names(session: Session) -> Mapping[tuple[str, str], str]:
    """Return the names of companies by service and by what the rows of calls call them: id in Precoro, realm in QuickBooks."""
    precoro = {("precoro", str(company.id)): company.email for company in session.scalars(select(PrecoroCompany))}
    quickbooks = {("quickbooks", company.realm): company.name for company in session.scalars(select(QboCompany))}
    return {NEW_COMPANY: "not connected yet", **precoro, **quickbooks}
