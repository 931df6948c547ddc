"""Suppliers and vendors: what is paired, what may belong together, what only one side has, and the page of each supplier."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from flask import render_template, request
from flask.typing import ResponseReturnValue

from console import filters
from console.runtime import runtime
from console.sections import Section
from console.session import user
from mappers.settings.rules import BY_ID
from mappers.suppliers.fields import LABELS
from mappers.suppliers.merge import Side
from mappers.text import plural
from workers.suppliers import commands, create_vendors, import_from_quickbooks, pair_all, views
from workers.suppliers.comparison import supplier_detail
from workers.suppliers.views import SupplierCounts
from workers.tasks import commands as task_commands
from workers.users.roles import Permission

section = Section("suppliers")
VENDORS = 12
SEE, DECIDE = Permission.SEE, Permission.DECIDE
LIST = "/c/<connection>/suppliers"
SUPPLIER = f"{LIST}/<supplier>"
SIDES: Mapping[str, Side] = {"precoro": "precoro", "quickbooks": "quickbooks", "apart": "apart"}
TABS: Mapping[str, tuple[str, Callable[[SupplierCounts], int]]] = {
    "suggested": ("Suggestions", lambda counts: counts.suggested),
    "held": ("Questions", lambda counts: counts.held),
    "precoro": ("Only in Precoro", lambda counts: counts.precoro_only),
    "quickbooks": ("Only in QuickBooks", lambda counts: counts.quickbooks_only),
    "paired": ("Paired", lambda counts: counts.paired),
}
"""The tabs of the list, with how many rows each has."""


@section.page(LIST, needs=SEE)
def list_(connection: str) -> ResponseReturnValue:
    """Show one of the lists of suppliers and vendors, and how many rows each has."""
    text, tab = filters.searched(), filters.choice("show", TABS) or "suggested"
    counts = views.counts(runtime(), connection, text)
    rows = _rows(connection, tab, text)
    return render_template(
        "suppliers/list.html",
        connection=connection,
        rows=rows[: filters.PAGE],
        shown=tab,
        tabs=[(name, title, number(counts)) for name, (title, number) in TABS.items()],
        filters={"connection": connection, "text": text, "show": tab},
        labels=LABELS,
        following=filters.following(rows),
    )


@section.page(SUPPLIER, needs=SEE)
def page(connection: str, supplier: str) -> ResponseReturnValue:
    """Show a supplier beside its vendor, or beside what its vendor may be."""
    detail = supplier_detail(runtime(), connection, f"{BY_ID}{supplier}")
    name = "" if detail.vendor or detail.suggestions else detail.name
    text = request.args.get("vendor", name.partition(" ")[0]).strip()
    vendors = views.unpaired(runtime(), connection, views.IN_QUICKBOOKS, text, limit=VENDORS) if text else []
    return render_template(
        "suppliers/supplier.html", connection=connection, supplier=detail, vendors=vendors, searched=text
    )


@section.beginning(f"{LIST}/sync", needs=DECIDE)
def sync(connection: str) -> int:
    """Pair what both sides have, and suggest what is less certain."""
    return task_commands.start(runtime(), connection, pair_all.NAME, {}, user().name)


@section.beginning(f"{LIST}/import", needs=DECIDE)
def import_(connection: str) -> int:
    """Create in Precoro the suppliers that only QuickBooks has."""
    arguments = {"anyway": "anyway" in request.form}
    return task_commands.start(runtime(), connection, import_from_quickbooks.NAME, arguments, user().name)


@section.beginning(f"{LIST}/create-vendors", needs=DECIDE)
def create_all(connection: str) -> int:
    """Create in QuickBooks the vendors of all suppliers that have none, or of those that are ticked."""
    arguments = {"suppliers": request.form.getlist("supplier"), "anyway": "anyway" in request.form}
    return task_commands.start(runtime(), connection, create_vendors.NAME, arguments, user().name)


@section.action(f"{LIST}/pair-all", needs=DECIDE)
def pair_ticked(connection: str) -> str:
    """Pair one suggestion, or all that are ticked."""
    pairs = _pairs()
    released = sum(_pair(connection, supplier, vendor) for supplier, vendor in pairs)
    return f"Paired {len(pairs)}. {_goes_on(released)}" if pairs else "No suggestion was ticked."


@section.action(f"{LIST}/refuse-all", needs=DECIDE)
def refuse_ticked(connection: str) -> str:
    """Say of one suggestion, or of all that are ticked, that they are not the same."""
    pairs = _pairs()
    for supplier, vendor in pairs:
        commands.refuse(runtime(), connection, f"{BY_ID}{supplier}", f"{BY_ID}{vendor}", user().name)
    return (
        f"{plural(len(pairs), 'suggestion is', 'suggestions are')} not made again." if pairs else "Nothing was ticked."
    )


@section.action(f"{SUPPLIER}/pair", needs=DECIDE)
def pair(connection: str, supplier: str) -> str:
    """Pair a supplier with a vendor, or give it one more for a currency."""
    vendor, currency = request.form.get("vendor", ""), request.form.get("currency", "").strip().upper()
    if not currency:
        return f"Paired. {_goes_on(_pair(connection, supplier, vendor))}"
    released = commands.pair_in_currency(
        runtime(), connection, f"{BY_ID}{supplier}", f"{BY_ID}{vendor}", currency, user().name
    )
    return f"Paired for documents in {currency}. {_goes_on(released)}"


@section.action(f"{SUPPLIER}/refuse", needs=DECIDE)
def refuse(connection: str, supplier: str) -> str:
    """Say that a supplier and a vendor are not the same."""
    vendor = request.form.get("vendor", "")
    commands.refuse(runtime(), connection, f"{BY_ID}{supplier}", f"{BY_ID}{vendor}", user().name)
    return "Noted: they are not the same, and it is not suggested again."


@section.action(f"{SUPPLIER}/create", needs=DECIDE)
def create(connection: str, supplier: str) -> str:
    """Create the vendor of a supplier in QuickBooks."""
    name, anyway = request.form.get("name", "").strip(), "anyway" in request.form
    commands.create(runtime(), connection, f"{BY_ID}{supplier}", user().name, name=name, anyway=anyway)
    similar = "" if anyway or name else " A similar one holds it back, and is shown here."
    return f"The vendor is created as soon as a worker is free.{similar}"


@section.action(f"{SUPPLIER}/unpair", needs=DECIDE)
def unpair(connection: str, supplier: str) -> str:
    """End a pair for good, and give both sides back what they had before if that is wanted."""
    undo = "undo" in request.form
    vendor = commands.unpair(runtime(), connection, f"{BY_ID}{supplier}", user().name, undo=undo)
    return f"Vendor {vendor} is being given back what it had." if undo else f"Unpaired from vendor {vendor}."


@section.action(f"{SUPPLIER}/unpair-currency", needs=DECIDE)
def unpair_currency(connection: str, supplier: str) -> str:
    """Take the vendor of one more currency from a supplier."""
    currency = request.form.get("currency", "")
    vendor = commands.unpair_in_currency(runtime(), connection, f"{BY_ID}{supplier}", currency, user().name)
    return f"Unpaired from vendor {vendor} in {currency}."


@section.action(f"{SUPPLIER}/answer", needs=DECIDE)
def answer(connection: str, supplier: str) -> str:
    """Say which side is right about a field."""
    name, side = request.form.get("field", ""), SIDES.get(request.form.get("side", ""), "apart")
    commands.answer(runtime(), connection, f"{BY_ID}{supplier}", name, side, user().name)
    return "Answered. Both sides are brought in step as soon as a worker is free."


@section.action(f"{SUPPLIER}/leave", needs=DECIDE)
def leave(connection: str, supplier: str) -> str:
    """Leave a held supplier as it is, until somebody pairs it."""
    commands.leave(runtime(), connection, f"{BY_ID}{supplier}", user().name, request.form.get("why", "").strip())
    return "Left as it is, until somebody pairs it."


def _rows(connection: str, tab: str, text: str | None) -> list[Any]:
    """Return the rows of a tab on this page of it, and one more."""
    limit, offset = filters.PAGE + 1, filters.offset()
    sides = {"precoro": views.IN_PRECORO, "quickbooks": views.IN_QUICKBOOKS}
    if tab in sides:
        return list(views.unpaired(runtime(), connection, sides[tab], text, limit=limit, offset=offset))
    lists: Mapping[str, Callable[..., Iterable[Any]]] = {
        "suggested": views.suggestions,
        "held": views.held,
        "paired": views.pairs,
    }
    return list(lists[tab](runtime(), connection, text, limit=limit, offset=offset))


def _pairs() -> list[tuple[str, str]]:
    """Return the pairs that the form is about: that of the button, or those that are ticked."""
    texts = request.form.getlist("only") or request.form.getlist("pair")
    return [(supplier, vendor) for supplier, _, vendor in (text.partition(":") for text in texts)]


def _pair(connection: str, supplier: str, vendor: str) -> int:
    return commands.pair(runtime(), connection, f"{BY_ID}{supplier}", f"{BY_ID}{vendor}", user().name)


def _goes_on(released: int) -> str:
    return f"{plural(released, 'document goes', 'documents go')} on because of it."
