"""`tieout suppliers`: bring suppliers and vendors together, keep them in step, and answer what is asked about them."""

from __future__ import annotations

import time
from collections.abc import Sequence
from typing import Any

import click

from cli.errors import WrongError
from cli.long_actions import dry_run_option, run_task, yes_option
from cli.naming import chosen, connection_and, connection_and_perhaps, connection_option
from cli.output import (
    fields_of,
    json_option,
    print_facts,
    print_heading,
    print_json,
    print_line,
    print_table,
    progress,
    say,
)
from cli.records import print_problems, print_timeline
from cli.remedies import problem_for_programs, render
from cli.running import opened, who
from mappers.suppliers.fields import LABELS
from mappers.suppliers.merge import Side
from mappers.text import plural
from outbound.errors import RemoteError
from workers import sync
from workers.runtime import Runtime
from workers.suppliers import commands, create_vendors, import_from_quickbooks, pair_all, views
from workers.suppliers.comparison import SupplierDetail, supplier_detail
from workers.suppliers.views import IN_PRECORO, IN_QUICKBOOKS, SuggestedVendor, SupplierState

SIDES: dict[str, Side] = {"precoro": "precoro", "quickbooks": "quickbooks", "apart": "apart"}
FIELDS = [name.replace("_", "-") for name in LABELS]
PATIENCE, LOOK_EVERY = 60.0, 0.2
currency_option = click.option(
    "--currency", metavar="CODE", help="The vendor for documents in this currency, beside another one."
)


@click.group()
def suppliers() -> None:
    """Suppliers in Precoro and vendors in QuickBooks: import, sync, pair, create, and answer what is asked.

    CONNECTION is a connection's name, or that of its QuickBooks company; it may be left out when there is only one.
    """


@suppliers.command("import")
@connection_and()
@dry_run_option
@yes_option
@click.option("--anyway", is_flag=True, help="Also vendors that may be a supplier already, under another name.")
@json_option
def import_(*, connection: str | None, anyway: bool, **options: bool) -> None:
    """Create in Precoro the suppliers that only QuickBooks has, each in its currency.

    A vendor that may be a supplier already is a problem to decide about first: pair them, or say that they are not the same.
    """
    with opened() as runtime:
        slug = chosen(runtime, connection)
        run_task(runtime, slug, import_from_quickbooks.NAME, {"anyway": anyway}, **options)


@suppliers.command("sync")
@connection_and()
@dry_run_option
@yes_option
@json_option
def sync_(*, connection: str | None, **options: bool) -> None:
    """Pair what both sides have; what is less certain becomes a suggestion with its score and evidence."""
    with opened() as runtime:
        run_task(runtime, chosen(runtime, connection), pair_all.NAME, {}, **options)


@suppliers.command("list")
@connection_and()
@click.option("--all", "everything", is_flag=True, help="Print every pair as well.")
@click.option("--search", "text", metavar="TEXT", help="Only those whose name holds this text, or with this id.")
@click.option("--limit", type=int, help="How many of each list at most; else all.")
@json_option
def list_(*, connection: str | None, everything: bool, text: str | None, limit: int | None, as_json: bool) -> None:
    """Show pairs, suggestions with score and evidence, and what only one side has."""
    with opened() as runtime:
        slug = chosen(runtime, connection)
        if as_json:
            print_json(_described_lists(runtime, slug, text, limit))
        else:
            _print_lists(runtime, slug, text, limit, everything=everything)


@suppliers.command()
@connection_and(supplier=click.STRING)
@json_option
def show(*, connection: str | None, supplier: str, as_json: bool) -> None:
    """Show one supplier, named by id or exact name, beside its vendor: every shared field, and what happened to it.

    A guarded field is always asked about when it changes: that is how payment fraud looks.
    """
    with opened() as runtime:
        slug = chosen(runtime, connection)
        detail = supplier_detail(runtime, slug, supplier)
    if as_json:
        print_json(_described(detail, slug))
    else:
        _print_detail(detail)


@suppliers.command("pair")
@connection_and_perhaps(supplier=click.STRING, vendor=click.STRING)
@click.option(
    "--suggested", "at_least", type=click.IntRange(50, 100), help="Pair all suggestions with this score or more."
)
@currency_option
@json_option
def pair(
    *,
    connection: str | None,
    supplier: str | None,
    vendor: str | None,
    at_least: int | None,
    currency: str | None,
    as_json: bool,
) -> None:
    """Pair a supplier with a vendor, each named by id or exact name; or all sure suggestions at once.

    A vendor has one currency. With --currency a supplier gets one more, for its documents in that currency.
    """
    if (at_least is None) == (supplier is None or vendor is None):
        raise click.UsageError("Name a supplier and a vendor, or --suggested with a score.")
    with opened() as runtime:
        slug = chosen(runtime, connection)
        if supplier and vendor:
            released = (
                commands.pair_in_currency(runtime, slug, supplier, vendor, currency.upper(), who())
                if currency
                else commands.pair(runtime, slug, supplier, vendor, who())
            )
            documents = plural(released, "document goes on that", "documents go on that")
            _report({"released": released}, f"Paired; {documents} waited for it.", as_json=as_json)
        else:
            pairs = commands.pair_suggested(runtime, slug, at_least or 100, who())
            _report({"paired": pairs}, f"Paired {len(pairs)}.", as_json=as_json)


@suppliers.command("unpair")
@connection_and(supplier=click.STRING)
@click.option("--undo", is_flag=True, help="Give both sides back the values they had before they were paired.")
@currency_option
@json_option
def unpair(*, connection: str | None, supplier: str, undo: bool, currency: str | None, as_json: bool) -> None:
    """End a pair for good: it is not made or suggested again by itself."""
    if undo and currency:
        raise click.UsageError("--undo and --currency do not go together.")
    with opened() as runtime:
        slug = chosen(runtime, connection)
        vendor = (
            commands.unpair_in_currency(runtime, slug, supplier, currency.upper(), who())
            if currency
            else commands.unpair(runtime, slug, supplier, who(), undo=undo)
        )
    sentence = f"Vendor {vendor} is being given back what it had." if undo else f"Unpaired from vendor {vendor}."
    _report({"vendor": vendor, "undo": undo}, sentence, as_json=as_json)


@suppliers.command("refuse")
@connection_and(supplier=click.STRING, vendor=click.STRING)
def refuse(*, connection: str | None, supplier: str, vendor: str) -> None:
    """Say that a supplier and a vendor are not the same, for good."""
    with opened() as runtime:
        commands.refuse(runtime, chosen(runtime, connection), supplier, vendor, who())
    say("Noted: they are not the same.")


@suppliers.command("create")
@click.argument("names", nargs=-1, metavar="[SUPPLIER]...")
@click.option("--name", "vendor_name", default="", help="The name of the vendor, when the supplier's own is taken.")
@click.option("--anyway", is_flag=True, help="Create it although vendors with similar names exist.")
@connection_option
@dry_run_option
@yes_option
@json_option
def create(
    *,
    names: tuple[str, ...],
    vendor_name: str,
    connection: str | None,
    anyway: bool,
    dry_run: bool,
    yes: bool,
    as_json: bool,
) -> None:
    """Create vendors in QuickBooks: for one supplier, or for all that have none when none is named.

    Similar vendors are shown first and hold it back, unless --anyway or another --name is given. The connection is named
    with --connection only, because every word is a supplier.
    """
    is_single = len(names) == 1 and not dry_run
    if vendor_name and not is_single:
        raise click.UsageError("--name goes with one supplier, and without --dry-run.")
    with opened() as runtime:
        slug = chosen(runtime, connection)
        if is_single:
            _create_one(runtime, slug, names[0], vendor_name, anyway=anyway, as_json=as_json)
            return
        arguments = {"suppliers": commands.supplier_keys(runtime, slug, names), "anyway": anyway}
        run_task(runtime, slug, create_vendors.NAME, arguments, dry_run=dry_run, yes=yes, as_json=as_json)


@suppliers.command("leave")
@connection_and(supplier=click.STRING)
@click.option("--why", default="", help="The reason, for the history.")
def leave(*, connection: str | None, supplier: str, why: str) -> None:
    """Leave a held supplier as it is, until somebody pairs it."""
    with opened() as runtime:
        commands.leave(runtime, chosen(runtime, connection), supplier, who(), why)
    say("Left as it is.")


@suppliers.command("questions")
@connection_and()
@json_option
def questions(*, connection: str | None, as_json: bool) -> None:
    """Show which suppliers wait for a person, with what either side holds."""
    with opened() as runtime:
        slug = chosen(runtime, connection)
        held = views.held(runtime, slug)
    if as_json:
        print_json([_described(supplier, slug) for supplier in held])
        return
    rows = [
        (supplier.supplier, supplier.name, LABELS[question.field], question.precoro, question.quickbooks)
        for supplier in held
        for question in supplier.questions
    ]
    print_table(("supplier", "name", "field", "in Precoro", "in QuickBooks"), rows)
    for supplier in held:
        for problem in supplier.problems:
            say(f"{supplier.name}: {problem.sentence} {render(problem.remedy, connection=slug)}")


@suppliers.command("answer", context_settings={"token_normalize_func": lambda word: word.replace("_", "-")})
@connection_and(supplier=click.STRING, field=click.Choice(FIELDS), side=click.Choice(list(SIDES)))
def answer(*, connection: str | None, supplier: str, field: str, side: str) -> None:
    """Say which side is right about a field: precoro, quickbooks, or apart to leave both as they are."""
    with opened() as runtime:
        slug = chosen(runtime, connection)
        commands.answer(runtime, slug, supplier, field.replace("-", "_"), SIDES[side], who())
    say("Answered. See what becomes of it: tieout suppliers questions")


def _create_one(runtime: Runtime, slug: str, supplier: str, name: str, *, anyway: bool, as_json: bool) -> None:
    """Create one vendor and wait for what comes of it; lends a hand when no worker does."""
    record_id = commands.create(runtime, slug, supplier, who(), name=name, anyway=anyway)
    with progress("Creating the vendor"):
        row = _finished(runtime, record_id)
    problems = [f"{problem.sentence} {render(problem.remedy, connection=slug)}" for problem in row.problems]
    sentence = "; ".join(problems) or row.reason or "Created and paired."
    _report({"state": row.state, "problems": problems}, sentence, as_json=as_json)
    if row.state != views.DONE:
        raise WrongError("The vendor was not created.")


def _finished(runtime: Runtime, record_id: int) -> SupplierState:
    """Bring a supplier up to date and return where it stands then."""
    until = time.monotonic() + PATIENCE
    while True:
        row = views.supplier(runtime, record_id)
        if not row.due or time.monotonic() > until:
            return row
        try:
            sync.sync(runtime, record_id)
        except RemoteError as error:
            raise WrongError(f"{error} {error.remedy}") from error
        time.sleep(LOOK_EVERY)


def _print_detail(detail: SupplierDetail) -> None:
    """Print everything about a supplier."""
    print_line(f"{detail.name}  (supplier:{detail.supplier} of {detail.connection})")
    print_facts(
        {
            "state": detail.state,
            "reason": detail.reason,
            "due": detail.due,
            "vendor": detail.vendor and f"{detail.vendor_name or 'gone'} (id {detail.vendor})",
            "to open it": detail.qbo_page,
            "paired": detail.paired_at,
            "by": detail.who or detail.how,
            "vendors by currency": detail.in_currencies,
        }
    )
    print_heading("Fields")
    heads = ("field", "in Precoro", "in QuickBooks", "differs", "guarded", "asked")
    print_table(heads, [
        (field.label, field.precoro, field.quickbooks, field.differs, field.is_guarded, field.why_asked)
        for field in detail.fields
    ])  # fmt: skip
    print_problems(detail.problems, {"connection": detail.connection})
    if detail.suggestions:
        print_heading("It may be")
        _print_suggestions(detail.suggestions)
    print_timeline(detail.timeline)


def _print_lists(runtime: Runtime, slug: str, text: str | None, limit: int | None, *, everything: bool) -> None:
    """Print both lists, as far as a person has to do something about them."""
    counts = views.counts(runtime, slug, text)
    print_line(
        f"{counts.paired} paired, {plural(counts.suggested, 'suggestion')}, {counts.precoro_only} in Precoro only, "
        f"{counts.quickbooks_only} in QuickBooks only, {counts.held} with a question"
    )
    if everything:
        pairs = views.pairs(runtime, slug, text, limit=limit)
        rows = [(pair.supplier, pair.name, pair.vendor, pair.how, pair.state) for pair in pairs]
        print_table(("supplier", "name", "vendor", "how", "state"), rows)
    suggestions = views.suggestions(runtime, slug, text, limit=limit)
    if suggestions:
        _print_suggestions(suggestions)
    for side, service in ((IN_PRECORO, "Precoro"), (IN_QUICKBOOKS, "QuickBooks")):
        companies = [(row.id, row.name) for row in views.unpaired(runtime, slug, side, text, limit=limit)]
        if companies:
            print_table((f"only in {service}", "name"), companies)


def _print_suggestions(suggestions: Sequence[SuggestedVendor]) -> None:
    """Print what may belong together, with what speaks for it."""
    heads = ("supplier", "in Precoro", "vendor", "in QuickBooks", "score", "evidence")
    rows = [
        (row.supplier, row.name, row.vendor, row.vendor_name, row.score, "; ".join(row.evidence)) for row in suggestions
    ]
    print_table(heads, rows, right=("score",))


def _described(supplier: SupplierState | SupplierDetail, slug: str) -> dict[str, Any]:
    """Return where a supplier stands for programs."""
    problems = [problem_for_programs(problem, connection=slug) for problem in supplier.problems]
    return {**fields_of(supplier), "problems": problems}


def _described_lists(runtime: Runtime, slug: str, text: str | None, limit: int | None) -> dict[str, Any]:
    """Return both lists for programs."""
    return {
        "paired": views.pairs(runtime, slug, text, limit=limit),
        "suggested": views.suggestions(runtime, slug, text, limit=limit),
        "precoro_only": views.unpaired(runtime, slug, IN_PRECORO, text, limit=limit),
        "quickbooks_only": views.unpaired(runtime, slug, IN_QUICKBOOKS, text, limit=limit),
        "asked": [_described(supplier, slug) for supplier in views.held(runtime, slug, text, limit=limit)],
    }


def _report(value: dict[str, Any], sentence: str, *, as_json: bool) -> None:
    """Print what came of a command, for people or for programs."""
    if as_json:
        print_json(value)
    else:
        say(sentence)
