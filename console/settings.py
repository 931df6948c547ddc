"""What is decided about a connection: each setting with what is offered, and why something is not."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

from flask import render_template, request
from flask.typing import ResponseReturnValue

from console.catalogues import catalogues
from console.runtime import runtime
from console.sections import Section
from console.session import user
from mappers.documents.fields import GROUP_NAMES, MONEY_GROUPS
from mappers.policy import CHANGED_FIELD_ACTIONS, UnreadablePolicy
from mappers.settings.rules import BY_ID, ONE_BY_ONE, Setting
from mappers.text import plural
from workers.connections import settings
from workers.connections.settings import SettingsChange, SettingsSheet
from workers.errors import NotOfferedError
from workers.users.roles import Permission

section = Section("settings")
PAGE = "/c/<connection>/settings"
GROUPS: Mapping[str, tuple[str, ...]] = {
    "What to send": (
        "send", "automatic", "pending_too", "go_live", "send_attachments", "import_payments", "bill_number", "write_back",
    ),
    "Default accounts": ("default_line_account", "default_item_account", "payable_accounts"),
    "What is out of the ordinary": (
        "closed_period", "changed_fields", "changed_in_quickbooks", "deleted_in_quickbooks", "paid_bills", "bill_before_order",
        "several_locations", "billable", "unit_price_decimals",
    ),
    "Suppliers": ("supplier_changed_on_both", "supplier_deactivated", "create_missing_vendors"),
    "Taxes": ("taxes", "line_without_tax", "zero_tax_code", "withholding_tax_code", "tax_agency"),
    "Currencies": ("exchange_rate", "pegged_currencies"),
    "Links into Precoro": ("precoro_invoice_page", "precoro_order_page"),
    "Alerts": ("alert_held_hours", "alert_standstill_hours", "alert_silence_hours"),
}  # fmt: skip
"""The settings under the headings of the page, the most often used first."""
NAMED = 50
"""How many of the documents that a change affects are named."""


@section.page(PAGE, needs=Permission.SEE)
def page(connection: str) -> ResponseReturnValue:
    """Show every setting."""
    return _page(connection, settings.sheet(runtime(), connection))


@section.reading(f"{PAGE}/try", needs=Permission.DECIDE)
def try_(connection: str) -> ResponseReturnValue:
    """Show what saving would do, with the form as it was filled in."""
    with _wrong_values_named(connection):
        values = _values(settings.overview(runtime(), connection))
        trial = settings.change(runtime(), connection, values, user().name, dry_run=True)
        return _page(connection, settings.sheet(runtime(), connection, values), trial=trial)


@section.action(f"{PAGE}/save", needs=Permission.DECIDE)
def save(connection: str) -> str:
    """Change the settings that differ from what they were."""
    with _wrong_values_named(connection):
        rows = settings.overview(runtime(), connection)
        change = settings.change(runtime(), connection, _values(rows), user().name)
    if not change.changes:
        return "Nothing was changed."
    titles = {setting.name: setting.title for setting in rows}
    waiting = plural(len(change.waiting), "waiting document is", "waiting documents are")
    return f"Changed: {', '.join(titles[name] for name in change.changes)}. {waiting} looked at again."


def _page(connection: str, sheet: SettingsSheet, trial: SettingsChange | None = None) -> str:
    """Return the page; `trial` is what saving the form as it stands would do."""
    rows = {setting.name: setting for setting in sheet.settings}
    long_lists = catalogues(sheet.entries)
    return render_template(
        "settings/settings.html",
        connection=connection,
        groups={title: [rows[name] for name in names] for title, names in GROUPS.items()},
        titles={name: setting.title for name, setting in rows.items()},
        entries=sheet.entries,
        long_lists=long_lists,
        catalogues={catalogue.name: catalogue for catalogue in long_lists.values()},
        by_id=BY_ID,
        field_groups=GROUP_NAMES,
        figures=MONEY_GROUPS,
        actions=CHANGED_FIELD_ACTIONS,
        trial=trial,
        documents=NAMED,
    )


@contextmanager
def _wrong_values_named(connection: str) -> Iterator[None]:
    """Say of values that cannot be read which settings they are of, by the titles that people see."""
    try:
        yield
    except UnreadablePolicy as error:
        titles = {setting.name: setting.title for setting in settings.overview(runtime(), connection)}
        raise NotOfferedError(
            f"{titles.get(name, name)}: {_words(why)}" for name, why in error.messages.items()
        ) from error


def _values(rows: list[Setting]) -> dict[str, Any]:
    """Return the values that the form has, as they are written on the command line."""
    return {setting.name: _value(setting) for setting in rows if setting.name in _sent()}


def _sent() -> set[str]:
    """Return the settings that the form has a field for."""
    return {name.partition(":")[0] for name in request.form}


def _value(setting: Setting) -> Any:
    """Return what the form says of a setting; an empty field takes a choice back."""
    if setting.name in ONE_BY_ONE:
        prefix = f"{setting.name}:"
        fields = ((name.removeprefix(prefix), value) for name, value in request.form.items() if name.startswith(prefix))
        return {key: value for key, value in fields if value or key in setting.value}
    text = request.form[setting.name].strip()
    if setting.name == "pegged_currencies":
        return text.upper().replace(",", " ").split()
    if setting.name == "go_live" and text:
        return _first_moment(text)
    return text or None


def _first_moment(day: str) -> str:
    """Return the first moment of a day, or the text itself, which is then named as wrong."""
    try:
        return datetime.strptime(day, "%Y-%m-%d").replace(tzinfo=UTC).isoformat()
    except ValueError:
        return day


def _words(why: object) -> str:
    return " ".join(map(str, why)) if isinstance(why, list) else str(why)
