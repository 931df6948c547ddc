"""`tieout suppliers`: bring suppliers and vendors together, keep them in step, and answer what is asked about them."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any, ParamSpec, TypeVar

import click

from cli.errors import WrongError
from cli.following import dry_run_option, run_task, yes_option
from cli.output import json_option, print_json, print_table, progress, say
from cli.remedies import for_programs, render
from cli.running import connection_named, opened, who
from mappers.suppliers.fields import LABELS
from mappers.suppliers.merge import Side
from outbound.errors import RemoteError
from store import records
from store.companies import Connection
from store.records import Record
from store.reference import Entry
from workers import sync
from workers.errors import DoesNotExistError
from workers.ops import views as listings
from workers.runtime import Runtime
from workers.suppliers import commands as supplier_acts
from workers.suppliers import create_vendors as vendor_batches
from workers.suppliers import import_from_quickbooks as supplier_import
from workers.suppliers import pair_all as supplier_sync
from workers.suppliers import views as supplier_listings
from workers.suppliers.views import Overview

P = ParamSpec("P")
R = TypeVar("R")

SIDES: dict[str, Side] = {"precoro": "precoro", "quickbooks": "quickbooks", "apart": "apart"}
PATIENCE, LOOK_EVERY = 60.0, 0.2

supplier_argument = click.argument("supplier")


def connection_option(command: Callable[P, R]) -> Callable[P, R]:
    """Add `--connection` to a command; it may be left out when there is only one."""
    return click.option("--connection", "slug", default="", help="Which connection, when there are several.")(command)


@click.group()
def suppliers() -> None:
    """Suppliers in Precoro and vendors in QuickBooks: import, sync, pair, create, and answer what is asked."""


@suppliers.command("import")
@click.argument("name", default="")
@dry_run_option
@yes_option
@click.option("--anyway", is_flag=True, help="Also vendors that may be a supplier already, under another name.")
@json_option
def import_(name: str, *, dry_run: bool, yes: bool, anyway: bool, as_json: bool) -> None:
    """Create in Precoro the suppliers that only QuickBooks has, each in its currency.

    A vendor that may be a supplier already is a problem to decide about first: pair them, or say that they are not the same.
    """
    _run(name, supplier_import.NAME, {"anyway": anyway}, dry_run=dry_run, yes=yes, as_json=as_json)


@suppliers.command("sync")
@click.argument("name", default="")
@dry_run_option
@yes_option
@json_option
def sync_(name: str, *, dry_run: bool, yes: bool, as_json: bool) -> None:
    """Pair what both sides have; what is less certain becomes a suggestion with its score and evidence."""
    _run(name, supplier_sync.NAME, {}, dry_run=dry_run, yes=yes, as_json=as_json)


@suppliers.command("list")
@click.argument("name", default="")
@click.option("--all", "everything", is_flag=True, help="Print every pair as well.")
@json_option
def list_(name: str, *, everything: bool, as_json: bool) -> None:
    """Show pairs, suggestions with score and evidence, and what only one side has."""
    with opened() as runtime:
        connection = _connection(runtime, name)
        with runtime.read() as (session, _):
            found = supplier_listings.overview(session, connection)
        if as_json:
            print_json(_described(found, connection.slug))
        else:
            _print(found, everything=everything)


@suppliers.command("pair")
@click.argument("supplier", default="")
@click.argument("vendor", default="")
@click.option(
    "--suggested", "at_least", type=click.IntRange(50, 100), help="Pair all suggestions with this score or more."
)
@connection_option
@json_option
def pair(supplier: str, vendor: str, at_least: int | None, slug: str, *, as_json: bool) -> None:
    """Pair a supplier with a vendor, each named by id or exact name; or all sure suggestions at once."""
    if at_least is None and not (supplier and vendor):
        raise click.UsageError("Name a supplier and a vendor, or --suggested with a score.")
    with opened() as runtime:
        name = _connection(runtime, slug).slug
        if at_least is not None:
            made = supplier_acts.pair_suggested(runtime, name, at_least, who())
            _tell({"paired": [list(one) for one in made]}, f"Paired {len(made)}.", as_json=as_json)
            return
        released = supplier_acts.pair(runtime, name, supplier, vendor, who())
        _tell({"released": released}, f"Paired; {released} documents go on that waited for it.", as_json=as_json)


@suppliers.command("unpair")
@supplier_argument
@click.option("--undo", is_flag=True, help="Give both sides back the values they had before they were paired.")
@connection_option
@json_option
def unpair(supplier: str, slug: str, *, undo: bool, as_json: bool) -> None:
    """End a pair for good: it is not made or suggested again by itself."""
    with opened() as runtime:
        name = _connection(runtime, slug).slug
        vendor = supplier_acts.unpair(runtime, name, supplier, who(), undo=undo)
        told = f"Vendor {vendor} is being given back what it had." if undo else f"Unpaired from vendor {vendor}."
        _tell({"vendor": vendor, "undo": undo}, told, as_json=as_json)


@suppliers.command("refuse")
@supplier_argument
@click.argument("vendor")
@connection_option
def refuse(supplier: str, vendor: str, slug: str) -> None:
    """Say that a supplier and a vendor are not the same, for good."""
    with opened() as runtime:
        supplier_acts.refuse(runtime, _connection(runtime, slug).slug, supplier, vendor, who())
        say("Noted: they are not the same.")


@suppliers.command("create")
@click.argument("supplier", nargs=-1)
@click.option("--name", "vendor_name", default="", help="The name of the vendor, when the supplier's own is taken.")
@click.option("--anyway", is_flag=True, help="Create it although vendors with similar names exist.")
@connection_option
@dry_run_option
@yes_option
@json_option
def create(
    supplier: tuple[str, ...], vendor_name: str, slug: str, *, anyway: bool, dry_run: bool, yes: bool, as_json: bool
) -> None:
    """Create vendors in QuickBooks: for one supplier, or for all that have none when none is named.

    Similar vendors are shown first and hold it back, unless --anyway or another --name is given.
    """
    if len(supplier) == 1 and not dry_run:
        _create_one(supplier[0], vendor_name, slug, anyway=anyway, as_json=as_json)
        return
    if vendor_name:
        raise click.UsageError("--name goes with one supplier, and without --dry-run.")
    arguments = {"suppliers": list(supplier), "anyway": anyway}
    _run(slug, vendor_batches.NAME, arguments, dry_run=dry_run, yes=yes, as_json=as_json)


@suppliers.command("leave")
@supplier_argument
@click.option("--why", default="", help="The reason, for the history.")
@connection_option
def leave(supplier: str, why: str, slug: str) -> None:
    """Leave a held supplier as it is, until somebody pairs it."""
    with opened() as runtime:
        supplier_acts.leave(runtime, _connection(runtime, slug).slug, supplier, who(), why)
        say("Left as it is.")


@suppliers.command("questions")
@click.argument("name", default="")
@json_option
def questions(name: str, *, as_json: bool) -> None:
    """Show which suppliers wait for a person, with what either side holds."""
    with opened() as runtime:
        connection = _connection(runtime, name)
        with runtime.read() as (session, _):
            found = supplier_listings.asked(session, connection)
        if as_json:
            print_json([_asked(one, connection.slug) for one in found])
            return
        rows = [
            (one.supplier, one.name, LABELS[asked.field], asked.precoro, asked.quickbooks)
            for one in found
            for asked in one.questions
        ]
        print_table(("supplier", "name", "field", "in Precoro", "in QuickBooks"), rows)
        for one in found:
            for problem in one.problems:
                say(f"{one.name}: {problem.sentence} {render(problem.remedy, connection=connection.slug)}")


@suppliers.command("answer", context_settings={"token_normalize_func": lambda word: word.replace("_", "-")})
@supplier_argument
@click.argument("field", type=click.Choice([name.replace("_", "-") for name in LABELS]))
@click.argument("right", type=click.Choice(list(SIDES)))
@connection_option
def answer(supplier: str, field: str, right: str, slug: str) -> None:
    """Say which side is right about a field: precoro, quickbooks, or apart to leave both as they are."""
    with opened() as runtime:
        name = _connection(runtime, slug).slug
        supplier_acts.answer(runtime, name, supplier, field.replace("-", "_"), SIDES[right], who())
        say("Answered. See what becomes of it: tieout suppliers questions")


def _connection(runtime: Runtime, name: str) -> Connection:
    """Return the connection of a name, or the only one. Raises DoesNotExistError."""
    if name:
        return connection_named(runtime, name)
    with runtime.read() as (session, _):
        found = listings.connections(session)
    if len(found) != 1:
        named = ", ".join(one.slug for one in found) or "none"
        raise DoesNotExistError(f"Name the connection; there are: {named}.")
    return found[0]


def _run(name: str, action: str, arguments: dict[str, Any], *, dry_run: bool, yes: bool, as_json: bool) -> None:
    """Run a long action of a connection."""
    with opened() as runtime:
        slug = _connection(runtime, name).slug
        run_task(runtime, slug, action, arguments, dry_run=dry_run, yes=yes, as_json=as_json)


def _create_one(supplier: str, name: str, slug: str, *, anyway: bool, as_json: bool) -> None:
    """Create one vendor and wait for what comes of it; lends a hand when no worker does."""
    with opened() as runtime:
        connection = _connection(runtime, slug)
        record_id = supplier_acts.create(runtime, connection.slug, supplier, who(), name=name, anyway=anyway)
        with progress("Creating the vendor"):
            record = _finished(runtime, record_id)
        problems = [
            f"{problem.sentence} {render(problem.remedy, connection=connection.slug)}" for problem in record.problems
        ]
        told = "; ".join(problems) or record.reason or "Created and paired."
        _tell({"state": record.state, "problems": problems}, told, as_json=as_json)
        if record.state != records.SYNCED:
            raise WrongError("The vendor was not created.")


def _finished(runtime: Runtime, record_id: int) -> Record:
    """Bring a record up to date and return it as it stands then."""
    until = time.monotonic() + PATIENCE
    while True:
        with runtime.read() as (session, _):
            record = listings.whole(session, record_id)
        if record.requested_version <= record.handled_version or time.monotonic() > until:
            return record
        try:
            sync.sync(runtime, record_id)
        except RemoteError as error:
            raise WrongError(f"{error} {error.remedy}") from error
        time.sleep(LOOK_EVERY)


def _print(found: Overview, *, everything: bool) -> None:
    """Print both lists, as far as a person has to do something about them."""
    click.echo(
        f"{len(found.paired)} paired, {len(found.suggested)} suggestions, {len(found.precoro_only)} in Precoro only, "
        f"{len(found.quickbooks_only)} in QuickBooks only, {len(found.asked)} with a question"
    )
    if everything:
        rows = [
            (one.supplier.key, one.supplier.name, one.vendor and one.vendor.key, one.how, one.state)
            for one in found.paired
        ]
        print_table(("supplier", "name", "vendor", "how", "state"), rows)
    if found.suggested:
        suggested = [
            (one.supplier.key, one.supplier.name, one.vendor.key, one.vendor.name, one.score, "; ".join(one.evidence))
            for one in found.suggested
        ]
        print_table(
            ("supplier", "in Precoro", "vendor", "in QuickBooks", "score", "evidence"), suggested, right=("score",)
        )
    for title, entries in (("Precoro", found.precoro_only), ("QuickBooks", found.quickbooks_only)):
        if entries:
            print_table((f"only in {title}", "name"), [(one.key, one.name) for one in entries])


def _described(found: Overview, slug: str) -> dict[str, Any]:
    """Return both lists for programs."""
    return {
        "paired": [
            {"supplier": one.supplier.key, "name": one.supplier.name, "vendor": one.vendor and one.vendor.key, "how": one.how,
             "state": one.state}
            for one in found.paired
        ],
        "suggested": [
            {"supplier": one.supplier.key, "name": one.supplier.name, "vendor": one.vendor.key, "vendor_name": one.vendor.name,
             "score": one.score, "evidence": one.evidence}
            for one in found.suggested
        ],
        "precoro_only": [_named(one) for one in found.precoro_only],
        "quickbooks_only": [_named(one) for one in found.quickbooks_only],
        "asked": [_asked(one, slug) for one in found.asked],
    }  # fmt: skip


def _named(entry: Entry) -> dict[str, str]:
    return {"id": entry.key, "name": entry.name}


def _asked(one: supplier_listings.Asked, slug: str) -> dict[str, Any]:
    return {
        "supplier": one.supplier,
        "name": one.name,
        "problems": [
            {
                "code": problem.code,
                "sentence": problem.sentence,
                "remedy": for_programs(problem.remedy, connection=slug),
            }
            for problem in one.problems
        ],
        "questions": [
            {"field": each.field, "precoro": each.precoro, "quickbooks": each.quickbooks, "why": each.why}
            for each in one.questions
        ],
    }


def _tell(value: dict[str, Any], sentence: str, *, as_json: bool) -> None:
    """Print what came of a command, for people or for programs."""
    if as_json:
        print_json(value)
    else:
        say(sentence)
