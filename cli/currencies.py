"""`tieout currencies`: which currencies both sides use, and adding those that QuickBooks lacks."""

from __future__ import annotations

import re
from dataclasses import asdict
from typing import Any

import click

from cli.following import dry_run_option, run_task, yes_option
from cli.output import json_option, print_json, print_table
from cli.remedies import for_programs, render
from cli.running import chosen, opened
from mappers.currencies import Currency
from workers.currencies import NAME, overview

CODE = re.compile(r"[A-Z]{3}\Z")


@click.group()
def currencies() -> None:
    """See which currencies suppliers and vendors have, and add those that QuickBooks lacks.

    NAME is the connection's name; it may be left out when there is only one.
    """


@currencies.command()
@click.argument("name", required=False)
@json_option
def show(name: str | None, *, as_json: bool) -> None:
    """Show every currency in use: by how many suppliers and vendors, and what has to be done about it."""
    with opened() as runtime:
        slug = chosen(runtime, name)
        found = overview(runtime, slug)
    if as_json:
        print_json([_described(currency, slug) for currency in found])
        return
    heads = ("currency", "suppliers", "vendors", "QuickBooks", "what to do")
    rows = [(one.code, one.suppliers, one.vendors, one.state, _to_do(one, slug)) for one in found]
    print_table(heads, rows, right=("suppliers", "vendors"))


def _described(currency: Currency, slug: str) -> dict[str, Any]:
    """Return a currency for programs."""
    remedy = for_programs(currency.remedy, connection=slug) if currency.remedy else None
    return {**asdict(currency), "remedy": remedy}


def _to_do(currency: Currency, slug: str) -> str:
    """Say what has to be done about a currency, with the command for it."""
    remedy = render(currency.remedy, connection=slug) if currency.remedy else ""
    return f"{currency.sentence} {remedy}".strip()


@currencies.command()
@click.argument("words", nargs=-1, metavar="[NAME] [CODE]...")
@dry_run_option
@yes_option
@json_option
def add(words: tuple[str, ...], *, dry_run: bool, yes: bool, as_json: bool) -> None:
    """Add currencies to QuickBooks: those named, such as EUR USD, or all that suppliers have and QuickBooks lacks.

    Multicurrency has to be on in QuickBooks. Precoro's API cannot add currencies: a person does that there.
    """
    codes = [word for word in words if CODE.match(word)]
    names = [word for word in words if not CODE.match(word)]
    if len(names) > 1:
        raise click.UsageError(f"{names[1]} is no currency; currencies are written in three capital letters.")
    with opened() as runtime:
        slug = chosen(runtime, names[0] if names else None)
        run_task(runtime, slug, NAME, {"codes": codes}, dry_run=dry_run, yes=yes, as_json=as_json)
