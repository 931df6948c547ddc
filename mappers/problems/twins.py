"""Problems of what stands in QuickBooks, or may stand there, for a document."""
# ruff: noqa: D401 - the docstring of a problem is its meaning, not an order

from __future__ import annotations

from datetime import date

from mappers.problems import acts
from mappers.problems.problem import LISTS, Parts, problem
from mappers.remedies import Act, Remedy


@problem
def possible_duplicate(type_: str, id_: str, described: str) -> Parts:
    """QuickBooks holds what may be the same document."""
    return (
        f"{f'{type_} {id_}' if id_ else 'An entity'} in QuickBooks ({described}) may be the same document.",
        Remedy(
            "If it is the same, adopt it, or ignore this document; if it is another one, send this one all the same.",
            (acts.adopt(id_), Act("ignore_document"), acts.accept("possible_duplicate")),
        ),
        "document",
    )


@problem
def entered_again(type_: str, id_: str, described: str, ours: str) -> Parts:
    """Somebody entered in QuickBooks, after the document was sent, what may be the same."""
    return (
        f"{type_} {id_} in QuickBooks ({described}) was entered beside {type_} {ours} and may be the same document.",
        Remedy(
            f"If it is the same, delete {type_} {id_} in QuickBooks: then this goes on by itself. If it is another one, send this all the same.",
            (acts.accept("entered_again"),),
        ),
        entered(type_, id_),
    )


def entered(type_: str, id_: str) -> str:
    """Return the subject of what waits until an entity that people entered is changed or deleted."""
    return f"entered:{type_}:{id_}"


@problem
def possible_expense(id_: str, described: str) -> Parts:
    """QuickBooks holds an expense or cheque that may have paid for the same."""
    return (
        f"Expense {id_} in QuickBooks ({described}) may be for the same purchase.",
        Remedy(
            "If it is, delete the expense in QuickBooks, or ignore this document; if not, send the document all the same.",
            (Act("ignore_document"), acts.accept("possible_expense")),
        ),
        f"expense:{id_}",
    )


@problem
def waits_for_predecessor(kind: str, id_: str, title: str, why: str) -> Parts:
    """The order of an invoice, or the invoice of a credit note, goes to QuickBooks first."""
    return (
        f"It waits for {title}, which goes to QuickBooks first and {why}.",
        Remedy(
            "Nothing: this document follows by itself, once the other one stands in QuickBooks or is left out. Or send it "
            "without waiting.",
            (acts.accept("waits_for_predecessor"),),
        ),
        f"{kind}:{id_}",
    )


@problem
def order_is_later(id_: str, title: str, day: date) -> Parts:
    """The order of the bill is dated after it, and gets the earlier date first."""
    return (
        f"It waits for {title}, which is dated {day} in QuickBooks and gets the date of this bill first.",
        Remedy(
            "Nothing: the bill follows by itself. Or send it without the link, and leave the date of the order.",
            (acts.accept("order_is_later"),),
        ),
        f"purchase_order:{id_}",
    )


@problem
def link_refused(message: str) -> Parts:
    """QuickBooks does not take the bill together with the link to its purchase order."""
    return (
        f"QuickBooks refuses the link to the purchase order: {acts.without_stop(message)}.",
        Remedy(
            "Do what QuickBooks asks for, then send the document again. Or send it without the link; then the order stays open there.",
            (Act("send_document"), acts.accept("link_refused")),
        ),
        "document",
    )


@problem
def already_in_quickbooks(what: str, why: str, id_: str = "") -> Parts:
    """Precoro names an entity that was not created by Tieout."""
    return (
        f"Precoro says that it stands in QuickBooks as {what}; {why}.",
        Remedy(
            "Adopt what stands for it there, clear the id in Precoro, or send it all the same: what is equal is adopted then too.",
            (acts.adopt(id_), acts.accept("already_in_quickbooks")),
        ),
        "document",
    )


@problem
def changed_in_quickbooks(type_: str, id_: str, changes: str) -> Parts:
    """People changed in QuickBooks what was sent, and somebody has to decide about it."""
    return (
        f"{type_} {id_} was changed in QuickBooks: {changes}.",
        Remedy(
            "Accept it as it is in QuickBooks, restore what Precoro says, or put it back there: then this goes on by itself.",
            (Act("accept_drift"), Act("restore_drift")),
        ),
        "document",
    )


@problem
def total_differs_in_quickbooks(type_: str, id_: str, figures: str) -> Parts:
    """QuickBooks holds other figures than those that were sent."""
    return (
        f"{type_} {id_} does not hold the figures that were sent: {figures}.",
        Remedy(
            "Correct it in QuickBooks, keep it as it is there, or overwrite it with what Precoro holds.",
            (Act("keep_document"), Act("overwrite_document")),
        ),
        "document",
    )


@problem
def changed_before_removal(type_: str, id_: str, changes: str) -> Parts:
    """A document was cancelled whose figures have been changed in QuickBooks."""
    return (
        f"It was cancelled in Precoro, but {type_} {id_} was changed in QuickBooks: {changes}.",
        Remedy(
            "Keep it in QuickBooks, or remove it all the same.",
            (Act("keep_document"), acts.accept("changed_before_removal")),
        ),
        "document",
    )


@problem
def deleted_in_quickbooks(type_: str, id_: str) -> Parts:
    """What was sent has been deleted in QuickBooks."""
    return (
        f"{type_} {id_} was deleted in QuickBooks.",
        Remedy(
            "Create it again, or ignore this document.", (acts.accept("deleted_in_quickbooks"), Act("ignore_document"))
        ),
        "document",
    )


@problem
def bill_locked(type_: str, id_: str, why: str) -> Parts:
    """The entity is paid, linked or billed on in QuickBooks and is not changed."""
    return (
        f"{type_} {id_} cannot be changed: {why}.",
        Remedy(
            "Void the payment or link first, or enter a vendor credit for the difference and ignore this document.",
            (Act("ignore_document"),),
        ),
        "document",
    )


@problem
def credit_applied(type_: str, id_: str, why: str) -> Parts:
    """The vendor credit is applied in QuickBooks and is not changed."""
    return (
        f"{type_} {id_} cannot be changed: {why}.",
        Remedy(
            "Take it back from the bill it is applied to first, or enter the difference by hand and ignore this document.",
            (Act("ignore_document"),),
        ),
        "document",
    )


@problem
def order_billed(id_: str, bills: str) -> Parts:
    """The purchase order has been billed in QuickBooks and is not changed."""
    return (
        f"PurchaseOrder {id_} is linked to {bills} in QuickBooks.",
        Remedy(
            "Ignore this document: then the order stays as it is. Or take its bills back, and it goes on by itself: cancel their "
            "invoices in Precoro, or delete them in QuickBooks.",
            (Act("ignore_document"),),
        ),
        "document",
    )


@problem
def belongs_to_another(type_: str, id_: str, mark: str) -> Parts:
    """The entity in QuickBooks carries the marker of another document."""
    return (
        f"{type_} {id_} in QuickBooks carries the marker of another document ({mark}).",
        Remedy(
            "Find out which document it stands for. If it is not this one's, clear the id in Precoro or ignore this document.",
            (Act("ignore_document"),),
        ),
        "document",
    )


@problem
def refused_by_quickbooks(code: str, message: str) -> Parts:
    """QuickBooks refused what was sent."""
    return (
        f"QuickBooks refused it with fault {code}: {acts.without_stop(message)}.",
        Remedy("Do what QuickBooks asks for, then send the document again.", (Act("send_document"),)),
        "document",
    )


@problem
def reference_refused(code: str, message: str) -> Parts:
    """QuickBooks refused an account, class, customer, product or vendor that our copy has as usable."""
    return (
        f"QuickBooks refused something that it refers to, with fault {code}: {acts.without_stop(message)}.",
        Remedy(
            "Nothing at first: the lists are read again, and what is wrong is named then. If it lasts, do what QuickBooks asks "
            "for, then send the document again.",
            (Act("send_document"),),
        ),
        LISTS,
    )
