"""The fields of what is sent: what people call each of them, to which group it belongs, and how one was changed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any, Literal, TypeAlias, get_args

FieldGroup: TypeAlias = Literal[
    "vendor", "date", "number", "amounts", "tax",
    "account", "product", "class", "customer", "location", "memo", "terms", "due_date", "status",
]  # fmt: skip
GROUPS: tuple[FieldGroup, ...] = get_args(FieldGroup)
MONEY_GROUPS: frozenset[FieldGroup] = frozenset({"vendor", "date", "number", "amounts", "tax"})
"""The groups whose fields say how much is owed to whom, since when; the others say what it is booked as."""
GROUP_NAMES: Mapping[FieldGroup, str] = {
    "vendor": "Vendor",
    "date": "Date",
    "number": "Number",
    "amounts": "Amounts, quantities and currency",
    "tax": "Tax",
    "account": "Account",
    "product": "Product",
    "class": "Class",
    "customer": "Customer",
    "location": "Location",
    "memo": "Memo and descriptions",
    "terms": "Terms",
    "due_date": "Due date",
    "status": "Status of an order",
}
FieldState: TypeAlias = Literal["open", "reported", "accepted", "restored", "ignored"]
"""What was decided about a field that people changed: nothing yet, or which side wins."""
TAX = "Tax"
"""The tax amounts of all rates, which are compared as one field."""
LINE = "Line"
"""A whole line, where one was added or removed."""

_FIELDS: Mapping[str, tuple[str, FieldGroup]] = {
    "VendorRef": ("Vendor", "vendor"),
    "CurrencyRef": ("Currency", "amounts"),
    "ExchangeRate": ("Exchange rate", "amounts"),
    "TxnDate": ("Date", "date"),
    "DocNumber": ("Number", "number"),
    "GlobalTaxCalculation": ("Tax calculation", "tax"),
    "TxnTaxDetail": (TAX, "tax"),
    TAX: (TAX, "tax"),
    "TotalAmt": ("Total", "amounts"),
    "APAccountRef": ("Accounts payable account", "account"),
    "DueDate": ("Due date", "due_date"),
    "SalesTermRef": ("Terms", "terms"),
    "DepartmentRef": ("Location", "location"),
    "ClassRef": ("Class", "class"),
    "POStatus": ("Status", "status"),
    "PrivateNote": ("Memo", "memo"),
    LINE: ("Line", "amounts"),
    "Amount": ("Amount", "amounts"),
    "Qty": ("Quantity", "amounts"),
    "UnitPrice": ("Unit price", "amounts"),
    "TaxCodeRef": ("Tax code", "tax"),
    "Description": ("Description", "memo"),
    "AccountRef": ("Account", "account"),
    "ItemRef": ("Product", "product"),
    "CustomerRef": ("Customer", "customer"),
    "BillableStatus": ("Billable", "customer"),
}
"""What people call each field of QuickBooks, and its group."""


def label(field: str, line: int | None = None) -> str:
    """Return what people call a field: `Total`, or `Account of line 1`."""
    name = _FIELDS[field][0] if field in _FIELDS else field
    if line is None:
        return name
    return f"{name} {line}" if field == LINE else f"{name} of line {line}"


@dataclass(frozen=True, slots=True)
class FieldChange:
    """One field of ours that QuickBooks holds differently now.

    `line_id` is None for the header, `line` the place of the line. `before` and `after` are what people see, `raw_before`
    and `raw` what they are.
    """

    field: str
    line_id: str | None
    before: str | None
    after: str | None
    money: bool
    line: int | None = None
    raw: Any = None
    raw_before: Any = None

    @property
    def key(self) -> tuple[str, str | None]:
        """Return what tells this field apart from all others of its entity."""
        return self.field, self.line_id

    @property
    def group(self) -> FieldGroup:
        """Return the group of the field, by which settings decide."""
        return _FIELDS[self.field][1]

    @property
    def label(self) -> str:
        """Return what people call the field."""
        return label(self.field, self.line)

    @property
    def sentence(self) -> str:
        """Return the change for people: `Amount of line 2 from 10.00 to 12.00`."""
        return f"{self.label} from {self.before or 'nothing'} to {self.after or 'nothing'}"


@dataclass(frozen=True, slots=True)
class DriftField:
    """One field that people changed, and what was decided about it."""

    change: FieldChange
    state: FieldState

    @classmethod
    def read(cls, stored: Mapping[str, Any]) -> DriftField:
        """Read what is kept of a field."""
        values = dict(stored)
        state = values.pop("state")
        return cls(FieldChange(**values), state)

    def as_json(self) -> dict[str, Any]:
        """Return what is kept of the field."""
        return {**asdict(self.change), "state": self.state}
