"""Problems of what a QuickBooks company has switched off or lacks."""
# ruff: noqa: D401 - the docstring of a problem is its meaning, not an order

from __future__ import annotations

from mappers.problems import acts
from mappers.problems.problem import Parts, problem
from mappers.remedies import Act, Remedy


@problem
def purchase_orders_off() -> Parts:
    """Purchase orders are not switched on in QuickBooks."""
    return (
        "Purchase orders are not switched on in this QuickBooks company.",
        Remedy(
            "Switch them on in QuickBooks (Plus or Advanced), or send invoices only.",
            (acts.setting("send", "invoices"),),
        ),
        "preferences",
    )


@problem
def edition_too_small(edition: str, what: str) -> Parts:
    """The company has gone to an edition of QuickBooks without what the document needs."""
    return (
        f"This company now has QuickBooks Online {edition}, which has no {what}.",
        Remedy(f"Go back to Plus or Advanced in QuickBooks, or {acts.BY_HAND}", (Act("ignore_document"),)),
        "preferences",
    )


@problem
def items_on_purchases_off(label: str) -> Parts:
    """Products cannot stand on purchases in QuickBooks."""
    return (
        f"Line {label} names a product, but QuickBooks does not show products on purchases.",
        Remedy("Switch on items on expense and purchase forms in QuickBooks."),
        "preferences",
    )
