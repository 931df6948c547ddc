"""What Precoro should show of a payment of a bill: recorded, cancelled and recorded anew, left alone, or held."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from datetime import date
from decimal import Decimal
from typing import Any, TypeAlias

from mappers import notes, problems
from mappers.documents.outcomes import Hold, Nothing
from mappers.money import CENT
from mappers.payments.bill_payment import BillPayment, Share, share_of
from mappers.payments.invoice_balance import PAYABLE, InvoiceBalance, RecordedPayment
from mappers.problems import Note


@dataclass(frozen=True, slots=True)
class PaidInvoice:
    """The invoice whose bill is paid: its ids in Precoro, its name for people, its currency and supplier."""

    id: str
    idn: str
    number: str
    currency: str
    supplier: str = ""


@dataclass(frozen=True, slots=True)
class StandingPayment:
    """The payment that Tieout recorded in Precoro, and which amount and day of QuickBooks it stands for.

    `beside` are the numbers of those of the same amount that were made by hand, and of which a person said that they are others.
    """

    idn: str
    amount: Decimal
    share: Decimal
    paid_on: date
    beside: tuple[str, ...] = ()

    @classmethod
    def of(cls, payment: RecordedPayment, share: Share, paid_on: date, left: Decimal) -> StandingPayment:
        """Return a payment of Precoro that is taken over, where `left` is still open.

        It stands for the share whose amount it has, but for a cent, and for a larger one of which no more could be recorded.
        """
        is_whole = abs(payment.amount - share.amount) <= CENT or (payment.amount < share.amount and left <= 0)
        return cls(payment.idn, payment.amount, share.amount if share.amount and is_whole else payment.amount, paid_on)

    def stands_for(self, share: Share, payment: BillPayment | None) -> bool:
        """Tell whether QuickBooks still says what was recorded."""
        return payment is not None and (share.amount, payment.paid_on) == (self.share, self.paid_on)

    def to_json(self) -> dict[str, Any]:
        """Return it as JSON."""
        return {**asdict(self), "paid_on": self.paid_on.isoformat()}

    @classmethod
    def from_json(cls, kept: Mapping[str, Any]) -> StandingPayment:
        """Read what `to_json` returned."""
        amounts = {name: Decimal(kept[name]) for name in ("amount", "share")}
        beside = tuple(kept.get("beside", ()))
        return cls(idn=str(kept["idn"]), paid_on=date.fromisoformat(kept["paid_on"]), beside=beside, **amounts)


@dataclass(frozen=True, slots=True)
class PaymentFacts:
    """All that the decision about a payment of one bill rests on.

    Args:
        payment: as QuickBooks holds it; None when it is gone
        invoice: of the bill; None when no invoice stands for it any more
        credited_bills: see `share_of`
        standing: what Tieout has recorded in Precoro
        balance: what Precoro showed of the invoice when it was last read
        is_balance_fresh: whether that was just now
        amount_before: what it was of the bill when it was last decided about
        external_id: of the payment in Precoro
        by_person: whether a person asked for it
        never_recorded: whether we know of no write for it
    """

    payment: BillPayment | None
    bill_id: str
    invoice: PaidInvoice | None
    external_id: str
    credited_bills: Mapping[str, str | None] = field(default_factory=dict)
    standing: StandingPayment | None = None
    balance: InvoiceBalance | None = None
    is_balance_fresh: bool = False
    by_person: bool = False
    never_recorded: bool = False
    amount_before: Decimal | None = None

    @property
    def share(self) -> Share:
        """Return how much of the payment is to be recorded for the bill."""
        return share_of(self.payment, self.bill_id, self.credited_bills)

    @property
    def is_cancelled(self) -> bool:
        """Tell whether Precoro shows that somebody cancelled what stood there."""
        shown = self.balance.payment(self.standing.idn) if self.balance and self.standing else None
        return shown is not None and shown.is_cancelled

    @property
    def unowned(self) -> RecordedPayment | None:
        """Return what Precoro shows under our external id and nothing that we know accounts for: an older database was restored.

        What we never recorded, and what is cancelled there with the amount that it pays still, was cancelled by somebody in Precoro.
        """
        if self.balance is None or (self.standing is not None and not self.is_cancelled):
            return None
        standing = self.balance.standing(self.external_id)
        if standing is None and self.standing is None and self.never_recorded and not self.by_person:
            return self.balance.cancelled_of(self.external_id, self.share.amount)
        return standing


@dataclass(frozen=True, slots=True)
class Pay:
    """Record a payment of an invoice; `share` is its amount in QuickBooks, which may be a cent off.

    `beside` are the numbers of payments made by hand that are others, though of the same amount.
    """

    invoice_id: str
    amount: Decimal
    share: Decimal
    paid_on: date
    external_id: str
    notes: tuple[Note, ...] = ()
    beside: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class CancelPayment:
    """Cancel the payment that Tieout recorded; `again` says that it is recorded anew, because it was changed."""

    idn: str
    again: bool


@dataclass(frozen=True, slots=True)
class TakeOver:
    """Take a payment that Precoro shows for our own, though nobody knew; then decide again."""

    payment: RecordedPayment


@dataclass(frozen=True, slots=True)
class LeaveBoth:
    """Let what Tieout recorded stand beside payments made by hand, as a person decided."""

    beside: tuple[str, ...]


PaymentPlan: TypeAlias = Pay | CancelPayment | TakeOver | LeaveBoth | Nothing | Hold


def plan(facts: PaymentFacts, accepted: Collection[str] = ()) -> PaymentPlan:
    """Decide what Precoro should show of a payment; `accepted` are the codes of problems that a person stepped over."""
    share, standing, unowned = facts.share, facts.standing, facts.unowned
    if unowned is not None:
        return TakeOver(unowned)
    if standing is not None and facts.is_cancelled:
        if not facts.by_person:
            return Nothing("removed", f"Somebody cancelled payment {standing.idn} in Precoro.")
        standing = None
    if standing is not None and standing.stands_for(share, facts.payment):
        return _leave(facts, standing, share, accepted)
    if share.unassigned:
        if problems.credit_unassigned.__name__ not in accepted:
            return Hold((problems.credit_unassigned(", ".join(share.unassigned)),))
        share = Share(share.amount)
    if standing is not None:
        return CancelPayment(standing.idn, again=bool(share.amount))
    if facts.payment is None or not share.amount:
        return _no_payment(facts, share)
    if facts.invoice is None:
        return Nothing("open", "No invoice stands for its bill.")
    return _record(facts, facts.invoice, facts.payment, share, accepted)


def taken_over(facts: PaymentFacts, payment: RecordedPayment, today: date) -> StandingPayment:
    """Return what stands in Precoro once a payment there is taken for our own; one that is gone in QuickBooks counts as of today."""
    paid_on = facts.payment.paid_on if facts.payment else today
    left = facts.balance.open if facts.balance else Decimal(0)
    return StandingPayment.of(payment, facts.share, paid_on, left)


def after_refusal(facts: PaymentFacts, refused: Pay, text: str, accepted: Collection[str] = ()) -> PaymentPlan:
    """Decide what follows from a refusal, with the balance that Precoro shows since, if it can be read.

    A payment that comes out again differs from the refused one: the same one is never sent twice.
    """
    decision, balance = plan(facts, accepted), facts.balance
    if not isinstance(decision, Pay):
        return decision
    if balance is None or facts.invoice is None:
        return Hold((problems.payment_refused(text),))
    name = facts.invoice.id, facts.invoice.number
    if balance.status not in PAYABLE:
        return Hold((problems.invoice_not_payable(*name, balance.status_text),))
    if decision.amount > balance.open:
        if problems.payment_exceeds_open.__name__ not in accepted:
            return Hold((problems.payment_exceeds_open(*name, balance.currency, decision.amount, balance.open),))
        in_part = notes.recorded_in_part(balance.currency, balance.open)
        decision = replace(decision, amount=balance.open, notes=(*decision.notes, in_part))
    if decision.amount == refused.amount:
        return Hold((problems.payment_refused(text),))
    return decision


def _leave(facts: PaymentFacts, standing: StandingPayment, share: Share, accepted: Collection[str]) -> PaymentPlan:
    """Leave what was recorded, unless Precoro shows the same amount a second time, recorded by hand.

    What an integration before us brought from another transaction is another payment.
    """
    by_hand = facts.balance.by_hand(standing.amount) if facts.balance else ()
    others, sources = {standing.idn, *standing.beside}, {None, facts.payment.id if facts.payment else None}
    doubles = tuple(payment.idn for payment in by_hand if payment.idn not in others and payment.qbo_id in sources)
    if not doubles or facts.invoice is None or facts.balance is None:
        return Nothing("synced", f"Payment {standing.idn} of Precoro stands for it.", _notes(facts, share))
    if problems.recorded_twice.__name__ in accepted:
        return LeaveBoth((*standing.beside, *doubles))
    invoice, amount = facts.invoice, (facts.balance.currency, standing.amount)
    twice = problems.recorded_twice(invoice.id, invoice.number, standing.idn, doubles[0], *amount)
    return Hold((twice,), _notes(facts, share))


def _no_payment(facts: PaymentFacts, share: Share) -> Nothing:
    """Say why nothing is recorded, and that what somebody recorded by hand still counts in Precoro."""
    if share.credited:
        return Nothing("synced", "Precoro has applied the credit to the invoice already.")
    gone = "It pays this bill no more: it was voided, deleted or changed in QuickBooks."
    by_hand = facts.balance.by_hand(facts.amount_before) if facts.balance and facts.amount_before else ()
    if not by_hand:
        return Nothing("removed", gone)
    return Nothing(
        "removed", f"{gone} Payment {by_hand[0].idn} of the same amount, made by hand, still counts in Precoro."
    )


def _record(
    facts: PaymentFacts, invoice: PaidInvoice, payment: BillPayment, share: Share, accepted: Collection[str]
) -> PaymentPlan:
    """Record a payment, unless Precoro is known to have it."""
    balance, amount, beside = facts.balance, share.amount, list[str]()
    if payment.is_unclear and problems.payment_unclear.__name__ not in accepted:
        return Hold((problems.payment_unclear(invoice.id, invoice.number, invoice.currency, amount, payment.name),))
    if payment.currency not in {None, invoice.currency}:
        return Hold((problems.payment_currency(invoice.id, invoice.number, str(payment.currency), invoice.currency),))
    if balance is not None:
        brought = balance.brought_before(payment.id, amount)
        if brought is not None:
            return TakeOver(brought)
        by_hand = balance.by_hand(amount)
        if balance.open <= 0 and balance.status in PAYABLE:
            return Nothing("synced", "The invoice is fully paid in Precoro.", _notes(facts, share, by_hand))
        if by_hand and problems.possible_double_payment.__name__ not in accepted:
            amounts = balance.currency, amount
            double = problems.possible_double_payment(invoice.id, invoice.number, by_hand[0].idn, *amounts)
            return Hold((double,), _notes(facts, share))
        beside = [payment.idn for payment in by_hand]
        if abs(amount - balance.open) <= CENT:
            amount = balance.open
    return Pay(
        invoice.id, amount, share.amount, payment.paid_on, facts.external_id, _notes(facts, share), tuple(beside)
    )


def _notes(facts: PaymentFacts, share: Share, by_hand: Sequence[RecordedPayment] = ()) -> tuple[Note, ...]:
    """Return what is worth knowing about a payment that stands."""
    payment, standing, currency = facts.payment, facts.standing, facts.invoice.currency if facts.invoice else ""
    worth_knowing = [notes.day_of_bill()] if payment is not None and payment.is_from_bill else []
    if standing is not None and standing.share - standing.amount > CENT:
        worth_knowing.append(notes.recorded_in_part(currency, standing.amount))
    if payment is not None and payment.unapplied:
        worth_knowing.append(notes.payment_unapplied(currency, payment.unapplied))
    if share.credited:
        worth_knowing.append(notes.credit_in_precoro(currency, share.credited))
    worth_knowing += [notes.paid_by_hand(payment.idn) for payment in by_hand[:1]]
    return tuple(worth_knowing)
