"""A database as after years of use: documents with all that happened to them, suppliers on both sides, and what waits."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from itertools import islice
from typing import Any, NamedTuple

from sqlalchemy import insert

from bench import supplier_lists
from mappers.remedies import Act, Remedy
from store.base import Base, Store
from store.companies import Connection, PrecoroCompany, QboCompany
from store.events import Event
from store.history import ActionRow, CallRow, PlanRow
from store.records import FAILED, HELD, INVOICE, NEVER, READY, REMOVED, SUPPLIER, SYNCED, ProblemRow, Record
from store.reference import PRECORO, QUICKBOOKS, Entry, Pair, Suggestion

Row = Mapping[str, Any]

BEGAN = datetime(2024, 1, 1, tzinfo=UTC)
EVERY = timedelta(minutes=20)
"""The time between two documents."""
CHUNK = 2_000
"""How many rows are inserted at once."""
UNUSUAL = 17
"""One of so many documents has one of the states below, in turns; the others are in step."""
STATES = (HELD, FAILED, READY, REMOVED, NEVER, HELD)
PAIRED, SUGGESTED = 0.9, 0.95
"""Up to which share of the suppliers have a pair, and from there on a suggestion."""
CAUSES = 200
"""How many suppliers without a pair hold documents."""
ACCOUNTS, MIRRORED = 2_000, 1_800
"""How many accounts the first company has, and how many of them stand as options in Precoro."""
FIELD = "700"
"""The custom field of Precoro that holds accounts."""
SENT = {"Line": [{"Amount": "54.00", "Description": "Copy paper, A4, 80 g", "AccountId": "64"}] * 6}
PAIR_IT = Remedy("Pair it with its vendor.", (Act("pair_supplier"),))


class Size(NamedTuple):
    """How many of everything there are."""

    documents: int
    suppliers: int
    connections: int

    @property
    def paired(self) -> range:
        """The numbers of the suppliers that have a pair."""
        return range(round(self.suppliers * PAIRED))

    @property
    def suggested(self) -> range:
        """The numbers of the suppliers that have a suggestion."""
        return range(round(self.suppliers * PAIRED), round(self.suppliers * SUGGESTED))

    @property
    def not_live(self) -> int | None:
        """The number of the connection that is not live yet: the last one, if there are several."""
        return self.connections if self.connections > 1 else None

    def is_stopped(self, document: int) -> bool:
        """Say whether a document is held, or would be once its connection is live."""
        state = _state(document, self)
        return state == HELD or (state == READY and document % 3 == 0)

    def connection_of(self, document: int) -> int:
        """Return the connection of a document: every second one is in the first, whose company has all suppliers."""
        return 1 if document % 2 else 1 + document // 2 % self.connections


def fill(store: Store, size: Size) -> None:
    """Fill an empty database."""
    names = [party.names[0] for party in supplier_lists.make(1, size.suppliers).left]
    documents, connections = range(1, size.documents + 1), range(1, size.connections + 1)
    _insert(store, PrecoroCompany, map(_precoro_company, connections))
    _insert(store, QboCompany, map(_qbo_company, connections))
    _insert(store, Connection, (_connection(number, size) for number in connections))
    _insert(store, Entry, _entries(names[: size.suppliers]))
    _insert(store, Entry, _products(names[: size.suppliers]))
    _insert(store, Entry, _accounts())
    for kind in (SUPPLIER, "item"):
        _insert(store, Pair, (_pair(kind, number) for number in size.paired))
        _insert(store, Suggestion, (_suggestion(kind, number) for number in size.suggested))
    _insert(store, Pair, map(_account_pair, range(MIRRORED)))
    _insert(store, Record, (_document(number, size, names) for number in documents))
    _insert(store, Record, (_supplier(number, names) for number in size.paired))
    _insert(store, ProblemRow, (_problem(number) for number in documents if size.is_stopped(number)))
    _insert(store, PlanRow, (plan for number in documents for plan in _plans(number, size)))
    _insert(store, CallRow, (call for number in documents for call in _calls(number)))
    _insert(store, Event, (event for number in documents for event in _events(number, size)))
    _insert(store, ActionRow, (_action(number, size) for number in documents[::3]))


def _insert(store: Store, table: type[Base], rows: Iterable[Row]) -> None:
    """Insert rows, a transaction for each chunk of them."""
    remaining = iter(rows)
    while chunk := list(islice(remaining, CHUNK)):
        with store.write() as session:
            session.execute(insert(table), chunk)


def _precoro_company(number: int) -> Row:
    return {
        "host": "https://api.precoro.com", "email": f"ann@company-{number}.example", "api_key": "key",
        "webhook_secret": f"secret-{number}", "webhook_digest": f"digest-{number}", "last_event_at": BEGAN,
    }  # fmt: skip


def _qbo_company(number: int) -> Row:
    return {
        "realm": f"91300{number}", "environment": "sandbox", "name": f"Company {number}", "country": "US", "home_currency": "USD",
        "plan": "Plus", "access_token": "access", "refresh_token": "refresh", "access_until": BEGAN, "refresh_from": BEGAN,
    }  # fmt: skip


def _connection(number: int, size: Size) -> Row:
    """Return a connection; the last one is not live yet, and all its documents wait for that."""
    live_at = None if number == size.not_live else BEGAN
    return {
        "slug": f"company-{number}", "precoro_id": number, "qbo_id": number, "created_at": BEGAN, "live_at": live_at,
        "fields": {FIELD: "account"} if number == 1 else {},
    }  # fmt: skip


def _entries(names: Sequence[str]) -> Iterator[Row]:
    """Yield a supplier and a vendor of each name."""
    details = {"email": "sales@acme.example", "phone": "+1 555 0100", "city": "Springfield", "country": "US"}
    for number, name in enumerate(names):
        both = {"company_id": 1, "name": name, "details": details, "seen_at": BEGAN}
        yield {"side": PRECORO, "kind": "supplier", "key": f"{9000 + number}", "data": {"currencies": ["USD"]}, **both}
        yield {"side": QUICKBOOKS, "kind": "vendor", "key": f"{50 + number}", "data": {"currency": "USD"}, **both}


def _products(names: Sequence[str]) -> Iterator[Row]:
    """Yield a product and an item of each name; every 50th item cannot be bought."""
    for number, name in enumerate(names):
        both = {"company_id": 1, "kind": "item", "name": name, "seen_at": BEGAN}
        item = {"kind": "NonInventory", "for_purchase": number % 50 != 0, "sku": f"SKU-{number}"}
        yield {"side": PRECORO, "key": f"{9000 + number}", "data": {"sku": f"SKU-{number}"}, **both}
        yield {"side": QUICKBOOKS, "key": f"{50 + number}", "data": item, **both}


def _accounts() -> Iterator[Row]:
    """Yield the accounts of a company, the custom field for them, and the options of those that are mirrored."""
    both = {"company_id": 1, "seen_at": BEGAN}
    yield {
        "side": PRECORO,
        "kind": "field",
        "key": f"item:{FIELD}",
        "name": "QuickBooks Accounts",
        "data": {"level": "item"},
        **both,
    }
    for number in range(ACCOUNTS):
        name, data = f"Account {number}", {"number": f"{6000 + number}", "kind": "Expense"}
        yield {"side": QUICKBOOKS, "kind": "account", "key": f"{number + 1}", "name": name, "data": data, **both}
    for number in range(MIRRORED):
        data = {"field_id": FIELD, "code": f"{6000 + number}", "external_id": f"qbo:913001:account:{number + 1}"}
        key, name = f"{70_000 + number}", f"Account {number}"
        yield {"side": PRECORO, "kind": "option", "key": key, "name": name, "data": data, **both}


def _account_pair(number: int) -> Row:
    twins = {"kind": "account", "precoro_key": f"{70_000 + number}", "qbo_key": f"{number + 1}"}
    return {"connection_id": 1, **twins, "how": "import", "paired_at": BEGAN}


def _twins(kind: str, number: int) -> Row:
    return {"connection_id": 1, "kind": kind, "precoro_key": f"{9000 + number}", "qbo_key": f"{50 + number}"}


def _pair(kind: str, number: int) -> Row:
    return {**_twins(kind, number), "how": "sync", "paired_at": BEGAN}


def _suggestion(kind: str, number: int) -> Row:
    return {**_twins(kind, number), "score": 60 + number % 40, "evidence": ["same phone"], "state": "open", "at": BEGAN}


def _state(number: int, size: Size) -> str:
    if size.connection_of(number) == size.not_live:
        return READY
    return STATES[number // UNUSUAL % len(STATES)] if number % UNUSUAL == 0 else SYNCED


def _record(**values: Any) -> Row:
    return {
        "requested_version": 3,
        "handled_version": 3,
        "notes": [],
        "overridden_problems": [],
        "sent": SENT,
        **values,
    }


def _document(number: int, size: Size, names: Sequence[str]) -> Row:
    """Return an invoice, as it stands after it was approved and revised."""
    state, connection_id = _state(number, size), size.connection_of(number)
    stands = state in {SYNCED, FAILED}
    return _record(
        precoro_company_id=connection_id,
        connection_id=connection_id,
        kind=INVOICE,
        precoro_id=f"{900_000 + number}",
        idn=f"{number}",
        number=f"INV-{number}",
        supplier=names[number % len(names)],
        currency="EUR" if number % 5 == 0 else "USD",
        amount=Decimal(number * 7919 % 1_000_000) / 100,
        issued_on=(BEGAN + number * EVERY).date(),
        state=state,
        reason="KeyError: 'Id'" if state == FAILED else None,
        requested_at=BEGAN + number * EVERY if state == FAILED else None,
        qbo_company_id=connection_id if stands else None,
        qbo_type="Bill" if stands else None,
        qbo_id=f"{number}" if stands else None,
        qbo_number=f"INV-{number}" if stands else None,
        log_text="Bill in QuickBooks." * 5,
        list_row={"approvalDate": (BEGAN + number * EVERY).isoformat()},
    )


def _supplier(number: int, names: Sequence[str]) -> Row:
    """Return the record of a pair; one in 100 waits for an answer."""
    state = HELD if number % 100 == 0 else SYNCED
    return _record(
        precoro_company_id=1, connection_id=1, kind=SUPPLIER, precoro_id=f"{9000 + number}", scope=1, state=state,
        number=names[number][:300], supplier=names[number][:300],
    )  # fmt: skip


def _problem(number: int) -> Row:
    subject = f"supplier:{9000 + number // UNUSUAL % CAUSES}"
    return {"record_id": number, "position": 0, "code": "supplier_not_paired", "subject": subject,
            "sentence": f"{subject} is not paired with a vendor.", "remedy": PAIR_IT}  # fmt: skip


def _plans(number: int, size: Size) -> Iterator[Row]:
    for step in range(3):
        decision = "hold" if _state(number, size) == HELD and step else "synced"
        at = BEGAN + number * EVERY + timedelta(minutes=step)
        yield {"record_id": number, "at": at, "decision": decision, "summary": "updated Bill 176"}


def _calls(number: int) -> Iterator[Row]:
    for service, method, path in (
        ("precoro", "GET", "invoices"),
        ("quickbooks", "POST", "bill"),
        ("precoro", "PATCH", "invoices"),
    ) * 2:
        yield {"at": BEGAN + number * EVERY, "service": service, "company": "1", "record_id": number, "method": method,
               "path": f"/{path}/{number}", "kind": f"{method} {path}", "milliseconds": 80, "metered": service == "precoro",
               "trace": "1-6743a1b2-0c9d8e7f6a5b4c3d2e1f0a9b", "status": 200}  # fmt: skip


def _events(number: int, size: Size) -> Iterator[Row]:
    for operation in ("create", "update"):
        yield {"source": "precoro", "company": f"{size.connection_of(number)}", "status": "kept", "operation": operation,
               "subject": f"invoice:{900_000 + number}", "payload": {"id": 900_000 + number, "type": 1, "action": 0},
               "received_at": BEGAN + number * EVERY}  # fmt: skip


def _action(number: int, size: Size) -> Row:
    return {"at": BEGAN + number * EVERY, "who": "ann", "action": "send", "subject": f"invoice:{number}",
            "connection": f"company-{size.connection_of(number)}", "details": {"decisions": ["possible_duplicate"]}}  # fmt: skip
