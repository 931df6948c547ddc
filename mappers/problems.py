"""Every problem that holds a document: its sentence, remedy and subject."""
# ruff: noqa: D401 - the docstring of a problem is its meaning, not an order

from __future__ import annotations

import functools
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import ParamSpec

from mappers.money import written
from mappers.remedies import Act, ActName, Remedy

P = ParamSpec("P")
Parts = tuple[str, Remedy, str | None]
"""Sentence, remedy and subject of a problem."""

HOME_CURRENCY = "home_currency:precoro"
"""The subject of what waits until it is known which home currency Precoro's exchange rates are towards."""

LISTS = "lists"
"""The subject of what waits until any list of QuickBooks changes."""

CODES: dict[str, str] = {}
"""Every code of a problem with its meaning, for the docs."""


@dataclass(frozen=True, slots=True)
class Problem:
    """One reason to hold a document.

    `subject` names what has to be fixed, such as `supplier:9001`: the fix makes the document due again.
    """

    code: str
    sentence: str
    remedy: Remedy
    subject: str | None = None


@dataclass(frozen=True, slots=True)
class Note:
    """Something worth knowing about a document that it is not held for."""

    code: str
    sentence: str


def _problem(parts: Callable[P, Parts]) -> Callable[P, Problem]:
    """Build the problem named like the function from the parts that it returns."""
    code = parts.__name__
    CODES[code] = (parts.__doc__ or "").partition("\n")[0]

    @functools.wraps(parts)
    def make(*args: P.args, **kwargs: P.kwargs) -> Problem:
        return Problem(code, *parts(*args, **kwargs))

    return make


# The acts that remedies speak of


def _accept(code: str) -> Act:
    """Send the document although it has this problem."""
    return Act("send_anyway", {"problem": code})


def _adopt(entity_id: str) -> Act:
    """Let an entity in QuickBooks stand for the document; without an id a person names it."""
    return Act("adopt_document", {"entity": entity_id} if entity_id else {})


def _setting(setting: str, value: str) -> Act:
    return Act("change_setting", {"setting": setting, "value": value})


def _supplier(act: ActName, supplier_id: int | str, **more: str) -> Act:
    return Act(act, {"supplier": str(supplier_id), **more})


def _answer(supplier_id: str, field: str, words: str) -> Remedy:
    return Remedy(words, (_supplier("answer_question", supplier_id, field=field),))


def _match(names: str) -> Act:
    """Match one tax, or several of one line, with a code by hand."""
    return Act("match_tax", {"tax": names})


def _pair_entry(kind: str, subject: str) -> Act:
    """Pair the option that is the subject; what is only known by its field is named by a person."""
    what, _, key = f"{subject}".partition(":")
    return Act("pair_entry", {"kind": kind, "entry": key} if what == "option" else {"kind": kind})


_BY_HAND = "enter it in QuickBooks by hand and ignore it here."
"""The exit that is always there."""


ABOUT_THE_TWIN = frozenset(
    {
        "stands_in_closed_period",
        "deleted_in_quickbooks",
        "bill_locked",
        "order_billed",
        "belongs_to_another",
        "credit_applied",
    }
)
"""Codes of problems whose remedies speak already of what stands in QuickBooks for the document."""


def of_revision(problem: Problem, type_: str, id_: str) -> Problem:
    """Return the problem of a revision, whose remedy names what stands in QuickBooks for the earlier version.

    Remedies are written for a first sending: to ignore a revision, or to enter it by hand, would leave the old figures beside it.
    """
    names = {act.name for act in problem.remedy.acts}
    if "ignore_document" not in names or problem.code in ABOUT_THE_TWIN:
        return problem
    adopted = "; before another one is adopted, delete it there" if "adopt_document" in names else ""
    standing = (
        f"Before it is ignored, change or delete {type_} {id_} in QuickBooks, which holds the earlier version{adopted}."
    )
    return replace(problem, remedy=replace(problem.remedy, words=f"{problem.remedy.words} {standing}"))


# The document itself


@_problem
def status_unknown(status: int, text: str | None) -> Parts:
    """Precoro uses a status that Tieout does not know."""
    shown_text = f" ({text})" if text else ""
    return (
        f"Precoro gives status {status}{shown_text}, which is not known here.",
        Remedy("Report it; nothing is guessed. Or ignore this document.", (Act("ignore_document"),)),
        "status",
    )


@_problem
def unreadable_document(field: str, value: str) -> Parts:
    """Precoro sent a field that cannot be read."""
    return (
        f"Precoro's field {field} holds {value}, which cannot be read.",
        Remedy(f"Correct the document in Precoro, or {_BY_HAND}", (Act("ignore_document"),)),
        "document",
    )


@_problem
def not_visible(title: str) -> Parts:
    """Precoro does not show the document to the key in use."""
    return (
        f"Precoro does not show {title} to this key; that is not a cancellation.",
        Remedy(
            "Give the user of the key access to it, or ignore it here.", (Act("send_document"), Act("ignore_document"))
        ),
        "document",
    )


@_problem
def total_does_not_tie(currency: str, precoro: Decimal, computed: Decimal) -> Parts:
    """The lines do not add up to Precoro's total."""
    return (
        (
            f"Precoro's total is {written(precoro, currency)}, but its lines, discounts and taxes come to "
            f"{written(computed, currency)}."
        ),
        Remedy(
            f"Check discounts and taxes of the document in Precoro, then approve it again, or {_BY_HAND}",
            (Act("ignore_document"),),
        ),
        "document",
    )


@_problem
def total_negative(currency: str, total: Decimal) -> Parts:
    """The total is below zero."""
    return (
        f"The total is {written(total, currency)}, below zero: is it a credit note?",
        Remedy(
            "Enter it as a vendor credit in QuickBooks by hand, and ignore this document.", (Act("ignore_document"),)
        ),
        "document",
    )


@_problem
def no_lines() -> Parts:
    """No line is left to send."""
    return "There is no line to send; QuickBooks needs at least one.", Remedy("Add a line with a quantity."), "document"


@_problem
def line_unreadable(label: str) -> Parts:
    """A line has no quantity or no price."""
    return f"Line {label} has no quantity or no price.", Remedy("Complete the line in Precoro."), "document"


@_problem
def line_currency(label: str, currency: str, document_currency: str) -> Parts:
    """A line is in another currency than its document."""
    return (
        f"Line {label} is in {currency}, its document in {document_currency}.",
        Remedy("Bring the line into the document's currency in Precoro."),
        "document",
    )


@_problem
def allocation_unclear(label: str, kind: str) -> Parts:
    """A line is allocated over several entries with shares that cannot be read."""
    return (
        f"Line {label} names more than one {kind}, and their shares do not come to 100 %.",
        Remedy(f"Give the line one {kind}, or shares that come to 100 %."),
        "document",
    )


@_problem
def date_missing(which: str) -> Parts:
    """The document has no date."""
    return f"The document has no {which}.", Remedy(f"Enter the {which} in Precoro."), "document"


@_problem
def period_closed(day: date, closed_until: date) -> Parts:
    """The document is dated in a closed period."""
    return (
        f"It is dated {day}; the books in QuickBooks are closed until {closed_until}.",
        Remedy(
            "Change its date, reopen the books, or let such documents go to the first open day.",
            (_setting("closed_period", "first_open_day"),),
        ),
        "period",
    )


@_problem
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


# Supplier, currency, preferences


@_problem
def supplier_missing() -> Parts:
    """The document has no supplier."""
    return "The document has no supplier.", Remedy("Choose the supplier in Precoro."), "document"


@_problem
def supplier_not_paired(supplier_id: int, name: str) -> Parts:
    """The supplier has no vendor in QuickBooks."""
    return (
        f"Supplier {name} is not paired with a vendor.",
        Remedy(
            f"Pair {name} with its vendor, or create the vendor.",
            (_supplier("pair_supplier", supplier_id), _supplier("create_vendor", supplier_id)),
        ),
        f"supplier:{supplier_id}",
    )


@_problem
def vendor_unusable(supplier_id: int, name: str) -> Parts:
    """The vendor is inactive or gone in QuickBooks."""
    return (
        f"The vendor of supplier {name} is inactive or gone in QuickBooks.",
        Remedy(
            "Make the vendor active again, or unpair the supplier and pair it with another one.",
            (_supplier("unpair_supplier", supplier_id), _supplier("pair_supplier", supplier_id)),
        ),
        f"supplier:{supplier_id}",
    )


@_problem
def vendor_currency(supplier_id: int, name: str, vendor: str, document: str) -> Parts:
    """The vendor has another currency than the document."""
    return (
        f"Vendor {name} is kept in {vendor}, the document is in {document}.",
        Remedy(
            f"Unpair the supplier and pair it with a vendor in {document}; QuickBooks never changes a vendor's currency.",
            (_supplier("unpair_supplier", supplier_id), _supplier("pair_supplier", supplier_id)),
        ),
        f"supplier:{supplier_id}",
    )


@_problem
def multicurrency_off(currency: str, home: str) -> Parts:
    """The document is in a foreign currency and QuickBooks knows one currency only."""
    return (
        f"The document is in {currency}; this QuickBooks company works in {home} only.",
        Remedy(f"Switch on multicurrency in QuickBooks, or {_BY_HAND}", (Act("ignore_document"),)),
        "preferences",
    )


@_problem
def rate_missing(currency: str, day: date) -> Parts:
    """There is no exchange rate."""
    return (
        f"There is no exchange rate of {currency} for {day}.",
        Remedy(f"Enter the rate of {currency} in QuickBooks, then send the document again.", (Act("send_document"),)),
        f"rate:{currency}",
    )


@_problem
def rate_is_one(currency: str, day: date, home: str, pegged: str) -> Parts:
    """The exchange rate is 1 between different currencies."""
    return (
        f"The exchange rate of {currency} for {day} is 1, which is right only if {currency} is pegged to {home}.",
        Remedy(
            f"Say that {currency} is pegged, or enter its rate in QuickBooks and send the document again.",
            (Act("accept_rate_of_one", {"currencies": pegged}), Act("send_document")),
        ),
        f"rate:{currency}",
    )


@_problem
def rate_base_unknown(currency: str, home: str) -> Parts:
    """It is not known yet which home currency Precoro's exchange rates are towards."""
    return (
        f"No document has shown yet that Precoro's rate of {currency} is towards {home}, the home currency of QuickBooks.",
        Remedy(
            f"It goes on once a document in {home} is approved in Precoro. Or use the rate of QuickBooks.",
            (_setting("exchange_rate", "quickbooks"),),
        ),
        HOME_CURRENCY,
    )


@_problem
def rate_of_another_home(currency: str, precoro: str, home: str) -> Parts:
    """Precoro's exchange rates are towards another currency than QuickBooks' home currency."""
    return (
        f"Precoro's rate of {currency} is towards {precoro}, but the home currency of QuickBooks is {home}.",
        Remedy("Use the rate of QuickBooks.", (_setting("exchange_rate", "quickbooks"),)),
        HOME_CURRENCY,
    )


@_problem
def rate_unproven(currency: str, rate: Decimal) -> Parts:
    """Precoro gives no total in company currency, so nothing bears its exchange rate out."""
    return (
        f"Precoro's rate of {currency} is {rate:f}, but it gives no total in company currency that bears it out.",
        Remedy("Use the rate of QuickBooks.", (_setting("exchange_rate", "quickbooks"),)),
        f"rate:{currency}",
    )


@_problem
def rate_unclear(currency: str, rate: Decimal, total: Decimal, company_total: Decimal) -> Parts:
    """Precoro's exchange rate and its total in company currency disagree."""
    return (
        f"Precoro's rate of {currency} is {rate:f}, but its totals are {written(total)} and {written(company_total)} in company currency.",
        Remedy(
            "Use the rate of QuickBooks, or correct the rate in Precoro.", (_setting("exchange_rate", "quickbooks"),)
        ),
        f"rate:{currency}",
    )


@_problem
def payable_account_missing(currency: str) -> Parts:
    """No accounts payable account is known for the currency."""
    return (
        f"There is not exactly one active accounts payable account in {currency}, and none is chosen.",
        Remedy(
            f"Choose the accounts payable account for {currency}.",
            (Act("choose_payable_account", {"currency": currency}),),
        ),
        "preferences",
    )


@_problem
def payable_account_unusable(name: str, currency: str) -> Parts:
    """The accounts payable account chosen for the currency cannot be used."""
    return (
        f"Account {name}, chosen as accounts payable in {currency}, is gone, inactive, of another type or currency.",
        Remedy(
            f"Choose another accounts payable account for {currency}.",
            (Act("choose_payable_account", {"currency": currency}),),
        ),
        "preferences",
    )


@_problem
def purchase_orders_off() -> Parts:
    """Purchase orders are not switched on in QuickBooks."""
    return (
        "Purchase orders are not switched on in this QuickBooks company.",
        Remedy(
            "Switch them on in QuickBooks (Plus or Advanced), or send invoices only.", (_setting("send", "invoices"),)
        ),
        "preferences",
    )


@_problem
def edition_too_small(edition: str, what: str) -> Parts:
    """The company has gone to an edition of QuickBooks without what the document needs."""
    return (
        f"This company now has QuickBooks Online {edition}, which has no {what}.",
        Remedy(f"Go back to Plus or Advanced in QuickBooks, or {_BY_HAND}", (Act("ignore_document"),)),
        "preferences",
    )


@_problem
def items_on_purchases_off(label: str) -> Parts:
    """Products cannot stand on purchases in QuickBooks."""
    return (
        f"Line {label} names a product, but QuickBooks does not show products on purchases.",
        Remedy("Switch on items on expense and purchase forms in QuickBooks."),
        "preferences",
    )


# Suppliers and vendors kept in step


@_problem
def supplier_unreadable(supplier_id: str, side: str, field: str) -> Parts:
    """A supplier or vendor has a field that cannot be read."""
    return (
        f"The field {field} that {side} sent cannot be read.",
        Remedy(f"Correct the supplier in {side}."),
        f"supplier:{supplier_id}",
    )


@_problem
def supplier_differs(supplier_id: str, field: str, label: str) -> Parts:
    """A field of a supplier and its vendor differed when they were paired."""
    return (
        f"The {label} differs between Precoro and QuickBooks.",
        _answer(supplier_id, field, "Say whether Precoro or QuickBooks is right, or that they may stay apart."),
        f"supplier:{supplier_id}",
    )


@_problem
def supplier_changed_on_both_sides(supplier_id: str, field: str, label: str) -> Parts:
    """A field of a supplier was changed in Precoro and in QuickBooks."""
    return (
        f"The {label} was changed in Precoro and in QuickBooks.",
        _answer(supplier_id, field, "Say whether Precoro or QuickBooks is right, or that they may stay apart."),
        f"supplier:{supplier_id}",
    )


@_problem
def payment_details_changed(supplier_id: str, field: str, label: str) -> Parts:
    """The account number or e-mail of a supplier was changed, as payment fraud does."""
    return (
        f"The {label} was changed. A changed {label} is how payment fraud looks.",
        _answer(supplier_id, field, "Call the supplier on a number you know, then say which side is right."),
        f"supplier:{supplier_id}",
    )


@_problem
def supplier_currency_locked(supplier_id: str, name: str, vendor: str, supplier: str) -> Parts:
    """The currency of a paired supplier was changed."""
    return (
        f"Supplier {name} is in {supplier} now; its vendor is kept in {vendor}, which QuickBooks never changes.",
        Remedy(
            f"Give {name} {vendor} again, or unpair it and create a new supplier for {supplier}.",
            (_supplier("unpair_supplier", supplier_id),),
        ),
        f"supplier:{supplier_id}",
    )


@_problem
def supplier_has_several_currencies(supplier_id: str, name: str, currencies: str) -> Parts:
    """A vendor cannot be created for a supplier with several currencies."""
    return (
        f"Supplier {name} has several currencies ({currencies}); a vendor has one.",
        Remedy(
            "Make one supplier for each currency, or pair this one by hand with the vendor of one currency.",
            (_supplier("pair_supplier", supplier_id),),
        ),
        f"supplier:{supplier_id}",
    )


@_problem
def supplier_currency_unknown(supplier_id: str, currency: str, home: str) -> Parts:
    """A supplier is in a foreign currency and QuickBooks knows one currency only."""
    return (
        f"The supplier is in {currency}; this QuickBooks company works in {home} only.",
        Remedy("Switch on multicurrency in QuickBooks; until then its documents are entered by hand."),
        f"supplier:{supplier_id}",
    )


@_problem
def vendor_gone(supplier_id: str, name: str, vendor_id: str) -> Parts:
    """The vendor of a paired supplier is not in QuickBooks any more."""
    return (
        f"Vendor {vendor_id} of supplier {name} is not in QuickBooks any more.",
        Remedy(
            "Unpair the supplier, and pair it with the vendor that took its place, if there is one.",
            (_supplier("unpair_supplier", supplier_id), _supplier("pair_supplier", supplier_id)),
        ),
        f"supplier:{supplier_id}",
    )


@_problem
def similar_vendor(supplier_id: str, name: str, similar: str) -> Parts:
    """A vendor with a similar name exists, so that none is created by itself."""
    return (
        f"QuickBooks has {similar}, which may be supplier {name}.",
        Remedy(
            "Pair it with that vendor, create one all the same, or leave it.",
            (
                _supplier("pair_supplier", supplier_id),
                _supplier("create_vendor_anyway", supplier_id),
                _supplier("leave_supplier", supplier_id),
            ),
        ),
        f"supplier:{supplier_id}",
    )


@_problem
def vendor_name_taken(supplier_id: str, name: str, holder: str, other: str) -> Parts:
    """Another vendor, customer or employee has the name of a vendor to be created."""
    return (
        f"The name {name} is taken in QuickBooks by {holder}.",
        Remedy(
            f"Pair it, create the vendor under another name, such as {other}, or leave it.",
            (
                _supplier("pair_supplier", supplier_id),
                _supplier("create_vendor_named", supplier_id, name=other),
                _supplier("leave_supplier", supplier_id),
            ),
        ),
        f"supplier:{supplier_id}",
    )


@_problem
def vendor_name_too_long(supplier_id: str, name: str, most: int) -> Parts:
    """The name of a supplier is longer than QuickBooks takes."""
    return (
        f"The name {name} is longer than the {most} characters that QuickBooks takes.",
        Remedy("Shorten it in Precoro, or name the vendor yourself.", (_supplier("create_vendor_named", supplier_id),)),
        f"supplier:{supplier_id}",
    )


@_problem
def refused_by_precoro(message: str) -> Parts:
    """Precoro refused what was written to a supplier."""
    return (
        f"Precoro refused it: {message}.",
        Remedy("Correct the supplier in Precoro; it is looked at again when it is saved there."),
        None,
    )


# Lines


@_problem
def account_missing(label: str) -> Parts:
    """A line has neither product nor account and there is no usable default account."""
    return (
        f"Line {label} names no account, and there is no default account that it can go to.",
        Remedy("Choose an account on the line in Precoro, or a default account.", (Act("choose_line_account"),)),
        "preferences",
    )


@_problem
def option_not_paired(kind: str, label: str, name: str, subject: str) -> Parts:
    """An entry chosen in Precoro has no twin in QuickBooks."""
    return (
        f"{label} names {kind} {name}, which is not paired.",
        Remedy(f"Pair {kind} {name}.", (_pair_entry(kind, subject),)),
        subject,
    )


@_problem
def option_unclear(kind: str, label: str, name: str, entries: str, subject: str) -> Parts:
    """A text chosen in Precoro may mean several entries."""
    return (
        f"{label} names {kind} {name}, which may be any of {entries}.",
        Remedy(f"Choose the {kind} from the list in Precoro, or give the entries names of their own there."),
        subject,
    )


@_problem
def entry_currency(kind: str, label: str, name: str, currency: str, document_currency: str, subject: str) -> Parts:
    """A line goes to an account or customer in a third currency."""
    return (
        f"{label} goes to {kind} {name} in {currency}; the document is in {document_currency}, and QuickBooks takes one foreign currency.",
        Remedy(
            f"Choose another {kind} in Precoro, or pair the entry with one in {document_currency} or the home currency.",
            (_pair_entry(kind, subject),),
        ),
        subject,
    )


@_problem
def entry_unusable(kind: str, label: str, name: str, subject: str) -> Parts:
    """An account, class, customer or location is inactive or gone in QuickBooks."""
    return (
        f"{label} goes to {kind} {name}, which is inactive or gone in QuickBooks.",
        Remedy(
            f"Make {name} active again in QuickBooks, or pair the entry with another {kind}.",
            (_pair_entry(kind, subject),),
        ),
        subject,
    )


@_problem
def account_type(label: str, name: str, kind: str, subject: str) -> Parts:
    """A line goes to an account that purchases cannot be posted to."""
    return (
        f"{label} goes to account {name} of type {kind}, which takes no purchase lines.",
        Remedy(
            "Choose an expense, cost or balance sheet account in Precoro, or pair the entry with one.",
            (_pair_entry("account", subject),),
        ),
        subject,
    )


@_problem
def item_unusable(item_id: int, label: str, name: str) -> Parts:
    """The product of a line is inactive or gone in QuickBooks."""
    return (
        f"Line {label} is product {name}, which is inactive or gone in QuickBooks.",
        Remedy(
            "Make the product active again, or pair it with another one.",
            (Act("pair_product", {"product": str(item_id)}),),
        ),
        f"item:{item_id}",
    )


@_problem
def item_not_for_purchase(item_id: int, label: str, name: str) -> Parts:
    """The product of a line is not for purchase in QuickBooks."""
    return (
        f"Line {label} is product {name}, which QuickBooks does not let you buy.",
        Remedy("Tick that you purchase this product in QuickBooks and give it an expense account."),
        f"item:{item_id}",
    )


@_problem
def several_locations(names: str) -> Parts:
    """The document has several locations and QuickBooks takes one."""
    return (
        f"The document names more than one location ({names}); QuickBooks takes one.",
        Remedy(
            "Leave one location, or let such documents go without a location.",
            (_setting("several_locations", "send_without"),),
        ),
        "document",
    )


@_problem
def several_classes(names: str) -> Parts:
    """The lines have several classes and QuickBooks takes one per document."""
    return (
        f"The lines name more than one class ({names}); this QuickBooks company takes one per transaction.",
        Remedy("Give all lines the same class, or switch QuickBooks to one class per line."),
        "preferences",
    )


# Tax


@_problem
def tax_missing(label: str) -> Parts:
    """A line has no tax where every line needs a tax code."""
    return (
        f"Line {label} has no tax; QuickBooks needs a tax code on every line.",
        Remedy(
            "Choose a tax on the line (0 % is fine), or choose a tax code of 0 % as the zero code and send such lines with it.",
            (Act("choose_zero_code"), _setting("line_without_tax", "zero_code")),
        ),
        "document",
    )


@_problem
def zero_code_unusable(label: str) -> Parts:
    """The zero code is needed but not chosen, gone, inactive or not zero."""
    return (
        f"Line {label} needs the zero code, which is not chosen, inactive, or not a code of 0 %.",
        Remedy("Choose a tax code of 0 % as the zero code.", (Act("choose_zero_code"),)),
        "preferences",
    )


@_problem
def tax_not_paired(taxes: str, label: str, name: str) -> Parts:
    """A tax is matched with nothing in QuickBooks."""
    return (
        f"Tax {name} of line {label} is not matched with a tax code.",
        Remedy("Match it, with all others or by hand.", (Act("match_taxes"), _match(name))),
        _tax_subject(taxes),
    )


@_problem
def tax_rate_unusable(taxes: str, label: str, name: str, day: date) -> Parts:
    """The tax rate in QuickBooks is inactive, gone or not in force."""
    return (
        f"The rate of tax {name} on line {label} is inactive, gone or not in force on {day} in QuickBooks.",
        Remedy(f"Match tax {name} with a code in force on {day}.", (_match(name),)),
        _tax_subject(taxes),
    )


@_problem
def tax_rate_differs(taxes: str, name: str, precoro: Decimal, quickbooks: Decimal, day: date) -> Parts:
    """The two sides have different percentages for a tax."""
    return (
        f"Tax {name} is {precoro:f} % in Precoro and {quickbooks:f} % in QuickBooks on {day}.",
        Remedy(f"Match tax {name} with a code of {precoro:f} %.", (_match(name),)),
        _tax_subject(taxes),
    )


@_problem
def tax_code_missing(taxes: str, label: str, names: str) -> Parts:
    """No tax code has exactly the taxes of a line."""
    return (
        f"No active tax code has exactly the taxes of line {label} ({names}).",
        Remedy("Create one, or choose one by hand.", (Act("create_tax_codes"), _match(names))),
        _tax_subject(taxes),
    )


@_problem
def tax_code_ambiguous(taxes: str, label: str, names: str, codes: str) -> Parts:
    """Several tax codes have exactly the taxes of a line."""
    return (
        f"Several tax codes ({codes}) have exactly the taxes of line {label} ({names}).",
        Remedy("Choose one by hand.", (_match(names),)),
        _tax_subject(taxes),
    )


@_problem
def tax_partly_recoverable(taxes: str, label: str, name: str, names: str, percent: Decimal) -> Parts:
    """Only a part of a tax can be reclaimed."""
    return (
        f"Tax {name} of line {label} can be reclaimed to {percent:f} % only.",
        Remedy("Choose its code by hand.", (_match(names),)),
        _tax_subject(taxes),
    )


@_problem
def tax_compound(taxes: str, label: str, name: str, names: str) -> Parts:
    """A tax is worked out on other taxes on one side only."""
    return (
        f"Tax {name} of line {label} is a tax on tax in only one of Precoro and QuickBooks.",
        Remedy("Choose the code of these taxes by hand.", (_match(names),)),
        _tax_subject(taxes),
    )


@_problem
def tax_reverse_charge(taxes: str, label: str, name: str, names: str, special: str) -> Parts:
    """A tax is a reverse charge or another special tax."""
    return (
        f"Tax {name} of line {label} is special in QuickBooks ({special}).",
        Remedy("Choose its code by hand.", (_match(names),)),
        _tax_subject(taxes),
    )


@_problem
def tax_sums_unclear(taxes: str, label: str, names: str, code: str) -> Parts:
    """The taxes of a line do not fit the code chosen by hand."""
    return (
        f"Precoro's taxes on line {label} do not fit the rates of code {code}, which was chosen by hand.",
        Remedy("Choose another code for them by hand.", (_match(names),)),
        _tax_subject(taxes),
    )


def _tax_subject(taxes: str) -> str:
    """Return the subject of a problem about a set of taxes (`5`, `5+7`)."""
    return f"tax_set:{taxes}" if "+" in f"{taxes}" else f"tax:{taxes}"


@_problem
def withholding_not_mapped(tax_id: int, name: str) -> Parts:
    """A withholding tax has no usable liability account."""
    return (
        f"Withholding tax {name} has no usable liability account.",
        Remedy("Choose its liability account.", (Act("map_withholding", {"tax": name}),)),
        f"withholding:{tax_id}",
    )


@_problem
def withholding_code_unusable(name: str) -> Parts:
    """The tax code of withholding lines is needed but not chosen, gone, inactive or not zero."""
    return (
        f"Withholding tax {name} needs a tax code out of the scope of the tax return, and no such code of 0 % is chosen.",
        Remedy("Choose the tax code of withholding lines.", (Act("choose_withholding_code"),)),
        "preferences",
    )


@_problem
def withholding_unclear(currency: str, total: Decimal, withheld: Decimal) -> Parts:
    """It cannot be told whether the total includes the withholding tax."""
    return (
        f"It cannot be told whether the total {written(total, currency)} includes {written(withheld, currency)} withheld.",
        Remedy("Enter this document in QuickBooks by hand, and ignore it here.", (Act("ignore_document"),)),
        "document",
    )


# What stands in QuickBooks


@_problem
def possible_duplicate(type_: str, id_: str, described: str) -> Parts:
    """QuickBooks holds what may be the same document."""
    return (
        f"{f'{type_} {id_}' if id_ else 'An entity'} in QuickBooks ({described}) may be the same document.",
        Remedy(
            "If it is the same, adopt it, or ignore this document; if it is another one, send this one all the same.",
            (_adopt(id_), Act("ignore_document"), _accept("possible_duplicate")),
        ),
        "document",
    )


@_problem
def possible_expense(id_: str, described: str) -> Parts:
    """QuickBooks holds an expense or cheque that may have paid for the same."""
    return (
        f"Expense {id_} in QuickBooks ({described}) may be for the same purchase.",
        Remedy(
            "If it is, delete the expense in QuickBooks, or ignore this document; if not, send the document all the same.",
            (Act("ignore_document"), _accept("possible_expense")),
        ),
        f"expense:{id_}",
    )


@_problem
def waits_for_predecessor(kind: str, id_: str, title: str, why: str) -> Parts:
    """The order of an invoice, or the invoice of a credit note, goes to QuickBooks first."""
    return (
        f"It waits for {title}, which goes to QuickBooks first and {why}.",
        Remedy(
            "Nothing: this document follows by itself, once the other one stands in QuickBooks or is left out. Or send it "
            "without waiting.",
            (_accept("waits_for_predecessor"),),
        ),
        f"{kind}:{id_}",
    )


@_problem
def order_is_later(id_: str, title: str, day: date) -> Parts:
    """The order of the bill is dated after it, and gets the earlier date first."""
    return (
        f"It waits for {title}, which is dated {day} in QuickBooks and gets the date of this bill first.",
        Remedy(
            "Nothing: the bill follows by itself. Or send it without the link, and leave the date of the order.",
            (_accept("order_is_later"),),
        ),
        f"purchase_order:{id_}",
    )


@_problem
def link_refused(message: str) -> Parts:
    """QuickBooks does not take the bill together with the link to its purchase order."""
    return (
        f"QuickBooks refuses the link to the purchase order: {_without_stop(message)}.",
        Remedy(
            "Do what QuickBooks asks for, then send the document again. Or send it without the link; then the order stays open there.",
            (Act("send_document"), _accept("link_refused")),
        ),
        "document",
    )


@_problem
def already_in_quickbooks(what: str, why: str, id_: str = "") -> Parts:
    """Precoro names an entity that was not created by Tieout."""
    return (
        f"Precoro says that it stands in QuickBooks as {what}; {why}.",
        Remedy(
            "Adopt what stands for it there, clear the id in Precoro, or send it all the same: what is equal is adopted then too.",
            (_adopt(id_), _accept("already_in_quickbooks")),
        ),
        "document",
    )


@_problem
def changed_in_quickbooks(type_: str, id_: str, changes: str) -> Parts:
    """Figures that were sent have been changed in QuickBooks."""
    return (
        f"{type_} {id_} was changed in QuickBooks: {changes}.",
        Remedy(
            "Keep it as it is in QuickBooks, or overwrite it with what Precoro holds.",
            (Act("keep_document"), Act("overwrite_document")),
        ),
        "document",
    )


@_problem
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


@_problem
def changed_before_removal(type_: str, id_: str, changes: str) -> Parts:
    """A document was cancelled whose figures have been changed in QuickBooks."""
    return (
        f"It was cancelled in Precoro, but {type_} {id_} was changed in QuickBooks: {changes}.",
        Remedy(
            "Keep it in QuickBooks, or remove it all the same.",
            (Act("keep_document"), _accept("changed_before_removal")),
        ),
        "document",
    )


@_problem
def deleted_in_quickbooks(type_: str, id_: str) -> Parts:
    """What was sent has been deleted in QuickBooks."""
    return (
        f"{type_} {id_} was deleted in QuickBooks.",
        Remedy("Create it again, or ignore this document.", (_accept("deleted_in_quickbooks"), Act("ignore_document"))),
        "document",
    )


@_problem
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


@_problem
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


@_problem
def order_billed(id_: str, bills: str) -> Parts:
    """The purchase order has been billed in QuickBooks and is not changed."""
    return (
        f"PurchaseOrder {id_} is linked to {bills} in QuickBooks.",
        Remedy(
            "Ignore this document: then the order stays as it is. Or delete the bill in QuickBooks first.",
            (Act("ignore_document"),),
        ),
        "document",
    )


@_problem
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


@_problem
def refused_by_quickbooks(code: str, message: str) -> Parts:
    """QuickBooks refused what was sent."""
    return (
        f"QuickBooks refused it with fault {code}: {_without_stop(message)}.",
        Remedy("Do what QuickBooks asks for, then send the document again.", (Act("send_document"),)),
        "document",
    )


@_problem
def reference_refused(code: str, message: str) -> Parts:
    """QuickBooks refused an account, class, customer, product or vendor that our copy has as usable."""
    return (
        f"QuickBooks refused something that it refers to, with fault {code}: {_without_stop(message)}.",
        Remedy(
            "Nothing at first: the lists are read again, and what is wrong is named then. If it lasts, do what QuickBooks asks "
            "for, then send the document again.",
            (Act("send_document"),),
        ),
        LISTS,
    )


# Payments


def _payment(act: ActName, words: str, **arguments: str) -> Remedy:
    """Return the remedy of a payment: an act, and to leave the payment out."""
    return Remedy(words, (Act(act, arguments), Act("ignore_payment")))


@_problem
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


@_problem
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


@_problem
def invoice_not_payable(invoice_id: str, number: str, status: str) -> Parts:
    """The invoice is not in a status in which Precoro takes payments."""
    return (
        f"Invoice {number} is {status} in Precoro, which takes no payment of it.",
        _payment(
            "retry_payment",
            "Approve the invoice in Precoro; then the payment goes on by itself. Or ignore the payment.",
        ),
        f"invoice:{invoice_id}",
    )


@_problem
def payment_currency(invoice_id: str, number: str, currency: str, invoice_currency: str) -> Parts:
    """The payment is in another currency than its invoice."""
    return (
        f"The payment is in {currency}, invoice {number} in {invoice_currency}.",
        Remedy("Record it in Precoro by hand and ignore it here.", (Act("ignore_payment"),)),
        f"invoice:{invoice_id}",
    )


@_problem
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


@_problem
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


@_problem
def payment_refused(message: str) -> Parts:
    """Precoro refused a payment, as in a period that is closed there."""
    return (
        f"Precoro refused the payment: {_without_stop(message)}.",
        _payment("retry_payment", "Do what Precoro asks for and try again, or ignore the payment."),
        "payment",
    )


@_problem
def payment_not_cancelled(idn: str, message: str) -> Parts:
    """Precoro refused to cancel a payment that was voided, deleted or changed in QuickBooks."""
    return (
        f"Precoro refused to cancel payment {idn}: {_without_stop(message)}.",
        _payment("retry_payment", "Do what Precoro asks for and try again, or cancel it there by hand and ignore it."),
        "payment",
    )


def _without_stop(message: str) -> str:
    return f"{message}".rstrip(". ")
