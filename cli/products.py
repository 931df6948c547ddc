"""`tieout products`: pairing Precoro's catalogue with the products and services of QuickBooks."""

from __future__ import annotations

import click

from cli.long_actions import dry_run_option, run_task, yes_option
from cli.naming import chosen, connection_and
from cli.output import counts, json_option, print_json, print_table, say
from cli.running import opened, who
from mappers.text import plural
from workers.products import commands, views
from workers.products.pair_all import NAME
from workers.products.views import ProductRow


@click.group()
def products() -> None:
    """Pair products: lines with a paired product go to QuickBooks as item lines, all others by their account.

    CONNECTION is a connection's name, or that of its QuickBooks company; it may be left out when there is only one.
    """


@products.command()
@connection_and()
@click.option("--all", "everything", is_flag=True, help="Read all products of QuickBooks again, not only what changed.")
@dry_run_option
@yes_option
@json_option
def sync(*, connection: str | None, everything: bool, **options: bool) -> None:
    """Pair what has one name or SKU on both sides, and take over what was renamed in QuickBooks."""
    with opened() as runtime:
        run_task(runtime, chosen(runtime, connection), NAME, {"all": everything}, **options)


@products.command("list")
@connection_and()
@click.option("--state", type=click.Choice(views.STATES), help="Only those in this state.")
@click.option("--search", "text", metavar="TEXT", help="Only those whose name or SKU holds this text, or with this id.")
@click.option("--limit", type=int, help="How many at most; else all.")
@json_option
def list_(*, connection: str | None, state: str | None, text: str | None, limit: int | None, as_json: bool) -> None:
    """List Precoro's products, what each is paired with, and what it might be; and count those in each state."""
    with opened() as runtime:
        page = views.products(runtime, chosen(runtime, connection), state, text, limit=limit)
    if as_json:
        print_json(page.rows)
        return
    if page.rows:
        cells = [(row.key, row.name, row.sku, row.state, _in_quickbooks(row)) for row in page.rows]
        print_table(("id", "product", "SKU", "state", "in QuickBooks"), cells)
    nothing = "No product goes by that." if text else "There are no products. Read them: tieout products sync"
    say(counts(page.by_state) or nothing)


@products.command()
@connection_and(product=click.STRING, item=click.STRING)
def pair(*, connection: str | None, product: str, item: str) -> None:
    """Pair PRODUCT of Precoro with ITEM of QuickBooks, each named by its id, name or SKU."""
    with opened() as runtime:
        released = commands.pair(runtime, chosen(runtime, connection), product, item, who())
    say(f"Paired. {plural(released, 'held document goes', 'held documents go')} on because of it.")


@products.command()
@connection_and(product=click.STRING)
def unpair(*, connection: str | None, product: str) -> None:
    """Unpair PRODUCT of Precoro for good: its later lines go by their account, and no sync pairs the two again."""
    with opened() as runtime:
        item = commands.unpair(runtime, chosen(runtime, connection), product, who())
    say(f"Unpaired from {item}. What was sent stays as it is. To pair them again: tieout products pair")


def _in_quickbooks(row: ProductRow) -> str:
    """Say what a product is paired with, or what it might be."""
    if row.item:
        return row.why or f"{row.item_name} ({row.item})"
    return "; ".join(f"{item.score}: {item.name} ({item.item})" for item in row.suggestions)
