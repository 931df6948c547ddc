"""Rows that tests of the store and the receiver begin with: companies on both sides, connections and records."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from store import companies, records
from store.base import Store, now
from store.companies import Connection, PrecoroCompany, QboCompany
from store.records import Record
from store.reference import Entry, Pair, Suggestion

FERNET_KEY = "dGllb3V0LXRlc3RzLXRpZW91dC10ZXN0cy10aWVvdXQ="
SECRET = "the-unguessable-part-of-an-address"
REALM = "9130001"
LONG_AGO = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
AN_HOUR = timedelta(hours=1)


def precoro_company(session: Session, secret: str = SECRET, email: str = "ann@widgets.example") -> PrecoroCompany:
    """Add a company in Precoro whose webhook address carries this secret."""
    company = PrecoroCompany(
        host="https://api.precoro.com",
        email=email,
        api_key="precoro-key",
        webhook_secret=secret,
        webhook_digest=companies.digest(secret),
    )
    session.add(company)
    session.flush()
    return company


def qbo_company(session: Session, realm: str = REALM, **values: Any) -> QboCompany:
    """Add a company in QuickBooks whose tokens are fresh and whose changes have been read."""
    moment = now(session)
    defaults = {
        "environment": "sandbox",
        "name": f"Company {realm}",
        "country": "US",
        "home_currency": "USD",
        "plan": "Plus",
        "access_token": "access-1",
        "refresh_token": "refresh-1",
        "access_until": moment + AN_HOUR,
        "refresh_from": moment + AN_HOUR / 2,
        "changes_due": False,
        "changes_since": moment,
        "checked_at": moment,
    }
    company = QboCompany(realm=realm, **{**defaults, **values})
    session.add(company)
    session.flush()
    return company


def connection(session: Session, slug: str = "widgets", **values: Any) -> Connection:
    """Add a connection, with companies of its own unless the test gives others; the first gets the secret and realm."""
    first = session.scalar(select(Connection.id).limit(1)) is None
    if "precoro_id" not in values:
        names = {} if first else {"secret": f"secret-of-{slug}", "email": f"{slug}@example.com"}
        values["precoro_id"] = precoro_company(session, **names).id
    if "qbo_id" not in values:
        values["qbo_id"] = qbo_company(session, **({} if first else {"realm": f"realm-of-{slug}"})).id
    connection = Connection(slug=slug, created_at=LONG_AGO, **values)
    session.add(connection)
    session.flush()
    return connection


def connected(store: Store, slug: str = "widgets", **values: Any) -> int:
    """Add a connection and return its id."""
    with store.write() as session:
        return connection(session, slug, **values).id


def record(store: Store, connection_id: int, precoro_id: str = "203", **values: Any) -> int:
    """Add a record that is wanted and due, unless `values` say otherwise; returns its id."""
    defaults = {"kind": records.INVOICE, "idn": precoro_id, "requested_version": 1, "requested_at": LONG_AGO}
    with store.write() as session:
        company = session.get_one(Connection, connection_id).precoro_id
        made = Record(
            precoro_company_id=company, connection_id=connection_id, precoro_id=precoro_id, **{**defaults, **values}
        )
        session.add(made)
        session.flush()
        return made.id


def entry(store: Store, side: str, kind: str, key: str, name: str, **values: Any) -> None:
    """Add an entry of a list of the first company on this side, unless `values` say otherwise."""
    with store.write() as session:
        row = {"side": side, "company_id": 1, "kind": kind, "key": key, "name": name, "seen_at": LONG_AGO}
        session.add(Entry(**{**row, **values}))


def pair(store: Store, connection_id: int, kind: str, precoro_key: str, qbo_key: str, how: str = "person") -> None:
    """Add a pair."""
    keys = {"precoro_key": precoro_key, "qbo_key": qbo_key}
    with store.write() as session:
        session.add(Pair(connection_id=connection_id, kind=kind, how=how, paired_at=LONG_AGO, **keys))


def suggestion(store: Store, connection_id: int, kind: str, precoro_key: str, qbo_key: str, **values: Any) -> None:
    """Add an open suggestion, unless `values` say otherwise."""
    row = {"precoro_key": precoro_key, "qbo_key": qbo_key, "score": 80, "evidence": ["the same phone"], "state": "open"}
    with store.write() as session:
        session.add(Suggestion(connection_id=connection_id, kind=kind, at=LONG_AGO, **{**row, **values}))


def change(store: Store, row: type[Any], row_id: int, **values: Any) -> None:
    """Change columns of a row."""
    with store.write() as session:
        stored = session.get_one(row, row_id)
        for name, value in values.items():
            setattr(stored, name, value)


def forget_sending(session: Session, record_id: int) -> None:
    """Let a record be as it was before its entity was sent, as in a database that was restored from a backup."""
    record = session.get_one(Record, record_id)
    record.sent = record.qbo_id = record.qbo_type = record.list_row = record.external_id = None
    record.state = records.OPEN


def fetch(store: Store, record_id: int) -> Record:
    """Return a record as it stands."""
    with store.read() as session:
        return session.get_one(Record, record_id)
