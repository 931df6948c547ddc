# ruff: noqa: D401 - the docstring of a note is its meaning, not an order
"""Every note on a document that is not held: its sentence and meaning.

The docstring of each function is the meaning of its note in the docs.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from typing import ParamSpec

from mappers.money import written
from mappers.problems import Note

P = ParamSpec("P")

NOTES: dict[str, str] = {}
"""Every code of a note with its meaning, for the docs."""


def _note(sentence: Callable[P, str]) -> Callable[P, Note]:
    """Build the note named like the function from the sentence that it returns."""
    code = sentence.__name__
    NOTES[code] = (sentence.__doc__ or "").partition("\n")[0]

    @functools.wraps(sentence)
    def make(*args: P.args, **kwargs: P.kwargs) -> Note:
        return Note(code, sentence(*args, **kwargs))

    return make


@_note
def text_shortened(field: str, length: int, limit: int) -> str:
    """A text is longer than QuickBooks takes."""
    return f"{field} has {length:,} characters; QuickBooks takes {limit:,}, so its end is left out."


@_note
def number_shortened(number: str, short: str) -> str:
    """A document number is longer than QuickBooks takes."""
    return f"Number {number} is too long for QuickBooks and is sent as {short}; the full number stands in the private note."


@_note
def number_by_quickbooks(number: str) -> str:
    """QuickBooks numbers purchase orders itself."""
    return f"QuickBooks numbers purchase orders itself; {number} stands in the private note."


@_note
def zero_quantity(label: str) -> str:
    """A line with a quantity of zero is left out."""
    return f"Line {label} has a quantity of zero and is left out."


@_note
def account_of_item(label: str, chosen: str, item: str, posts_to: str) -> str:
    """The account chosen for a line differs from the account of its product."""
    return f"Line {label} names account {chosen}, but product {item} posts to {posts_to}."


@_note
def class_tracking_off(names: str) -> str:
    """Classes are chosen in Precoro but not tracked in QuickBooks."""
    return f"QuickBooks does not track classes, so {names} is left out."


@_note
def customer_tracking_off(names: str) -> str:
    """Customers are chosen in Precoro but not tracked on purchases in QuickBooks."""
    return f"QuickBooks does not track customers on purchases, so {names} is left out."


@_note
def location_tracking_off(names: str) -> str:
    """A location is chosen in Precoro but locations are not tracked in QuickBooks."""
    return f"QuickBooks does not track locations, so {names} is left out."


@_note
def location_in_private_note(names: str) -> str:
    """A purchase order cannot carry a location in QuickBooks."""
    return f"A purchase order has no location in QuickBooks; {names} stands in the private note."


@_note
def locations_left_out(names: str) -> str:
    """A document with several locations is sent without one."""
    return f"QuickBooks takes one location; {names} are left out and stand in the private note."


@_note
def billable_tracking_off(label: str) -> str:
    """Lines are to be billable but QuickBooks does not track billable expenses."""
    return f"QuickBooks does not track billable expenses, so line {label} is not billable."


@_note
def account_not_billable(label: str, account: str) -> str:
    """Lines are to be billable but go to an account of a type that cannot be billed."""
    return f"QuickBooks bills no lines of account {account} to a customer, so line {label} is not billable."


@_note
def term_left_out(name: str) -> str:
    """The payment term is inactive in QuickBooks."""
    return f"Term {name} is inactive in QuickBooks and is left out; the due date is sent."


@_note
def due_date_missing(day: str) -> str:
    """The document has no due date."""
    return f"The document has no due date; {day} is sent."


@_note
def date_moved(original: str, day: str, *, is_due: bool = True) -> str:
    """The document is dated in a closed period and gets the first open day."""
    stays = "; the due date stays" if is_due else ""
    return f"The document is dated {original}, in a closed period, and is sent with {day}{stays}."


@_note
def split_unit_price(label: str) -> str:
    """No unit price gives the line's amount, so it became two lines."""
    return f"No unit price gives the amount of line {label} exactly, so it is sent as two lines of the same product."


@_note
def tax_in_amounts() -> str:
    """Tax is part of the line amounts."""
    return "Tax is part of the line amounts."


@_note
def cents_allocated(currency: str, difference: Decimal) -> str:
    """Lines were rounded so that they add up to Precoro's total."""
    return f"{currency} {difference} of rounding was shared out over the lines so that they add up to Precoro's total."


@_note
def fraction_of_a_whole_currency(currency: str, total: Decimal) -> str:
    """The total of a currency without decimals has some."""
    return f"{currency} has no decimals, but Precoro's total is {written(total)}, and is sent like that."


@_note
def number_stays(number: str) -> str:
    """What was sent keeps its number, although the setting says the other one."""
    return f"It keeps the number {number} that it was sent with; the setting counts for new documents."


@_note
def due_before_its_date(due: str, day: str) -> str:
    """The due date lies before the date of the document."""
    return f"It is due on {due}, before its date {day}, and is sent like that."


@_note
def file_not_sent(reason: str) -> str:
    """A file of the document does not go along, because QuickBooks does not take such files."""
    return reason


@_note
def file_stays(name: str) -> str:
    """A file was removed in Precoro after it was sent."""
    return f"{name} was removed in Precoro; it stays in QuickBooks."


@_note
def tax_of_another_rate(label: str, code: str, percent: Decimal, tax: Decimal) -> str:
    """The tax of a line is not what the rate of the code chosen by hand comes to."""
    return f"Line {label} has a tax of {written(tax)}, which is not the {percent:f} % of code {code}, chosen by hand."


@_note
def cancelled(status: str, type_: str, id_: str) -> str:
    """A document was cancelled in Precoro, but stands in QuickBooks."""
    return f"It is {status} in Precoro, but {type_} {id_} still stands in QuickBooks."


@_note
def below_the_cent(currency: str, difference: Decimal) -> str:
    """Precoro's total has more decimals than QuickBooks keeps."""
    return f"QuickBooks keeps two decimals, so {currency} {difference} of Precoro's total does not stand there."


@_note
def changed_without_revision() -> str:
    """The document was edited without a revision."""
    return (
        "The document or its mapping changed without a new approval; what was sent stays. Click Send to send it again."
    )


@_note
def kept_from_quickbooks(what: str) -> str:
    """Coding changed in QuickBooks is kept."""
    return f"{what} was changed in QuickBooks and is kept, because Precoro did not change it."


@_note
def corrected(type_: str, id_: str) -> str:
    """Wrong figures in QuickBooks have been corrected there."""
    return f"{type_} {id_} was corrected in QuickBooks and holds the figures that were sent."


@_note
def kept_by_a_person(what: str) -> str:
    """A person keeps other figures in QuickBooks than Precoro holds."""
    return f"A person keeps it as it is in QuickBooks: {what}."


@_note
def overwritten(what: str) -> str:
    """A figure changed in QuickBooks is overwritten."""
    return f"{what} was changed in QuickBooks and is overwritten with Precoro's."


@_note
def dropped_by_quickbooks(what: str) -> str:
    """QuickBooks left out something that was sent."""
    return f"QuickBooks did not keep {what}."


@_note
def link_dropped(place: int) -> str:
    """QuickBooks did not link a line to its purchase order."""
    return f"QuickBooks did not link line {place} to its purchase order, so the order may stay open there."


@_note
def order_is_younger(order: str, ordered: str, billed: str) -> str:
    """A bill is not linked to its order, which is dated after it."""
    return f"It is not linked to {order}, which is dated {ordered}, after {billed}: QuickBooks refuses that."


@_note
def ordered_line_missing(label: str) -> str:
    """A line bills a line of its order that the order does not have in QuickBooks."""
    return f"Line {label} is not linked: the purchase order in QuickBooks does not have the line that it bills."


@_note
def order_of_another_vendor(order: str) -> str:
    """A bill is not linked to its order, which is of another vendor."""
    return f"It is not linked to {order}, which stands in QuickBooks with another vendor."


@_note
def sent_without_link() -> str:
    """A person sent a bill without a link to its order."""
    return "It is not linked to its purchase order, because a person decided to send it without."


@_note
def order_deleted(order: str) -> str:
    """A bill is not linked to its order, which was deleted in QuickBooks."""
    return f"It is not linked to {order}, which was deleted in QuickBooks."


@_note
def billed_without_link(bill: str) -> str:
    """A bill of the order is not linked to it in QuickBooks."""
    return f"{bill} bills it without a link, so QuickBooks does not count it: close the order there by hand."


@_note
def closed_in_quickbooks(bills: str) -> str:
    """The order is closed in QuickBooks, by itself or by a person, and open in Precoro."""
    return f"It is closed in QuickBooks, where {bills} is linked to it; in Precoro it is open."


@_note
def open_in_quickbooks() -> str:
    """The order is open in QuickBooks and closed in Precoro."""
    return "It is open in QuickBooks; in Precoro it is closed."


@_note
def created_again(type_: str, id_: str) -> str:
    """An entity deleted in QuickBooks is created again."""
    return f"{type_} {id_} was deleted in QuickBooks and is created again."


@_note
def supplier_changed(before: str, after: str) -> str:
    """A revision changed the supplier."""
    return f"The supplier changed: vendor {before} becomes {after}."


@_note
def removed_already(type_: str, id_: str) -> str:
    """An entity to be removed is not there any more."""
    return f"{type_} {id_} is not in QuickBooks any more."


@_note
def adopted(type_: str, id_: str) -> str:
    """An entity found in QuickBooks is the document's own."""
    return f"{type_} {id_} in QuickBooks stands for this document already and is linked to it."


@_note
def adopted_as_it_is(differences: str) -> str:
    """An adopted entity differs from the document."""
    return f"What differs stays as it is in QuickBooks: {differences}."


@_note
def adopted_without_marker(type_: str, id_: str) -> str:
    """An adopted entity stands in a closed period and does not get our marker."""
    return f"{type_} {id_} stands in a closed period, so our marker is not written into it."


@_note
def sent_despite(code: str) -> str:
    """A person decided to step over a problem."""
    return f"A person decided to go on despite {code.replace('_', ' ')}."


# Suppliers


@_note
def cleared_on_one_side(label: str, where: str, other: str) -> str:
    """A field of a supplier was emptied on one side; the other keeps it."""
    return f"The {label} was emptied in {where}; {other} keeps it, because nothing empties the other side by itself."


@_note
def not_taken_by_quickbooks(label: str, value: str) -> str:
    """A field of a supplier does not fit into QuickBooks and is left out."""
    return f"The {label} {value!r} is not one that QuickBooks takes, and is left out."


@_note
def not_taken_by_precoro(label: str) -> str:
    """Precoro did not take a field of a supplier that was written to it."""
    return f"Precoro did not take the {label}; enter it there by hand."


@_note
def vendor_shared(names: str) -> str:
    """Several suppliers have the same vendor, so no field flows."""
    return f"The vendor is also that of {names}: no field is kept in step, because either would overwrite the other."


@_note
def stays_in_quickbooks(label: str) -> str:
    """A field that a pair filled cannot be emptied again in QuickBooks."""
    return f"The {label} stays in QuickBooks: empty it there by hand."


@_note
def payment_unapplied(currency: str, amount: Decimal) -> str:
    """A payment in QuickBooks has more than it puts on bills; the rest is not brought to Precoro."""
    return f"The payment has {written(amount, currency)} that no bill of it takes; that stays in QuickBooks."


@_note
def credit_in_precoro(currency: str, amount: Decimal) -> str:
    """A credit that Precoro has applied to the invoice already does not count as a payment."""
    return f"Beside it, {written(amount, currency)} of the bill are covered by a credit note that Precoro has applied already."


@_note
def day_of_bill() -> str:
    """A payment that QuickBooks shows on the bill only has the day on which the bill was changed."""
    return "QuickBooks shows it on the bill only, so its day is that on which the bill was changed."


@_note
def recorded_in_part(currency: str, amount: Decimal) -> str:
    """A payment is recorded in Precoro with what was open there, which is less than was paid in QuickBooks."""
    return f"Only {written(amount, currency)} of it is recorded in Precoro, because no more was open there."


@_note
def paid_by_hand(idn: str) -> str:
    """Somebody recorded this payment in Precoro by hand."""
    return f"Payment {idn} of the same amount was recorded in Precoro by hand and stands for it."


LASTING = frozenset({billed_without_link.__name__})
"""The codes of notes that another document put on this one: what becomes of this one does not take them away."""


def renewed(before: Sequence[Mapping[str, str]], now: Sequence[Mapping[str, str]]) -> list[dict[str, str]]:
    """Return the notes of a document in the place of those before; lasting ones stay."""
    lasting = [dict(note) for note in before if note["code"] in LASTING]
    return lasting + [dict(note) for note in now if note not in lasting]
