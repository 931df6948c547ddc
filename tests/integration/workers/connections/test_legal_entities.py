"""One Precoro company with several legal entities, each connected to books of its own."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from store import reference
from store.reference import Entry
from tests.integration.workers.documents.test_orders_and_abroad import UK
from tests.stage import REALM, Stage, house
from workers.connections import commands as connection_commands
from workers.lookup import connection_named
from workers.suppliers import commands as supplier_commands

PAPER = {"name": "Copy paper", "quantity": 10, "price": "54.00", "account": "Office Supplies"}
TEXAS = "2"


@pytest.fixture
def stage(tmp_path: Path, redis_url: str) -> Iterator[Stage]:
    """Return a house whose Precoro company has books in Leeds for everything, and books in Austin for one legal entity."""
    with house(tmp_path, redis_url) as opened:
        opened.precoro.post("settings", identical_per_minute=2)  # both read its lists, one right after the other
        opened.connect(realm=UK[0], slug="leeds")
        opened.connect(realm=REALM, slug="austin", legal_entity=TEXAS)
        yield opened


def reads(stage: Stage, document: dict[str, Any]) -> int:
    path = f"/invoices/{document['idn']}"
    return sum(1 for request in stage.precoro.get("requests") if request["method"] == "GET" and request["path"] == path)


def test_a_document_goes_to_the_books_of_its_legal_entity_with_one_read_and_stays_one_record(stage: Stage) -> None:
    invoice = stage.approved(number="INV-601", invoiceNumber="S-601", lines=[PAPER])
    stage.until_state(invoice, "synced")
    assert (stage.record(invoice).connection.slug, len(stage.bills()), reads(stage, invoice)) == ("austin", 1, 1)
    stage.act(invoice, "cancel")
    stage.settle()
    assert (stage.record(invoice).connection.slug, stage.record(invoice).state) == ("austin", "removed")
    assert len([record for record in stage.records() if record.precoro_id == str(invoice["id"])]) == 1


def test_a_document_of_another_legal_entity_goes_where_all_others_go(stage: Stage) -> None:
    leeds = stage.precoro.post("legalentities", company=1, name="Widgets West")
    invoice = stage.invoice(number="INV-602", invoiceNumber="S-602", lines=[PAPER])
    stage.change(invoice, legalEntity={"id": leeds["id"]})
    stage.act(invoice, "approve")
    stage.settle()
    assert stage.record(invoice).connection.slug == "leeds"
    assert stage.bills() == []


def test_what_moves_to_a_paused_connection_waits_there(stage: Stage) -> None:
    connection_commands.pause(stage.runtime, "austin", "ann")
    invoice = stage.approved(number="INV-603", invoiceNumber="S-603", lines=[PAPER])
    stage.until(lambda: any(record.connection.slug == "austin" for record in stage.records()), "the move")
    stage.tick()
    assert stage.bills() == []
    connection_commands.resume(stage.runtime, "austin", "ann")
    stage.until_state(invoice, "synced")


def test_one_supplier_may_have_a_vendor_in_each_of_the_books(stage: Stage) -> None:
    vendor = stage.quickbooks.post(f"vendor?realm={UK[0]}", DisplayName="Acme Supply", CurrencyRef={"value": "USD"})[
        "Id"
    ]
    connection_commands.refresh(stage.runtime, "leeds", "ann")
    with stage.runtime.read() as (session, _):
        leeds, austin = connection_named(session, "leeds"), connection_named(session, "austin")
        key = session.scalars(select(Entry.key).where(Entry.kind == "supplier", Entry.name == "Acme Supply")).one()
    supplier_commands.unpair(stage.runtime, "leeds", key, "ann")
    supplier_commands.pair(stage.runtime, "leeds", key, vendor, "ann")
    with stage.runtime.read() as (session, _):
        twins = [reference.pairs(session, connection.id, [("supplier", key)]) for connection in (leeds, austin)]
    assert twins == [{("supplier", key): vendor}, {("supplier", key): "56"}]
