"""Precoro's home currency, learnt from the documents that are read, and what was held until it is known."""

from __future__ import annotations

from sqlalchemy.orm import Session

from mappers.documents.document import Document
from mappers.documents.home_currency import Parity, home_currency, parity_of
from mappers.problems import HOME_CURRENCY
from store import observations
from store.companies import PrecoroCompany
from workers.records.work import Work
from workers.reference import cache


def of_company(session: Session, precoro_id: int) -> str | None:
    """Return the home currency of a Precoro company, or None while its documents do not tell."""
    return home_currency(observations.parities(session, precoro_id))


def learn(work: Work, document: Document) -> None:
    """Keep what a document shows of its currency; what was held is due when that changes the home currency."""
    parity = parity_of(document)
    if parity is None:
        return
    with work.runtime.read() as (session, _):
        parities = observations.parities(session, work.connection.precoro_id)
    if parity not in parities.get(document.currency, ()):
        _keep(work, document.currency, parity)


def _keep(work: Work, currency: str, parity: Parity) -> None:
    precoro_id = work.connection.precoro_id
    with work.runtime.write() as (session, moment):
        before = of_company(session, precoro_id)
        observations.add_parity(session, precoro_id, currency, parity, moment)
        if of_company(session, precoro_id) != before:
            for connection in session.get_one(PrecoroCompany, precoro_id).connections:
                cache.note_changed(session, connection, [HOME_CURRENCY], moment)
