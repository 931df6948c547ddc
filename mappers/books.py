"""What is known of the QuickBooks company and of the pairs, as far as one document needs it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from mappers.documents.document import Document, OptionValue


@dataclass(frozen=True, slots=True)
class Entry:
    """One row of a QuickBooks list; `kind` is the AccountType of an account and the Type of an item."""

    id: str
    name: str
    active: bool = True
    kind: str = ""
    currency: str | None = None
    for_purchase: bool = True
    expense_account: str | None = None
    data: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class TaxComponent:
    """One rate inside a tax code: `kind` is TaxOnAmount, TaxOnAmountPlusTax or TaxOnTax."""

    rate_id: str
    kind: str = "TaxOnAmount"
    order: int = 0


@dataclass(frozen=True, slots=True)
class TaxCode:
    """A QuickBooks tax code and the rates of its PurchaseTaxRateList."""

    id: str
    name: str
    active: bool = True
    rates: tuple[TaxComponent, ...] = ()
    description: str = ""


@dataclass(frozen=True, slots=True)
class TaxRate:
    """A QuickBooks tax rate; `values` holds (percent, first day, last day or None), `special` the SpecialTaxType."""

    id: str
    name: str
    active: bool = True
    special: str = "NONE"
    values: tuple[tuple[Decimal, date, date | None], ...] = ()

    def percent(self, day: date) -> Decimal | None:
        """Return the percentage in force on that day, or None."""
        in_force = [row for row in self.values if row[1] <= day and (row[2] is None or day <= row[2])]
        return max(in_force, key=lambda row: row[1])[0] if in_force else None


@dataclass(frozen=True, slots=True)
class Preferences:
    """The settings of the QuickBooks company that change what may be sent."""

    class_per_line: bool = False
    class_per_transaction: bool = False
    track_departments: bool = False
    track_customers: bool = False
    billable_tracking: bool = False
    purchase_orders: bool = True
    custom_numbers: bool = True
    warn_duplicate_bills: bool = False
    items_on_purchases: bool = True
    book_close_date: date | None = None


@dataclass(frozen=True, slots=True)
class Option:
    """One cached list entry of a Precoro custom field."""

    field_id: int
    id: int
    name: str
    code: str | None = None
    external_id: str | None = None
    enabled: bool = True


@dataclass(frozen=True, slots=True)
class KnownBill:
    """A recent entity of this vendor that QuickBooks is known to hold; `number` is normalised (`text`), `marker` ours."""

    type: str
    id: str
    vendor_id: str
    number: str
    total: Decimal
    date: date
    marker: str | None = None


@dataclass(frozen=True, slots=True)
class Books:
    """The QuickBooks company, its lists by id, and the pairs `(kind, Precoro id) -> QuickBooks id`.

    Kinds of pairs: supplier, account, class, customer, location, item, term, tax (-> TaxRate), tax_set ("5+7" -> TaxCode,
    made by hand) and withholding (tax -> liability account). `fields` says what a Precoro custom field means:
    account, class, customer or location.
    """

    connection: str
    realm: str
    country: str = "US"
    home_currency: str = "USD"
    precoro_currency: str | None = None
    """The home currency of Precoro, which its exchange rates are towards; None while its documents do not tell."""
    multicurrency: bool = False
    plan: str = "QuickBooks Online Plus"
    preferences: Preferences = Preferences()
    accounts: Mapping[str, Entry] = field(default_factory=dict)
    classes: Mapping[str, Entry] = field(default_factory=dict)
    customers: Mapping[str, Entry] = field(default_factory=dict)
    departments: Mapping[str, Entry] = field(default_factory=dict)
    items: Mapping[str, Entry] = field(default_factory=dict)
    terms: Mapping[str, Entry] = field(default_factory=dict)
    vendors: Mapping[str, Entry] = field(default_factory=dict)
    tax_codes: Mapping[str, TaxCode] = field(default_factory=dict)
    tax_rates: Mapping[str, TaxRate] = field(default_factory=dict)
    pairs: Mapping[tuple[str, str], str] = field(default_factory=dict)
    fields: Mapping[int, str] = field(default_factory=dict)
    options: tuple[Option, ...] = ()
    bills: tuple[KnownBill, ...] = ()

    @property
    def is_us(self) -> bool:
        """Tell whether this is a company of the United States, where purchases carry no tax code."""
        return self.country.upper() in {"US", "USA"}

    def twin(self, kind: str, precoro_id: object) -> str | None:
        """Return the QuickBooks id paired with that Precoro entry."""
        return self.pairs.get((kind, str(precoro_id)))


@dataclass(frozen=True, slots=True)
class Needs:
    """The Precoro references of a document: only these rows of the books have to be loaded to plan it."""

    supplier_id: int | None
    options: tuple[OptionValue, ...]
    item_ids: frozenset[int]
    tax_ids: frozenset[int]
    tax_sets: frozenset[str]
    term_id: int | None
    currencies: frozenset[str]

    @property
    def field_ids(self) -> frozenset[int]:
        """Return the custom fields in which the document has chosen something."""
        return frozenset(option.field_id for option in self.options)

    @property
    def option_ids(self) -> frozenset[int]:
        """Return the option ids that the document itself names; other options are found by their value."""
        return frozenset(option.option_id for option in self.options if option.option_id is not None)


def needs(document: Document) -> Needs:
    """Return what must be known of the books to plan this document."""
    taxes = [tax for line in document.lines for tax in line.taxes]
    sets = [[tax for tax in line.taxes if not tax.withholding] for line in document.lines]
    return Needs(
        supplier_id=document.supplier_id,
        options=(*document.options, *(option for line in document.lines for option in line.options)),
        item_ids=frozenset(line.item_id for line in document.lines if line.item_id is not None),
        tax_ids=frozenset(tax.id for tax in taxes),
        tax_sets=frozenset(tax_set([tax.id for tax in taxed]) for taxed in sets if taxed),
        term_id=document.payment_term_id,
        currencies=frozenset({document.currency, *(line.currency or document.currency for line in document.lines)}),
    )


def tax_set(tax_ids: list[int]) -> str:
    """Return the name of a set of taxes, as a pair by hand is stored under it: the ids in order, `5+7`."""
    return "+".join(str(tax_id) for tax_id in sorted(set(tax_ids)))
