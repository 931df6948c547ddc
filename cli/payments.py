"""`tieout payments`: payments of bills in QuickBooks that are brought to the invoices of Precoro."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import click

from cli.amounts import Amount
from cli.long_actions import dry_run_option, run_task, yes_option
from cli.naming import chosen, connection_and
from cli.output import (
    counts,
    json_option,
    money,
    print_facts,
    print_json,
    print_line,
    print_table,
    say,
)
from cli.records import described, print_notes, print_problems, print_timeline, reason_of, waits_for
from cli.running import opened, warn_without_workers, who
from workers.payments import commands, views
from workers.payments.commands import STEPPED_OVER
from workers.payments.import_from_quickbooks import NAME
from workers.payments.views import STATES, PaymentDetail, PaymentFilter, PaymentRow

day_type = click.DateTime(["%Y-%m-%d"])


@click.group()
def payments() -> None:
    """Look at the payments that come back from QuickBooks, and decide about them.

    A payment is named as the list shows it (billpayment:145:bill:176), by its id in QuickBooks (145), or by its number there.
    Payments come back while the setting import_payments is on.
    """


@payments.command("list")
@connection_and()
@click.option("--state", type=click.Choice(STATES), help="Only those in this state.")
@click.option(
    "--search", "text", metavar="TEXT", help="Only those whose number, supplier's name or invoice holds this text."
)
@click.option("--amount", type=Amount(), help="Only those of exactly this amount.")
@click.option("--from", "first", type=day_type, metavar="DAY", help="Only those paid on this day or later.")
@click.option("--to", "last", type=day_type, metavar="DAY", help="Only those paid on this day or before.")
@click.option("--limit", default=100, show_default=True, help="How many at most.")
@click.option("--before", type=int, metavar="ID", help="Go on below this record_id, as --json prints it.")
@json_option
def list_(
    *,
    connection: str | None,
    state: str | None,
    first: datetime | None,
    last: datetime | None,
    limit: int,
    before: int | None,
    as_json: bool,
    **filters: Any,
) -> None:
    """List payments, the newest first, and count those in each state."""
    filters |= {"paid_from": first and first.date(), "paid_to": last and last.date()}
    wanted = PaymentFilter(connection=connection, **filters)
    with opened() as runtime:
        rows = views.payments(runtime, wanted, state, limit=limit, before=before)
        in_each_state = views.counts(runtime, wanted)
    if as_json:
        print_json([described(row, _context(row)) for row in rows])
        return
    if rows:
        heads = ("payment", "number", "connection", "state", "invoice", "paid on", "amount", "in Precoro", "why")
        print_table(heads, [_cells(row) for row in rows], right=("amount",), notes=True)
    say(f"{'' if rows else 'No payment matches. '}In each state: {counts(in_each_state) or 'none'}.")


@payments.command()
@connection_and(payment=click.STRING)
@json_option
def show(*, connection: str | None, payment: str, as_json: bool) -> None:
    """Show everything about one payment: its problems with their remedies, and what happened to it."""
    with opened() as runtime:
        detail = views.payment(runtime, payment, connection)
    if as_json:
        print_json(described(detail, _context(detail)))
    else:
        _print_detail(detail)


@payments.command("import")
@connection_and()
@click.option("--from", "first", type=day_type, metavar="DAY", required=True, help="Those paid on this day or later.")
@click.option("--to", "last", type=day_type, metavar="DAY", required=True, help="Those paid on this day or before.")
@dry_run_option
@yes_option
@json_option
def import_(*, connection: str | None, first: datetime, last: datetime, **options: bool) -> None:
    """Bring the payments of these days, also those made before the import was switched on."""
    if last < first:
        raise click.BadParameter("It is before --from.", param_hint="--to")
    days = {"first": first.date().isoformat(), "last": last.date().isoformat()}
    with opened() as runtime:
        slug = chosen(runtime, connection)
        commands.check_import_is_on(runtime, slug)
        run_task(runtime, slug, NAME, days, **options)


@payments.command()
@connection_and(payment=click.STRING)
@click.option(
    "--accept", multiple=True, type=click.Choice(STEPPED_OVER), help="Step over this problem; may be given again."
)
def retry(*, connection: str | None, payment: str, accept: tuple[str, ...]) -> None:
    """Try a payment again now, whatever it was held, left out or failed for."""
    with opened() as runtime:
        detail = views.payment(runtime, payment, connection)
        commands.retry(runtime, detail, who(), accept)
        warn_without_workers(runtime)
    say(f"{_title(detail)} goes on as soon as a worker is free. See: tieout payments show {detail.payment}")


@payments.command()
@connection_and(payment=click.STRING)
@click.option("--why", default="", help="A few words for those who ask later.")
def ignore(*, connection: str | None, payment: str, why: str) -> None:
    """Leave a payment out from now on. What stands in Precoro because of it stays."""
    with opened() as runtime:
        detail = views.payment(runtime, payment, connection)
        commands.ignore(runtime, detail, who(), why)
    stays = f" Payment {detail.in_precoro} stays in Precoro." if detail.in_precoro else ""
    say(f"{_title(detail)} is ignored.{stays} To change your mind: tieout payments retry {detail.payment}")


def _title(row: PaymentRow) -> str:
    return row.number or row.payment


def _cells(row: PaymentRow) -> tuple[object, ...]:
    """Return a line of the list."""
    return (row.payment, row.number, row.connection, row.state, row.invoice, row.paid_on, money(row.currency, row.amount),
            row.in_precoro, reason_of(row))  # fmt: skip


def _print_detail(detail: PaymentDetail) -> None:
    """Print everything about a payment."""
    print_line(f"{_title(detail)}  ({detail.payment} of {detail.connection})")
    print_facts(
        {
            "state": detail.state,
            "reason": detail.reason,
            "invoice": detail.invoice,
            "supplier": detail.supplier,
            "paid on": detail.paid_on,
            "amount": money(detail.currency, detail.amount),
            "to open it": detail.qbo_page,
            "in Precoro": detail.in_precoro and f"payment {detail.in_precoro}",
            "goes on": detail.goes_on_at,
            "waits for": waits_for(detail),
            "due": detail.due,
            "attempts": detail.attempts,
            "not before": detail.not_before,
            "external id": detail.external_id,
        }
    )
    print_problems(detail.problems, _context(detail))
    print_notes(detail.notes)
    print_timeline(detail.timeline)


def _context(row: PaymentRow) -> dict[str, str]:
    """Return the arguments that the commands of a remedy need about a payment."""
    return {"connection": row.connection, "payment": row.payment}
