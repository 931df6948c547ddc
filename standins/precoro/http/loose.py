"""Properties that Precoro writes in more than one way: what is empty, lists of one, numbers as texts."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from standins.precoro.company import Record

OBJECTS = frozenset(
    {
        *("purchaseOrder", "parentData", "allocatedInvoice", "legalEntity", "exchangeRate", "supplier", "location"),
        *("paymentTerm", "budget", "budgetLine", "lastApprover", "secondInCharge", "options"),
    }
)
"""Places of an object, in which nothing has been seen in many ways."""


@dataclass(frozen=True)
class Looseness:
    """How such properties are written; see `PrecoroSettings`."""

    nothing: Any = None
    objects: str = "plain"
    logic_type: str = "number"
    external_ids: str = "text"

    def write(self, record: Record) -> Record:
        """Return a record, and what is inside it, written that way."""
        return {name: self._property(name, value) for name, value in record.items()}

    def _property(self, name: str, value: Any) -> Any:
        if name in OBJECTS and value is None:
            return self.nothing
        value = self._inside(value)
        if name in OBJECTS and self.objects == "list" and isinstance(value, dict) and "data" not in value:
            return [value]
        if name == "logicType" and self.logic_type == "string":
            return str(value)
        if name == "externalId" and self.external_ids == "number" and str(value).isdecimal():
            return int(value)
        return value

    def _inside(self, value: Any) -> Any:
        if isinstance(value, dict):
            return self.write(value)
        return [self._inside(part) for part in value] if isinstance(value, list) else value
