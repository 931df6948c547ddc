"""Precoro's home currency, learnt from the documents that are read, and what was held until it is known."""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import select
from sqlalchemy.orm import Session

from mappers.documents.document import Document
from mappers.documents.home_currency import Parity, home_currency, parity_of
from mappers.problems import HOME_CURRENCY
from store import reference
from store.companies import PrecoroCompany
from store.reference import PRECORO, Entry
from workers.records.work import Work
from workers.reference import cache as lists

KIND = "home_currency"
"""Entries that say of a currency how its documents were seen: at par, off it, or both."""


def of(session: Session, precoro_id: int) -> str | None:
    """Return the home currency of a Precoro company, or None while its documents do not tell."""
    return home_currency(_seen(session, precoro_id))


def learn(work: Work, document: Document) -> None:
    """Keep what a document shows of its currency; what was held is looked at anew when the home currency becomes another."""
    shown = parity_of(document)
    if shown is None:
        return
    with work.runtime.read() as (session, _):
        known = _seen(session, work.connection.precoro_id).get(document.currency, ())
    if shown not in known:
        _keep(work, document.currency, shown)


def _keep(work: Work, currency: str, shown: Parity) -> None:
    precoro_id = work.connection.precoro_id
    with work.runtime.write() as (session, moment):
        before, seen = of(session, precoro_id), _seen(session, precoro_id).get(currency, ())
        row = {
            "side": PRECORO,
            "company_id": precoro_id,
            "kind": KIND,
            "key": currency,
            "name": currency,
            "data": {"seen": sorted({*seen, shown})},
            "seen_at": moment,
        }
        reference.keep(session, Entry, [row], lists.UNIQUE)
        session.flush()
        if of(session, precoro_id) != before:
            for connection in session.get_one(PrecoroCompany, precoro_id).connections:
                lists.release(session, connection, [HOME_CURRENCY], moment)


def _seen(session: Session, precoro_id: int) -> dict[str, Collection[Parity]]:
    rows = select(Entry.key, Entry.data).where(
        Entry.side == PRECORO, Entry.company_id == precoro_id, Entry.kind == KIND
    )
    return {key: data["seen"] for key, data in session.execute(rows)}
