"""Products: Precoro's catalogue beside the products and services of QuickBooks."""

from __future__ import annotations

from flask import render_template, request
from flask.typing import ResponseReturnValue

from console import filters, twins
from console.runtime import runtime
from console.sections import Section
from console.session import user
from mappers.settings.rules import BY_ID
from mappers.text import plural
from workers.products import commands, pair_all, views
from workers.tasks import commands as task_commands
from workers.users.roles import Permission

section = Section("products")
SEE, DECIDE = Permission.SEE, Permission.DECIDE
LIST = "/c/<connection>/products"


@section.page(LIST, needs=SEE)
def list_(connection: str) -> ResponseReturnValue:
    """Show the products of Precoro, what each is paired with, and what it might be."""
    text, state = filters.searched(), filters.choice("state", views.STATES)
    products = views.products(runtime(), connection, state, text, limit=filters.PAGE + 1, offset=filters.offset())
    return render_template(
        "products/list.html",
        connection=connection,
        rows=products.rows[: filters.PAGE],
        by_state=products.by_state,
        states=views.STATES,
        filters={"connection": connection, "text": text, "state": state},
        following=filters.following(products.rows),
        matches=twins.matches(connection, "item"),
    )


@section.beginning(f"{LIST}/sync", needs=DECIDE)
def sync(connection: str) -> int:
    """Pair what has one name or SKU on both sides, and take over what was renamed in QuickBooks."""
    arguments = {"all": "all" in request.form}
    return task_commands.start(runtime(), connection, pair_all.NAME, arguments, user().name)


@section.action(f"{LIST}/pair", needs=DECIDE)
def pair(connection: str) -> str:
    """Pair a product of Precoro with one of QuickBooks."""
    product, item = (f"{BY_ID}{request.form.get(name, '')}" for name in ("product", "item"))
    released = commands.pair(runtime(), connection, product, item, user().name)
    return f"Paired. {plural(released, 'held document goes', 'held documents go')} on because of it."


@section.action(f"{LIST}/unpair", needs=DECIDE)
def unpair(connection: str) -> str:
    """Unpair a product for good."""
    item = commands.unpair(runtime(), connection, f"{BY_ID}{request.form.get('product', '')}", user().name)
    return f"Unpaired from {item}. What was sent stays as it is."
