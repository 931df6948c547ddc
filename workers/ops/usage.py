"""The usage meter: how many calls each company cost, under the names that people know the companies by."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from store import usage
from store.companies import PrecoroCompany, QboCompany
from store.usage import Usage


def used(session: Session, since: date) -> list[Usage]:
    """Return the usage from a day on (UTC), by day, service, company and kind of call."""
    names = _names(session)
    named = (
        replace(one, company=names.get((one.service, one.company), one.company))
        for one in usage.usage_since(session, since)
    )
    return sorted(named)


def _names(session: Session) -> Mapping[tuple[str, str], str]:
    """Return the names of companies by service and by what the rows of calls call them: id in Precoro, realm in QuickBooks."""
    precoro = {("precoro", str(one.id)): one.email for one in session.scalars(select(PrecoroCompany))}
    return {**precoro, **{("quickbooks", one.realm): one.name for one in session.scalars(select(QboCompany))}}
