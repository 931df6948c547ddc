"""Lines of a bill linked to the lines of the purchase orders that they bill.

QuickBooks wants the order, its type and the id of its line, drops a link that it does not like without a word, and links no line
that stands already (docs/reference/quickbooks.md, Bills). So links are sent with new lines, and read back.
"""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from mappers import notes
from mappers.books import Books, OrderTwin
from mappers.documents.document import PURCHASE_ORDER, Document
from mappers.documents.findings import Findings
from mappers.documents.lines import Draft

_PART = re.compile(r"[@#]")
"""What stands in the key of a line before the number of its class, or of its piece with another unit price."""
NOT_LINKED = frozenset({"order_is_younger", "order_of_another_vendor"})
"""The codes of the notes of a bill that is not linked to an order which says so, too."""


@dataclass(frozen=True, slots=True)
class BillHeader:
    """What of a bill decides whether it can be linked to an order; `moves_orders` lets it wait for one to get an earlier date."""

    vendor_id: str
    day: date
    moves_orders: bool


def link_lines(
    document: Document, bill: BillHeader, drafts: Sequence[Draft], books: Books, findings: Findings
) -> tuple[Draft, ...]:
    """Link each line that bills a line of an order in QuickBooks, and note the orders that cannot be linked."""
    ordered = document.billed_order_lines
    for order in books.predecessors:
        if order.is_deleted and ordered:
            findings.note(notes.order_deleted(order.title))
    return tuple(_linked(draft, ordered, bill, books, findings) for draft in drafts)


def _linked(draft: Draft, ordered: Mapping[str, str], bill: BillHeader, books: Books, findings: Findings) -> Draft:
    line, part = parted(draft.key)
    if line not in ordered or not books.orders:
        return draft
    lines = [(order, line_id) for order in books.orders if (line_id := _line_of(order, ordered[line], part))]
    if not lines:
        findings.note(notes.ordered_line_missing(draft.description.partition("\n")[0]))
    for order, line_id in lines:
        if _may_link(order, bill, findings):
            return dataclasses.replace(draft, link={"TxnId": order.id, "TxnType": PURCHASE_ORDER, "TxnLineId": line_id})
    return draft


def parted(key: str) -> tuple[str, str]:
    """Return the line of a key, and the part of it that is meant: `77001@2#1` is `77001` and `@2#1`."""
    match = _PART.search(key)
    return (key[: match.start()], key[match.start() :]) if match else (key, "")


def _line_of(order: OrderTwin, line: str, part: str) -> str | None:
    """Return the id of the line in QuickBooks that an ordered line became: of the same part of it, else of the first."""
    parts = sorted(key for key in order.line_ids if parted(key)[0] == line)
    return order.line_ids.get(f"{line}{part}", order.line_ids[parts[0]]) if parts else None


def _may_link(order: OrderTwin, bill: BillHeader, findings: Findings) -> bool:
    """Tell whether QuickBooks takes a link to this order: it is of the same vendor, and not younger than the bill.

    One that may be given an earlier date is waited for.
    """
    if order.vendor_id == bill.vendor_id and order.date <= bill.day:
        return True
    if order.vendor_id == bill.vendor_id and bill.moves_orders and order.is_movable:
        findings.wait_for(order)
        return True
    younger = notes.order_is_younger(order.title, order.date.isoformat(), bill.day.isoformat())
    findings.note(notes.order_of_another_vendor(order.title) if order.vendor_id != bill.vendor_id else younger)
    findings.leave_unlinked(order.id)
    return False
