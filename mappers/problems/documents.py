"""Problems of a document itself: its status, dates, totals and lines as Precoro has them."""
# ruff: noqa: D401 - the docstring of a problem is its meaning, not an order

from __future__ import annotations

from datetime import date
from decimal import Decimal

from mappers.money import written
from mappers.problems import acts
from mappers.problems.problem import Parts, problem
from mappers.remedies import Act, Remedy


@problem
def status_unknown(status: int, text: str | None) -> Parts:
    """Precoro uses a status that Tieout does not know."""
    shown_text = f" ({text})" if text else ""
    return (
        f"Precoro gives status {status}{shown_text}, which is not known here.",
        Remedy("Report it; nothing is guessed. Or ignore this document.", (Act("ignore_document"),)),
        "status",
    )


@problem
def unreadable_document(field: str, value: str) -> Parts:
    """Precoro sent a field that cannot be read."""
    return (
        f"Precoro's field {field} holds {value}, which cannot be read.",
        Remedy(f"Correct the document in Precoro, or {acts.BY_HAND}", (Act("ignore_document"),)),
        "document",
    )


@problem
def not_visible(title: str) -> Parts:
    """Precoro does not show the document to the key in use."""
    return (
        f"Precoro does not show {title} to this key; that is not a cancellation.",
        Remedy(
            "Give the user of the key access to it, or ignore it here.", (Act("send_document"), Act("ignore_document"))
        ),
        "document",
    )


@problem
def total_does_not_tie(currency: str, precoro: Decimal, computed: Decimal) -> Parts:
    """The lines do not add up to Precoro's total."""
    return (
        (
            f"Precoro's total is {written(precoro, currency)}, but its lines, discounts and taxes come to "
            f"{written(computed, currency)}."
        ),
        Remedy(
            f"Check discounts and taxes of the document in Precoro, then approve it again, or {acts.BY_HAND}",
            (Act("ignore_document"),),
        ),
        "document",
    )


@problem
def total_negative(currency: str, total: Decimal) -> Parts:
    """The total is below zero."""
    return (
        f"The total is {written(total, currency)}, below zero: is it a credit note?",
        Remedy(
            "Enter it as a vendor credit in QuickBooks by hand, and ignore this document.", (Act("ignore_document"),)
        ),
        "document",
    )


@problem
def no_lines() -> Parts:
    """No line is left to send."""
    return "There is no line to send; QuickBooks needs at least one.", Remedy("Add a line with a quantity."), "document"


@problem
def line_unreadable(label: str) -> Parts:
    """A line has no quantity or no price."""
    return f"Line {label} has no quantity or no price.", Remedy("Complete the line in Precoro."), "document"


@problem
def line_currency(label: str, currency: str, document_currency: str) -> Parts:
    """A line is in another currency than its document."""
    return (
        f"Line {label} is in {currency}, its document in {document_currency}.",
        Remedy("Bring the line into the document's currency in Precoro."),
        "document",
    )


@problem
def allocation_unclear(label: str, kind: str) -> Parts:
    """A line is allocated over several entries with shares that cannot be read."""
    return (
        f"Line {label} names more than one {kind}, and their shares do not come to 100 %.",
        Remedy(f"Give the line one {kind}, or shares that come to 100 %."),
        "document",
    )


@problem
def date_missing(which: str) -> Parts:
    """The document has no date."""
    return f"The document has no {which}.", Remedy(f"Enter the {which} in Precoro."), "document"


@problem
def period_closed(day: date, closed_until: date) -> Parts:
    """The document is dated in a closed period."""
    return (
        f"It is dated {day}; the books in QuickBooks are closed until {closed_until}.",
        Remedy(
            "Change its date, reopen the books, or let such documents go to the first open day.",
            (acts.setting("closed_period", "first_open_day"),),
        ),
        "period",
    )


@problem
def stands_in_closed_period(type_: str, id_: str, day: date, closed_until: date) -> Parts:
    """The entity in QuickBooks is dated in a closed period and is never changed."""
    return (
        f"{type_} {id_} is dated {day} in QuickBooks, where the books are closed until {closed_until}.",
        Remedy(
            "Reopen the books, or enter an adjusting bill or credit in the open period and ignore this document.",
            (Act("ignore_document"),),
        ),
        "period",
    )


@problem
def file_elsewhere(name: str, why: str) -> Parts:
    """A file of a document lies at an address from which Tieout fetches nothing."""
    return (
        f"{name} is not fetched: {why}.",
        Remedy(
            "If Precoro keeps files there, add the host to TIEOUT_PRECORO_FILE_HOSTS, then try the file again.",
            (Act("retry_files"),),
        ),
        None,
    )
