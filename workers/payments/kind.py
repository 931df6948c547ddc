"""Payments as a kind of record: from QuickBooks to Precoro, by the same pipeline as documents go the other way.

All that is decided rests on our copies, so that a payment costs one call: the one that records it. The invoice is read when
Precoro refuses, and before a payment that we may have forgotten recording.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, replace
from datetime import date, datetime
from decimal import Decimal
from types import MappingProxyType
from typing import Any, ClassVar

from sqlalchemy import update
from sqlalchemy.orm import Session

from mappers import problems
from mappers.documents.outcomes import Hold, Nothing
from mappers.payments.invoice_balance import read_payment
from mappers.payments.key import PaymentKey
from mappers.payments.plan import (
    CancelPayment,
    LeaveBoth,
    Pay,
    PaymentFacts,
    PaymentPlan,
    StandingPayment,
    TakeOver,
    after_refusal,
    taken_over,
)
from mappers.payments.plan import plan as make_plan
from mappers.policy import load_policy
from mappers.problems import Problem
from mappers.remedies import Act, Remedy
from outbound.errors import NotVisible, Refused, RemoteError
from store import intents, payments, records
from store.intents import Intent, Operation
from store.records import Record
from workers.payments import balances, forgotten, requests
from workers.payments import facts as payment_facts
from workers.records import writes
from workers.records.kind import Kind
from workers.records.outcome import record_hold, record_outcome, title_of
from workers.records.work import PostponedError, Work

COLLECTION = "payments"
UNREADABLE = "Precoro shows a payment by Tieout, and what QuickBooks shows of it cannot be read. Both are left alone."


class Payments(Kind[PaymentFacts, PaymentPlan]):
    """Payments of bills, each with the payment of the invoice in Precoro."""

    can_resend: ClassVar[bool] = False

    def read(self, work: Work) -> PaymentFacts | None:
        """Return what is known about the payment; None when payments are not imported any more, or when it is unreadable.

        Raises RemoteError and PostponedError where it may be forgotten.
        """
        is_imported = load_policy(work.connection.policy).import_payments
        facts = forgotten.with_payment(work, payment_facts.load(work)) if is_imported else None
        if facts is None:
            reason = UNREADABLE if is_imported else "Payments are not imported."
            with work.runtime.write() as (session, moment):
                record_outcome(work, session, moment, records.OPEN, reason, f"nothing: {reason}")
        return facts

    def plan(self, work: Work, facts: PaymentFacts) -> PaymentPlan:
        """Decide what Precoro should show of it."""
        return make_plan(facts, work.record.overridden_problems)

    def apply(self, work: Work, facts: PaymentFacts, decision: PaymentPlan) -> None:
        """Record or cancel the payment in Precoro, and record what came of it; first the invoice is read if we may have forgotten it."""
        _describe(work.record, facts)
        if isinstance(decision, Pay) and _may_be_forgotten(work, facts):
            facts = _read_invoice(work, facts)
            if facts.balance is None:
                raise PostponedError("its invoice in Precoro cannot be read", work.after(work.settings.reread_after))
            decision = self.plan(work, facts)
        if isinstance(decision, Pay):
            self._pay(work, facts, decision)
        elif isinstance(decision, CancelPayment):
            self._cancel(work, facts, decision)
        elif isinstance(decision, TakeOver):
            self._take_over(work, facts, decision)
        elif isinstance(decision, LeaveBoth):
            self._leave_both(work, facts, decision)
        elif isinstance(decision, Hold):
            self.hold(work, decision)
        else:
            _leave(work, decision)

    def hold(self, work: Work, decision: Hold) -> None:
        """Hold the payment with every problem."""
        with work.runtime.write() as (session, moment):
            record_hold(work, session, moment, decision)

    def problem(self, error: RemoteError) -> Problem:
        """Turn a definite refusal of Precoro into the reason why the payment is held."""
        if isinstance(error, NotVisible):
            choices = (Act("retry_payment"), Act("ignore_payment"))
            access = Remedy("Give the user of the key access to it and try again, or ignore it here.", choices)
            return replace(problems.not_visible("the invoice or its payment"), remedy=access)
        return problems.payment_refused(error.words)

    def write_back(self, work: Work) -> None:
        """Write nothing: a payment carries its `externalId` from the start."""
        work.values["write_back_due"] = False

    def find_landed(self, work: Work, intent: Intent) -> Mapping[str, Any] | None:
        """Return the payment in Precoro that shows that it was recorded, or cancelled.

        When none carries our id, the invoice is read: a payment that Precoro took without the id then counts as made by hand.
        """
        if intent.operation == intents.DELETE:
            row = work.precoro.get(COLLECTION, str(intent.entity_id))
            return row if read_payment(row).is_cancelled else None
        rows = work.precoro.find(COLLECTION, [intent.body["external_id"]])
        landed = next((row for row in rows if not read_payment(row).is_cancelled), None)
        invoice = payment_facts.load(work).invoice
        if landed is None and invoice is not None:
            balances.read(work, invoice)
        return landed

    def record_landed(
        self, work: Work, session: Session, moment: datetime, intent: Intent, answer: Mapping[str, Any]
    ) -> None:
        """Record that a payment was recorded or cancelled, whoever saw it."""
        intents.close(session, intent.id, moment, intents.LANDED)
        company_id = work.connection.precoro_id
        shown = payments.balance(session, company_id, intent.plan["invoice"])
        if intent.operation == intents.DELETE:
            _keep_standing(work, session, None)
            shown = shown and shown.cancelled(str(intent.entity_id))
        else:
            payment = read_payment({"sumPaid": intent.body["amount"], **answer})
            share, paid_on = Decimal(intent.plan["share"]), date.fromisoformat(intent.body["paid_on"])
            beside = tuple(intent.plan.get("beside", ()))
            _keep_standing(work, session, StandingPayment(payment.idn, payment.amount, share, paid_on, beside))
            shown = shown and shown.with_payment(payment)
        if shown is not None:
            balances.keep_after_our_payment(session, company_id, shown, intent.created_at)
        if intent.operation == intents.DELETE:
            requests.look_at_others(session, work.connection, PaymentKey.read(work.record.precoro_id), moment)

    def _pay(self, work: Work, facts: PaymentFacts, decision: Pay) -> None:
        """Record the payment; when Precoro refuses, read the invoice once and decide again."""
        body = {
            "invoice": decision.invoice_id,
            "amount": decision.amount,
            "paid_on": decision.paid_on.isoformat(),
            "external_id": decision.external_id,
        }
        plan = {"share": decision.share, "beside": list(decision.beside)}
        intent = _begin(work, intents.CREATE, body, decision.invoice_id, plan=plan)
        try:
            answer = writes.send(work, intent, call)
        except Refused as refusal:
            if not facts.is_balance_fresh:
                facts = _read_invoice(work, facts)
            text, accepted = refusal.words, work.record.overridden_problems
            self.apply(work, facts, after_refusal(facts, decision, text, accepted))
            return
        with work.runtime.write() as (session, moment):
            self.record_landed(work, session, moment, intent, answer)
            notes = [asdict(note) for note in decision.notes]
            summary = f"recorded payment {answer['idn']}"
            record_outcome(work, session, moment, records.SYNCED, None, summary, notes=notes)

    def _cancel(self, work: Work, facts: PaymentFacts, decision: CancelPayment) -> None:
        """Cancel what was recorded, unless somebody did so; then record it anew if it was changed."""
        intent = _begin(work, intents.DELETE, {}, facts.invoice.id if facts.invoice else "", idn=decision.idn)
        try:
            answer = writes.send(work, intent, call)
        except Refused as refusal:
            answer = work.precoro.get(COLLECTION, decision.idn)
            if not read_payment(answer).is_cancelled:
                text = refusal.words
                self.hold(work, Hold((problems.payment_not_cancelled(decision.idn, text),)))
                return
        with work.runtime.write() as (session, moment):
            self.record_landed(work, session, moment, intent, answer)
            if not decision.again:
                summary = f"cancelled payment {decision.idn}"
                reason = f"Payment {decision.idn} was cancelled, because it no longer pays the bill in QuickBooks."
                record_outcome(work, session, moment, records.REMOVED, reason, summary, notes=[])
        if decision.again:
            fresh = payment_facts.load(work)
            self.apply(work, fresh, self.plan(work, fresh))

    def _take_over(self, work: Work, facts: PaymentFacts, decision: TakeOver) -> None:
        """Say that a payment of Precoro stands for it, then decide again what should."""
        standing = taken_over(facts, decision.payment, work.claimed_at.date())
        with work.runtime.write() as (session, _):
            _keep_standing(work, session, standing)
        fresh = payment_facts.load(work)
        self.apply(work, fresh, self.plan(work, fresh))

    def _leave_both(self, work: Work, facts: PaymentFacts, decision: LeaveBoth) -> None:
        """Keep what a person decided about payments made by hand, then decide again what should stand."""
        if facts.standing is not None:
            with work.runtime.write() as (session, _):
                _keep_standing(work, session, replace(facts.standing, beside=decision.beside))
        fresh = payment_facts.load(work)
        self.apply(work, fresh, self.plan(work, fresh))


def call(work: Work, intent: Intent) -> Mapping[str, Any]:
    """Make the call of an intent, and return the payment that Precoro answers with."""
    body = intent.body
    if intent.operation == intents.DELETE:
        return work.precoro.cancel_payment(str(intent.entity_id))
    amount, paid_on = Decimal(body["amount"]), date.fromisoformat(body["paid_on"])
    return work.precoro.pay(body["invoice"], amount, paid_on, external_id=body["external_id"])


def _may_be_forgotten(work: Work, facts: PaymentFacts) -> bool:
    """Say whether the payment may have been recorded before, so that the invoice is read first."""
    return (
        facts.invoice is not None
        and not facts.is_balance_fresh
        and (facts.balance is None or not forgotten.is_read_since_start(work, facts.invoice))
    )


def _read_invoice(work: Work, facts: PaymentFacts) -> PaymentFacts:
    """Return what is known, with what Precoro shows of the invoice now; with nothing of it where that cannot be read. Raises RemoteError."""
    balance = balances.read(work, facts.invoice) if facts.invoice else None
    return replace(facts, balance=balance, is_balance_fresh=True)


def _begin(
    work: Work,
    operation: Operation,
    body: Mapping[str, Any],
    invoice_id: str,
    *,
    idn: str | None = None,
    plan: Mapping[str, Any] = MappingProxyType({}),
) -> Intent:
    """Store a write to Precoro before it is made, with all that recording its outcome will need."""
    with work.runtime.write() as (session, moment):
        work.need_lease(session, work.settings.precoro_timeout)
        session.execute(update(Record).where(Record.id == work.record.id).values(**title_of(work.record)))
        return intents.begin(
            session,
            work.record.id,
            moment,
            operation=operation,
            type_=COLLECTION,
            entity_id=idn,
            body=dict(body),
            plan={"invoice": invoice_id, **plan},
        )


def _leave(work: Work, decision: Nothing) -> None:
    """Record that Precoro shows what it should, or why nothing is recorded there."""
    notes = [asdict(note) for note in decision.notes]
    with work.runtime.write() as (session, moment):
        record_outcome(
            work, session, moment, decision.state, decision.reason, f"nothing: {decision.reason}", notes=notes
        )


def _keep_standing(work: Work, session: Session, standing: StandingPayment | None) -> None:
    """Keep what stands in Precoro now: a fact, whoever holds the claim."""
    work.record.sent = standing.to_json() if standing else None
    session.execute(update(Record).where(Record.id == work.record.id).values(sent=work.record.sent))


def _describe(record: Record, facts: PaymentFacts) -> None:
    """Take over what people recognise the payment by; of one that is gone it stays as it was."""
    payment, invoice = facts.payment, facts.invoice
    if invoice is not None:
        record.supplier, record.currency = invoice.supplier[:300], invoice.currency
    if payment is not None and payment.bills.get(facts.bill_id):
        record.number, record.issued_on, record.amount = payment.name, payment.paid_on, facts.share.amount
