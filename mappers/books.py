"""What planning one document has to know of the QuickBooks company and the pairs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Literal

from mappers.documents.fields import DriftField

NOT_FOR_PURCHASES = frozenset({"Accounts Payable", "Accounts Receivable"})
"""Account types that take no purchase lines (fault 6430)."""
BILLABLE_ACCOUNTS = frozenset(
    {
        "Expense",
        "Other Expense",
        "Cost of Goods Sold",
        "Fixed Asset",
        "Other Asset",
        "Other Current Asset",
        "Other Current Liability",
    }
)
"""Account types of lines that can be billed on to a customer."""


@dataclass(frozen=True, slots=True)
class BookEntry:
    """One entry of a QuickBooks list.

    `kind` is the AccountType of an account and the Type of an item.
    """

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
    """A QuickBooks tax rate and its percentages.

    `values` holds (percent, first day, last day or None), `special` the SpecialTaxType.
    """

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
class PurchasePreferences:
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
class FieldOption:
    """One option of a Precoro custom field, as our copy has it."""

    field_id: int
    id: int
    name: str
    code: str | None = None
    external_id: str | None = None
    enabled: bool = True


@dataclass(frozen=True, slots=True)
class RecentEntity:
    """An entity of this vendor that our copy of QuickBooks holds.

    `number` is as it is written there, `marker` is ours.
    """

    type: str
    id: str
    vendor_id: str
    number: str
    total: Decimal
    date: date
    marker: str | None = None


@dataclass(frozen=True, slots=True)
class OrderTwin:
    """A purchase order in QuickBooks, to whose lines those of a bill are linked.

    `title` is what people call it in Precoro, where its id is `precoro_id`. `line_ids` maps the keys of its lines to their ids in
    QuickBooks. `is_movable` says that it may be given an earlier date.
    """

    precoro_id: str
    title: str
    id: str
    vendor_id: str
    date: date
    line_ids: Mapping[str, str]
    is_movable: bool = False


@dataclass(frozen=True, slots=True)
class PredecessorState:
    """How a document stands that goes to QuickBooks before another one.

    `is_coming` says that it is under way, and `why` what it does meanwhile; `is_deleted` that what stood for it in QuickBooks
    is gone there.
    """

    kind: str
    id: str
    title: str
    is_coming: bool = False
    why: str = ""
    is_deleted: bool = False


def is_us(country: str) -> bool:
    """Tell whether a QuickBooks company is in the United States.

    Purchases carry no tax code there.
    """
    return country.upper() in {"US", "USA"}


@dataclass(frozen=True, slots=True)
class Books:
    """The QuickBooks company, its lists by id, and the pairs.

    `pairs` maps (kind, Precoro id) to the QuickBooks id.
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
    preferences: PurchasePreferences = PurchasePreferences()
    accounts: Mapping[str, BookEntry] = field(default_factory=dict)
    classes: Mapping[str, BookEntry] = field(default_factory=dict)
    customers: Mapping[str, BookEntry] = field(default_factory=dict)
    departments: Mapping[str, BookEntry] = field(default_factory=dict)
    items: Mapping[str, BookEntry] = field(default_factory=dict)
    terms: Mapping[str, BookEntry] = field(default_factory=dict)
    vendors: Mapping[str, BookEntry] = field(default_factory=dict)
    tax_codes: Mapping[str, TaxCode] = field(default_factory=dict)
    tax_rates: Mapping[str, TaxRate] = field(default_factory=dict)
    pairs: Mapping[tuple[str, str], str] = field(default_factory=dict)
    fields: Mapping[int, str] = field(default_factory=dict)
    options: tuple[FieldOption, ...] = ()
    recent_entities: tuple[RecentEntity, ...] = ()
    predecessors: tuple[PredecessorState, ...] = ()
    """What goes before this document: its orders, or the invoice that it credits."""
    orders: tuple[OrderTwin, ...] = ()
    """The purchase orders in QuickBooks whose lines this document bills."""
    billed_from: date | None = None
    """The date of the earliest bill that waits for this order."""
    active_in_sent: frozenset[tuple[str, str]] = frozenset()
    """The entries, by list and id, that what was sent refers to and that are still active."""
    own_entity: RecentEntity | Literal["gone"] | None = None
    """What our copy of QuickBooks holds of the entity that stands for the document; None when nobody looked."""
    drift: tuple[DriftField, ...] = ()
    """What people changed in QuickBooks of what was sent, field by field, and what was decided about each."""

    @property
    def is_us(self) -> bool:
        """Tell whether purchases carry no tax code."""
        return is_us(self.country)

    @property
    def names(self) -> dict[tuple[str, str], str]:
        """Return the name of each entry by its list and id."""
        lists: Mapping[str, Mapping[str, BookEntry | TaxCode]] = {
            "account": self.accounts,
            "class": self.classes,
            "customer": self.customers,
            "department": self.departments,
            "item": self.items,
            "term": self.terms,
            "vendor": self.vendors,
            "tax_code": self.tax_codes,
        }
        return {(kind, id_): entry.name for kind, entries in lists.items() for id_, entry in entries.items()}

    def twin(self, kind: str, precoro_id: object) -> str | None:
        """Return the QuickBooks id paired with that Precoro entry."""
        return self.pairs.get((kind, str(precoro_id)))


def tax_set(tax_ids: list[int]) -> str:
    """Return the key of a set of taxes, such as `5+7`."""
    return "+".join(str(tax_id) for tax_id in sorted(set(tax_ids)))
