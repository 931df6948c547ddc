"""`tieout attention`: what waits for a person, by cause, and what puts it right."""

from __future__ import annotations

import shlex
from collections.abc import Sequence
from typing import Any

import click

from cli.long_actions import yes_option
from cli.naming import chosen, connection_and, connection_option, only
from cli.output import fields_of, json_option, moment, money, print_json, print_line, print_table, say
from cli.records import described, reason_of
from cli.remedies import for_programs, lines
from cli.running import opened, warn_without_workers, who
from mappers.text import plural
from workers.attention import commands, views
from workers.attention.views import AttentionCause, WaitingRecord

NOUNS = {"purchase_order": "purchase order", "attachment": "file"}
"""The words for those kinds of records that have another name for people."""


@click.group()
def attention() -> None:
    """Look at what is held or failed: each cause with what it holds up, and what puts it right."""


@attention.command("list")
@connection_and()
@click.option("--limit", default=50, show_default=True, help="How many causes at most.")
@json_option
def list_(*, connection: str | None, limit: int, as_json: bool) -> None:
    """List the causes in a connection, or in all: what failed first, then what holds up the most."""
    with opened() as runtime:
        names = only(connection)
        counts = views.counts(runtime, names)
        causes = views.causes(runtime, names, limit=limit)
    if as_json:
        print_json({**fields_of(counts), "causes": [cause_for_programs(cause) for cause in causes]})
        return
    if causes:
        print_causes(causes)
    say(f"{plural(counts.causes, 'cause')}: {counts.held} held, {counts.failed} failed.")


@attention.command()
@click.argument("code")
@click.argument("subject", required=False)
@connection_option
@click.option("--limit", default=100, show_default=True, help="How many records at most.")
@json_option
def show(*, code: str, subject: str | None, connection: str | None, limit: int, as_json: bool) -> None:
    """List what one cause holds up, the newest first. A cause is named by its code and its subject, as the list shows them."""
    with opened() as runtime:
        rows = views.waiting_records(runtime, code, subject, chosen(runtime, connection), limit=limit)
    if as_json:
        print_json([described(row, {"connection": row.connection, "document": row.name}) for row in rows])
    elif rows:
        heads = ("record", "kind", "number", "state", "supplier", "amount", "since", "why")
        print_table(heads, [_cells(row) for row in rows], right=("amount",), notes=True)
    else:
        say("Nothing waits for that.")


@attention.command()
@click.argument("code")
@click.argument("subject", required=False)
@connection_option
@click.option("--dry-run", is_flag=True, help="Only say how many that would be.")
@yes_option
def send(*, code: str, subject: str | None, connection: str | None, dry_run: bool, yes: bool) -> None:
    """Send again all that one cause holds up, in batches: Ctrl-C stops between two of them."""
    with opened() as runtime:
        slug = chosen(runtime, connection)
        waiting = views.waiting_count(runtime, code, subject, slug)
        if dry_run or not waiting:
            say(f"{plural(waiting, 'record')} would be sent again.")
            return
        if not yes:
            click.confirm(f"Send {plural(waiting, 'record')} again?", abort=True, err=True)
        for sent in commands.send_all(runtime, slug, code, subject, who()):
            say(f"{sent} of {waiting} sent again.")
        warn_without_workers(runtime)


def print_causes(causes: Sequence[AttentionCause]) -> None:
    """Print causes: what each holds up and for how long, what is wrong, and what puts it right."""
    for cause in causes:
        print_line(_headline(cause))
        print_line(f"  {cause.sentence}")
        for line in _ways(cause):
            print_line(f"  {line}")


def cause_for_programs(cause: AttentionCause) -> dict[str, Any]:
    """Return a cause for programs."""
    remedy = cause.remedy and for_programs(cause.remedy, connection=cause.connection)
    return {**fields_of(cause), "remedy": remedy}


def _headline(cause: AttentionCause) -> str:
    """Say what a cause holds up: `2 invoices, USD 1,080.00: supplier_not_paired supplier:9001 (Acme), held ...`."""
    waiting = [plural(number, NOUNS.get(kind, kind)) for kind, number in cause.records.items()]
    amounts = [money(currency, amount) for currency, amount in cause.amounts.items()]
    subject = f" {cause.subject}" if cause.subject and cause.subject != cause.sentence else ""
    about = f" ({cause.about})" if cause.about else ""
    since = f" since {moment(cause.since)}" if cause.since else ""
    return (
        f"{', '.join([*waiting, *amounts])}: {cause.code}{subject}{about}, {cause.state} in {cause.connection}{since}"
    )


def _ways(cause: AttentionCause) -> list[str]:
    """Return what puts a cause right, with its commands; where each record has its own remedy, how to see them."""
    if cause.remedy:
        return lines(cause.remedy, connection=cause.connection)
    name = shlex.join(filter(None, (cause.code, cause.subject)))
    return ["Each has a remedy of its own.", f"  tieout attention show {name} --connection {cause.connection}"]


def _cells(row: WaitingRecord) -> tuple[object, ...]:
    """Return a line of the list of what a cause holds up."""
    return (row.name, row.kind, row.number, row.state, row.supplier, money(row.currency, row.amount), row.since,
            reason_of(row))  # fmt: skip
