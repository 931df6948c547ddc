"""Our fields laid over the entity that QuickBooks holds.

Money is ours; coding only where Precoro changed that same field.
"""

from __future__ import annotations

import copy
from collections.abc import Collection, Mapping
from decimal import Decimal
from typing import Any

from mappers.documents.differences import (
    CODING_DETAIL,
    CODING_HEADER,
    LINE_DETAILS,
    MONEY_HEADER,
    keys_in_order,
    links_of,
    plain,
    tax_by_rate,
)
from mappers.documents.fields import LINE
from mappers.documents.header import Mapped
from mappers.documents.outcomes import Body, Sent
from mappers.text import find_marker, with_marker

_DERIVED = ("TotalAmt", "Balance", "HomeBalance", "HomeTotalAmt", "MetaData", "domain", "status")
"""Read-only fields: QuickBooks works them out again."""
_OF_THE_VENDOR = ("VendorAddr", "RemitToAddr", "POEmail")
"""Fields that QuickBooks filled in from the vendor, and that must not outlive it."""
_TAX = ("GlobalTaxCalculation", "TxnTaxDetail")


FieldKey = tuple[str, str | None]
"""A field of the header, or of the line with an id."""
_NONE: Collection[FieldKey] = frozenset()


def merge(
    current: Mapping[str, Any], sent: Sent, mapped: Mapped, *, is_us: bool, restored: Collection[FieldKey] = _NONE
) -> Body:
    """Return the full object to send: `current` with our fields over it.

    Fields that we cleared are removed. `restored` are fields of coding that become ours again although Precoro did not change them.
    """
    body = {name: copy.deepcopy(value) for name, value in current.items() if name not in _DERIVED}
    if plain(current.get("VendorRef")) != plain(mapped.body["VendorRef"]):
        body = {name: value for name, value in body.items() if name not in _OF_THE_VENDOR}
    for name in MONEY_HEADER:
        _lay(body, mapped.body, name, touched=name in mapped.body or name in sent.body or (is_us and name in _TAX))
    for name in CODING_HEADER:
        _lay(body, mapped.body, name, touched=_changed(sent.body, mapped.body, name) or (name, None) in restored)
    if "DueDate" in mapped.body and body.get("DueDate", "") < body["TxnDate"]:
        body["DueDate"] = mapped.body["DueDate"]  # what people changed there does not fit the new date
    _keep_marker(body, mapped.body)
    body["Line"] = _lines(current, sent, mapped, restored, is_us=is_us)
    body["sparse"] = False
    return body


def with_fields(current: Mapping[str, Any], fields: Mapping[str, Any], *, is_us: bool) -> Body:
    """Return the object just read with these fields and nothing else of ours."""
    return _as_it_is(current, is_us=is_us) | dict(fields)


def with_our_marker(current: Mapping[str, Any], mark: str, *, is_us: bool) -> Body:
    """Return the object just read with our marker and nothing else of ours."""
    note, _ = with_marker(current.get("PrivateNote") or "", mark)
    return _as_it_is(current, is_us=is_us) | {"PrivateNote": note}


def _as_it_is(current: Mapping[str, Any], *, is_us: bool) -> Body:
    """Return the object just read in the form in which it can be sent."""
    unchanged = Mapped("", {"VendorRef": current["VendorRef"], "Line": []}, (), Decimal(0))
    body = merge(current, Sent("", "", "", {}, {}), unchanged, is_us=is_us)
    body["Line"] = [_without_tax_code(line) if is_us else dict(line) for line in current.get("Line") or []]
    return body


def _without_tax_code(line: Mapping[str, Any]) -> dict[str, Any]:
    kind = str(line.get("DetailType"))
    detail = {name: value for name, value in (line.get(kind) or {}).items() if name != "TaxCodeRef"}
    return {**line, kind: detail} if kind in LINE_DETAILS else dict(line)


def differs(current: Mapping[str, Any], merged: Mapping[str, Any]) -> bool:
    """Tell whether sending the merged object would change anything."""
    names = {*merged, *(name for name in current if name not in _DERIVED)} - {"sparse", "SyncToken", "Id"}
    return any(_comparable(name, merged) != _comparable(name, current) for name in names)


def _comparable(name: str, entity: Mapping[str, Any]) -> Any:
    """Return a field without what QuickBooks adds by itself.

    That is line numbers, the code NON, and rates without tax.
    """
    if name == "TxnTaxDetail":
        return tax_by_rate(entity)
    if name == "Line":
        return [_comparable_line(line) for line in entity.get("Line") or []]
    return plain(entity.get(name))


def _comparable_line(line: Mapping[str, Any]) -> Any:
    kind = str(line.get("DetailType"))
    detail = plain(line.get(kind)) or {}
    kept = {name: value for name, value in detail.items() if (name, value) != ("TaxCodeRef", "NON")}
    return {name: value for name, value in (plain(line) or {}).items() if name != "LineNum"} | {kind: kept}


def _changed(old: Mapping[str, Any], new: Mapping[str, Any], name: str) -> bool:
    return bool(plain(old.get(name)) != plain(new.get(name)))


def _lay(target: dict[str, Any], ours: Mapping[str, Any], name: str, *, touched: bool) -> None:
    """Set or clear one field of ours, if it is touched."""
    if not touched:
        return
    if name in ours:
        target[name] = copy.deepcopy(ours[name])
    else:
        target.pop(name, None)


def _keep_marker(body: Body, ours: Mapping[str, Any]) -> None:
    """Put our marker back into a private note that people have rewritten."""
    mark = find_marker(ours.get("PrivateNote"))
    if mark and find_marker(body.get("PrivateNote")) != mark:
        body["PrivateNote"], _ = with_marker(body.get("PrivateNote") or "", mark)


def _lines(
    current: Mapping[str, Any], sent: Sent, mapped: Mapped, restored: Collection[FieldKey], *, is_us: bool
) -> list[dict[str, Any]]:
    """Return our lines, each over the line it became.

    Lines that people added stay if they carry no money, and are not to go.
    """
    current_lines = {str(line.get("Id")): line for line in current.get("Line") or []}
    old = dict(zip(keys_in_order(sent.line_ids, sent.answer), sent.body.get("Line") or [], strict=False))
    lines = [
        _line(current_lines.get(sent.line_ids.get(key, "")), old.get(key), new, restored, is_us=is_us)
        for key, new in zip(mapped.line_keys, mapped.body["Line"], strict=True)
    ]
    ours = {*sent.line_ids.values(), *(line_id for field, line_id in restored if field == LINE)}
    extra = [line for line_id, line in current_lines.items() if line_id not in ours and not _has_money(line)]
    return [*lines, *(copy.deepcopy(dict(line)) for line in extra)]


def _has_money(line: Mapping[str, Any]) -> bool:
    return line.get("DetailType") in LINE_DETAILS and bool(Decimal(line.get("Amount") or 0))


def _line(
    current: Mapping[str, Any] | None,
    old: Mapping[str, Any] | None,
    new: Mapping[str, Any],
    restored: Collection[FieldKey],
    *,
    is_us: bool,
) -> dict[str, Any]:
    """Lay one line over what it became in QuickBooks.

    A line that is no longer there is added again. So is one that has to be linked to an order: QuickBooks links new lines only.
    """
    if current is None or links_of(new) - links_of(current):
        return copy.deepcopy(dict(new))
    line = {name: copy.deepcopy(value) for name, value in current.items() if name not in (*LINE_DETAILS, "LineNum")}
    line["Amount"] = new["Amount"]
    _lay(line, new, "LinkedTxn", touched=bool(links_of(old or {}) - links_of(new)))
    of_line = {field for field, line_id in restored if line_id == str(current.get("Id"))}
    _lay(line, new, "Description", touched=_changed(old or {}, new, "Description") or "Description" in of_line)
    kind, detail = _detail(current, old, new, of_line)
    if is_us:
        detail.pop("TaxCodeRef", None)
    return line | {"DetailType": kind, kind: detail}


def _detail(
    current: Mapping[str, Any], old: Mapping[str, Any] | None, new: Mapping[str, Any], restored: Collection[str]
) -> tuple[str, dict[str, Any]]:
    """Merge what a line posts to.

    A line recoded from product to account in QuickBooks, or back, is ours again.
    """
    kind, ours = new["DetailType"], new[new["DetailType"]]
    before = (old or {}).get(kind) or {}
    if current["DetailType"] != kind:
        return kind, copy.deepcopy(ours)
    detail = copy.deepcopy(dict(current[kind]))
    for name in {*before, *ours} | {"TaxCodeRef"} - {*CODING_DETAIL}:
        _lay(detail, ours, name, touched=name not in CODING_DETAIL and (name in ours or name in before))
    for name in CODING_DETAIL:
        _lay(detail, ours, name, touched=_changed(before, ours, name) or name in restored)
    return kind, detail
