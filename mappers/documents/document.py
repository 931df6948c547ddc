"""A Precoro purchase order, invoice or credit note as values, whole and line by line."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Literal, TypeAlias

from mappers.attachments import Attachment
from mappers.money import rounded

DocumentKind: TypeAlias = Literal["purchase_order", "invoice"]

CREDIT_NOTE = frozenset({1, 5})
"""`logicType` of invoices that are credit notes; 5 is a second kind of them, seen live."""
CLOSED = 11
IN_REVISION = 7

BILL, PURCHASE_ORDER, VENDOR_CREDIT = "Bill", "PurchaseOrder", "VendorCredit"
ENTITY_TYPES = (BILL, PURCHASE_ORDER, VENDOR_CREDIT)
"""The QuickBooks types that documents become."""
TYPES_IN_LOWER_CASE = {type_.lower(): type_ for type_ in ENTITY_TYPES}
"""Each of them by its name in our `externalId`."""
EXPENSE = "Purchase"
"""QuickBooks' type of expenses and cheques, with which people and bank feeds book what no bill came for."""


@dataclass(frozen=True, slots=True)
class OptionValue:
    """The answer of one custom field: its text, and the option embedded in it."""

    field_id: int
    value: str | None = None
    option_id: int | None = None
    name: str | None = None
    code: str | None = None
    external_id: str | None = None
    share: Decimal | None = None
    """Percent of the line, when a line is allocated over several options."""


@dataclass(frozen=True, slots=True)
class Tax:
    """A tax of a line or of the document.

    `percent` is of the amount after discounts, `sum` is Precoro's own figure.
    """

    id: int
    name: str
    percent: Decimal | None
    recoverable: Decimal
    withholding: bool
    sum: Decimal | None


@dataclass(frozen=True, slots=True)
class Discount:
    """A discount before tax.

    It is a percentage, or a legacy amount on one line (`is_percent` false).
    """

    id: int | None
    name: str
    value: Decimal
    is_percent: bool
    document_discount_id: int | None = None


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a document.

    `quantity` is Precoro's `ordered`; `net_total` comes with service lines; `order_line_id` is the line of an order that it bills.
    """

    id: int
    name: str
    description: str | None
    sku: str | None
    unit: str | None
    quantity: Decimal | None
    price: Decimal | None
    net_total: Decimal | None
    currency: str | None
    free: bool
    item_id: int | None
    order_line_id: int | None
    taxes: tuple[Tax, ...]
    discounts: tuple[Discount, ...]
    options: tuple[OptionValue, ...]

    @property
    def key(self) -> str:
        """Return the name under which the QuickBooks line of this row is remembered."""
        return str(self.id)

    @property
    def label(self) -> str:
        """Return the row's name for people."""
        return self.name or self.sku or f"line {self.id}"


@dataclass(frozen=True, slots=True)
class Predecessor:
    """A document that goes to QuickBooks before this one: the order of an invoice, the invoice of a credit note."""

    kind: DocumentKind
    id: int
    idn: str

    @property
    def title(self) -> str:
        """Return what people call it, such as `purchase order 57`."""
        return f"{self.kind.replace('_', ' ')} {self.idn}"


@dataclass(frozen=True, slots=True)
class Document:
    """A purchase order or an invoice as Precoro holds it now.

    A credit note is an invoice. Money is in `currency`. `version` is `approvalDate` exactly as given: it names the approved
    version. Dates are the calendar dates as written, moments are aware and in UTC.
    """

    kind: DocumentKind
    id: int
    idn: str
    number: str
    supplier_number: str | None
    status: int
    status_text: str | None
    logic_type: int
    is_service: bool
    version: str | None
    update_date: datetime | None
    approval_date: datetime | None
    create_moment: datetime | None
    create_date: date | None
    issue_date: date | None
    required_date: date | None
    credit_period_days: int | None
    currency: str
    exchange_rate: Decimal | None
    total: Decimal
    net: Decimal | None
    total_in_company_currency: Decimal | None
    supplier_id: int | None
    supplier_name: str
    supplier_currency: str | None
    legal_entity_id: int | None
    external_id: str | None
    qbo_id: str | None
    external_log: str | None
    note: str | None
    payment_term_id: int | None
    predecessor: Predecessor | None
    parent_idn: str | None
    lines: tuple[Line, ...]
    taxes: tuple[Tax, ...]
    discounts: tuple[Discount, ...]
    options: tuple[OptionValue, ...]
    attachments: tuple[Attachment, ...] = ()
    paid: Decimal | None = None

    @property
    def is_credit_note(self) -> bool:
        """Tell whether this invoice is a credit note (`logicType` 1 or 5)."""
        return self.kind == "invoice" and self.logic_type in CREDIT_NOTE

    @property
    def total_in_books(self) -> Decimal:
        """Return the total as QuickBooks keeps it: that of a credit note is positive there, too."""
        return rounded(abs(self.total), self.currency)

    @property
    def dated(self) -> date | None:
        """Return the date that the document has in Precoro."""
        return self.create_date if self.kind == "purchase_order" else self.issue_date

    @property
    def billed_order_lines(self) -> Mapping[str, str]:
        """Return the line of an order that each line bills, by the key of the line; a credit bills none."""
        if self.is_credit_note:
            return {}
        return {line.key: str(line.order_line_id) for line in self.lines if line.order_line_id is not None}

    @property
    def is_closed_order(self) -> bool:
        """Tell whether this is a purchase order that Precoro has closed."""
        return self.kind == "purchase_order" and self.status == CLOSED

    @property
    def entity_type(self) -> str:
        """Return the QuickBooks type of what the document becomes."""
        if self.kind == "purchase_order":
            return PURCHASE_ORDER
        return VENDOR_CREDIT if self.is_credit_note else BILL

    @property
    def title(self) -> str:
        """Return what people call this document, such as `invoice INV-203`."""
        word = "credit note" if self.is_credit_note else self.kind.replace("_", " ")
        return f"{word} {self.number}"
