"""`payments import`: bring the payments of chosen days, such as those made before the import was switched on.

QuickBooks is read once for these days. Applying the plan makes the payments due; they then go the way of all others.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from mappers.documents.outcomes import Hold, Nothing
from mappers.money import written
from mappers.payments.bill_payment import BILL_PAYMENT, BillPayment, read_bill_payment
from mappers.payments.key import PaymentKey
from mappers.payments.plan import CancelPayment, LeaveBoth, PaidInvoice, PaymentPlan, TakeOver, taken_over
from mappers.payments.plan import plan as make_plan
from qbo_client.query import MAX_ROWS
from qbo_client.query import select as query
from store import payments, records
from store.companies import Connection
from store.records import PAYMENT, Record
from store.tasks import APPLIED, UNCHANGED, Change
from workers.payments import facts as payment_facts
from workers.payments import requests
from workers.rows import read_each
from workers.tasks.action import Action, Calls, Planned, Step

NAME = "payments import"
ADD, CHANGE, CANCEL, HOLD = "add", "change", "cancel", "hold"
TAKE_OVER, LEAVE_CANCELLED = "take over", "leave cancelled"
"""What becomes of a payment that Precoro shows and nobody knew: it is ours from then on, or somebody cancelled it there."""


def read(step: Step) -> str | None:
    """Read up to 1,000 payments of the days asked for, and return the last id when there are more. Metered."""
    step.report(now="payments in QuickBooks")
    of_days = (
        query(BILL_PAYMENT).where("TxnDate", ">=", _first(step.arguments)).where("TxnDate", "<=", _last(step.arguments))
    )
    after = of_days if step.cursor is None else of_days.where("Id", ">", step.cursor)
    rows = step.quickbooks.query(after.order_by("Id").limit(MAX_ROWS))
    with step.write() as (session, _):
        payments.keep_payments(session, step.connection.qbo_id, read_each(BILL_PAYMENT, rows, read_bill_payment))
    return str(rows[-1]["Id"]) if len(rows) == MAX_ROWS else None


def plan(session: Session, connection: Connection, arguments: Mapping[str, Any], moment: datetime) -> Iterator[Planned]:
    """Say of each payment of an invoice of ours what would be done about it; payments of other bills are left alone."""
    for payment in payments.payments_between(session, connection.qbo_id, _first(arguments), _last(arguments)):
        bills = payments.paid_bills(session, connection.qbo_id, [(payment.type, payment.id)])
        for bill in bills:
            invoice = payment_facts.invoice_of(session, connection, bill.bill_id)
            if invoice is not None:
                yield _planned(session, connection, payment, bill.key, invoice, moment)


def apply(step: Step, changes: Sequence[Change]) -> None:
    """Make the payments due."""
    for change in changes:
        with step.finish(change, APPLIED, f"{change.sentence} It is due.") as (session, moment):
            connection = session.get_one(Connection, step.connection.id)
            key = PaymentKey.read(change.body["payment"])
            records.revive(session, requests.request(session, connection, key, moment), moment)


def calls(counts: Counter[str]) -> Calls:
    """Return what a plan costs: each payment one call, a changed one two."""
    return Calls(precoro=counts[ADD] + 2 * counts[CHANGE] + counts[CANCEL])


ACTION = Action("Import payments from QuickBooks", read, plan, apply, calls=calls, long_plan=True)


def _planned(
    session: Session,
    connection: Connection,
    payment: BillPayment,
    key: PaymentKey,
    invoice: PaidInvoice,
    moment: datetime,
) -> Planned:
    """Say what would be done about a payment of a bill, and whether Precoro shows it already though nobody knew."""
    record = session.scalar(
        select(Record).where(
            Record.kind == PAYMENT, Record.connection_id == connection.id, Record.precoro_id == str(key)
        )
    )
    facts = payment_facts.facts_of(session, connection, key, record)
    accepted = record.overridden_problems if record else ()
    amount = written(facts.share.amount, invoice.currency)
    sentence = f"{payment.name} of {payment.paid_on}: {amount} for invoice {invoice.number}."
    if record is not None and record.state == records.NEVER:
        return Planned(UNCHANGED, str(key), f"{sentence} {record.reason or ''}".rstrip())
    decision = make_plan(facts, accepted)
    what = _word(decision)
    if isinstance(decision, TakeOver):
        standing = taken_over(facts, decision.payment, moment.date())
        decision = make_plan(replace(facts, standing=standing), accepted)
        what = _word_of_taken_over(decision)
    more = decision.reason if isinstance(decision, Nothing) else ""
    if isinstance(decision, Hold):
        more = " ".join(problem.sentence for problem in decision.problems)
    return Planned(what, str(key), f"{sentence} {more}".rstrip(), {"payment": str(key)})


def _word_of_taken_over(decision: PaymentPlan) -> str:
    """Return the word for what would be done about a payment that is taken for our own first."""
    if isinstance(decision, Nothing):
        return TAKE_OVER if decision.state == records.SYNCED else LEAVE_CANCELLED
    return _word(decision)


def _word(decision: PaymentPlan) -> str:
    """Return the word for what would be done."""
    if isinstance(decision, Nothing | LeaveBoth):
        return UNCHANGED
    if isinstance(decision, Hold):
        return HOLD
    if isinstance(decision, CancelPayment):
        return CHANGE if decision.again else CANCEL
    return ADD


def _first(arguments: Mapping[str, Any]) -> date:
    return date.fromisoformat(arguments["first"])


def _last(arguments: Mapping[str, Any]) -> date:
    return date.fromisoformat(arguments["last"])
