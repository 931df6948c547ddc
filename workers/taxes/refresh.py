"""Bringing the copies of taxes up to date: Precoro's taxes, and the agencies, rates and codes of QuickBooks.

Change data capture leaves them out and no event tells of them, so they are read once a day, when QuickBooks has refused what a
document refers to, when a person asks for it, and after a code was created.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import TypeAlias

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from mappers import problems
from mappers.books import is_us
from outbound.wire import JsonObject
from qbo_client.client import QboClient
from qbo_client.query import select as query
from settings import Settings
from store import records, reference
from store.companies import CONNECTED, Connection, PrecoroCompany, QboCompany
from store.reference import PRECORO, QUICKBOOKS, ListedEntry
from workers import clients
from workers.reference import cache
from workers.runtime import Runtime
from workers.tasks.action import Step
from workers.taxes import state as tax_state

Lists: TypeAlias = Mapping[str, Sequence[JsonObject]]
"""The rows of each of the three lists."""
DAY = timedelta(days=1)
READS = len(cache.TAX_LISTS)
"""Metered calls of one reading."""


def read(step: Step) -> None:
    """Read both sides, unless a code or an account was chosen by hand from what was read before."""
    if step.arguments.get("twin"):
        return
    read_precoro(step)
    read_quickbooks(step)


def read_precoro(step: Step) -> None:
    """Read the taxes of Precoro, unless that was less than a minute ago: it does not answer the same question sooner."""
    step.report(now="taxes in Precoro")
    entry = reference.Entry
    with step.read() as (session, moment):
        last_read = session.scalar(
            select(func.max(entry.seen_at)).where(
                entry.side == PRECORO, entry.company_id == step.connection.precoro_id, entry.kind == "tax"
            )
        )
        reread_after = timedelta(seconds=step.runtime.settings.reread_after)
        if last_read is not None and moment - last_read < reread_after:
            return
    rows = list(step.precoro.taxes())
    with step.write() as (session, moment):
        cache.keep_taxes(session, session.get_one(PrecoroCompany, step.connection.precoro_id), rows, moment)


def read_quickbooks(step: Step) -> None:
    """Read the three lists of QuickBooks, and make due what was held for a rate or code that is different now."""
    step.report(now="tax codes in QuickBooks")
    lists = _lists(step.quickbooks)
    with step.write() as (session, moment):
        _keep(session, session.get_one(QboCompany, step.connection.qbo_id), lists, moment)


def companies_due(session: Session, moment: datetime, settings: Settings) -> set[int]:
    """Return the companies with tax codes that were not read for a day, or that refused something to which a document refers."""
    countries = select(Connection.id, Connection.qbo_id, QboCompany.country).join(Connection.qbo)
    rows = session.execute(countries.where(Connection.state == CONNECTED)).all()
    with_codes = {connection_id: qbo_id for connection_id, qbo_id, country in rows if not is_us(country)}
    if not with_codes:
        return set()
    entry = reference.Entry
    codes = (entry.side == QUICKBOOKS, entry.kind == "tax_code")
    last_read = select(entry.company_id, func.max(entry.seen_at)).where(*codes).group_by(entry.company_id)
    since = moment - DAY / settings.speed
    stale = {company_id for company_id, read_at in session.execute(last_read) if read_at <= since}
    refused = {qbo_id for id_, qbo_id in with_codes.items() if records.is_held_for(session, id_, [problems.LISTS])}
    return refused | (stale & set(with_codes.values()))


def read_on_schedule(runtime: Runtime, qbo_id: int) -> None:
    """Read the three lists of a company, and make due what was held for something that is different now. Raises RemoteError."""
    with runtime.read() as (session, _):
        client = clients.quickbooks(runtime, session.get_one(QboCompany, qbo_id))
    lists = _lists(client)
    with runtime.write() as (session, moment):
        company = session.get_one(QboCompany, qbo_id)
        before = _stored(session, company)
        _keep(session, company, lists, moment)
        session.expire_all()
        for connection in company.connections if _stored(session, company) != before else ():
            cache.note_changed(session, connection, [problems.LISTS], moment)


def _lists(client: QboClient) -> Lists:
    return {type_: list(client.query_all(query(type_))) for type_ in cache.TAX_LISTS}


def _keep(session: Session, company: QboCompany, lists: Lists, moment: datetime) -> None:
    """Keep the three lists, and make due what was held for a rate or code that is different now."""
    with tax_state.releasing(session, company, moment):
        for type_, rows in lists.items():
            cache.keep_tax_list(session, company, type_, rows, moment)


def _stored(session: Session, company: QboCompany) -> list[ListedEntry]:
    """Return the codes and rates of a company as they are kept."""
    kinds = ("tax_code", "tax_rate")
    return [
        entry for kind in kinds for entry in reference.listed(session, QUICKBOOKS, company.id, kind, with_gone=True)
    ]
