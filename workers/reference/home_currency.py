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
from workers.reference import cache

KIND = "home_currency"
"""The kind of entries that keep whether documents of a currency were at par, off it, or both."""


def of_company(session: Session, precoro_id: int) -> str | None:
    """Return the home currency of a Precoro company, or None while its documents do not tell."""
    return home_currency(_parities(session, precoro_id))


def learn(work: Work, document: Document) -> None:
    """Keep what a document shows of its currency; what was held is due when that changes the home currency."""
    parity = parity_of(document)
    if parity is None:
        return
    with work.runtime.read() as (session, _):
        parities = _parities(session, work.connection.precoro_id).get(document.currency, ())
    if parity not in parities:
        _keep(work, document.currency, parity)


def _keep(work: Work, currency: str, parity: Parity) -> None:
    precoro_id = work.connection.precoro_id
    with work.runtime.write() as (session, moment):
        before, parities = of_company(session, precoro_id), _parities(session, precoro_id).get(currency, ())
        row = {
            "side": PRECORO,
            "company_id": precoro_id,
            "kind": KIND,
            "key": currency,
            "name": currency,
            "data": {"seen": sorted({*parities, parity})},
            "seen_at": moment,
        }
        reference.keep(session, Entry, [row], cache.UNIQUE)
        session.flush()
        if of_company(session, precoro_id) != before:
            for connection in session.get_one(PrecoroCompany, precoro_id).connections:
                cache.note_changed(session, connection, [HOME_CURRENCY], moment)


def _parities(session: Session, precoro_id: int) -> dict[str, Collection[Parity]]:
    rows = select(Entry.key, Entry.data).where(
        Entry.side == PRECORO, Entry.company_id == precoro_id, Entry.kind == KIND
    )
    return {key: data["seen"] for key, data in session.execute(rows)}
