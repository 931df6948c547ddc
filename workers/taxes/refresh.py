"""Bringing the copies of taxes up to date: Precoro's taxes, and the agencies, rates and codes of QuickBooks.

Change data capture leaves them out and no event tells of them, so they are read when a person asks for it, and after a code
was created.
"""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import func, select

from qbo_client.query import select as query
from store import reference
from store.companies import PrecoroCompany, QboCompany
from store.reference import PRECORO
from workers.reference import cache
from workers.tasks.action import Step
from workers.taxes import state as tax_state

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
    rows = {type_: list(step.quickbooks.query_all(query(type_))) for type_ in cache.TAX_LISTS}
    with step.write() as (session, moment):
        company = session.get_one(QboCompany, step.connection.qbo_id)
        with tax_state.releasing(session, company, moment):
            for type_, of_type in rows.items():
                cache.keep_tax_list(session, company, type_, of_type, moment)
