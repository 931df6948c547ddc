"""`tieout taxes`: which tax code of QuickBooks each tax of Precoro gets, and the codes that are missing."""

from __future__ import annotations

import click

from cli.long_actions import dry_run_option, run_task, yes_option
from cli.naming import chosen, connection_and, connection_and_perhaps
from cli.output import json_option, print_json, print_table, say
from cli.running import opened, who
from workers.taxes import commands, create_codes, views
from workers.taxes import match as tax_match
from workers.taxes.views import Taxes, TaxRow, WithholdingRow

HEADS = ("Precoro", "rate", "QuickBooks", "", "what to do")


@click.group()
def taxes() -> None:
    """Match taxes of Precoro with tax codes of QuickBooks.

    CONNECTION is a connection's name, or that of its QuickBooks company; it may be left out when there is only one.
    """


@taxes.command("list")
@connection_and()
@json_option
def list_(*, connection: str | None, as_json: bool) -> None:
    """List every tax, and every set of taxes seen on a line, with its code; nothing is read anew."""
    with opened() as runtime:
        slug = chosen(runtime, connection)
        overview = views.taxes(runtime, slug)
    if as_json:
        print_json(overview)
    else:
        _print(overview, slug)


@taxes.command()
@connection_and_perhaps(tax=click.STRING, code=click.STRING)
@dry_run_option
@yes_option
@json_option
def match(*, connection: str | None, tax: str | None, code: str | None, **options: bool) -> None:
    """Match what is certain, suggest what is likely, and say what is missing; or match one TAX with one CODE by hand.

    TAX and CODE are ids or exact names; several taxes of one line are joined, as in "GST + PST" or 5+7. A withholding tax
    takes a liability account in place of a code. Both sides are read anew (4 calls), not when matching by hand. Documents
    that were held for it go out at once.
    """
    with opened() as runtime:
        slug = chosen(runtime, connection)
        by_hand = tax_match.by_hand(runtime, slug, tax, code) if tax and code else {}
        run_task(runtime, slug, tax_match.NAME, by_hand, **options)


@taxes.command()
@connection_and(tax=click.STRING)
def unmatch(*, connection: str | None, tax: str) -> None:
    """Undo the match of one TAX for good: its code is not suggested or matched by itself again.

    What was sent stays as it is; later documents with this tax are held until another code is chosen.
    """
    with opened() as runtime:
        commands.unmatch(runtime, chosen(runtime, connection), tax, who())
    say(f"{tax} is no longer matched. Documents with it are held from now on.")


@taxes.command()
@connection_and(tax=click.STRING, code=click.STRING)
def refuse(*, connection: str | None, tax: str, code: str) -> None:
    """Say that a TAX and a CODE are not the same, for good."""
    with opened() as runtime:
        commands.refuse(runtime, chosen(runtime, connection), tax, code, who())
    say("Noted: they are not the same.")


@taxes.command()
@connection_and()
@click.option(
    "--tax",
    "names",
    multiple=True,
    metavar="TAX",
    help="Only for this tax, though codes are likely. May be given again.",
)
@dry_run_option
@yes_option
@json_option
def create(*, connection: str | None, names: tuple[str, ...], **options: bool) -> None:
    """Create the tax codes that are missing in QuickBooks, under the chosen tax agency, and match them."""
    with opened() as runtime:
        slug = chosen(runtime, connection)
        keys = [tax_match.tax_key(runtime, slug, name) for name in names]
        run_task(runtime, slug, create_codes.NAME, {"taxes": keys}, **options)


def _print(overview: Taxes, slug: str) -> None:
    """Print every tax, and what to do next."""
    rows = [*(_cells(tax) for tax in overview.taxes), *(_withheld(tax) for tax in overview.withholding)]
    if rows:
        print_table(HEADS, rows, right=("rate",), notes=True)
    say(overview.sentence)
    if overview.taxes and not overview.done:
        agency = overview.agency_name or f"not chosen (tieout settings set {slug} tax_agency=ID)"
        say(
            f"Tax agency of codes that are created: {agency}. To match and to create: tieout taxes match, tieout taxes create"
        )


def _cells(tax: TaxRow) -> tuple[str, ...]:
    """Return the line of one tax or set: its code, else the likeliest one in brackets."""
    likely = f"[{tax.candidates[0].name}]" if tax.candidates else ""
    return tax.name, tax.percent, tax.code_name or likely, tax.state, tax.sentence


def _withheld(tax: WithholdingRow) -> tuple[str, ...]:
    """Return the line of a tax that is withheld."""
    to_do = "" if tax.account else "Choose its liability account by hand."
    return tax.name, tax.percent, tax.account_name or "", "withheld", to_do
