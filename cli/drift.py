"""`tieout drift`: what people changed in QuickBooks of what was sent, and what is decided about it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import click

from cli.naming import connection_and, only
from cli.output import (
    counts,
    fields_of,
    json_option,
    money,
    print_facts,
    print_json,
    print_line,
    print_table,
    say,
)
from cli.running import opened, warn_without_workers, who
from workers.documents import commands, drift_views, views
from workers.documents.drift_views import STATES, ChangedField, DriftRow
from workers.documents.views import DocumentDetail
from workers.records import commands as record_commands


@click.group()
def drift() -> None:
    """Look at what people changed, voided, closed or deleted in QuickBooks of what Tieout sent, and decide about it.

    Changed figures hold their document (open); changed coding is reported, and QuickBooks wins until Precoro changes the same
    field. Other choices: the setting changed_fields.
    """


@drift.command("list")
@connection_and()
@click.option(
    "--state", "states", multiple=True, type=click.Choice(STATES), help="Only those in this state; may be given again."
)
@click.option("--limit", default=100, show_default=True, help="How many at most.")
@click.option("--before", type=int, metavar="ID", help="Go on below this record_id, as --json prints it.")
@json_option
def list_(*, connection: str | None, states: tuple[str, ...], limit: int, before: int | None, as_json: bool) -> None:
    """List the documents that were changed in QuickBooks, the newest first, and count those in each state."""
    with opened() as runtime:
        rows = drift_views.drifts(runtime, only(connection), states, limit=limit, before=before)
        weights = drift_views.weights(runtime, only(connection))
    if as_json:
        print_json([drift_for_programs(row) for row in rows])
        return
    if rows:
        heads = ("document", "number", "connection", "kind", "state", "changed (UTC)", "difference", "what")
        print_table(heads, [_cells(row) for row in rows], right=("difference",), notes=True)
    in_each_state = {state: weight.number for state, weight in weights.items()}
    say(f"{'' if rows else 'Nothing matches. '}In each state: {counts(in_each_state) or 'none'}.")


@drift.command()
@connection_and(document=click.STRING)
@json_option
def show(*, connection: str | None, document: str, as_json: bool) -> None:
    """Show field by field what was sent, what QuickBooks holds now, and what Precoro says."""
    with opened() as runtime:
        row = drift_views.drift_of(runtime, document, connection)
    if as_json:
        print_json(drift_for_programs(row))
    else:
        _print(row)


@drift.command()
@connection_and(document=click.STRING)
def accept(*, connection: str | None, document: str) -> None:
    """Leave it as it is in QuickBooks, until people change the same fields there once more.

    It stays listed as accepted. A new version in Precoro that would change these figures asks again.
    """
    with opened() as runtime:
        detail = views.document(runtime, document, connection)
        commands.keep(runtime, detail, who())
    say(f"{_in_quickbooks(detail)} stays as it is. See: tieout drift show {detail.document}")


@drift.command()
@connection_and(document=click.STRING)
def restore(*, connection: str | None, document: str) -> None:
    """Write what Precoro says over what QuickBooks holds: figures and coding.

    Not in a closed period, and not if it is paid, linked or billed on: then the document is held and says so.
    """
    with opened() as runtime:
        detail = views.document(runtime, document, connection)
        commands.overwrite(runtime, detail, who())
        warn_without_workers(runtime)
    say(f"{_in_quickbooks(detail)} becomes what Precoro says. See: tieout documents show {detail.document}")


@drift.command("create-again")
@connection_and(document=click.STRING)
def create_again(*, connection: str | None, document: str) -> None:
    """Create again what was deleted in QuickBooks, with every check of a first sending."""
    with opened() as runtime:
        detail = views.document(runtime, document, connection)
        commands.create_again(runtime, detail, who())
        warn_without_workers(runtime)
    say(f"{_title(detail)} is created again as soon as a worker is free. See: tieout documents show {detail.document}")


@drift.command()
@connection_and(document=click.STRING)
@click.option("--why", default="", help="A few words for those who ask later.")
def ignore(*, connection: str | None, document: str, why: str) -> None:
    """Leave the document out from now on, as `documents ignore` does: nothing is compared any more."""
    with opened() as runtime:
        detail = views.document(runtime, document, connection)
        record_commands.ignore(runtime, detail.record_id, who(), why)
    say(f"{_title(detail)} is ignored. To change your mind: tieout documents send {detail.document}")


def _title(document: DocumentDetail) -> str:
    return document.number or document.document


def _in_quickbooks(document: DocumentDetail) -> str:
    return f"{document.qbo_type} {document.qbo_id}" if document.qbo_id else _title(document)


def _cells(row: DriftRow) -> tuple[object, ...]:
    """Return a line of the list."""
    difference = money(row.currency, row.difference) if row.difference else None
    return (row.document, row.number, row.connection, row.kind, row.state, row.changed_at or row.found_at, difference,
            row.summary)  # fmt: skip


def drift_for_programs(row: DriftRow) -> dict[str, Any]:
    """Return what was changed for programs."""
    fields = [fields_of(field) for field in row.fields]
    return {**fields_of(row), "difference": row.difference, "fields": fields}


def _print(row: DriftRow) -> None:
    """Print everything about what was changed of one document."""
    print_line(f"{row.number or row.document}  ({row.document} of {row.connection})")
    print_facts(
        {
            "document": row.standing,
            "in QuickBooks": f"{row.qbo_type} {row.qbo_id}" if row.qbo_id else None,
            "to open it": row.qbo_page,
        }
    )
    print_drift(row)


def print_drift(row: DriftRow) -> None:
    """Print what was changed, when and by whom, and field by field."""
    print_facts(
        {
            "what": row.kind,
            "decision": row.state,
            "sent": money(row.currency, row.total_sent),
            "now": money(row.currency, row.total_now),
            "changed": row.changed_at,
            "by": row.changed_by,
            "found": row.found_at,
            "decided": row.decided_at,
            "decided by": row.decided_by,
        }
    )
    _print_fields([field for field in row.fields if field.money], "figure")
    _print_fields([field for field in row.fields if not field.money], "coding")


def _print_fields(fields: Sequence[ChangedField], head: str) -> None:
    """Print figures or coding, one field a line."""
    if fields:
        rows = [(field.name, field.sent, field.now, field.precoro, field.state) for field in fields]
        print_table((head, "sent", "QuickBooks now", "Precoro", "state"), rows, notes=True)
