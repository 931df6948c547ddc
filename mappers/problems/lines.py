"""Problems of the lines of a document: accounts, products, classes, customers, locations."""
# ruff: noqa: D401 - the docstring of a problem is its meaning, not an order

from __future__ import annotations

from mappers.problems import acts
from mappers.problems.problem import Parts, problem
from mappers.remedies import Act, Remedy


@problem
def account_missing(label: str) -> Parts:
    """A line has neither product nor account and there is no usable default account."""
    return (
        f"Line {label} names no account, and there is no default account that it can go to.",
        Remedy("Choose an account on the line in Precoro, or a default account.", (Act("choose_line_account"),)),
        "preferences",
    )


@problem
def option_not_paired(kind: str, label: str, name: str, subject: str) -> Parts:
    """An entry chosen in Precoro has no twin in QuickBooks."""
    return (
        f"{label} names {kind} {name}, which is not paired.",
        Remedy(f"Pair {kind} {name}.", (acts.pair_entry(kind, subject),)),
        subject,
    )


@problem
def option_unclear(kind: str, label: str, name: str, entries: str, subject: str) -> Parts:
    """A text chosen in Precoro may mean several entries."""
    return (
        f"{label} names {kind} {name}, which may be any of {entries}.",
        Remedy(f"Choose the {kind} from the list in Precoro, or give the entries names of their own there."),
        subject,
    )


@problem
def entry_currency(kind: str, label: str, name: str, currency: str, document_currency: str, subject: str) -> Parts:
    """A line goes to an account or customer in a third currency."""
    return (
        f"{label} goes to {kind} {name} in {currency}; the document is in {document_currency}, and QuickBooks takes one foreign currency.",
        Remedy(
            f"Choose another {kind} in Precoro, or pair the entry with one in {document_currency} or the home currency.",
            (acts.pair_entry(kind, subject),),
        ),
        subject,
    )


@problem
def entry_unusable(kind: str, label: str, name: str, subject: str) -> Parts:
    """An account, class, customer or location is inactive or gone in QuickBooks."""
    return (
        f"{label} goes to {kind} {name}, which is inactive or gone in QuickBooks.",
        Remedy(
            f"Make {name} active again in QuickBooks, or pair the entry with another {kind}.",
            (acts.pair_entry(kind, subject),),
        ),
        subject,
    )


@problem
def account_type(label: str, name: str, kind: str, subject: str) -> Parts:
    """A line goes to an account that purchases cannot be posted to."""
    return (
        f"{label} goes to account {name} of type {kind}, which takes no purchase lines.",
        Remedy(
            "Choose an expense, cost or balance sheet account in Precoro, or pair the entry with one.",
            (acts.pair_entry("account", subject),),
        ),
        subject,
    )


@problem
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


@problem
def item_not_for_purchase(item_id: int, label: str, name: str) -> Parts:
    """The product of a line is not for purchase in QuickBooks."""
    return (
        f"Line {label} is product {name}, which QuickBooks does not let you buy.",
        Remedy("Tick that you purchase this product in QuickBooks and give it an expense account."),
        f"item:{item_id}",
    )


@problem
def several_locations(names: str) -> Parts:
    """The document has several locations and QuickBooks takes one."""
    return (
        f"The document names more than one location ({names}); QuickBooks takes one.",
        Remedy(
            "Leave one location, or let such documents go without a location.",
            (acts.setting("several_locations", "send_without"),),
        ),
        "document",
    )


@problem
def several_classes(names: str) -> Parts:
    """The lines have several classes and QuickBooks takes one per document."""
    return (
        f"The lines name more than one class ({names}); this QuickBooks company takes one per transaction.",
        Remedy("Give all lines the same class, or switch QuickBooks to one class per line."),
        "preferences",
    )
