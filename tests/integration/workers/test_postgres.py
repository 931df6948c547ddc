"""The whole way on Postgres: approved, revised and cancelled in Precoro, held and released, paired and written back."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import pytest

from store import tasks as rows
from tests.integration.workers.suppliers.both_sides import (
    change_supplier,
    change_vendor,
    in_step,
    state_of,
    supplier,
    vendor,
)
from tests.stage import REALM, Stage, house
from workers.documents import commands as document_commands
from workers.documents import drift_views
from workers.documents import views as document_views
from workers.lists import mirror as lists
from workers.lookup import find_task
from workers.tasks import commands as task_commands

PAPER = {"name": "Copy paper", "quantity": 10, "price": "54.00", "account": "Office Supplies"}


@pytest.fixture
def stage(tmp_path: Path, redis_url: str, postgres_url: str) -> Iterator[Stage]:
    """Return a connected house whose database is Postgres."""
    with house(tmp_path, redis_url, DATABASE_URL=postgres_url) as opened:
        opened.begin_connected()
        yield opened


def test_a_document_goes_its_whole_way(stage: Stage) -> None:
    assert stage.runtime.store.engine.dialect.name == "postgresql"
    invoice = stage.approved(number="INV-201", invoiceNumber="S-88123", lines=[PAPER])
    stage.settle()
    assert stage.record(invoice).state == "synced"
    assert [Decimal(bill["TotalAmt"]) for bill in stage.bills()] == [Decimal("540.00")]
    stage.act(invoice, "revise")
    stage.change(invoice, lines=[{**PAPER, "price": "61.11"}])
    stage.act(invoice, "approve")
    stage.settle()
    assert [Decimal(bill["TotalAmt"]) for bill in stage.bills()] == [Decimal("611.10")]
    stage.act(invoice, "cancel")
    stage.settle()
    assert stage.bills() == []
    assert stage.record(invoice).state == "removed"


def test_what_people_change_in_quickbooks_is_found_and_decided(stage: Stage) -> None:
    invoice = stage.approved(number="INV-202", invoiceNumber="S-88124", lines=[PAPER])
    stage.until_state(invoice, "synced")
    stage.settle()
    [bill] = stage.bills()
    stage.quickbooks.post(f"bill/{bill['Id']}?realm={REALM}", set={"TxnDate": "2026-11-03", "DueDate": "2026-12-24"})
    stage.until_state(invoice, "held")
    stage.settle()
    document_commands.keep(stage.runtime, document_views.document(stage.runtime, "INV-202"), "ann")
    stage.until_state(invoice, "synced")
    weights = drift_views.weights(stage.runtime)
    assert {state: weight.number for state, weight in weights.items()} == {"accepted": 1}
    assert weights["accepted"].differences == {"USD": 0}


def test_a_held_document_says_why(stage: Stage) -> None:
    invoice = stage.approved(number="INV-205", supplier="Evergreen Catering", lines=[PAPER])
    stage.settle()
    record = stage.record(invoice)
    assert (record.state, [p.code for p in record.problems]) == ("held", ["supplier_not_paired"])


def test_an_amount_is_the_same_text_as_on_sqlite(stage: Stage) -> None:
    invoice = stage.approved(number="INV-206", invoiceNumber="S-4", lines=[PAPER])
    stage.settle()
    assert str(stage.record(invoice).amount) in {"540.00", "540"}


def test_lists_are_imported_once(stage: Stage) -> None:
    stage.quickbooks.post(f"department?realm={REALM}", Name="North")
    for planned in ({"add": 1, "update": 3, "unchanged": 1}, {"unchanged": 5}):
        arguments = lists.arguments(stage.runtime, "widgets-inc", ["locations"], "all")
        task_id = task_commands.start(stage.runtime, "widgets-inc", lists.IMPORT, arguments, "ann", confirmed=True)
        stage.until(lambda task_id=task_id: _is_done(stage, task_id), "the import", 60)  # type: ignore[misc]
        with stage.runtime.read() as (session, _):
            assert rows.counts(session, task_id) == planned


def _is_done(stage: Stage, task_id: int) -> bool:
    with stage.runtime.read() as (session, _):
        return find_task(session, task_id).state == rows.DONE


def test_a_supplier_and_its_vendor_follow_each_other(stage: Stage) -> None:
    in_step(stage)
    change_supplier(stage, phone="+1 512 555 2222")
    stage.until(lambda: vendor(stage)["PrimaryPhone"]["FreeFormNumber"] == "+1 512 555 2222", "the vendor to follow")
    stage.settle()
    change_vendor(stage, PrimaryPhone={"FreeFormNumber": "+1 512 555 1111"})
    stage.until(lambda: supplier(stage)["phone"] == "+1 512 555 1111", "the supplier to follow")
    stage.settle()
    assert state_of(stage) == ("synced", [])
