"""Problems of payments that are brought back to Precoro."""
# ruff: noqa: D401 - the docstring of a problem is its meaning, not an order

from __future__ import annotations

from decimal import Decimal

from mappers.money import written
from mappers.problems import acts
from mappers.problems.problem import Parts, problem
from mappers.remedies import Act, ActName, Remedy


def _payment(act: ActName, words: str, **arguments: str) -> Remedy:
    """Return the remedy of a payment: an act, and to leave the payment out."""
    return Remedy(words, (Act(act, arguments), Act("ignore_payment")))


@problem
def possible_double_payment(invoice_id: str, number: str, idn: str, currency: str, amount: Decimal) -> Parts:
    """Somebody recorded a payment of the same amount in Precoro by hand."""
    return (
        f"Payment {idn} of invoice {number} in Precoro, made by hand, has the same amount, {written(amount, currency)}.",
        _payment(
            "accept_payment",
            "If both are one payment, ignore this one; if it was paid twice, record this one too.",
            payment_problem="possible_double_payment",
        ),
        f"invoice:{invoice_id}",
    )


@problem
def recorded_twice(invoice_id: str, number: str, idn: str, by_hand: str, currency: str, amount: Decimal) -> Parts:
    """Precoro shows a payment twice: recorded by Tieout, and by hand."""
    return (
        (
            f"Payments {idn} and {by_hand} of invoice {number} in Precoro have the same amount, {written(amount, currency)}; "
            f"{by_hand} was made by hand."
        ),
        Remedy(
            "If both are one payment, cancel one of them in Precoro; then this goes on by itself. If it was paid twice, say so.",
            (Act("accept_payment", {"payment_problem": "recorded_twice"}),),
        ),
        f"invoice:{invoice_id}",
    )


@problem
def payment_exceeds_open(invoice_id: str, number: str, currency: str, amount: Decimal, open_amount: Decimal) -> Parts:
    """More was paid in QuickBooks than is open in Precoro."""
    return (
        (
            f"{written(amount, currency)} was paid, but invoice {number} has only {written(open_amount, currency)} open in "
            "Precoro."
        ),
        _payment(
            "accept_payment",
            "Cancel the payment in Precoro that is too much; then this one goes on. Or record what is open, or ignore it.",
            payment_problem="payment_exceeds_open",
        ),
        f"invoice:{invoice_id}",
    )


@problem
def invoice_not_payable(invoice_id: str, number: str, status: str) -> Parts:
    """The invoice is not in a status in which Precoro takes payments."""
    return (
        f"Invoice {number} is {status} in Precoro, which takes no payment of it.",
        _payment(
            "retry_payment",
            "Once the invoice is approved in Precoro, the payment goes on by itself. Or void it in QuickBooks, or ignore it.",
        ),
        f"invoice:{invoice_id}",
    )


@problem
def payment_currency(invoice_id: str, number: str, currency: str, invoice_currency: str) -> Parts:
    """The payment is in another currency than its invoice."""
    return (
        f"The payment is in {currency}, invoice {number} in {invoice_currency}.",
        Remedy("Record it in Precoro by hand and ignore it here.", (Act("ignore_payment"),)),
        f"invoice:{invoice_id}",
    )


@problem
def credit_unassigned(credit_ids: str) -> Parts:
    """The payment applies a credit note that Precoro has not applied to the same invoice."""
    return (
        f"It applies vendor credit {credit_ids}, a credit note that Precoro has not applied to an invoice of this payment.",
        _payment(
            "accept_payment",
            "Record the whole amount as paid, or record what was paid in Precoro by hand and ignore this payment.",
            payment_problem="credit_unassigned",
        ),
        "payment",
    )


@problem
def payment_unclear(invoice_id: str, number: str, currency: str, amount: Decimal, what: str) -> Parts:
    """A bill is paid by what QuickBooks shows only on the bill, and by which or when is not clear."""
    return (
        (
            f"{written(amount, currency)} of invoice {number} are paid in QuickBooks by {what}, which shows on the bill only: "
            "several transactions, or maybe from before payments were imported."
        ),
        _payment(
            "accept_payment",
            "Look at the bill in QuickBooks. Record the amount as one payment, or ignore it if Precoro has it.",
            payment_problem="payment_unclear",
        ),
        f"invoice:{invoice_id}",
    )


@problem
def payment_refused(message: str) -> Parts:
    """Precoro refused a payment, as in a period that is closed there."""
    return (
        f"Precoro refused the payment: {acts.without_stop(message)}.",
        _payment("retry_payment", "Do what Precoro asks for and try again, or ignore the payment."),
        "payment",
    )


@problem
def payment_not_cancelled(idn: str, message: str) -> Parts:
    """Precoro refused to cancel a payment that was voided, deleted or changed in QuickBooks."""
    return (
        f"Precoro refused to cancel payment {idn}: {acts.without_stop(message)}.",
        _payment("retry_payment", "Do what Precoro asks for and try again, or cancel it there by hand and ignore it."),
        "payment",
    )
