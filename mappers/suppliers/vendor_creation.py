"""What becomes of a supplier without a vendor.

Nothing, a pair, a new vendor, or a question to a person. Creating never steps over a near-duplicate or a taken name: then
the supplier is held with its choices (docs/explanation/accounting.md, Suppliers).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from mappers import problems
from mappers.documents.outcomes import Body, Hold, Nothing
from mappers.problems import Note
from mappers.suppliers.forms import NAME_LENGTH, is_too_long, new_vendor
from mappers.suppliers.profile import Profile

SIMILAR = 75
"""From this score of a suggestion on, no vendor is created by itself."""


@dataclass(frozen=True, slots=True)
class CreateVendor:
    """Create this vendor in QuickBooks."""

    name: str
    body: Body
    notes: tuple[Note, ...] = ()


@dataclass(frozen=True, slots=True)
class PairWith:
    """Pair the supplier with this vendor; `how` says what made that certain."""

    vendor_id: str
    how: str


@dataclass(frozen=True, slots=True)
class Wish:
    """A person's request to create a vendor.

    Under this name, and although similar vendors exist.
    """

    create: bool = False
    anyway: bool = False
    name: str = ""

    def stored(self) -> list[str]:
        """Return the wish as it is stored with the record."""
        named = [f"name:{self.name}"] if self.name else []
        return ["create", *(["anyway"] if self.anyway else []), *named] if self.create else []

    @classmethod
    def read(cls, stored: Sequence[str]) -> Wish:
        """Read a stored wish."""
        name = next((request.removeprefix("name:") for request in stored if request.startswith("name:")), "")
        return cls("create" in stored, "anyway" in stored, name)


@dataclass(frozen=True, slots=True)
class CreationRules:
    """What decides whether vendors are created, and for whom."""

    automatic: bool
    home_currency: str
    several_currencies: bool
    legal_entity: str | None = None


def creation(
    supplier: Profile, company: CreationRules, wish: Wish, *, twin: PairWith | None, similar: Sequence[str]
) -> CreateVendor | PairWith | Hold | Nothing:
    """Decide about a supplier without a vendor.

    `twin` is the vendor that surely is its own, `similar` names those that may be.
    """
    if not (company.automatic or wish.create):
        return Nothing("open", "It is not paired with a vendor.")
    if not (supplier.active and supplier.approved):
        return Nothing("open", "It is not an approved, active supplier.")
    if company.legal_entity and supplier.entities and company.legal_entity not in supplier.entities:
        return Nothing("open", "It is a supplier of other legal entities.")
    if twin is not None and not wish.name:
        return twin
    reasons = [*_currency(supplier, company), *_name(supplier, wish), *_similar(supplier, wish, similar)]
    if reasons:
        return Hold(tuple(reasons))
    name = wish.name or supplier.name
    currency = supplier.currencies[0] if company.several_currencies else None
    body, notes_of_vendor = new_vendor(supplier, name, currency=currency)
    return CreateVendor(str(body["DisplayName"]), body, notes_of_vendor)


def _currency(supplier: Profile, company: CreationRules) -> list[problems.Problem]:
    if len(supplier.currencies) != 1:
        currencies = ", ".join(supplier.currencies) or "none"
        return [problems.supplier_has_several_currencies(supplier.id, supplier.name, currencies)]
    if supplier.currencies[0] != company.home_currency and not company.several_currencies:
        return [problems.supplier_currency_unknown(supplier.id, supplier.currencies[0], company.home_currency)]
    return []


def _name(supplier: Profile, wish: Wish) -> list[problems.Problem]:
    name = wish.name or supplier.name
    return [problems.vendor_name_too_long(supplier.id, name, NAME_LENGTH)] if is_too_long(name) else []


def _similar(supplier: Profile, wish: Wish, similar: Sequence[str]) -> list[problems.Problem]:
    if wish.anyway or wish.name or not similar:
        return []
    return [problems.similar_vendor(supplier.id, supplier.name, " and ".join(similar))]
