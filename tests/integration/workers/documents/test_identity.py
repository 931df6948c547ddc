"""The id says which document it is; what a ping says about its running number is believed by nobody."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import requests

from store.records import Record
from tests.stage import Stage

PAPER = {"name": "Copy paper", "quantity": 10, "price": "5.40", "account": "Office Supplies"}
PENS = {"name": "Pens", "quantity": 1, "price": "999.99", "account": "Office Supplies"}
STRANGER = 888208


def ping(stage: Stage, id_: object, idn: object) -> None:
    answer = requests.post(stage.webhook, json={"id": id_, "type": 3, "action": 1, "idn": idn}, timeout=10)
    assert answer.status_code == 200


def record(stage: Stage, id_: object) -> Record:
    return next(record for record in stage.records() if record.precoro_id == str(id_))


def totals(stage: Stage) -> list[Decimal]:
    return sorted(bill["TotalAmt"] for bill in stage.bills())


def test_a_ping_with_the_number_of_another_document_takes_over_no_bill(stage: Stage) -> None:
    stage.precoro.post("webhooks", drop=1)
    invoice = stage.approved(number="INV-208", invoiceNumber="S-208", lines=[PAPER])
    ping(stage, STRANGER, invoice["idn"])
    stage.until(lambda: record(stage, STRANGER).state == "held", "the phantom to be held")
    assert [problem.code for problem in record(stage, STRANGER).problems] == ["not_visible"]
    assert (stage.bills(), record(stage, STRANGER).idn) == ([], None)
    ping(stage, invoice["id"], invoice["idn"])
    stage.until_state(invoice, "synced")
    stage.act(invoice, "revise")
    stage.change(invoice, lines=[PENS])
    stage.act(invoice, "approve")
    ping(stage, invoice["id"], invoice["idn"])
    stage.until(lambda: totals(stage) == [Decimal("999.99")], "the revision")
    assert record(stage, STRANGER).qbo_id is None


def test_a_ping_with_the_number_of_another_document_does_not_change_which_one_is_read(stage: Stage) -> None:
    first: dict[str, Any] = stage.approved(number="INV-212", invoiceNumber="S-212", lines=[PAPER])
    second: dict[str, Any] = stage.approved(number="INV-213", invoiceNumber="S-213", lines=[PENS])
    stage.settle()
    ping(stage, first["id"], second["idn"])
    stage.settle()
    assert (record(stage, first["id"]).idn, record(stage, first["id"]).number) == (str(first["idn"]), "INV-212")
    assert totals(stage) == [Decimal("54.00"), Decimal("999.99")]


def test_a_document_whose_known_number_is_wrong_is_looked_up_by_its_id(stage: Stage) -> None:
    stage.precoro.post("webhooks", drop=1)
    first = stage.approved(number="INV-212", invoiceNumber="S-212", lines=[PAPER])
    second = stage.approved(number="INV-213", invoiceNumber="S-213", lines=[PENS])
    ping(stage, first["id"], second["idn"])
    stage.until_state(first, "synced")
    invoice_record = record(stage, first["id"])
    bill = next(bill for bill in stage.bills() if bill["Id"] == invoice_record.qbo_id)
    assert (invoice_record.idn, invoice_record.number, bill["TotalAmt"]) == (
        str(first["idn"]),
        "INV-212",
        Decimal("54.00"),
    )
