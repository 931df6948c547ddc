"""The house with the real quotas, windows and waiting times: nothing in it depends on time that runs faster."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

from tests.acceptance.forks import ForkServer
from tests.acceptance.processes import processes

PAPER = {"name": "Copy paper", "quantity": 10, "price": "54.00", "account": "Office Supplies"}


def test_an_invoice_is_sent_within_the_real_limits_of_both_services(tmp_path: Path, fork_server: ForkServer) -> None:
    with processes(tmp_path, fork_server, speed=1, TIEOUT_SPEED="1") as house:
        invoice = house.approved(number="INV-1", invoiceNumber="S-1", lines=[PAPER])
        house.until(
            lambda: [record.state for record in house.records() if not record.write_back_due] == ["synced"], "the bill"
        )
        assert [Decimal(bill["TotalAmt"]) for bill in house.bills()] == [Decimal("540.00")]
        refused = [
            call for side in (house.precoro, house.quickbooks) for call in side.get("requests") if call["status"] == 429
        ]
        assert refused == []
        assert house.record(invoice).external_id == f"qbo:9130001:bill:{house.bills()[0]['Id']}"
