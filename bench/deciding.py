"""`python -m bench.deciding`: how long a worker decides about one supplier without a vendor, among thousands.

    python -m bench.deciding --entries 10000

The suppliers and vendors are made-up ones in a real database, details encrypted. The first decision of a process reads both
lists; the next ones read what has changed, here one new vendor before each. Beside it stands the floor: the same two
questions to lists that are in memory already.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from itertools import islice

import click
from sqlalchemy import insert
from sqlalchemy.orm import Session

from bench import figures, supplier_lists
from bench.installation import isolated_settings, migrated
from mappers.matching.parties import Party
from store.base import Store, now
from store.companies import Connection, PrecoroCompany, QboCompany
from store.reference import PRECORO, QUICKBOOKS, Entry
from workers.suppliers import similar
from workers.suppliers.party_lists import PartyLists
from workers.suppliers.similar import Candidates

ROUNDS = 20
AN_HOUR = timedelta(hours=1)


@click.command()
@click.option("--entries", default=10_000, show_default=True, help="Suppliers, and as many vendors.")
def main(entries: int) -> None:
    """Measure, and print the figures."""
    lists = supplier_lists.make(1, int(entries / 1.25))
    figures.machine()
    with isolated_settings(None) as settings:
        store = migrated(settings)
        connection_id = _fill(store, lists.left[:entries], lists.right[: entries - ROUNDS])
        kept, keys = PartyLists(), [party.key for party in islice(lists.left, ROUNDS)]
        first = _seconds(lambda: _decide(store, connection_id, kept, keys[0]))
        later = []
        for key, vendor in zip(keys, lists.right[entries - ROUNDS : entries], strict=True):
            with store.write() as session:
                session.add(Entry(**_row(QUICKBOOKS, "vendor", vendor, now(session))))
            later.append(_seconds(lambda key=key: _decide(store, connection_id, kept, key)))  # type: ignore[misc]  # a closure
        with store.read() as session:
            candidates = similar.load(session, session.get_one(Connection, connection_id), kept)
        floor = [_seconds(lambda key=key: _ask(candidates, key)) for key in keys]  # type: ignore[misc]  # a closure
        store.close()
    figures.line("suppliers and vendors", f"{entries:,} each")
    figures.line("first decision of a process", f"{1000 * first:.0f} ms")
    figures.line("next decisions, median", f"{1000 * figures.median(later):.1f} ms")
    figures.line("floor: lists in memory", f"{1000 * figures.median(floor):.1f} ms")


def _decide(store: Store, connection_id: int, lists: PartyLists, key: str) -> None:
    """Do what the planning of one supplier does."""
    with store.read() as session:
        candidates = similar.load(session, session.get_one(Connection, connection_id), lists)
    _ask(candidates, key)


def _ask(candidates: Candidates, key: str) -> None:
    """Ask both questions about a supplier."""
    if candidates.same_name_as(key) is None:
        candidates.similar_to(key)


def _seconds(work: Callable[[], None]) -> float:
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


def _fill(store: Store, suppliers: Sequence[Party], vendors: Sequence[Party]) -> int:
    """Keep both lists for a connection of its own; returns its id."""
    with store.write() as session:
        moment = now(session) - AN_HOUR
        precoro, quickbooks = _companies(session, moment)
        rows = [_row(PRECORO, "supplier", party, moment) for party in suppliers]
        rows += [_row(QUICKBOOKS, "vendor", party, moment) for party in vendors]
        session.execute(insert(Entry), rows)
        connection = Connection(slug="bench", precoro_id=precoro.id, qbo_id=quickbooks.id, created_at=moment)
        session.add(connection)
        session.flush()
        return connection.id


def _companies(session: Session, moment: datetime) -> tuple[PrecoroCompany, QboCompany]:
    """Add a company on both sides."""
    precoro = PrecoroCompany(host="", email="", api_key="", webhook_secret="", webhook_digest="")
    quickbooks = QboCompany(
        realm="1", environment="sandbox", name="", country="US", home_currency="USD", plan="Plus", access_token="", refresh_token="",
        access_until=moment, refresh_from=moment,
    )  # fmt: skip
    session.add_all([precoro, quickbooks])
    session.flush()
    return precoro, quickbooks


def _row(side: str, kind: str, party: Party, moment: datetime) -> dict[str, object]:
    """Return a party as it is kept."""
    details = {
        "email": ",".join(party.emails), "phone": party.phone, "country": party.country, "city": party.city,
        "postal_code": party.postal_code, "tax_number": party.tax_number, "account_number": party.account_number,
    }  # fmt: skip
    data = (
        {"currencies": sorted(party.currencies)}
        if kind == "supplier"
        else {"currency": next(iter(party.currencies), None)}
    )
    return {
        "side": side, "company_id": 1, "kind": kind, "key": party.key, "name": party.names[0], "active": party.active, "data": data,
        "details": details, "seen_at": moment, "gone_at": None,
    }  # fmt: skip


if __name__ == "__main__":
    main()
