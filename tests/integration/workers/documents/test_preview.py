"""All that waits, previewed without a call: what it adds up to is what is then sent, to the cent."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from mappers.policy import Policy
from tests.stage import REALM, Stage, house
from workers.connections import go_live
from workers.connections import settings as connection_settings
from workers.documents.preview import WaitingDocument, waiting_documents
from workers.records import commands as record_commands

EARLY = datetime(2020, 1, 1, tzinfo=UTC)
PAPER = {"name": "Copy paper", "quantity": 10, "price": "54.00", "account": "Office Supplies", "class": "Sales"}
SUPPLIES = "Office Expenses:Office Supplies"
FREIGHT = {"name": "Freight", "quantity": 3, "price": "8.333", "account": "Office Supplies"}
UK = ("9130002", "ann@widgets-uk.example", "precoro-sandbox-key-2")
LISTS = ("bill", "vendorcredit", "purchaseorder")
SENT = {"create", "update", "wait"}


@pytest.fixture
def stage(tmp_path: Path, redis_url: str) -> Iterator[Stage]:
    """Return a house in which nothing is connected."""
    with house(tmp_path, redis_url) as opened:
        yield opened


@dataclass
class Sums:
    """What entities in QuickBooks come to, by type and currency, and what their lines and taxes come to."""

    totals: dict[tuple[str, str], Decimal] = field(default_factory=lambda: defaultdict(Decimal))
    parts: dict[tuple[str, str], Decimal] = field(default_factory=lambda: defaultdict(Decimal))

    @classmethod
    def of_preview(cls, rows: list[WaitingDocument]) -> Sums:
        sums = cls()
        for entity in (row.entity for row in rows if row.entity and row.decision in SENT):
            key = entity.type.casefold(), entity.currency
            sums.totals[key] += entity.total
            sums.parts[key] += sum((line.amount for line in entity.lines), Decimal(0))
        return sums

    @classmethod
    def of_quickbooks(cls, stage: Stage, realm: str, home: str) -> Sums:
        sums = cls()
        for name in LISTS:
            for entity in stage.entities(name, realm):
                key = name, entity.get("CurrencyRef", {}).get("value", home)
                sums.totals[key] += Decimal(str(entity["TotalAmt"]))
                taxes = entity.get("TxnTaxDetail", {}).get("TotalTax", 0)
                lines = sum((Decimal(str(line["Amount"])) for line in entity["Line"]), Decimal(str(taxes)))
                sums.parts[key] += lines
        return sums


def previewed(stage: Stage, since: datetime | None = EARLY) -> list[WaitingDocument]:
    """Return what waits, and see that looking made no call."""
    for service in (stage.precoro, stage.quickbooks):
        service.delete("requests")
    rows = list(waiting_documents(stage.runtime, since=since))
    assert stage.precoro.get("requests") == stage.quickbooks.get("requests") == []
    return rows


def ordered(stage: Stage, number: str) -> dict[str, Any]:
    """Approve a purchase order."""
    form = {"supplier": "Acme Supply", "createDate": "2026-10-30", "requiredDate": "2026-12-02", "lines": [PAPER]}
    order = stage.precoro.post("purchaseorders", company=stage.company, number=number, **form)
    approved: dict[str, Any] = stage.act(order, "approve", "purchaseorders")
    return approved


def row_of(rows: list[WaitingDocument], number: str) -> WaitingDocument:
    return next(row for row in rows if row.number == number)


def test_orders_bills_and_credits_that_wait_add_up_to_what_going_live_sends(stage: Stage) -> None:
    stage.begin_connected(Policy(send="both"), live=False)
    order = ordered(stage, "PO-57")
    lines = order["items"]["data"] if isinstance(order["items"], dict) else order["items"]
    stage.approved(
        number="INV-1", purchaseOrder=order["idn"], lines=[{**PAPER, "purchaseOrderItem": lines[0]["id"]}, FREIGHT]
    )
    stage.approved(number="INV-2", invoiceNumber="S-2", lines=[PAPER, FREIGHT, FREIGHT])
    stage.approved(number="CN-1", invoiceNumber="C-1", creditNote=True, lines=[{**PAPER, "quantity": 2}])
    stage.approved(number="INV-3", supplier="Evergreen Catering", lines=[PAPER])
    stage.settle()
    rows = previewed(stage)
    assert [(row.number, row.decision) for row in rows] == [
        ("PO-57", "create"), ("INV-1", "wait"), ("INV-2", "create"), ("CN-1", "create"), ("INV-3", "hold"),
    ]  # fmt: skip
    entity = row_of(rows, "INV-2").entity
    assert entity is not None
    assert (entity.vendor, entity.dated, entity.number) == ("Acme Supply", date(2026, 11, 2), "S-2")
    assert {(line.account, line.class_name) for line in entity.lines} == {
        (SUPPLIES, "Sales"),
        (SUPPLIES, ""),
    }
    planned = Sums.of_preview(rows)
    go_live.go_live(stage.runtime, "widgets-inc", "ann", EARLY)
    stage.settle()
    assert [row.number for row in previewed(stage)] == ["INV-3"]
    assert planned == Sums.of_quickbooks(stage, REALM, "USD")
    assert planned.totals == planned.parts


def test_taxes_and_other_currencies_add_up_too(stage: Stage) -> None:
    stage.begin_connected(None, *UK, live=False)
    tools = {"name": "Drill", "quantity": 3, "price": "33.33", "taxes": ["VAT 20"], "account": "Office Stationery"}
    stage.approved(number="GB-1", supplier="Crown Stationers", lines=[tools, tools])
    stage.approved(number="DE-1", supplier="Kessler Werkzeug GmbH", lines=[tools])
    stage.settle()
    rows = previewed(stage)
    planned = Sums.of_preview(rows)
    entity = row_of(rows, "DE-1").entity
    assert entity is not None
    assert (entity.currency, entity.rate is not None) == ("EUR", True)
    assert [(line.tax_code or line.description) for line in entity.lines] == ["20.0% S", "Tax: 20.0% S (Purchases)"]
    go_live.go_live(stage.runtime, "widgets-uk-ltd", "ann", EARLY)
    stage.settle()
    assert planned == Sums.of_quickbooks(stage, UK[0], "GBP")
    assert set(planned.totals) == {("bill", "GBP"), ("bill", "EUR")}
    assert planned.totals == planned.parts


def test_a_pair_that_is_made_afterwards_shows_at_once_what_is_then_sent(stage: Stage) -> None:
    stage.begin_connected(live=False)
    stage.approved(number="INV-1", lines=[{"name": "Lamp", "quantity": 1, "price": "76.10"}])
    stage.settle()
    [row] = previewed(stage)
    assert (row.decision, [problem.code for problem in row.problems]) == ("hold", ["account_missing"])
    connection_settings.change(stage.runtime, "widgets-inc", {"default_line_account": "Office Supplies"}, "ann")
    [row] = previewed(stage)
    assert (row.decision, row.entity and row.entity.lines[0].account) == ("create", SUPPLIES)


def test_what_going_live_leaves_out_and_what_a_person_sends_are_told_apart(stage: Stage) -> None:
    stage.begin_connected(Policy(automatic=False), live=False)
    stage.approved(number="INV-1", lines=[PAPER])
    stage.settle()
    [row] = previewed(stage)
    assert (row.decision, row.entity and row.entity.total) == ("by hand", Decimal(540))
    [row] = previewed(stage, since=datetime(2100, 1, 1, tzinfo=UTC))
    assert (row.decision, row.entity) == ("leave", None)
    assert (row.why or "").startswith("Historical: approved before go-live")


def test_a_revision_that_waits_shows_the_bill_as_it_would_become(stage: Stage) -> None:
    stage.begin_connected(Policy(automatic=False))
    invoice = stage.approved(number="INV-1", lines=[PAPER])
    stage.settle()
    record_commands.send(stage.runtime, stage.record(invoice).id, "ann")
    stage.until_state(invoice, "synced")
    stage.act(invoice, "revise")
    stage.change(invoice, lines=[{**PAPER, "quantity": 12}])
    stage.act(invoice, "approve")
    stage.until_state(invoice, "ready")
    [row] = previewed(stage)
    assert (row.decision, row.entity and row.entity.total) == ("by hand", Decimal(648))


def test_files_and_moved_dates_are_shown(stage: Stage) -> None:
    stage.begin_connected(Policy(closed_period="first_open_day"), live=False)
    stage.quickbooks.post("settings", book_close_date="2026-11-10")
    files = [{"name": "scan.pdf", "content": "%PDF-1.4 scan"}, {"name": "macro.exe", "content": "MZ"}]
    stage.approved(number="INV-1", issueDate="2026-11-02", lines=[PAPER], attachments=files)
    stage.settle()
    [row] = previewed(stage)
    assert row.entity is not None
    assert (row.entity.dated, row.entity.moved_from) == (date(2026, 11, 11), date(2026, 11, 2))
    scan, macro = row.files
    assert (scan.name, scan.why_not, macro.name) == ("scan.pdf", None, "macro.exe")
    assert (macro.why_not or "").startswith("QuickBooks does not take files such as macro.exe")
