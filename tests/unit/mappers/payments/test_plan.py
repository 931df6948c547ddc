"""What Precoro should show of a payment: tables of facts, and that no payment is recorded twice."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mappers.documents.outcomes import Hold, Nothing
from mappers.payments.bill_payment import AppliedAmount, BillPayment, Share
from mappers.payments.invoice_balance import InvoiceBalance, RecordedPayment
from mappers.payments.plan import (
    CancelPayment,
    PaidInvoice,
    Pay,
    PaymentFacts,
    PaymentPlan,
    StandingPayment,
    TakeOver,
    after_refusal,
    plan,
    taken_over,
)

OURS = "qbo:9130001:billpayment:145:bill:176"
DAY = date(2026, 11, 20)
INVOICE = PaidInvoice("956598", "203", "INV-203", "USD", "Acme Supply")
PAYMENT = BillPayment("145", DAY, Decimal(100), (AppliedAmount("Bill", "176", Decimal(100)),), "USD", "1001")
BALANCE = InvoiceBalance("956598", 2, "approved", "USD", Decimal("540.00"), Decimal(0))
FACTS = PaymentFacts(PAYMENT, "176", INVOICE, OURS, balance=BALANCE)
STANDING = StandingPayment("91", Decimal(100), Decimal(100), DAY)
BY_HAND = RecordedPayment("90", Decimal(100))


def paying(amount: str) -> BillPayment:
    """Return the payment with another amount."""
    return replace(PAYMENT, total=Decimal(amount), applied=(AppliedAmount("Bill", "176", Decimal(amount)),))


def codes(decision: PaymentPlan) -> list[str]:
    """Return why a payment is held."""
    assert isinstance(decision, Hold)
    return [problem.code for problem in decision.problems]


def state(decision: PaymentPlan) -> str:
    """Return the state of a payment of which nothing is recorded now."""
    assert isinstance(decision, Nothing)
    return decision.state


def test_a_new_payment_is_recorded() -> None:
    assert plan(FACTS) == Pay("956598", Decimal(100), Decimal(100), DAY, OURS)
    assert plan(replace(FACTS, balance=None)) == Pay("956598", Decimal(100), Decimal(100), DAY, OURS)


@pytest.mark.parametrize(
    ("facts", "expected"),
    [
        (replace(FACTS, standing=STANDING), "synced"),
        (replace(FACTS, payment=None), "removed"),
        (replace(FACTS, payment=replace(PAYMENT, applied=())), "removed"),
        (replace(FACTS, invoice=None), "open"),
        (replace(FACTS, balance=replace(BALANCE, paid=Decimal(540), status=5)), "synced"),
        (
            replace(
                FACTS, standing=STANDING, balance=BALANCE.with_payment(RecordedPayment("91", Decimal(100), OURS, True))
            ),
            "removed",
        ),
    ],
)
def test_nothing_is_to_be_done(facts: PaymentFacts, expected: str) -> None:
    assert state(plan(facts)) == expected


@pytest.mark.parametrize(
    ("payment", "again"),
    [
        (None, False),
        (replace(PAYMENT, applied=(), total=Decimal(0)), False),
        (paying("130"), True),
        (replace(PAYMENT, paid_on=date(2026, 11, 21)), True),
    ],
)
def test_what_stands_no_more_is_cancelled(payment: BillPayment | None, again: bool) -> None:
    assert plan(replace(FACTS, payment=payment, standing=STANDING)) == CancelPayment("91", again=again)


def test_what_a_person_cancelled_is_recorded_anew_only_for_a_person() -> None:
    shown = BALANCE.with_payment(RecordedPayment("91", Decimal(100), OURS, is_cancelled=True))
    facts = replace(FACTS, standing=STANDING, balance=shown)
    assert state(plan(replace(facts, payment=paying("130")))) == "removed"
    assert isinstance(plan(replace(facts, by_person=True)), Pay)


def test_a_payment_that_stands_in_precoro_unknown_to_us_is_taken_over() -> None:
    ours = RecordedPayment("91", Decimal(100), OURS)
    assert plan(replace(FACTS, balance=BALANCE.with_payment(ours))) == TakeOver(ours)


@pytest.mark.parametrize("payment", [None, replace(PAYMENT, applied=())], ids=["deleted", "voided"])
def test_what_a_restored_database_has_forgotten_recording_is_taken_over_and_cancelled_when_it_pays_no_more(
    payment: BillPayment | None,
) -> None:
    ours = RecordedPayment("91", Decimal(100), OURS)
    facts = replace(FACTS, payment=payment, balance=BALANCE.with_payment(ours))
    assert plan(facts) == TakeOver(ours)
    assert plan(replace(facts, standing=STANDING)) == CancelPayment("91", again=False)
    cancelled = BALANCE.with_payment(replace(ours, is_cancelled=True))
    assert state(plan(replace(facts, balance=cancelled))) == "removed"


def test_what_somebody_cancelled_in_precoro_is_not_recorded_again_though_we_forgot_recording_it() -> None:
    stopped = RecordedPayment("91", Decimal(100), OURS, is_cancelled=True)
    facts = replace(FACTS, balance=BALANCE.with_payment(stopped), never_recorded=True)
    assert plan(facts) == TakeOver(stopped)
    assert state(plan(replace(facts, standing=STANDING))) == "removed"
    assert isinstance(plan(replace(facts, by_person=True)), Pay)
    assert isinstance(plan(replace(facts, never_recorded=False)), Pay)
    assert isinstance(plan(replace(facts, payment=paying("120"))), Pay)


@pytest.mark.parametrize(
    ("recorded", "share", "left", "stands_for"),
    [
        ("100", "100", "440", True),
        ("99.99", "100", "440", True),
        ("100.01", "100", "440", True),
        ("99.98", "100", "440", False),
        ("60", "100", "440", False),
        ("60", "100", "0", True),
        ("120", "100", "0", False),
        ("0.01", "0", "440", False),
    ],
)
def test_what_is_taken_over_stands_for_its_share_but_for_a_cent_or_for_what_the_invoice_had_room_for(
    recorded: str, share: str, left: str, stands_for: bool
) -> None:
    standing = StandingPayment.of(
        RecordedPayment("91", Decimal(recorded), OURS), Share(Decimal(share)), DAY, Decimal(left)
    )
    assert standing.amount == Decimal(recorded)
    assert standing.stands_for(Share(Decimal(share)), paying(share)) is stands_for


def test_what_took_the_place_of_a_payment_that_we_know_and_that_is_cancelled_is_taken_over() -> None:
    stopped, ours = (
        RecordedPayment("91", Decimal(100), OURS, is_cancelled=True),
        RecordedPayment("92", Decimal(120), OURS),
    )
    facts = replace(FACTS, standing=STANDING, balance=BALANCE.with_payment(stopped).with_payment(ours))
    for payment in (PAYMENT, paying("120"), None):
        assert plan(replace(facts, payment=payment)) == plan(replace(facts, by_person=True)) == TakeOver(ours)


def test_a_payment_by_hand_of_the_same_amount_warns_until_a_person_decides() -> None:
    facts = replace(FACTS, balance=BALANCE.with_payment(BY_HAND))
    assert codes(plan(facts)) == ["possible_double_payment"]
    assert isinstance(plan(facts, ["possible_double_payment"]), Pay)
    assert isinstance(plan(replace(facts, payment=paying("100.01"))), Pay)


def test_a_payment_that_an_integration_before_brought_is_taken_over() -> None:
    before = RecordedPayment("90", Decimal(100), qbo_id=FACTS.payment.id if FACTS.payment else None)
    assert plan(replace(FACTS, balance=BALANCE.with_payment(before))) == TakeOver(before)
    other = plan(replace(FACTS, balance=BALANCE.with_payment(replace(before, amount=Decimal(70)))))
    assert not isinstance(other, TakeOver)


def test_what_is_taken_over_stands_for_its_share_on_the_day_of_quickbooks_or_today_where_it_is_gone() -> None:
    before, today = RecordedPayment("90", FACTS.share.amount), date(2026, 11, 30)
    standing = taken_over(FACTS, before, today)
    assert isinstance(plan(replace(FACTS, standing=standing)), Nothing)
    assert (standing.paid_on, taken_over(replace(FACTS, payment=None), before, today).paid_on) == (DAY, today)


def test_a_payment_by_hand_that_pays_the_rest_is_enough() -> None:
    decision = plan(replace(FACTS, balance=replace(BALANCE, total=Decimal(100)).with_payment(BY_HAND)))
    assert state(decision) == "synced"
    assert isinstance(decision, Nothing)
    assert [note.code for note in decision.notes] == ["paid_by_hand"]


@pytest.mark.parametrize(("amount", "recorded"), [("539.99", "540"), ("540.01", "540"), ("539.98", "539.98")])
def test_a_cent_is_rounded_to_what_is_open(amount: str, recorded: str) -> None:
    assert plan(replace(FACTS, payment=paying(amount))) == Pay("956598", Decimal(recorded), Decimal(amount), DAY, OURS)


def test_a_payment_in_another_currency_is_held() -> None:
    assert codes(plan(replace(FACTS, payment=replace(PAYMENT, currency="EUR")))) == ["payment_currency"]
    assert isinstance(plan(replace(FACTS, payment=replace(PAYMENT, currency=None))), Pay)


def test_a_credit_that_cannot_be_assigned_holds_until_a_person_decides() -> None:
    credit = (*PAYMENT.applied, AppliedAmount("VendorCredit", "9", Decimal(40)))
    facts = replace(FACTS, payment=replace(PAYMENT, applied=credit, total=Decimal(60)), credited_bills={"9": None})
    assert codes(plan(facts)) == ["credit_unassigned"]
    accepted = plan(facts, ["credit_unassigned"])
    assert isinstance(accepted, Pay)
    assert accepted.amount == 100
    assert state(plan(replace(facts, standing=STANDING))) == "synced"


def test_a_credit_that_precoro_has_applied_leaves_nothing_to_record() -> None:
    credit = (*PAYMENT.applied, AppliedAmount("VendorCredit", "9", Decimal(100)))
    facts = replace(FACTS, payment=replace(PAYMENT, applied=credit, total=Decimal(0)), credited_bills={"9": "176"})
    assert state(plan(facts)) == "synced"


REFUSED = Pay("956598", Decimal(100), Decimal(100), DAY, OURS)


@pytest.mark.parametrize(
    ("balance", "expected"),
    [
        (replace(BALANCE, status=8, status_text="cancelled"), ["invoice_not_payable"]),
        (replace(BALANCE, paid=Decimal(500)), ["payment_exceeds_open"]),
        (BALANCE, ["payment_refused"]),
    ],
)
def test_a_refusal_is_explained(balance: InvoiceBalance, expected: list[str]) -> None:
    assert codes(after_refusal(replace(FACTS, balance=balance), REFUSED, "No.")) == expected


def test_a_refusal_of_an_invoice_that_cannot_be_read_is_held() -> None:
    assert codes(after_refusal(replace(FACTS, balance=None), REFUSED, "No.")) == ["payment_refused"]


def test_what_precoro_shows_after_a_refusal_may_settle_it() -> None:
    paid = replace(FACTS, balance=replace(BALANCE, paid=Decimal(540), status=5))
    assert state(after_refusal(paid, REFUSED, "The Invoice is already fully paid.")) == "synced"
    a_cent_less = replace(FACTS, balance=replace(BALANCE, paid=Decimal("440.01")))
    assert after_refusal(a_cent_less, REFUSED, "No.") == replace(REFUSED, amount=Decimal("99.99"))


def test_a_person_may_record_what_is_open_and_is_not_asked_for_ever() -> None:
    facts = replace(FACTS, balance=replace(BALANCE, paid=Decimal(500)))
    again = after_refusal(facts, REFUSED, "No.", ["payment_exceeds_open"])
    assert isinstance(again, Pay)
    assert (str(again.amount), [note.code for note in again.notes]) == ("40.00", ["recorded_in_part"])
    assert codes(after_refusal(facts, again, "The period is closed.", ["payment_exceeds_open"])) == ["payment_refused"]


@pytest.mark.parametrize(
    ("payment", "is_double"),
    [
        (BY_HAND, True),
        (replace(BY_HAND, is_cancelled=True), False),
        (replace(BY_HAND, amount=Decimal(99)), False),
        (replace(BY_HAND, idn="91"), False),
        (replace(BY_HAND, qbo_id="145"), True),
        (replace(BY_HAND, qbo_id="146"), False),
    ],
)
def test_a_payment_that_stands_is_held_only_beside_one_that_may_be_the_same(
    payment: RecordedPayment, *, is_double: bool
) -> None:
    facts = replace(FACTS, standing=STANDING, balance=replace(BALANCE, paid=Decimal(200), payments=(payment,)))
    decision = plan(facts)
    assert codes(decision) == ["recorded_twice"] if is_double else state(decision) == "synced"


def test_what_stands_is_kept_as_it_was() -> None:
    assert StandingPayment.from_json(replace(STANDING, beside=("90",)).to_json()) == replace(STANDING, beside=("90",))
    assert StandingPayment.from_json(STANDING.to_json()) == STANDING


class Precoro:
    """An invoice over 540.00 and the payments that are recorded of it, as Precoro would take them."""

    def __init__(self) -> None:
        self.balance = BALANCE
        self.standing: dict[str, StandingPayment | None] = {}

    def bring(self, id_: str, payment: BillPayment | None) -> PaymentPlan:
        """Carry out what is planned for a payment until nothing is left to do, and return the last plan."""
        external_id = f"qbo:9130001:billpayment:{id_}:bill:176"
        for _ in range(3):
            standing = self.standing.get(id_)
            facts = PaymentFacts(payment, "176", INVOICE, external_id, standing=standing, balance=self.balance)
            decision = plan(facts)
            if isinstance(decision, Pay):
                if decision.amount > self.balance.open:
                    return after_refusal(facts, decision, "Too much.")
                self._record(id_, decision)
            elif isinstance(decision, CancelPayment):
                self.balance = self.balance.cancelled(decision.idn)
                self.standing[id_] = None
            else:
                return decision
        raise AssertionError("it never comes to an end")

    def _record(self, id_: str, decision: Pay) -> None:
        idn = str(len(self.balance.payments))
        self.balance = self.balance.with_payment(RecordedPayment(idn, decision.amount, decision.external_id))
        self.standing[id_] = StandingPayment(idn, decision.amount, decision.share, decision.paid_on)


@given(st.lists(st.tuples(st.sampled_from("abc"), st.none() | st.integers(0, 70_000)), max_size=12))
def test_whatever_is_paid_changed_and_voided_precoro_shows_each_payment_once(
    history: list[tuple[str, int | None]],
) -> None:
    precoro, paid = Precoro(), {}
    for id_, cents in history:
        amount = Decimal(cents or 0) / 100
        payment = None if cents is None else replace(paying(str(amount)), id=id_)
        decision = precoro.bring(id_, payment)
        held = isinstance(decision, Hold)
        paid[id_] = Decimal(0) if held else amount
        assert not held or codes(decision) == ["payment_exceeds_open"]
    live = [payment for payment in precoro.balance.payments if not payment.is_cancelled]
    assert len({payment.external_id for payment in live}) == len(live)
    fully_paid = precoro.balance.open == 0
    assert fully_paid or sum(payment.amount for payment in live) == sum(paid.values())
    assert sum(payment.amount for payment in live) == precoro.balance.paid <= precoro.balance.total
