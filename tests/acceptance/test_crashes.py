"""Whatever is killed, and whenever: nothing is lost and nothing is doubled."""

from __future__ import annotations

from decimal import Decimal

from tests.acceptance.processes import Processes

PAPER = {"name": "Copy paper", "quantity": 10, "price": "54.00", "account": "Office Supplies"}
BILL = {"method": "POST", "path": "/v3/company/9130001/bill"}


def requests_to(house: Processes, method: str, path: str, side: str = "quickbooks") -> int:
    """Count the requests that a stand-in has seen."""
    requests = getattr(house, side).get("requests")
    return sum(request["method"] == method and request["path"].startswith(path) for request in requests)


def assert_ties(house: Processes, amount: str, count: int = 1) -> None:
    """Check both sides: so many bills of this amount, and nothing missing, extra, doubled or different."""
    assert [Decimal(bill["TotalAmt"]) for bill in house.bills()] == [Decimal(amount)] * count
    assert house.comparison().ties


def test_a_worker_killed_before_it_called_quickbooks(house: Processes) -> None:
    house.precoro.post("faults", match={"method": "GET", "path": "/invoices/"}, fault="timeout", delay=30, times=1)
    invoice = house.approved(number="INV-1", invoiceNumber="S-1", lines=[PAPER])
    house.until(lambda: requests_to(house, "GET", f"/invoices/{invoice['idn']}", "precoro"), "the read of the invoice")
    house.restart("workers")
    house.settle()
    assert_ties(house, "540.00")


def test_a_worker_killed_after_quickbooks_committed_and_before_it_answered(house: Processes) -> None:
    house.quickbooks.post("faults", match=BILL, fault="timeout_after_commit", delay=30, times=1)
    house.approved(number="INV-2", invoiceNumber="S-2", lines=[PAPER])
    house.until(house.bills, "the bill in QuickBooks")
    house.restart("workers")
    house.settle()
    assert_ties(house, "540.00")


def test_a_worker_killed_after_quickbooks_answered(house: Processes) -> None:
    house.precoro.post("faults", match={"method": "PATCH", "path": "/invoices/"}, fault="timeout", delay=30, times=1)
    house.approved(number="INV-3", invoiceNumber="S-3", lines=[PAPER])
    house.until(lambda: requests_to(house, "PATCH", "/invoices/", "precoro"), "the write-back")
    house.restart("workers")
    house.settle()
    assert_ties(house, "540.00")


def test_an_invoice_revised_while_its_create_is_unanswered_ends_as_one_bill_of_the_new_amount(house: Processes) -> None:
    house.quickbooks.post("faults", match=BILL, fault="drop_after_commit", times=1)
    invoice = house.approved(number="INV-4", invoiceNumber="S-4", lines=[PAPER])
    house.until(house.bills, "the bill in QuickBooks")
    house.act(invoice, "revise")
    house.change(invoice, lines=[{**PAPER, "quantity": 7}])
    house.act(invoice, "approve")
    house.settle()
    assert_ties(house, "378.00")


def test_an_invoice_cancelled_while_its_create_is_unanswered_leaves_nothing(house: Processes) -> None:
    house.quickbooks.post("faults", match=BILL, fault="drop_after_commit", times=1)
    invoice = house.approved(number="INV-5", invoiceNumber="S-5", lines=[PAPER])
    house.until(house.bills, "the bill in QuickBooks")
    house.act(invoice, "cancel")
    house.settle()
    assert_ties(house, "0.00", count=0)


def test_a_create_whose_answer_and_request_id_are_both_forgotten_is_found_by_its_marker(house: Processes) -> None:
    house.quickbooks.post("settings", requestid_seconds=0)
    house.quickbooks.post("faults", match=BILL, fault="drop_after_commit", times=1)
    house.approved(number="INV-6", invoiceNumber="S-6", lines=[PAPER])
    house.settle()
    assert_ties(house, "540.00")


def test_redis_stopped_and_wiped_between_event_and_queue(house: Processes) -> None:
    house.stop("redis")
    house.approved(number="INV-7", invoiceNumber="S-7", lines=[PAPER])
    house.until(lambda: house.is_quiet() or house.records(), "the event to be kept")
    for file in house.home.glob("appendonly*"):
        file.unlink()
    house.start("redis")
    house.settle()
    assert_ties(house, "540.00")


def test_every_event_sent_twice_and_shuffled(house: Processes) -> None:
    house.precoro.post("webhooks", duplicate=1.0, shuffle=True)
    for number in range(8):
        house.approved(number=f"INV-8{number}", invoiceNumber=f"S-8{number}", lines=[PAPER])
    house.settle()
    assert_ties(house, "540.00", count=8)


def test_quickbooks_down_for_three_days(house: Processes) -> None:
    house.quickbooks.post("faults", match={"method": "POST", "path": "/v3/"}, fault="503", times=1000)
    for number in range(4):
        house.approved(number=f"INV-9{number}", invoiceNumber=f"S-9{number}", lines=[PAPER])
    house.until(lambda: requests_to(house, "POST", "/v3/") >= 4, "several tries")
    assert {record.state for record in house.records()} == {"open"}
    house.quickbooks.delete("faults")
    house.settle()
    assert_ties(house, "540.00", count=4)
