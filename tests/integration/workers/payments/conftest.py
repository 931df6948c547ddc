"""A connected house that imports payments, and what people do with them on both sides."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from store.companies import QboCompany
from store.records import PAYMENT, Record
from tests.stage import REALM, Stage, house
from workers.connections import settings

Json = dict[str, Any]

PAPER = {"name": "Copy paper", "quantity": 10, "price": "54.00", "account": "Office Supplies"}


@dataclass
class Till:
    """The house, and the acts of those who pay.

    Args:
        number: of the invoice made last
        realm: of the QuickBooks company
    """

    stage: Stage
    number: int = 600
    realm: str = REALM

    def billed(self, **more: Any) -> Json:
        """Approve an invoice over 540.00 and wait for its bill."""
        self.number += 1
        form = {"number": f"INV-{self.number}", "invoiceNumber": f"S-{self.number}", "lines": [PAPER], **more}
        invoice = self.stage.approved(**form)
        self.stage.until_state(invoice, "synced")
        return invoice

    def bill_of(self, invoice: Json) -> str:
        """Return the id of the bill of an invoice."""
        return str(self.stage.record(invoice).qbo_id)

    def pay(self, invoice: Json, amount: str | None = None, date: str = "2026-11-20") -> Json:
        """Pay a bill in QuickBooks, in full unless an amount is named."""
        order = {"do": "pay", "date": date, **({} if amount is None else {"amount": amount})}
        payment: Json = self.stage.quickbooks.post(f"bill/{self.bill_of(invoice)}?realm={self.realm}", **order)
        return payment

    def post(self, entity: str, **values: Any) -> Json:
        """Make or change something in QuickBooks as a person would."""
        answer: Json = self.stage.quickbooks.post(f"{entity}?realm={self.realm}", **values)
        return answer

    def settle(self) -> None:
        """Let QuickBooks send its events, read what changed there, and work until all is quiet."""
        assert self.stage.quickbooks.get("webhooks?wait=10")["idle"]
        self.stage.until(self._knows_changes, "what changed in QuickBooks")
        self.stage.settle()

    def catch_up(self) -> None:
        """Ask Precoro what was modified, and let be done what follows."""
        self.stage.catch_up()
        self.stage.settle()

    def _knows_changes(self) -> bool:
        """Say whether no event of QuickBooks waits for its changes to be read."""
        with self.stage.runtime.read() as (session, _):
            company = session.get_one(QboCompany, 1)
            return not company.changes_due and company.changes_read_at is not None

    def invoice(self, invoice: Json) -> Json:
        """Return an invoice as Precoro holds it now."""
        rows = self.stage.precoro.rows(str(self.stage.company), "invoices")
        return next(row for row in rows if row["id"] == invoice["id"])

    def payments(self) -> list[Json]:
        """Return the payments that Precoro holds."""
        rows: list[Json] = self.stage.precoro.rows(str(self.stage.company), "payments")
        return rows

    def live_payments(self) -> list[Json]:
        """Return those that are not cancelled."""
        return [payment for payment in self.payments() if payment["status"] == 0]

    def records(self) -> list[Record]:
        """Return the records of payments."""
        return self.stage.all_records(Record.kind == PAYMENT)

    def codes(self) -> list[str]:
        """Return the codes of all problems of payments."""
        return [problem.code for record in self.records() for problem in record.problems]

    def calls(self, control: Any, *methods: str) -> list[str]:
        """Return the calls to a service that payments could have caused, the oldest first."""
        return [
            f"{call['method']} {call['path']}"
            for call in control.get("requests")
            if not methods or call["method"] in methods
        ]


@pytest.fixture
def till(tmp_path: Path, redis_url: str) -> Iterator[Till]:
    """Return a house that imports payments."""
    with house(tmp_path, redis_url) as stage:
        stage.begin_connected()
        settings.change(stage.runtime, "widgets-inc", {"import_payments": True}, "ann")
        yield Till(stage)
