"""`tieout products`: pairing Precoro's catalogue with the products and services of QuickBooks."""

from __future__ import annotations

from collections import Counter
from dataclasses import asdict

import click

from cli.following import counted, dry_run_option, run_task, yes_option
from cli.output import json_option, print_json, print_table, say
from cli.running import chosen, connection_named, opened, who
from workers.products import commands
from workers.products.commands import ListedProduct
from workers.products.pair_all import NAME

connection_option = click.option("--connection", metavar="NAME", help="Which connection, when there are several.")


@click.group()
def products() -> None:
    """Pair products: lines with a paired product go to QuickBooks as item lines, all others by their account."""


@products.command()
@click.argument("name", required=False)
@click.option("--all", "everything", is_flag=True, help="Read all products of QuickBooks again, not only what changed.")
@dry_run_option
@yes_option
@json_option
def sync(*, name: str | None, everything: bool, dry_run: bool, yes: bool, as_json: bool) -> None:
    """Pair what has one name or SKU on both sides, and take over what was renamed in QuickBooks.

    NAME is the connection; it may be left out when there is only one.
    """
    with opened() as runtime:
        slug = chosen(runtime, name)
        run_task(runtime, slug, NAME, {"all": everything}, dry_run=dry_run, yes=yes, as_json=as_json)


@products.command("list")
@click.argument("name", required=False)
@click.option("--state", help="Only these: paired, suggested, 'not in QuickBooks', 'cannot be used'.")
@json_option
def list_(*, name: str | None, state: str | None, as_json: bool) -> None:
    """List Precoro's products, what each is paired with, and what it might be."""
    with opened() as runtime:
        slug = connection_named(runtime, chosen(runtime, name)).slug
        found = [one for one in commands.overview(runtime, slug) if state in {None, one.state}]
    if as_json:
        print_json([asdict(one) for one in found])
        return
    if found:
        rows = [(one.key, one.name, one.sku, one.state, _told(one)) for one in found]
        print_table(("id", "product", "SKU", "state", "in QuickBooks"), rows)
    say(counted(Counter(one.state for one in found)) or "There are no products. Read them: tieout products sync")


@products.command()
@click.argument("product")
@click.argument("item")
@connection_option
def pair(*, product: str, item: str, connection: str | None) -> None:
    """Pair PRODUCT of Precoro with ITEM of QuickBooks, each named by its id, name or SKU."""
    with opened() as runtime:
        released = commands.pair(runtime, chosen(runtime, connection), product, item, who())
    say(f"Paired. {released} held documents go on because of it.")


@products.command()
@click.argument("product")
@connection_option
def unpair(*, product: str, connection: str | None) -> None:
    """Unpair PRODUCT of Precoro for good: its later lines go by their account, and no sync pairs the two again."""
    with opened() as runtime:
        had = commands.unpair(runtime, chosen(runtime, connection), product, who())
    say(f"Unpaired from {had}. What was sent stays as it is. To pair them again: tieout products pair")


def _told(one: ListedProduct) -> str:
    """Say what a product is paired with, or the best of what it might be."""
    if one.item:
        return one.why or f"{one.item_name} ({one.item})"
    return "; ".join(f"{near['score']}: {near['name']} ({near['item']})" for near in one.suggestions)
