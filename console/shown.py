"""How values are shown on every page: figures exact, times in UTC, and nothing invisible in a name."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

from flask import Flask, g, url_for
from markupsafe import Markup, escape

from console.remedies import ways
from console.runtime import console
from console.sections import with_filters
from console.session import current_user
from mappers.money import signed, written
from mappers.problems import CODES
from mappers.text import duration, heading, plural, visible
from workers.attention import views
from workers.users.roles import Permission

NAVIGATION = (
    (
        ("attention.causes", "Needs attention"),
        ("drift.list_", "Changed in QuickBooks"),
        ("documents.list_", "Documents"),
        ("payments.list_", "Payments"),
        ("tie_out.overview", "Tie-out"),
    ),
    (("suppliers.list_", "Suppliers"), ("lists.list_", "Lists"), ("products.list_", "Products")),
    (("set_up.page", "Set-up"), ("settings.page", "What to send"), ("tasks.list_", "Tasks")),
    (("operations.connection_page", "Operations"), ("operations.events", "Events"), ("operations.history", "History")),
)
"""The pages of a connection in groups: what people do daily, what belongs together, the set-up, and what is behind it."""
NEVER = "never"
"""The state of what is left out."""
STATIC = Path(__file__).parent / "static"


def install(app: Flask) -> None:
    """Give the templates their filters and what every page has."""
    app.jinja_env.finalize = plain
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    app.jinja_env.filters.update(
        money=money,
        change=change,
        moment=moment,
        lines=lines,
        words=words,
        meaning=meaning,
        heading=heading,
        duration=duration,
        spaced=spaced,
        services=services,
        detail=detail,
        plural=plural,
    )
    app.jinja_env.globals.update(
        file_address=file_address, Permission=Permission, ways_of=ways, navigation=NAVIGATION, with_filters=with_filters
    )
    app.context_processor(of_every_page)


def of_every_page() -> dict[str, Any]:
    """Return who is signed in, whether real companies are behind this console, and how many causes wait."""
    has_navigation = "connection" in g and g.get("by_person", True)  # what refreshes itself is a part of a page
    waits = views.number_of_causes(console().runtime, [g.connection]) if has_navigation else 0
    has_provider = bool(console().settings.oidc_issuer)
    return {
        "has_provider": has_provider,
        "user": current_user(),
        "is_practice": console().settings.uses_standins,
        "attention_count": waits,
    }


def plain(value: Any) -> Any:
    """Return what a template shows of a value: names come from others, so what is not printed in them is marked."""
    if value is None:
        return ""
    if isinstance(value, Markup):
        return value
    return visible(str(value))


def money(value: Decimal | None, currency: str | None = None) -> str:
    """Return an amount with its currency: `USD 1,284.37`."""
    if value is None:
        return ""
    return f"{currency} {written(value)}" if currency else written(value)


def change(value: Decimal | None) -> str:
    """Return an amount with its sign, as it is added in a statement."""
    return "" if value is None else signed(value)


def moment(value: datetime | date | None) -> str:
    """Return a day, or a time to the second, in UTC."""
    if value is None:
        return ""
    return value.strftime("%Y-%m-%d %H:%M:%S") if isinstance(value, datetime) else value.isoformat()


def lines(text: str | None) -> Markup:
    """Return a text of several lines, each with what is not printed in it marked."""
    return Markup("\n").join(escape(visible(line)) for line in (text or "").splitlines())


def words(name: str) -> str:
    """Return a name of the code as words: `purchase_order` is `purchase order`, and the state `never` is `left out`."""
    return "left out" if name == NEVER else name.replace("_", " ")


def meaning(code: str) -> str:
    """Return what a code of a problem means, in a sentence."""
    return CODES.get(code, words(code))


def spaced(name: str) -> str:
    """Return a type of QuickBooks as words: `PurchaseOrder` is `Purchase order`."""
    return re.sub(r"(?<=[a-z])(?=[A-Z])", " ", name).capitalize()


def detail(value: Any) -> str:
    """Return a detail of the history as people write it: `role: viewer, connections: all`, and `yes` for true."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, Mapping):
        return ", ".join(f"{words(str(name))}: {detail(part)}" for name, part in value.items())
    if isinstance(value, list | tuple):
        return ", ".join(detail(part) for part in value)
    return "none" if value is None else str(value)


def services(text: str) -> str:
    """Return a text in which both services have the names that people know."""
    return text.replace("quickbooks", "QuickBooks").replace("precoro", "Precoro")


def file_address(name: str) -> str:
    """Return the address of a file of ours, which changes with its contents so that browsers may keep it."""
    return url_for("static", filename=name, v=_digest(name))


@cache
def _digest(name: str) -> str:
    return hashlib.sha256((STATIC / name).read_bytes()).hexdigest()[:12]
