"""`tieout currencies`: which currencies both sides use, and adding those that QuickBooks lacks."""

from __future__ import annotations

import re
from typing import Any

import click

from cli.long_actions import dry_run_option, run_task, yes_option
from cli.naming import chosen, connection_and, connection_option, one_connection
from cli.output import fields_of, json_option, print_json, print_table
from cli.remedies import for_programs, render
from cli.running import opened
from mappers.currencies import Currency
from workers.currencies import NAME, overview

CODE = re.compile(r"[A-Z]{3}\Z")


@click.group()
def currencies() -> None:
    """See which currencies suppliers and vendors have, and add those that QuickBooks lacks.

    CONNECTION is a connection's name, or that of its QuickBooks company; it may be left out when there is only one.
    """


@currencies.command()
@connection_and()
@json_option
def show(*, connection: str | None, as_json: bool) -> None:
    """Show every currency in use: by how many suppliers and vendors, and what has to be done about it."""
    with opened() as runtime:
        slug = chosen(runtime, connection)
        rows = overview(runtime, slug)
    if as_json:
        print_json([_described(currency, slug) for currency in rows])
        return
    heads = ("currency", "suppliers", "vendors", "QuickBooks", "what to do")
    cells = [(row.code, row.suppliers, row.vendors, row.state, _to_do(row, slug)) for row in rows]
    print_table(heads, cells, right=("suppliers", "vendors"), notes=True)


@currencies.command()
@click.argument("words", nargs=-1, metavar="[CONNECTION] [CODE]...")
@connection_option
@dry_run_option
@yes_option
@json_option
def add(*, words: tuple[str, ...], connection: str | None, **options: bool) -> None:
    """Add currencies to QuickBooks: those named, such as EUR USD, or all that suppliers have and QuickBooks lacks.

    Multicurrency has to be on in QuickBooks. Precoro's API cannot add currencies: a person does that there.
    """
    codes = [word for word in words if CODE.match(word)]
    names = [word for word in words if not CODE.match(word)]
    if len(names) > 1:
        raise click.UsageError(f"{names[1]} is no currency; currencies are written in three capital letters.")
    with opened() as runtime:
        slug = chosen(runtime, one_connection(connection, names))
        run_task(runtime, slug, NAME, {"codes": codes}, **options)


def _described(currency: Currency, slug: str) -> dict[str, Any]:
    """Return a currency for programs."""
    remedy = for_programs(currency.remedy, connection=slug) if currency.remedy else None
    return {**fields_of(currency), "remedy": remedy}


def _to_do(currency: Currency, slug: str) -> str:
    """Say what has to be done about a currency, with the command for it."""
    remedy = render(currency.remedy, connection=slug) if currency.remedy else ""
    return f"{currency.sentence} {remedy}".strip()
