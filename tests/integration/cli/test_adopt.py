"""Taking over what stands in QuickBooks, from the command line."""

from __future__ import annotations

from tests.integration.cli.conftest import Tieout
from tests.stage import REALM, Stage

PAPER = {"name": "Copy paper", "quantity": 10, "price": "54.00", "account": "Office Supplies"}
DETAIL = {"AccountRef": {"value": "42"}}
LINE = {"Amount": 540, "DetailType": "AccountBasedExpenseLineDetail", "AccountBasedExpenseLineDetail": DETAIL}


def test_a_dry_run_says_what_is_taken_over_and_why_the_rest_is_not(stage: Stage, tieout: Tieout) -> None:
    bill = stage.quickbooks.post(f"bill?realm={REALM}", VendorRef={"value": "56"}, TxnDate="2026-11-02", Line=[LINE])
    stage.approved(number="INV-1", invoiceNumber="S-1", lines=[PAPER], qboId=bill["Id"])
    stage.approved(number="INV-2", invoiceNumber="S-2", lines=[PAPER], qboId="99999")
    stage.settle()
    tried = tieout("adopt", "--dry-run")
    text = " ".join(tried.stdout.split())
    assert f"INV-1 of Acme Supply, USD 540.00, is Bill {bill['Id']}" in text
    assert "INV-2 is not Bill 99999: nothing stands there any more." in text
    assert "Nothing was changed." in tried.stderr
    done = tieout("adopt", "--yes")
    assert "applied 1" in done.stdout, done.output
    stage.settle()
    assert f"Bill {bill['Id']}" in tieout("documents", "show", "INV-1").stdout
    assert len(stage.bills()) == 1
