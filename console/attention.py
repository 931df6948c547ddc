"""Needs attention: what waits for a person, by cause, and the place where the cause is mended and its documents go out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from flask import render_template, request
from flask.typing import ResponseReturnValue

from console import filters
from console.inputs import whole_number
from console.runtime import runtime
from console.sections import Section
from console.session import user
from mappers.settings.rules import BY_ID
from mappers.text import plural
from workers.attention import commands, views
from workers.attention.views import WaitingRecord
from workers.suppliers import commands as supplier_commands
from workers.suppliers import views as supplier_views
from workers.users.roles import Permission

section = Section("attention")
FOLLOWED, VENDORS = 100, 20
SEE, DECIDE = Permission.SEE, Permission.DECIDE
LIST = "/c/<connection>/attention"
CAUSE = f"{LIST}/<code>"
SUPPLIER = "supplier:"
WITHOUT_VENDOR = {"supplier_not_paired"}
"""Causes that are mended by pairing the supplier that they are about."""


@section.page(LIST, needs=SEE)
def causes(connection: str) -> ResponseReturnValue:
    """Show every cause with what it holds up: what failed first, then what holds up the most."""
    rows = views.causes(runtime(), [connection], limit=filters.PAGE + 1, offset=filters.offset())
    counts, following = views.counts(runtime(), [connection]), filters.following(rows)
    return render_template(
        "attention/causes.html", connection=connection, causes=rows[: filters.PAGE], counts=counts, following=following
    )


@section.page(CAUSE, needs=SEE)
def cause(connection: str, code: str) -> ResponseReturnValue:
    """Show one cause, what mends it, and what it holds up; afterwards what went out because of it."""
    subject = request.args.get("subject") or None
    followed = _followed(connection) or views.waiting_records(runtime(), code, subject, connection, limit=FOLLOWED)
    shown = views.cause(runtime(), code, subject, connection)
    supplier = subject.removeprefix(SUPPLIER) if subject and code in WITHOUT_VENDOR else None
    suggestions = _suggestions(connection, supplier) if supplier else []
    name = shown.about if shown and shown.about and supplier and not suggestions else ""
    text = request.args.get("vendor", name.partition(" ")[0]).strip()
    return render_template(
        "attention/cause.html",
        connection=connection,
        code=code,
        cause=shown,
        waiting=views.waiting_count(runtime(), code, subject, connection),
        batch=commands.BATCH,
        arguments=_arguments(connection, code, subject, followed),
        supplier=supplier,
        question=_question(connection, supplier) if supplier else None,
        suggestions=suggestions,
        searched=text,
        vendors=_vendors(connection, text),
        **_progress(followed),
    )


@section.refreshing(f"{CAUSE}/live", needs=SEE)
def live(connection: str, code: str) -> ResponseReturnValue:
    """Show how the documents of a cause stand now; the page asks for it again until all have gone out."""
    followed, subject = _followed(connection), request.args.get("subject") or None
    arguments = _arguments(connection, code, subject, followed)
    return render_template("attention/live.html", connection=connection, arguments=arguments, **_progress(followed))


@section.action(f"{CAUSE}/pair", needs=DECIDE)
def pair(connection: str, code: str) -> str:  # noqa: ARG001 - the code is part of the address
    """Pair the supplier that documents wait for."""
    supplier, vendor = request.form.get("supplier", ""), request.form.get("vendor", "")
    released = supplier_commands.pair(runtime(), connection, f"{BY_ID}{supplier}", f"{BY_ID}{vendor}", user().name)
    return f"Paired. {plural(released, 'document goes', 'documents go')} on as soon as a worker is free."


@section.action(f"{CAUSE}/refuse", needs=DECIDE)
def refuse(connection: str, code: str) -> str:  # noqa: ARG001 - the code is part of the address
    """Say that a suggested vendor is not the supplier's."""
    supplier, vendor = request.form.get("supplier", ""), request.form.get("vendor", "")
    supplier_commands.refuse(runtime(), connection, f"{BY_ID}{supplier}", f"{BY_ID}{vendor}", user().name)
    return "Tieout does not suggest this vendor for the supplier again."


@section.action(f"{CAUSE}/create", needs=DECIDE)
def create(connection: str, code: str) -> str:  # noqa: ARG001 - the code is part of the address
    """Create the vendor of the supplier that documents wait for, unless there is a similar one."""
    supplier = request.form.get("supplier", "")
    supplier_commands.create(runtime(), connection, f"{BY_ID}{supplier}", user().name)
    return (
        "The vendor is created as soon as a worker is free. "
        "If QuickBooks has a similar one, this page asks you about it: load it again in a moment."
    )


@section.action(f"{CAUSE}/send", needs=DECIDE)
def send(connection: str, code: str) -> str:
    """Send again what one cause holds up, a batch at a time, so that a person can stop."""
    subject = request.args.get("subject") or None
    sent = commands.send_batch(runtime(), connection, code, subject, user().name)
    return f"{plural(len(sent), 'record goes', 'records go')} on as soon as a worker is free. Those that are still wrong are held again."


def _followed(connection: str) -> list[WaitingRecord]:
    """Return how those records stand now that the page showed first."""
    ids = request.args.getlist("record", whole_number)[:FOLLOWED]
    return views.standing(runtime(), connection, ids) if ids else []


def _progress(followed: Sequence[WaitingRecord]) -> Mapping[str, Any]:
    """Return the records that the page follows, what has gone out of them, and how much money."""
    weight = views.gone_out(followed)
    return {"followed": followed, "gone": sum(weight.records.values()), "gone_amounts": weight.amounts}


def _arguments(connection: str, code: str, subject: str | None, followed: Sequence[WaitingRecord]) -> dict[str, Any]:
    """Return what every address of a cause's page carries, so that the page follows the same records."""
    records = [row.record_id for row in followed]
    return {"connection": connection, "code": code, "subject": subject, "record": records}


def _vendors(connection: str, text: str) -> list[supplier_views.UnpairedCompany]:
    """Return the vendors without a supplier whose name holds a text."""
    side = supplier_views.IN_QUICKBOOKS
    return supplier_views.unpaired(runtime(), connection, side, text=text, limit=VENDORS) if text else []


def _suggestions(connection: str, supplier: str) -> list[supplier_views.SuggestedVendor]:
    """Return the vendors that may be the supplier's."""
    return [row for row in supplier_views.suggestions(runtime(), connection, supplier) if row.supplier == supplier]


def _question(connection: str, supplier: str) -> supplier_views.SupplierState | None:
    """Return what a person is asked about a supplier, such as whether a similar vendor is its own."""
    questions = supplier_views.held(runtime(), connection, supplier)
    return next((state for state in questions if state.supplier == supplier), None)
