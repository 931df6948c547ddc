"""What differs between what we sent, what QuickBooks answered, and what it holds now."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from functools import partial
from types import MappingProxyType
from typing import Any

from mappers import notes
from mappers.documents.fields import LINE, TAX, FieldChange, label
from mappers.documents.preview import LISTS, Names
from mappers.money import written
from mappers.problems import Note
from mappers.text import without_marker

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
NO_NAMES: Names = MappingProxyType({})
LINE_DETAILS = ("ItemBasedExpenseLineDetail", "AccountBasedExpenseLineDetail")
_NO_TAX = {"NON", "TAX", None}
"""US lines carry one of these codes, sent or not; TAX is the tick that the customer is charged sales tax. Neither moves an amount."""


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


def drift(sent_answer: Json, current: Json, names: Names = NO_NAMES) -> tuple[FieldChange, ...]:
    """Compare our fields in QuickBooks' last answer with those it holds now; `names` are those of its lists.

    The header first, then line by line. The status of an order is judged by itself.
    """
    show = partial(_change, names=names)
    header = [
        show(name, None, sent_answer.get(name), current.get(name), money=name in MONEY_HEADER)
        for name in (*MONEY_HEADER, *CODING_HEADER)
        if name not in {"TxnTaxDetail", "POStatus"}
    ]
    header.append(show("TotalAmt", None, sent_answer.get("TotalAmt"), current.get("TotalAmt"), money=True))
    if tax_by_rate(sent_answer) != (taxes := tax_by_rate(current)):
        raw = {rate: str(amount) for rate, amount in taxes.items()}
        header.append(FieldChange(TAX, None, _taxes(sent_answer), _taxes(current), True, raw=raw))
    before, after = _by_id(sent_answer), _by_id(current)
    ids = [*before, *(line_id for line_id in after if line_id not in before)]
    lines = [
        change
        for place, line_id in enumerate(ids, start=1)
        for change in _line_changes(line_id, place, before.get(line_id), after.get(line_id), names)
    ]
    return tuple(change for change in [*header, *lines] if change is not None)


def _by_id(entity: Json) -> dict[str, Json]:
    return {str(line.get("Id")): line for line in own_lines(entity)}


def _taxes(entity: Json) -> str:
    return ", ".join(written(amount) for amount in tax_by_rate(entity).values())


def _change(
    name: str,
    line_id: str | None,
    before: object,
    after: object,
    *,
    money: bool,
    names: Names = NO_NAMES,
    line: int | None = None,
) -> FieldChange | None:
    if plain(before) == plain(after) or (name == "TaxCodeRef" and {plain(before), plain(after)} <= _NO_TAX):
        return None
    texts = [shown(name, value, names) for value in (before, after)]
    if name == "PrivateNote" and texts[0] == texts[1]:  # only our marker was changed
        texts = [None if value is None else str(value) for value in (before, after)]
    return FieldChange(name, line_id, texts[0], texts[1], money, line, plain(after), plain(before))


def shown(name: str, value: object, names: Names) -> str | None:
    """Return a value as people read it: a reference by its name, a figure with its cents, a note without our marker."""
    if value is None:
        return None
    if isinstance(value, Mapping):
        id_ = str(value.get("value"))
        return str(value.get("name") or names.get((LISTS.get(name, ""), id_)) or id_)
    if name in {"TotalAmt", "Amount"}:
        return written(Decimal(str(value)))
    if name == "PrivateNote":
        return without_marker(str(value))
    return f"{value:f}" if isinstance(value, Decimal) else str(value)


def _line_changes(
    line_id: str, place: int, before: Json | None, after: Json | None, names: Names
) -> list[FieldChange | None]:
    """Compare one line with what QuickBooks holds.

    A line added or removed is a matter of money, unless it carries none.
    """
    if before is None or after is None:
        amounts = [(line or {}).get("Amount") for line in (before, after)]
        texts = [shown("Amount", amount, names) for amount in amounts]
        money = any(amounts) or before is not None
        return [FieldChange(LINE, line_id, texts[0], texts[1], money, place, plain(after))]
    show = partial(_change, line_id=line_id, line=place, names=names)
    kinds = (str(before["DetailType"]), str(after["DetailType"]))
    details = (before.get(kinds[0]) or {}, after.get(kinds[1]) or {})
    changes = [
        show("Amount", before=before.get("Amount"), after=after.get("Amount"), money=True),
        show("Description", before=before.get("Description"), after=after.get("Description"), money=False),
    ]
    money_detail = MONEY_DETAIL if kinds[0] == kinds[1] else ("TaxCodeRef",)
    for name in (*CODING_DETAIL, *money_detail):
        change = show(name, before=details[0].get(name), after=details[1].get(name), money=name in MONEY_DETAIL)
        changes.append(change)
    return changes


def dropped_notes(body: Json, answer: Json) -> tuple[Note, ...]:
    """Return a note for every field sent that the answer lacks.

    The header first, then line by line.
    """
    names = [
        label(name)
        for name in (*MONEY_HEADER, *CODING_HEADER)
        if name in body and name != "TxnTaxDetail" and plain(body[name]) != plain(answer.get(name))
    ]
    if tax_by_rate(body) != tax_by_rate(answer):
        names.append("the tax amounts")
    sent, kept = own_lines(body), own_lines(answer)
    if len(kept) < len(sent):
        names.append(f"{len(sent) - len(kept)} of {len(sent)} lines")
    for place, (line, other) in enumerate(zip(sent, kept, strict=False), start=1):
        names += [label(name, place) for name in _dropped_of_line(line, other)]
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
