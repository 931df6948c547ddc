"""What differs between what we sent, what QuickBooks answered, and what it holds now."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from mappers import notes
from mappers.books import RecentEntity
from mappers.money import written
from mappers.problems import Note
from mappers.text import is_same_number, without_marker

Json = Mapping[str, Any]

MONEY_HEADER = (
    "VendorRef",
    "CurrencyRef",
    "ExchangeRate",
    "TxnDate",
    "DocNumber",
    "GlobalTaxCalculation",
    "TxnTaxDetail",
)
"""Header fields whose change in QuickBooks is drift."""
CODING_HEADER = ("APAccountRef", "DueDate", "SalesTermRef", "DepartmentRef", "ClassRef", "POStatus", "PrivateNote")
"""Header fields where QuickBooks wins, until Precoro changes that same field."""
MONEY_DETAIL = ("Qty", "UnitPrice", "TaxCodeRef")
CODING_DETAIL = ("AccountRef", "ItemRef", "ClassRef", "CustomerRef", "BillableStatus")
LINE_DETAILS = ("ItemBasedExpenseLineDetail", "AccountBasedExpenseLineDetail")
_NO_TAX = {"NON", "TAX", None}
"""US lines carry one of these codes, sent or not; TAX is the tick that the customer is charged sales tax. Neither moves an amount."""


@dataclass(frozen=True, slots=True)
class FieldChange:
    """One field of ours that QuickBooks holds differently now.

    `line_id` is None for the header.
    """

    field: str
    line_id: str | None
    before: str | None
    after: str | None
    money: bool

    @property
    def sentence(self) -> str:
        """Return the change for people: `Amount of line 2 from 10.00 to 12.00`."""
        where = f" of line {self.line_id}" if self.line_id else ""
        return f"{self.field}{where} from {self.before or 'nothing'} to {self.after or 'nothing'}"


def plain(value: object) -> Any:
    """Return a JSON value in the form in which values are compared.

    References by their value, numbers by size, empty as absent.
    """
    if isinstance(value, Mapping):
        if "value" in value:
            return value["value"]
        return {key: plain(inner) for key, inner in value.items() if plain(inner) is not None} or None
    if isinstance(value, list | tuple):
        return [plain(inner) for inner in value] or None
    if isinstance(value, int | Decimal) and not isinstance(value, bool):
        return Decimal(value)
    return value or None if isinstance(value, str) else value


def tax_by_rate(entity: Json) -> dict[str, Decimal]:
    """Return the tax of an entity by rate id, without rates of no tax."""
    rows = (entity.get("TxnTaxDetail") or {}).get("TaxLine") or []
    taxes: dict[str, Decimal] = {}
    for row in rows:
        rate = str(plain((row.get("TaxLineDetail") or {}).get("TaxRateRef")))
        taxes[rate] = taxes.get(rate, Decimal(0)) + Decimal(row.get("Amount") or 0)
    return {rate: amount for rate, amount in taxes.items() if amount}


def own_lines(entity: Json) -> list[Json]:
    """Return the item and category lines of an entity: no subtotals, no bare descriptions."""
    return [line for line in entity.get("Line") or [] if line.get("DetailType") in LINE_DETAILS]


def line_ids(line_keys: Sequence[str], answer: Json) -> dict[str, str]:
    """Return the Line.Id of each line key, from QuickBooks' answer.

    The answer keeps the order that was sent.
    """
    lines = own_lines(answer)
    if len(lines) < len(line_keys):
        return {}
    return {key: str(line["Id"]) for key, line in zip(line_keys, lines, strict=False) if line.get("Id") is not None}


def keys_in_order(ids: Mapping[str, str], answer: Json) -> tuple[str, ...]:
    """Return the line keys in the order in which the lines were sent.

    Storage may lose that order; the answer's lines have it.
    """
    places = {str(line.get("Id")): place for place, line in enumerate(own_lines(answer))}
    return tuple(sorted(ids, key=lambda key: places.get(ids[key], len(places))))


def links_of(line: Json) -> set[tuple[str, str]]:
    """Return what a line is linked to: each transaction and its line."""
    return {(str(link.get("TxnId")), str(link.get("TxnLineId") or "")) for link in line.get("LinkedTxn") or []}


def drift(sent_answer: Json, current: Json) -> tuple[FieldChange, ...]:
    """Compare our fields in QuickBooks' last answer with those it holds now.

    The header first, then line by line. The status of an order has notes of its own.
    """
    header = [
        _change(name, None, sent_answer.get(name), current.get(name), money=name in MONEY_HEADER)
        for name in (*MONEY_HEADER, *CODING_HEADER, "TotalAmt")
        if name not in {"TxnTaxDetail", "TotalAmt", "POStatus"}
    ]
    header.append(_change("TotalAmt", None, sent_answer.get("TotalAmt"), current.get("TotalAmt"), money=True))
    if tax_by_rate(sent_answer) != tax_by_rate(current):
        header.append(FieldChange("Tax", None, _taxes(sent_answer), _taxes(current), True))
    before = {str(line.get("Id")): line for line in own_lines(sent_answer)}
    after = {str(line.get("Id")): line for line in own_lines(current)}
    ids = [*before, *(line_id for line_id in after if line_id not in before)]
    lines = [change for line_id in ids for change in _line_changes(line_id, before.get(line_id), after.get(line_id))]
    return tuple(change for change in [*header, *lines] if change is not None)


def drift_of_copy(sent_answer: Json, copy: RecentEntity) -> tuple[FieldChange, ...]:
    """Compare QuickBooks' last answer with our copy of the entity, which has its vendor, number, date and total only."""
    number = str(sent_answer.get("DocNumber") or "")
    same_number = copy.number == number or is_same_number(copy.number, number)
    changes = (
        _change("VendorRef", None, sent_answer.get("VendorRef"), {"value": copy.vendor_id}, money=True),
        None if same_number else _change("DocNumber", None, number, copy.number, money=True),
        _change("TxnDate", None, sent_answer.get("TxnDate"), copy.date.isoformat(), money=True),
        _change("TotalAmt", None, sent_answer.get("TotalAmt"), copy.total, money=True),
    )
    return tuple(change for change in changes if change is not None)


def _taxes(entity: Json) -> str:
    return ", ".join(written(amount) for amount in tax_by_rate(entity).values())


def _change(name: str, line_id: str | None, before: object, after: object, *, money: bool) -> FieldChange | None:
    if plain(before) == plain(after) or (name == "TaxCodeRef" and {plain(before), plain(after)} <= _NO_TAX):
        return None
    show = _SHOWN.get(name, _shown)
    return FieldChange(name, line_id, show(before), show(after), money)


def _shown(value: object) -> str | None:
    if isinstance(value, Mapping):
        return str(value.get("name") or value.get("value"))
    return None if value is None else f"{value:f}" if isinstance(value, Decimal) else str(value)


def _amount(value: object) -> str | None:
    return written(Decimal(str(value))) if value is not None else None


def _note(value: object) -> str | None:
    return without_marker(str(value)) if value is not None else None


_SHOWN: Mapping[str, Callable[[object], str | None]] = {"TotalAmt": _amount, "Amount": _amount, "PrivateNote": _note}
"""How people see the fields that are shown in another way than they are stored."""


def _line_changes(line_id: str, before: Json | None, after: Json | None) -> list[FieldChange | None]:
    """Compare one line with what QuickBooks holds.

    A line added or removed is a matter of money, unless it carries none.
    """
    if before is None or after is None:
        amounts = [(line or {}).get("Amount") for line in (before, after)]
        return [
            FieldChange("Line", line_id, _amount(amounts[0]), _amount(amounts[1]), any(amounts) or before is not None)
        ]
    kinds = (str(before["DetailType"]), str(after["DetailType"]))
    details = (before.get(kinds[0]) or {}, after.get(kinds[1]) or {})
    changes = [_change("Amount", line_id, before.get("Amount"), after.get("Amount"), money=True)]
    changes.append(_change("Description", line_id, before.get("Description"), after.get("Description"), money=False))
    changes += [
        _change(name, line_id, details[0].get(name), details[1].get(name), money=False) for name in CODING_DETAIL
    ]
    money = MONEY_DETAIL if kinds[0] == kinds[1] else ("TaxCodeRef",)
    return [
        *changes,
        *(_change(name, line_id, details[0].get(name), details[1].get(name), money=True) for name in money),
    ]


def dropped_notes(body: Json, answer: Json) -> tuple[Note, ...]:
    """Return a note for every field sent that the answer lacks.

    The header first, then line by line.
    """
    names = [
        name
        for name in (*MONEY_HEADER, *CODING_HEADER)
        if name in body and name != "TxnTaxDetail" and plain(body[name]) != plain(answer.get(name))
    ]
    if tax_by_rate(body) != tax_by_rate(answer):
        names.append("the tax amounts")
    sent, kept = own_lines(body), own_lines(answer)
    if len(kept) < len(sent):
        names.append(f"{len(sent) - len(kept)} of {len(sent)} lines")
    for place, (line, other) in enumerate(zip(sent, kept, strict=False), start=1):
        names += [f"{name} of line {place}" for name in _dropped_of_line(line, other)]
    unlinked = [
        place for place, (line, other) in enumerate(zip(sent, kept, strict=False), start=1) if _lost_link(line, other)
    ]
    return (*map(notes.dropped_by_quickbooks, names), *map(notes.link_dropped, unlinked))


def _dropped_of_line(line: Json, answer: Json) -> list[str]:
    detail, kept = line.get(line["DetailType"]) or {}, answer.get(answer["DetailType"]) or {}
    names = [name for name in ("Amount", "Description") if plain(line.get(name)) != plain(answer.get(name))]
    names += [
        name for name in detail if name in CODING_DETAIL + MONEY_DETAIL and plain(detail[name]) != plain(kept.get(name))
    ]
    return names


def _lost_link(line: Json, answer: Json) -> bool:
    """Tell whether QuickBooks dropped a link of a line, or linked it to another line of the order."""
    kept = links_of(answer)
    return any(link not in kept and (link[0], "") not in kept for link in links_of(line))
