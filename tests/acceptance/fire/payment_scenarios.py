"""What a process is at when it dies over a payment: each scenario makes exactly one job due, of one payment."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from sqlalchemy import delete

from store.payments import KnownPayment, PaidBill
from store.records import OPEN, PAYMENT, Record
from tests.acceptance.fire.house import Fire
from tests.acceptance.fire.scenarios import after_the_first_job
from tests.stage import REALM

POST = {"method": "POST", "path": "/payments$"}
CANCEL = {"method": "POST", "path": "/payments/.*/cancel"}


@dataclass(frozen=True)
class PaymentWork:
    """What must stand in Precoro in the end: what is paid of the invoice, and by how many payments that ever were."""

    invoice: dict[str, Any]
    paid: Decimal
    payments: int = 1
    state: str = "synced"


def pay(fire: Fire) -> PaymentWork:
    """Make a payment wait to be recorded."""
    invoice = fire.synced_invoice()
    pay_bill(fire, invoice)
    fire.wait_for_events()
    return PaymentWork(invoice, Decimal("100.00"))


def pay_landed(fire: Fire) -> PaymentWork:
    """Leave a payment that landed and whose answer was never seen."""
    return _unanswered(fire, "drop_after_commit")


def pay_lost(fire: Fire) -> PaymentWork:
    """Leave a payment that did not land, which nobody knows."""
    return _unanswered(fire, "reset")


def void(fire: Fire) -> PaymentWork:
    """Make a voided payment wait to be cancelled."""
    invoice, payment = _paid(fire)
    change_payment(fire, payment, do="void")
    fire.wait_for_events()
    return PaymentWork(invoice, Decimal(0), state="removed")


def void_landed(fire: Fire) -> PaymentWork:
    """Leave a cancellation that landed and whose answer was never seen."""
    invoice, payment = _paid(fire)
    fire.stage.precoro.post("faults", match=CANCEL, fault="drop_after_commit", times=1)
    change_payment(fire, payment, do="void")
    after_the_first_job(fire)
    return PaymentWork(invoice, Decimal(0), state="removed")


def change(fire: Fire) -> PaymentWork:
    """Make a payment that was changed wait to be cancelled and recorded anew."""
    invoice, payment = _paid(fire)
    line = {"Amount": 130, "LinkedTxn": payment["Line"][0]["LinkedTxn"]}
    change_payment(fire, payment, set={"TotalAmt": 130, "Line": [line]})
    fire.wait_for_events()
    return PaymentWork(invoice, Decimal("130.00"), payments=2)


def void_forgotten(fire: Fire) -> PaymentWork:
    """Make a voided payment wait that Precoro alone shows, as in a database that has forgotten it."""
    invoice, payment = _paid(fire)
    work = PaymentWork(invoice, Decimal(0), state="removed")
    change_payment(fire, payment, do="void")
    fire.wait_for_events()
    with fire.stage.runtime.write() as (session, _):
        forgotten = session.get_one(Record, record_of(fire, work).id)
        forgotten.sent, forgotten.state = None, OPEN
        session.execute(delete(PaidBill))
        session.execute(delete(KnownPayment))
    return work


def invoice_forgotten(fire: Fire) -> PaymentWork:
    """Make an invoice wait whose bill was sent, paid and its payment voided since the backup that was restored."""
    backup = fire.stage.back_up()
    invoice, payment = _paid(fire)
    fire.stage.restore(backup)
    change_payment(fire, payment, do="void")
    fire.stage.act(invoice, "touch")
    fire.wait_for_events()
    return PaymentWork(invoice, Decimal(0), state="removed")


PAYMENT_SCENARIOS: Mapping[str, Callable[[Fire], PaymentWork]] = {
    scenario.__name__: scenario
    for scenario in (pay, pay_landed, pay_lost, void, void_landed, change, void_forgotten, invoice_forgotten)
}


def pay_bill(fire: Fire, invoice: Mapping[str, Any], amount: str = "100.00") -> dict[str, Any]:
    """Let a person pay the bill of an invoice, and the clock read what has changed in QuickBooks."""
    bill_id = fire.record(dict(invoice)).qbo_id
    payment: dict[str, Any] = fire.stage.quickbooks.post(f"bill/{bill_id}?realm={REALM}", do="pay", amount=amount)
    fire.read_changes()
    return payment


def change_payment(fire: Fire, payment: Mapping[str, Any], **order: Any) -> None:
    """Let a person act on a payment, and the clock read what has changed in QuickBooks."""
    fire.stage.quickbooks.post(f"billpayment/{payment['Id']}?realm={REALM}", **order)
    fire.read_changes()


def payments_of(fire: Fire, invoice: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return every payment of an invoice that Precoro ever held."""
    rows = fire.stage.precoro.rows("1", "payments")
    return [row for row in rows if row["invoice"]["id"] == invoice["id"]]


def record_of(fire: Fire, work: PaymentWork) -> Record:
    """Return the record of the payment."""
    bill_id = fire.record(work.invoice).qbo_id
    payments = fire.stage.all_records(Record.kind == PAYMENT)
    return next(record for record in payments if record.precoro_id.endswith(f":bill:{bill_id}"))


def _paid(fire: Fire) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return an invoice whose bill was paid in part, and the payment, which Precoro shows."""
    invoice = fire.synced_invoice()
    payment = pay_bill(fire, invoice)
    fire.settle()
    return invoice, payment


def _unanswered(fire: Fire, fault: str) -> PaymentWork:
    invoice = fire.synced_invoice()
    fire.stage.precoro.post("faults", match=POST, fault=fault, times=1)
    pay_bill(fire, invoice)
    after_the_first_job(fire)
    return PaymentWork(invoice, Decimal("100.00"))
