"""`tieout documents`: purchase orders, invoices and credit notes: where they stand, what would be sent, and what people decide."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import datetime
from functools import partial
from typing import Any, TypeVar

import click

from cli.amounts import Amount
from cli.drift import drift_for_programs, print_drift
from cli.naming import connection_and, only
from cli.output import (
    counts,
    exact_json,
    fields_of,
    json_option,
    money,
    print_facts,
    print_heading,
    print_json,
    print_line,
    print_table,
    progress,
    say,
)
from cli.preview import preview
from cli.records import described, print_notes, print_problems, print_timeline, reason_of, waits_for
from cli.remedies import problem_for_programs
from cli.running import opened, warn_without_workers, who
from mappers.documents.outcomes import Create, Hold, Need, Nothing, Plan, Update
from mappers.text import plural
from outbound.errors import MINUTE, NoBudget
from workers.attachments import commands as file_commands
from workers.attachments.views import FileRow
from workers.documents import commands, views
from workers.documents.commands import STEPPED_OVER
from workers.documents.dry_run import DryRun, dry_run
from workers.documents.views import APPROVALS, DOCUMENT_KINDS, STATES, DocumentDetail, DocumentRow, Wanted
from workers.records import commands as record_commands

Read = TypeVar("Read")

day_type = click.DateTime(["%Y-%m-%d"])


@click.group()
def documents() -> None:
    """Look at purchase orders, invoices and credit notes, and decide about them.

    A document is named by its number (INV-203), its running number in Precoro (203), or with its kind (invoice:203,
    po:17). Precoro keeps credit notes among its invoices.
    """


@documents.command("list")
@connection_and()
@click.option(
    "--state",
    "states",
    multiple=True,
    type=click.Choice(STATES),
    help="Only those in this state, or with a file that is held or failed; may be given again.",
)
@click.option("--kind", type=click.Choice(DOCUMENT_KINDS), help="Only this kind.")
@click.option(
    "--search",
    "text",
    metavar="TEXT",
    help="Only those whose number, also in QuickBooks or the supplier's own, or supplier's name holds this text.",
)
@click.option(
    "--approval", type=click.Choice(APPROVALS), help="Only those that Precoro showed so when they were last read."
)
@click.option("--problem", metavar="CODE", help="Only those that have this problem.")
@click.option("--subject", metavar="SUBJECT", help="Only those with a problem of this subject, such as supplier:9001.")
@click.option("--supplier", metavar="TEXT", help="Only those whose supplier's name holds this text.")
@click.option("--number", metavar="TEXT", help="Only those whose number holds this text.")
@click.option("--amount", type=Amount(), help="Only those of exactly this amount.")
@click.option("--from", "first", type=day_type, metavar="DAY", help="Only those issued on this day or later.")
@click.option("--to", "last", type=day_type, metavar="DAY", help="Only those issued on this day or before.")
@click.option("--limit", default=100, show_default=True, help="How many at most.")
@click.option("--before", type=int, metavar="ID", help="Go on below this record_id, as --json prints it.")
@json_option
def list_(
    *,
    connection: str | None,
    first: datetime | None,
    last: datetime | None,
    limit: int,
    before: int | None,
    as_json: bool,
    **filters: Any,
) -> None:
    """List documents, the newest first, and count those in each state."""
    filters |= {"issued_from": first and first.date(), "issued_to": last and last.date()}
    wanted = Wanted(connections=only(connection), **filters)
    with opened() as runtime:
        rows = views.documents(runtime, wanted, limit=limit, before=before)
        in_each_state = views.counts(runtime, wanted)
    if as_json:
        print_json([described(row, _context(row)) for row in rows])
        return
    if rows:
        heads = ("document", "number", "connection", "state", "supplier", "amount", "in QuickBooks", "goes on", "why")
        print_table(heads, [_cells(row) for row in rows], right=("amount",), notes=True)
    matches = in_each_state.matches
    total = plural(matches, "document matches", "documents match") if matches else "No document matches"
    say(f"{total}. In each state: {counts(in_each_state.by_state) or 'none'}.")


@documents.command()
@connection_and(document=click.STRING)
@json_option
def show(*, connection: str | None, document: str, as_json: bool) -> None:
    """Show everything about one document: its problems with their remedies, and what happened to it."""
    with opened() as runtime:
        detail = views.document(runtime, document, connection)
    if as_json:
        print_json(_described(detail))
    else:
        _print_detail(detail)


@documents.command()
@connection_and(document=click.STRING)
@json_option
@click.pass_context
def plan(ctx: click.Context, *, connection: str | None, document: str, as_json: bool) -> None:
    """Show exactly what would be sent to QuickBooks, or every reason why not. Nothing is sent.

    The document is read in Precoro as it is now (one call), also one that Tieout does not know yet: invoice:203. Ends with 1
    when the document would be held.
    """
    with opened() as runtime, progress("Reading the document in Precoro"):
        planned = _patiently(partial(dry_run, runtime, document, connection))
    if as_json:
        print_json(_described_plan(planned))
    else:
        _print_plan(planned)
    ctx.exit(1 if isinstance(planned.plan, Hold) else 0)


@documents.command()
@connection_and(document=click.STRING)
@click.option(
    "--accept", multiple=True, type=click.Choice(STEPPED_OVER), help="Step over this problem; may be given again."
)
def send(*, connection: str | None, document: str, accept: tuple[str, ...]) -> None:
    """Send a document now, before all others, whatever it was held, left out or failed for."""
    with opened() as runtime:
        detail = views.document(runtime, document, connection)
        record_commands.send(runtime, detail.record_id, who(), accept)
        warn_without_workers(runtime)
    say(f"{_title(detail)} is sent as soon as a worker is free. See: tieout documents show {detail.document}")
    if detail.connection_state != views.WORKING:
        say(f"{detail.connection} is {detail.connection_state}, so it waits. See: tieout connections show "
            f"{detail.connection}")  # fmt: skip


@documents.command("retry-files")
@connection_and(document=click.STRING)
@click.pass_context
def retry_files(ctx: click.Context, *, connection: str | None, document: str) -> None:
    """Try those files of a document now that are held, failed or waiting. The document itself is left as it is."""
    with opened() as runtime:
        detail = views.document(runtime, document, connection)
        files = file_commands.retry(runtime, detail.record_id, who())
        if not files:
            say(f"No file of {_title(detail)} waits.")
            ctx.exit(1)
        warn_without_workers(runtime)
    say(f"Files that go on as soon as a worker is free: {files}. See: tieout documents show {detail.document}")


@documents.command()
@connection_and(document=click.STRING)
@click.option("--why", default="", help="A few words for those who ask later.")
def ignore(*, connection: str | None, document: str, why: str) -> None:
    """Leave a document out from now on. What stands in QuickBooks because of it stays."""
    with opened() as runtime:
        detail = views.document(runtime, document, connection)
        record_commands.ignore(runtime, detail.record_id, who(), why)
    stays = f" {_in_quickbooks(detail)} stays in QuickBooks." if detail.qbo_id else ""
    say(f"{_title(detail)} is ignored.{stays} To change your mind: tieout documents send {detail.document}")


@documents.command()
@connection_and(document=click.STRING, entity=click.STRING)
@click.option("--yes", is_flag=True, help="Adopt it without asking, whatever differs.")
@click.pass_context
def adopt(ctx: click.Context, *, connection: str | None, document: str, entity: str, yes: bool) -> None:
    """Let what was entered in QuickBooks by hand stand for a document.

    ENTITY is its id there. What differs is shown first and stays as it is. Our marker is written into it, and from then on it is Tieout's: a
    revision updates it, a cancellation removes it.
    """
    with opened() as runtime:
        detail = views.document(runtime, document, connection)
        with progress("Reading the document in Precoro and in QuickBooks"):
            adoption = _patiently(partial(commands.compare, runtime, detail, entity))
        if not adoption.is_possible:
            _print_plan(adoption.planned)
            ctx.exit(1)
        for difference in adoption.differences:
            say(f"Not the same: {difference}.")
        if not yes:
            click.confirm(f"Let id {entity} stand for {_title(detail)}?", abort=True, err=True)
        commands.adopt(runtime, detail, entity, who())
    say(f"{_title(detail)} is linked as soon as a worker is free. See: tieout documents show {detail.document}")


@documents.command()
@connection_and(document=click.STRING)
def keep(*, connection: str | None, document: str) -> None:
    """Keep what QuickBooks holds, though the figures are not Precoro's.

    The next approval in Precoro asks again.
    """
    with opened() as runtime:
        detail = views.document(runtime, document, connection)
        commands.keep(runtime, detail, who())
    say(f"{_in_quickbooks(detail)} stays as it is. See: tieout documents show {detail.document}")


@documents.command()
@connection_and(document=click.STRING)
def overwrite(*, connection: str | None, document: str) -> None:
    """Write what Precoro says over what QuickBooks holds, figures and coding, whoever changed it there."""
    with opened() as runtime:
        detail = views.document(runtime, document, connection)
        commands.overwrite(runtime, detail, who())
    say(f"{_in_quickbooks(detail)} gets the figures of {_title(detail)}. See: tieout documents show {detail.document}")


def _patiently(read: Callable[[], Read]) -> Read:
    """Read, and if Precoro gave the same document less than a minute ago, wait for that minute to pass."""
    try:
        return read()
    except NoBudget as error:
        if error.retry_after is None or error.retry_after > MINUTE:
            raise
        say(f"Precoro gives the same document once a minute: waiting {error.retry_after:.0f} s.")
        time.sleep(error.retry_after)
        return read()


def _title(row: DocumentRow) -> str:
    return row.number or row.document


def _in_quickbooks(row: DocumentRow) -> str:
    """Name what stands in QuickBooks."""
    return f"{row.qbo_type} {row.qbo_number} (id {row.qbo_id})" if row.qbo_id else ""


def _cells(row: DocumentRow) -> tuple[object, ...]:
    """Return a line of the list."""
    return (row.document, row.number, row.connection, row.state, row.supplier, money(row.currency, row.amount),
            _in_quickbooks(row), row.goes_on_at, _why(row))  # fmt: skip


def _why(row: DocumentRow) -> str | None:
    """Say in a list why a document stands where it does, and which files of it were not sent."""
    return "; ".join(filter(None, [reason_of(row), *(f"file {file}" for file in row.waiting_files)])) or None


def _print_detail(detail: DocumentDetail) -> None:
    """Print everything about a document."""
    print_line(f"{_title(detail)}  ({detail.document} of {detail.connection})")
    print_facts(
        {
            "state": detail.state,
            "reason": detail.reason,
            "supplier": detail.supplier,
            "issued on": detail.issued_on,
            "amount": money(detail.currency, detail.amount),
            "in QuickBooks": _in_quickbooks(detail),
            "to open it": detail.qbo_page,
            "in Precoro": detail.precoro_page,
            "goes on": detail.goes_on_at,
            "waits for": waits_for(detail),
            "due": detail.due,
            "attempts": detail.attempts,
            "not before": detail.not_before,
            "read": detail.read_at,
            "written back": detail.written_back_at,
            "external id": detail.external_id,
            "id in Precoro": detail.precoro_id,
        }
    )
    print_problems(detail.problems, _context(detail))
    print_notes(detail.notes)
    if detail.drift is not None:
        print_heading("Changed in QuickBooks")
        print_drift(detail.drift)
    _print_files(detail)
    print_timeline(detail.timeline)


def _print_files(detail: DocumentDetail) -> None:
    """Print every file with where it stands, and its problems."""
    if not detail.files:
        return
    print_heading("Files")
    heads = ("file", "name", "bytes", "state", "in QuickBooks", "goes on", "why")
    print_table(heads, [_file_cells(file) for file in detail.files], right=("bytes",))
    for file in detail.files:
        print_problems(file.problems, _context(detail))


def _file_cells(file: FileRow) -> tuple[object, ...]:
    """Return a line of the list of files."""
    why = ", ".join(problem.code for problem in file.problems) or file.reason
    return (file.file, file.name, file.size, file.state, file.qbo_id, file.goes_on_at, why)


def _context(document: DocumentRow | DryRun) -> dict[str, str]:
    """Return the arguments that the commands of a remedy need about a document."""
    name = document.name if isinstance(document, DryRun) else document.document
    return {"connection": document.connection, "document": name}


def _described(detail: DocumentDetail) -> dict[str, Any]:
    """Return a document with its files for programs."""
    files = [_described_file(file, detail) for file in detail.files]
    drift = None if detail.drift is None else drift_for_programs(detail.drift)
    return {**described(detail, _context(detail)), "files": files, "drift": drift}


def _described_file(file: FileRow, row: DocumentRow) -> dict[str, Any]:
    """Return a file for programs."""
    problems = [problem_for_programs(problem, **_context(row)) for problem in file.problems]
    return {**fields_of(file), "problems": problems}


def _described_plan(planned: DryRun) -> dict[str, Any]:
    """Return a decision for programs."""
    plan = planned.plan
    decision = {"decision": _verb(plan)}
    if isinstance(plan, Need):
        return decision
    decided = {**decision, "notes": plan.notes, "files": planned.files}
    if isinstance(plan, Hold):
        problems = [problem_for_programs(problem, **_context(planned)) for problem in plan.problems]
        return {**decided, "problems": problems}
    if isinstance(plan, Nothing):
        later = {"then": _described_entity(plan.then, planned)} if plan.then else {}
        return {**decided, "state": plan.state, "reason": plan.reason, **later}
    if isinstance(plan, Create):
        return {**decided, **_described_entity(plan, planned)}
    if isinstance(plan, Update):
        return {**decided, "id": plan.id, **_described_entity(plan, planned)}
    return {**decided, "type": plan.type, "id": plan.id}


def _described_entity(change: Create | Update, planned: DryRun) -> dict[str, Any]:
    """Return what would be sent, as the very JSON, with the names of its ids."""
    return {"type": change.type, "total": change.total, "body": exact_json(change.body), "names": planned.names}


def _print_plan(planned: DryRun) -> None:
    """Print the entity, or why there is none, for a person."""
    plan = planned.plan
    if isinstance(plan, Need):
        say(f"It would {_verb(plan)}. Nothing was sent.")
        return
    if isinstance(plan, Hold):
        print_problems(plan.problems, _context(planned))
        say("It would be held. Nothing was sent.")
    elif isinstance(plan, Nothing):
        say(f"Nothing would be sent: {plan.reason}")
        if plan.then:
            _print_entity(plan.then, planned, "then create")
    elif isinstance(plan, Create | Update):
        _print_entity(plan, planned, _verb(plan))
    else:
        say(f"It would {_verb(plan)} {plan.type} {plan.id}. Nothing was sent.")
    for note in plan.notes:
        say(f"Note ({note.code}): {note.sentence}")
    for file in planned.files:
        say(f"File {file.name}: {file.why_not or 'goes along.'}")


def _print_entity(change: Create | Update, planned: DryRun, verb: str) -> None:
    """Print what would be sent, with the names of its ids."""
    print_json(exact_json(change.body))
    for named in planned.names:
        say(f"{named.field} {named.id} is {named.name}.")
    amount = money(planned.document.currency, change.total)
    say(f"It would {verb} this {change.type} of {amount}. Nothing was sent.")


def _verb(plan: Plan) -> str:
    return type(plan).__name__.lower()


documents.add_command(preview)
