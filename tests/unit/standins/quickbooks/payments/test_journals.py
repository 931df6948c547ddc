"""What pays a bill and is told by nothing but the bill: journal entries, and bills marked as paid."""

from __future__ import annotations

from standins.quickbooks.app import create_app
from standins.quickbooks.settings import QuickBooksSettings
from tests.unit.standins.quickbooks.books import ACME, US, Books, Json, category_line


def billed(us: Books) -> Json:
    """Return a bill over 100.00."""
    return us.write("Bill", {"VendorRef": {"value": ACME}, "TxnDate": "2026-11-02", "Line": [category_line("100.00")]})


def test_only_the_bill_shows_it_until_it_is_undone(us: Books) -> None:
    bill = billed(us)
    applied = us.control(f"bill/{bill['Id']}", {"do": "apply", "type": "JournalEntry", "amount": "40.00"})
    shown = us.read("Bill", bill["Id"])
    assert (shown["Balance"], shown["LinkedTxn"]) == (60, [{"TxnId": applied["AppliedBy"], "TxnType": "JournalEntry"}])
    assert us.query("SELECT * FROM BillPayment") == {}
    us.control(f"bill/{bill['Id']}", {"do": "pay", "amount": "10.00"})
    assert us.read("Bill", bill["Id"])["Balance"] == 50
    us.control(f"bill/{bill['Id']}", {"do": "apply", "id": applied["AppliedBy"], "amount": "0"})
    left = us.read("Bill", bill["Id"])
    assert (left["Balance"], [link["TxnType"] for link in left["LinkedTxn"]]) == (90, ["BillPaymentCheck"])


def test_a_snapshot_keeps_it(us: Books) -> None:
    bill = billed(us)
    us.control(f"bill/{bill['Id']}", {"do": "apply", "amount": "40.00"})
    world = us.client.application.extensions["control"].world
    other = create_app(QuickBooksSettings(limits=False))
    copy = other.extensions["control"].world
    copy.companies[US].load(world.companies[US].dump())
    again = Books(other.test_client(), US)
    again.control(f"bill/{bill['Id']}", {"do": "pay", "amount": "10.00"})
    assert again.read("Bill", bill["Id"])["Balance"] == 50
