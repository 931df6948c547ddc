"""Problems of suppliers and their vendors."""
# ruff: noqa: D401 - the docstring of a problem is its meaning, not an order

from __future__ import annotations

from mappers.problems import acts
from mappers.problems.problem import Parts, problem
from mappers.remedies import Act, Remedy


@problem
def supplier_missing() -> Parts:
    """The document has no supplier."""
    return "The document has no supplier.", Remedy("Choose the supplier in Precoro."), "document"


@problem
def supplier_not_paired(supplier_id: int, name: str) -> Parts:
    """The supplier has no vendor in QuickBooks."""
    return (
        f"Supplier {name} is not paired with a vendor.",
        Remedy(
            f"Pair {name} with its vendor, or create the vendor if the supplier has one currency.",
            (acts.of_supplier("pair_supplier", supplier_id), acts.of_supplier("create_vendor", supplier_id)),
        ),
        f"supplier:{supplier_id}",
    )


@problem
def vendor_unusable(supplier_id: int, name: str, currency: str | None = None) -> Parts:
    """The vendor is inactive or gone in QuickBooks."""
    return (
        f"The vendor of supplier {name}{f' in {currency}' if currency else ''} is inactive or gone in QuickBooks.",
        Remedy(
            "Make the vendor active again, or unpair the supplier and pair it with another one.",
            _another_vendor(supplier_id, currency),
        ),
        f"supplier:{supplier_id}",
    )


def _another_vendor(supplier_id: int, currency: str | None) -> tuple[Act, Act]:
    """Undo a pair and make another: the supplier's own, or the one that it has in a currency."""
    if currency is None:
        return acts.of_supplier("unpair_supplier", supplier_id), acts.of_supplier("pair_supplier", supplier_id)
    return (
        acts.of_supplier("unpair_supplier_in", supplier_id, currency=currency),
        acts.of_supplier("pair_supplier_in", supplier_id, currency=currency),
    )


@problem
def vendor_currency(supplier_id: int, name: str, vendor: str, document: str) -> Parts:
    """The vendor has another currency than the document."""
    return (
        f"Vendor {name} is kept in {vendor}, the document is in {document}.",
        Remedy(
            f"Give the supplier one more vendor, in {document}, for its documents in that currency.",
            (acts.of_supplier("pair_supplier_in", supplier_id, currency=document),),
        ),
        f"supplier:{supplier_id}",
    )


@problem
def supplier_unreadable(supplier_id: str, side: str, field: str) -> Parts:
    """A supplier or vendor has a field that cannot be read."""
    return (
        f"The field {field} that {side} sent cannot be read.",
        Remedy(f"Correct the supplier in {side}."),
        f"supplier:{supplier_id}",
    )


@problem
def supplier_differs(supplier_id: str, field: str, label: str) -> Parts:
    """A field of a supplier and its vendor differed when they were paired."""
    return (
        f"The {label} differs between Precoro and QuickBooks.",
        acts.answer(supplier_id, field, "Say whether Precoro or QuickBooks is right, or that they may stay apart."),
        f"supplier:{supplier_id}",
    )


@problem
def supplier_changed_on_both_sides(supplier_id: str, field: str, label: str) -> Parts:
    """A field of a supplier was changed in Precoro and in QuickBooks."""
    return (
        f"The {label} was changed in Precoro and in QuickBooks.",
        acts.answer(supplier_id, field, "Say whether Precoro or QuickBooks is right, or that they may stay apart."),
        f"supplier:{supplier_id}",
    )


@problem
def payment_details_changed(supplier_id: str, field: str, label: str) -> Parts:
    """The account number or e-mail of a supplier was changed, as payment fraud does."""
    return (
        f"The {label} was changed. A changed {label} is how payment fraud looks.",
        acts.answer(supplier_id, field, "Call the supplier on a number you know, then say which side is right."),
        f"supplier:{supplier_id}",
    )


@problem
def supplier_currency_locked(supplier_id: str, name: str, vendor: str, supplier: str) -> Parts:
    """The currency of a paired supplier was changed."""
    return (
        f"Supplier {name} is in {supplier} now; its vendor is kept in {vendor}, which QuickBooks never changes.",
        Remedy(
            f"Give {name} {vendor} again, or unpair it and create a new supplier for {supplier}.",
            (acts.of_supplier("unpair_supplier", supplier_id),),
        ),
        f"supplier:{supplier_id}",
    )


@problem
def supplier_has_several_currencies(supplier_id: str, name: str, currencies: str) -> Parts:
    """A vendor cannot be created for a supplier with several currencies."""
    return (
        f"Supplier {name} has several currencies ({currencies}); a vendor has one.",
        Remedy(
            "A document in another currency than its vendor's says which vendor it needs besides. "
            "Pair it by hand with the vendor of one currency.",
            (acts.of_supplier("pair_supplier", supplier_id),),
        ),
        f"supplier:{supplier_id}",
    )


@problem
def supplier_currency_unknown(supplier_id: str, currency: str, home: str) -> Parts:
    """A supplier is in a foreign currency and QuickBooks knows one currency only."""
    return (
        f"The supplier is in {currency}; this QuickBooks company works in {home} only.",
        Remedy("Switch on multicurrency in QuickBooks; until then its documents are entered by hand."),
        f"supplier:{supplier_id}",
    )


@problem
def vendor_gone(supplier_id: str, name: str, vendor_id: str) -> Parts:
    """The vendor of a paired supplier is not in QuickBooks any more."""
    return (
        f"Vendor {vendor_id} of supplier {name} is not in QuickBooks any more.",
        Remedy(
            "Unpair the supplier, and pair it with the vendor that took its place, if there is one.",
            (acts.of_supplier("unpair_supplier", supplier_id), acts.of_supplier("pair_supplier", supplier_id)),
        ),
        f"supplier:{supplier_id}",
    )


@problem
def similar_vendor(supplier_id: str, name: str, similar: str) -> Parts:
    """A vendor with a similar name exists, so that none is created by itself."""
    return (
        f"QuickBooks has {similar}, which may be supplier {name}.",
        Remedy(
            "Pair it with that vendor, create one all the same, or leave it.",
            (
                acts.of_supplier("pair_supplier", supplier_id),
                acts.of_supplier("create_vendor_anyway", supplier_id),
                acts.of_supplier("leave_supplier", supplier_id),
            ),
        ),
        f"supplier:{supplier_id}",
    )


@problem
def vendor_name_taken(supplier_id: str, name: str, holder: str, other: str) -> Parts:
    """Another vendor, customer or employee has the name of a vendor to be created."""
    return (
        f"The name {name} is taken in QuickBooks by {holder}.",
        Remedy(
            f"Pair it, create the vendor under another name, such as {other}, or leave it.",
            (
                acts.of_supplier("pair_supplier", supplier_id),
                acts.of_supplier("create_vendor_named", supplier_id, name=other),
                acts.of_supplier("leave_supplier", supplier_id),
            ),
        ),
        f"supplier:{supplier_id}",
    )


@problem
def vendor_name_too_long(supplier_id: str, name: str, most: int) -> Parts:
    """The name of a supplier is longer than QuickBooks takes."""
    return (
        f"The name {name} is longer than the {most} characters that QuickBooks takes.",
        Remedy(
            "Shorten it in Precoro, or name the vendor yourself.",
            (acts.of_supplier("create_vendor_named", supplier_id),),
        ),
        f"supplier:{supplier_id}",
    )


@problem
def refused_by_precoro(message: str) -> Parts:
    """Precoro refused what was written to a supplier."""
    return (
        f"Precoro refused it: {message}.",
        Remedy("Correct the supplier in Precoro; it is looked at again when it is saved there."),
        None,
    )
