"""What a seeded company consists of, in QuickBooks and in Precoro."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import TypeVar

Entry = TypeVar("Entry")

FIRST_RATE_DAY = date(2026, 1, 1)


@dataclass(frozen=True)
class Address:
    """A postal address; `state` is empty where a country has none."""

    line1: str
    city: str
    state: str
    postal_code: str
    country: str


@dataclass(frozen=True)
class Account:
    """One account of the QuickBooks chart; `parent` is the id of the account above it."""

    id: str
    number: str
    name: str
    type: str
    subtype: str
    parent: str | None = None
    currency: str | None = None
    active: bool = True


@dataclass(frozen=True)
class Vendor:
    """One QuickBooks vendor; `term` is the id of a `Term`."""

    id: str
    name: str
    email: str
    phone: str
    address: Address
    currency: str = "USD"
    account_number: str = ""
    term: str | None = None
    active: bool = True


@dataclass(frozen=True)
class SeededListEntry:
    """One QuickBooks class or department (location), with the id of the entry above it."""

    id: str
    name: str
    parent: str | None = None
    active: bool = True


@dataclass(frozen=True)
class Customer:
    """One QuickBooks customer, sub-customer or project, with the id of the customer above it."""

    id: str
    name: str
    parent: str | None = None
    is_project: bool = False
    active: bool = True


@dataclass(frozen=True)
class ProductOrService:
    """One QuickBooks product, service, bundle or category.

    Accounts are ids, `parts` is the (item id, quantity) of a bundle, `parent` the id of the category above it.
    """

    id: str
    name: str
    type: str
    sku: str = ""
    cost: Decimal = Decimal(0)
    price: Decimal = Decimal(0)
    expense_account: str | None = None
    income_account: str | None = None
    asset_account: str | None = None
    quantity_on_hand: int | None = None
    description: str = ""
    for_purchase: bool = True
    active: bool = True
    parts: tuple[tuple[str, int], ...] = ()
    parent: str | None = None


@dataclass(frozen=True)
class Term:
    """One QuickBooks payment term in days."""

    id: str
    name: str
    days: int


@dataclass(frozen=True)
class TaxAgency:
    """One QuickBooks tax agency."""

    id: str
    name: str


@dataclass(frozen=True)
class QuickBooksTaxRate:
    """One QuickBooks tax rate in percent.

    `applicable_on` is Purchase or Sales, `until` its last day if it has ended, `special` what makes it unlike others.
    """

    id: str
    name: str
    percent: Decimal
    agency: str
    applicable_on: str
    active: bool = True
    until: date | None = None
    special: str = ""


@dataclass(frozen=True)
class QuickBooksTaxCode:
    """One QuickBooks tax code with the ids of its rates for purchases and for sales."""

    id: str
    name: str
    description: str
    purchase_rates: tuple[str, ...]
    sales_rates: tuple[str, ...]
    taxable: bool = True
    hidden: bool = False
    active: bool = True


@dataclass(frozen=True)
class Employee:
    """One QuickBooks employee; names are shared with vendors and customers."""

    id: str
    given_name: str
    family_name: str


@dataclass(frozen=True)
class BaseRate:
    """Home units for one unit of a foreign currency on the first of January 2026, with the daily swing around it."""

    currency: str
    rate: Decimal
    swing: Decimal

    def on(self, day: date) -> Decimal:
        """Return the rate of a day to six decimals: it rises for a fortnight, then falls for one."""
        step = abs((day - FIRST_RATE_DAY).days % 28 - 14)
        return (self.rate + self.swing * step).quantize(Decimal("0.000001"))


@dataclass(frozen=True)
class QuickBooksSeed:
    """What stands in QuickBooks: one realm with its preferences and lists.

    `preferences` has dotted keys as the API nests them ("VendorAndPurchasesPrefs.TrackingByCustomer").
    """

    realm: str
    name: str
    legal_name: str
    country: str
    currency: str
    plan: str
    address: Address
    email: str
    preferences: dict[str, bool | str | int]
    accounts: tuple[Account, ...]
    vendors: tuple[Vendor, ...]
    classes: tuple[SeededListEntry, ...]
    departments: tuple[SeededListEntry, ...]
    customers: tuple[Customer, ...]
    items: tuple[ProductOrService, ...]
    terms: tuple[Term, ...]
    employees: tuple[Employee, ...] = ()
    tax_agencies: tuple[TaxAgency, ...] = ()
    tax_rates: tuple[QuickBooksTaxRate, ...] = ()
    tax_codes: tuple[QuickBooksTaxCode, ...] = ()
    foreign_rates: tuple[BaseRate, ...] = ()

    def account(self, name: str) -> Account:
        """Return the account of that name or number, or raise KeyError."""
        return _only((entry for entry in self.accounts if name in (entry.name, entry.number)), name)

    def vendor(self, name: str) -> Vendor:
        """Return the vendor of that display name, or raise KeyError."""
        return _only((entry for entry in self.vendors if entry.name == name), name)

    def class_(self, name: str) -> SeededListEntry:
        """Return the class of that name, or raise KeyError."""
        return _only((entry for entry in self.classes if entry.name == name), name)

    def department(self, name: str) -> SeededListEntry:
        """Return the department (location) of that name, or raise KeyError."""
        return _only((entry for entry in self.departments if entry.name == name), name)

    def customer(self, name: str) -> Customer:
        """Return the customer or project of that name, or raise KeyError."""
        return _only((entry for entry in self.customers if entry.name == name), name)

    def item(self, name: str) -> ProductOrService:
        """Return the product of that name or SKU, or raise KeyError."""
        return _only((entry for entry in self.items if name in (entry.name, entry.sku)), name)

    def tax_code(self, name: str) -> QuickBooksTaxCode:
        """Return the tax code of that name, or raise KeyError."""
        return _only((entry for entry in self.tax_codes if entry.name == name), name)

    def term(self, name: str) -> Term:
        """Return the payment term of that name, or raise KeyError."""
        return _only((entry for entry in self.terms if entry.name == name), name)

    def exchange_rate(self, currency: str, day: date) -> Decimal | None:
        """Return home units for one unit of `currency` on `day`: 1 for the home currency, None when unknown."""
        if currency == self.currency:
            return Decimal(1)
        return next((base.on(day) for base in self.foreign_rates if base.currency == currency), None)


@dataclass(frozen=True)
class Supplier:
    """One Precoro supplier; `term` is the id of a `PaymentTerm`, `contacts` are (name, e-mail)."""

    id: int
    code: str
    name: str
    phone: str
    address: Address
    contacts: tuple[tuple[str, str], ...]
    currencies: tuple[str, ...] = ("USD",)
    account_number: str = ""
    term: int | None = None
    tax_number: str = ""
    status: int = 2
    enable: bool = True
    external_id: str | None = None


@dataclass(frozen=True)
class SeededOption:
    """One option of a Precoro custom field, with the id of the option above it."""

    id: int
    name: str
    code: str = ""
    parent: int | None = None
    enable: bool = True
    external_id: str | None = None


@dataclass(frozen=True)
class SeededField:
    """One Precoro drop-down: `level` is "item" (chosen on each line) or "document" (chosen once)."""

    id: int
    name: str
    level: str
    options: tuple[SeededOption, ...]

    def option(self, name: str) -> SeededOption:
        """Return the option of that name or code, or raise KeyError."""
        return _only((entry for entry in self.options if name in (entry.name, entry.code)), name)


@dataclass(frozen=True)
class CatalogueItem:
    """One catalogue item of Precoro."""

    id: int
    sku: str
    name: str
    price: Decimal
    unit: str = "piece"
    description: str = ""
    external_id: str | None = None


@dataclass(frozen=True)
class SeededTax:
    """One Precoro tax in percent."""

    id: int
    name: str
    value: Decimal
    is_withholding: bool = False
    external_id: str | None = None


@dataclass(frozen=True)
class PaymentTerm:
    """One Precoro payment term in days."""

    id: int
    name: str
    days: int


@dataclass(frozen=True)
class Location:
    """One Precoro location (where a document belongs; not a QuickBooks location)."""

    id: int
    code: str
    name: str
    address: str


@dataclass(frozen=True)
class LegalEntity:
    """One legal entity of a Precoro company."""

    id: int
    name: str
    full_name: str
    address: str


@dataclass(frozen=True)
class PrecoroSeed:
    """What stands in Precoro: one company with its key and its lists."""

    id: int
    name: str
    currency: str
    user: str
    key: str
    suppliers: tuple[Supplier, ...]
    fields: tuple[SeededField, ...]
    products: tuple[CatalogueItem, ...]
    taxes: tuple[SeededTax, ...]
    payment_terms: tuple[PaymentTerm, ...]
    locations: tuple[Location, ...]
    legal_entities: tuple[LegalEntity, ...]

    def supplier(self, name: str) -> Supplier:
        """Return the supplier of that name, or raise KeyError."""
        return _only((entry for entry in self.suppliers if entry.name == name), name)

    def field(self, name: str) -> SeededField:
        """Return the custom field of that name, or raise KeyError."""
        return _only((entry for entry in self.fields if entry.name == name), name)

    def product(self, name: str) -> CatalogueItem:
        """Return the product of that name or SKU, or raise KeyError."""
        return _only((entry for entry in self.products if name in (entry.name, entry.sku)), name)

    def tax(self, name: str) -> SeededTax:
        """Return the tax of that name, or raise KeyError."""
        return _only((entry for entry in self.taxes if entry.name == name), name)


@dataclass(frozen=True)
class CompanyPair:
    """One company on both sides; `twins` are (Precoro supplier id, QuickBooks vendor id) a person would pair."""

    quickbooks: QuickBooksSeed
    precoro: PrecoroSeed
    twins: tuple[tuple[int, str], ...] = field(default=())


def options_of(
    entries: Sequence[Account | SeededListEntry | Customer],
    first_id: int,
    *,
    linked: Iterable[str] = (),
    without: Iterable[str] = (),
) -> tuple[SeededOption, ...]:
    """Return Precoro options named as the QuickBooks entries, numbered from `first_id` in their order.

    `linked` are the QuickBooks ids that already stand in `externalId`; `without` the ids nobody has imported yet.
    """
    left_out, linked_ids = set(without), set(linked)
    imported = [entry for entry in entries if entry.id not in left_out]
    ids = {entry.id: first_id + place for place, entry in enumerate(imported)}
    return tuple(
        SeededOption(
            id=ids[entry.id],
            name=entry.name,
            code=entry.number if isinstance(entry, Account) else "",
            parent=ids[entry.parent] if entry.parent else None,
            external_id=entry.id if entry.id in linked_ids else None,
        )
        for entry in imported
    )


def _only(entries: Iterable[Entry], name: str) -> Entry:
    """Return the first entry found, or raise KeyError with the name that was looked for."""
    entry = next(iter(entries), None)
    if entry is None:
        raise KeyError(name)
    return entry
