"""`tieout documents`: purchase orders and invoices: where they stand, what would be sent, and what people decide."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from functools import partial
from typing import Any

import click

from cli.errors import NotFoundError
from cli.output import json_option, money, print_facts, print_json, print_table, progress, say
from cli.remedies import for_programs, lines, render
from cli.running import connection_named, document_named, documents_named, opened, who
from mappers.documents.document import DocumentKind
from mappers.documents.outcomes import Create, Hold, Need, Nothing, Plan, Update
from mappers.problems import Note, Problem
from outbound.errors import MINUTE, NoBudget
from store.companies import CONNECTED, Connection
from store.records import STATES, SUPPLIER, ProblemRow, Record
from workers.documents.dry_run import DryRun, dry_run
from workers.ops import views as listings
from workers.records import commands as record_commands
from workers.records import waits as waiting
from workers.runtime import Runtime

STEPPED_OVER = (
    "possible_duplicate",
    "already_in_quickbooks",
    "changed_in_quickbooks",
    "deleted_in_quickbooks",
)
"""The codes of problems that a person may step over: see `mappers.documents.plan.plan`."""

connection_option = click.option("--connection", metavar="NAME", help="Only this connection.")


@click.group()
def documents() -> None:
    """Look at purchase orders and invoices, and decide about them.

    A document is named by its number (INV-203), its running number in Precoro (203), or with its kind (invoice:203,
    po:17).
    """


@documents.command("list")
@connection_option
@click.option("--state", type=click.Choice(STATES), help="Only those in this state.")
@click.option("--kind", type=click.Choice(["invoice", "purchase_order"]), help="Only this kind.")
@click.option("--limit", default=100, show_default=True, help="How many at most.")
@json_option
def list_(*, connection: str | None, state: str | None, kind: str | None, limit: int, as_json: bool) -> None:
    """List documents, the newest first."""
    with opened() as runtime:
        if connection:
            connection_named(runtime, connection)
        with runtime.read() as (session, now):
            found = listings.documents(session, connection=connection, state=state, kind=kind, most=limit)
    if as_json:
        print_json([{**_summary(record), **_wait(record, now)} for record in found])
    elif found:
        heads = ("document", "number", "connection", "state", "supplier", "amount", "in QuickBooks", "goes on", "why")
        print_table(heads, [_row(record, now) for record in found], right=("amount",))
    else:
        say("No document matches.")


@documents.command()
@click.argument("name")
@connection_option
@json_option
def show(name: str, *, connection: str | None, as_json: bool) -> None:
    """Show everything about one document: its problems with their remedies, what was decided, and every call."""
    with opened() as runtime:
        record = document_named(runtime, name, connection)
        with runtime.read() as (session, now):
            plans, calls = listings.plans(session, record.id), listings.calls(session, record.id)
    history = [{"at": plan.at, "decision": plan.decision, "summary": plan.summary} for plan in plans]
    called = [
        {"at": c.at, "service": c.service, "method": c.method, "path": c.path, "status": c.status, "fault": c.fault,
         "milliseconds": c.milliseconds, "metered": c.metered, "trace": c.trace, "request_id": c.request_id}
        for c in calls
    ]  # fmt: skip
    if as_json:
        told = {**_summary(record), **_wait(record, now), **_details(record)}
        print_json({**told, "history": history, "calls": called})
        return
    click.echo(f"{record.number or record.idn}  ({_name(record)} of {record.connection.slug})")
    shown = _summary(record)
    print_facts({**{name: shown[name] for name in ("state", "reason", "supplier")}, "amount": _amount(record),
                 "in QuickBooks": _twin(record), **_wait(record, now), **_details(record)})  # fmt: skip
    _print_problems(record.problems, _known(record))
    for note in record.notes:
        click.echo(f"Note ({note['code']}): {note['sentence']}")
    _print_rows("Decisions", history, 3)
    _print_rows("Calls", called, 7)


@documents.command()
@click.argument("name")
@connection_option
@json_option
@click.pass_context
def plan(ctx: click.Context, name: str, *, connection: str | None, as_json: bool) -> None:
    """Show exactly what would be sent to QuickBooks, or every reason why not. Nothing is sent.

    The document is read in Precoro as it is now (one call), also one that Tieout does not know yet: invoice:203. Ends with 1
    when the document would be held.
    """
    with opened() as runtime, progress("Reading the document in Precoro"):
        target, kind, idn = _target(runtime, name, connection)
        found = _patiently(partial(dry_run, runtime, target.id, kind, idn))
    known = {"connection": target.slug, "document": f"{kind}:{idn}"}
    if as_json:
        print_json(_planned(found.plan, known))
    else:
        _print_plan(found.plan, known)
    ctx.exit(1 if isinstance(found.plan, Hold) else 0)


@documents.command()
@click.argument("name")
@connection_option
@click.option(
    "--accept", multiple=True, type=click.Choice(STEPPED_OVER), help="Step over this problem; may be given again."
)
def send(name: str, *, connection: str | None, accept: tuple[str, ...]) -> None:
    """Send a document now, before all others, whatever it was held, left out or failed for."""
    with opened() as runtime:
        record = document_named(runtime, name, connection)
        record_commands.send(runtime, record.id, who(), accept)
    say(
        f"{record.number or record.idn} is sent as soon as a worker is free. See: tieout documents show {_name(record)}"
    )
    if record.connection.state != CONNECTED:
        say(f"{record.connection.slug} is {record.connection.state}, so it waits. See: tieout connections show "
            f"{record.connection.slug}")  # fmt: skip


@documents.command()
@click.argument("name")
@connection_option
@click.option("--why", default="", help="A few words for those who ask later.")
def ignore(name: str, *, connection: str | None, why: str) -> None:
    """Leave a document out from now on. What stands in QuickBooks because of it stays."""
    with opened() as runtime:
        record = document_named(runtime, name, connection)
        record_commands.ignore(runtime, record.id, who(), why)
    stands = f" {_twin(record)} stays in QuickBooks." if record.qbo_id else ""
    say(f"{record.number or record.idn} is ignored.{stands} To change your mind: tieout documents send {_name(record)}")


def _target(runtime: Runtime, text: str, connection: str | None) -> tuple[Connection, DocumentKind, str]:
    """Return connection, kind and running number of a document, known to Tieout or not yet."""
    record, name = documents_named(runtime, text, connection), listings.Name.read(text)
    if record and record.idn and record.kind != SUPPLIER:
        return record.connection, record.kind, record.idn
    if name.kind is None:
        raise NotFoundError(f"There is no document {text} yet. Say its kind and running number: invoice:203")
    with runtime.read() as (session, _):
        found = [one for one in listings.connections(session) if connection in {None, one.slug}]
    if len(found) != 1:
        raise NotFoundError(f"Say of which connection {text} is: --connection NAME. See: tieout connections list")
    return found[0], name.kind, name.text


def _patiently(read: Callable[[], DryRun]) -> DryRun:
    """Read, and if Precoro gave the same document less than a minute ago, wait for that minute to pass."""
    try:
        return read()
    except NoBudget as error:
        if error.retry_after is None or error.retry_after > MINUTE:
            raise
        say(f"Precoro gives the same document once a minute: waiting {error.retry_after:.0f} s.")
        time.sleep(error.retry_after)
        return read()


def _name(record: Record) -> str:
    return f"{record.kind}:{record.idn or record.precoro_id}"


def _amount(record: Record) -> str:
    return money(record.currency, record.amount)


def _twin(record: Record) -> str:
    """Name what stands in QuickBooks."""
    return f"{record.qbo_type} {record.qbo_number} (id {record.qbo_id})" if record.qbo_id else ""


def _row(record: Record, now: datetime) -> tuple[object, ...]:
    """Return a line of the list."""
    wait = _wait(record, now)
    why = wait["waits_for"] or ", ".join(problem.code for problem in record.problems) or record.reason
    return (_name(record), record.number, record.connection.slug, record.state, record.supplier, _amount(record),
            _twin(record), wait["goes_on_at"], why)  # fmt: skip


def _wait(record: Record, now: datetime) -> dict[str, Any]:
    """Return what a document waits for and when it goes on by itself, both None when it does not wait."""
    wait = waiting.of_record(record, now)
    if wait is None:
        return {"goes_on_at": None, "waits_for": None}
    why = f"{wait.why} {render(wait.remedy)}" if wait.remedy else wait.why
    return {"goes_on_at": wait.until, "waits_for": why}


def _summary(record: Record) -> dict[str, Any]:
    """Return what a listing tells of a document, for programs."""
    return {
        "document": _name(record),
        "number": record.number,
        "connection": record.connection.slug,
        "state": record.state,
        "supplier": record.supplier,
        "currency": record.currency,
        "amount": record.amount,
        "qbo_type": record.qbo_type,
        "qbo_id": record.qbo_id,
        "qbo_number": record.qbo_number if record.qbo_id else None,
        "reason": record.reason,
        "problems": [_problem(problem, _known(record)) for problem in record.problems],
        "notes": record.notes,
    }


def _details(record: Record) -> dict[str, Any]:
    """Return what only `show` tells."""
    return {
        "due": record.requested_version > record.handled_version or record.write_back_due,
        "attempts": record.attempts,
        "not_before": record.not_before,
        "read_at": record.read_at,
        "written_back_at": record.written_back_at,
        "external_id": record.external_id,
        "precoro_id": record.precoro_id,
    }


def _known(record: Record) -> dict[str, str]:
    """Return what the commands of a remedy need to know of a document."""
    return {"connection": record.connection.slug, "document": _name(record)}


def _problem(problem: Problem | ProblemRow, known: Mapping[str, str]) -> dict[str, Any]:
    remedy = for_programs(problem.remedy, **known)
    return {"code": problem.code, "subject": problem.subject, "sentence": problem.sentence, "remedy": remedy}


def _print_problems(problems: Iterable[Problem | ProblemRow], known: Mapping[str, str]) -> None:
    """Print every problem, its remedy, and the commands that do what the remedy says."""
    for problem in problems:
        click.echo(f"Problem ({problem.code}): {problem.sentence}")
        for line in lines(problem.remedy, **known):
            click.echo(f"  {line}")


def _print_rows(title: str, rows: list[dict[str, Any]], columns: int) -> None:
    """Print a table with a title, if it has rows."""
    if rows:
        click.echo(f"\n{title}")
        print_table(list(rows[0])[:columns], [list(row.values())[:columns] for row in rows])


def _planned(plan: Plan, known: Mapping[str, str]) -> dict[str, Any]:
    """Return a decision for programs."""
    told: dict[str, Any] = {"decision": type(plan).__name__.lower()}
    if isinstance(plan, Need):
        return told
    told["notes"] = [_note(note) for note in plan.notes]
    if isinstance(plan, Hold):
        return {**told, "problems": [_problem(problem, known) for problem in plan.problems]}
    if isinstance(plan, Nothing):
        return {**told, "state": plan.state, "reason": plan.reason}
    if isinstance(plan, Create):
        return {**told, "type": plan.type, "total": plan.total, "body": plan.body}
    if isinstance(plan, Update):
        return {**told, "type": plan.type, "id": plan.id, "total": plan.total, "body": plan.body}
    return {**told, "type": plan.type, "id": plan.id}


def _note(note: Note) -> dict[str, str]:
    return {"code": note.code, "sentence": note.sentence}


def _print_plan(plan: Plan, known: Mapping[str, str]) -> None:
    """Print the entity, or why there is none, for a person."""
    told = _planned(plan, known)
    if isinstance(plan, Hold):
        _print_problems(plan.problems, known)
        say("It would be held. Nothing was sent.")
    elif isinstance(plan, Nothing):
        say(f"Nothing would be sent: {plan.reason}")
    elif isinstance(plan, Create | Update):
        print_json(plan.body)
        say(f"It would {told['decision']} this {plan.type} of {money(None, plan.total)}. Nothing was sent.")
    else:
        say(f"It would {told['decision']} {told['type']} {told['id']}. Nothing was sent.")
    for note in told["notes"]:
        say(f"Note ({note['code']}): {note['sentence']}")
