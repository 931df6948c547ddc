"""Payments that came back from QuickBooks: lists of them, the page of each, and what people decide about it."""

from __future__ import annotations

from flask import render_template, request
from flask.typing import ResponseReturnValue

from console import filters
from console.filters import UnreadableFilterError
from console.runtime import runtime
from console.sections import Section
from console.session import user
from workers.payments import commands, views
from workers.payments.commands import STEPPED_OVER
from workers.payments.views import STATES, PaymentFilter, PaymentRow
from workers.users.roles import Permission

section = Section("payments")
SEE, DECIDE = Permission.SEE, Permission.DECIDE
LIST = "/c/<connection>/payments"
PAYMENT = f"{LIST}/<payment>"


@section.page(LIST, needs=SEE)
def list_(connection: str) -> ResponseReturnValue:
    """Show the payments that match, the newest first."""
    try:
        wanted = _wanted(connection)
    except UnreadableFilterError as error:
        return render_template(
            "payments/list.html", connection=connection, unreadable=error.sentence, rows=[], by_state={}
        )
    state = filters.choice("state", STATES)
    rows = views.payments(runtime(), wanted, state, limit=filters.PAGE + 1, before=filters.before())
    return render_template(
        "payments/list.html",
        connection=connection,
        rows=rows[: filters.PAGE],
        by_state=views.counts(runtime(), wanted),
        older=filters.older(rows, lambda row: row.record_id),
    )


@section.page(PAYMENT, needs=SEE)
def page(connection: str, payment: str) -> ResponseReturnValue:
    """Show everything about one payment."""
    detail = views.payment(runtime(), payment, connection)
    stepped_over = [code for code in STEPPED_OVER if code in {problem.code for problem in detail.problems}]
    return render_template("payments/payment.html", connection=connection, payment=detail, stepped_over=stepped_over)


@section.action(f"{PAYMENT}/retry", needs=DECIDE)
def retry(connection: str, payment: str) -> str:
    """Try a payment again now."""
    detail = views.payment(runtime(), payment, connection)
    accepted = [code for code in request.form.getlist("accept") if code in STEPPED_OVER]
    commands.retry(runtime(), detail, user().name, accepted)
    return f"{_title(detail)} goes on as soon as a worker is free."


@section.action(f"{PAYMENT}/ignore", needs=DECIDE)
def ignore(connection: str, payment: str) -> str:
    """Leave a payment out from now on."""
    detail = views.payment(runtime(), payment, connection)
    commands.ignore(runtime(), detail, user().name, request.form.get("why", "").strip())
    stays = f" Payment {detail.in_precoro} stays in Precoro." if detail.in_precoro else ""
    return f"{_title(detail)} is left out.{stays}"


def _title(row: PaymentRow) -> str:
    return row.number or row.payment


def _wanted(connection: str) -> PaymentFilter:
    """Read the filters. Raises UnreadableFilterError."""
    return PaymentFilter(
        connection=connection,
        text=filters.searched(),
        amount=filters.amount(),
        paid_from=filters.day("from"),
        paid_to=filters.day("to"),
    )
