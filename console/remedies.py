"""Remedies on a page: for each act the page where it is done, or the button that does it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from flask import current_app, url_for

from console.sections import ACCESS
from console.session import user
from mappers.remedies import ActName, Remedy


@dataclass(frozen=True, slots=True)
class Place:
    """Where an act is done: the page's endpoint, and the words on the way there.

    Args:
        posts: whether the way is a button that acts at once
        names: what the page calls those arguments of the act that it takes besides those of its address
        part: the id of the part of the page where it is done; one that is folded opens
        form: the endpoint of the form on the page that does it, which the person has to be allowed to send
    """

    label: str
    endpoint: str
    posts: bool = False
    names: Mapping[str, str] = field(default_factory=dict)
    part: str | None = None
    form: str | None = None


PLACES: Mapping[ActName, Place] = {
    "show_document": Place("Open the document", "documents.page"),
    "list_documents": Place("All documents", "documents.list_"),
    "send_document": Place("Send it now", "documents.send", posts=True),
    "retry_files": Place("Try the files again", "documents.retry_files", posts=True),
    "send_anyway": Place("Send it all the same", "documents.send", posts=True, names={"problem": "accept"}),
    "ignore_document": Place("Leave it out", "documents.page", part="leave-out", form="documents.ignore"),
    "adopt_document": Place(
        "Let it stand for this one",
        "documents.page",
        names={"entity": "entity"},
        part="adopt",
        form="documents.adopt_what",
    ),
    "keep_document": Place("Keep what QuickBooks holds", "documents.keep", posts=True),
    "overwrite_document": Place("Write Precoro's figures", "documents.overwrite", posts=True),
    "accept_drift": Place("Accept what QuickBooks holds", "documents.keep", posts=True),
    "restore_drift": Place("Restore what Precoro says", "documents.overwrite", posts=True),
    "show_payment": Place("Open the payment", "payments.page"),
    "list_payments": Place("All payments", "payments.list_"),
    "retry_payment": Place("Try it again", "payments.retry", posts=True),
    "accept_payment": Place("Bring it all the same", "payments.retry", posts=True, names={"payment_problem": "accept"}),
    "ignore_payment": Place("Leave it out", "payments.page", part="leave-out", form="payments.ignore"),
    "list_suppliers": Place("All suppliers", "suppliers.list_"),
    "pair_equal_suppliers": Place("Sync suppliers", "suppliers.sync", posts=True),
    "pair_supplier": Place(
        "Pair it", "suppliers.page", names={"vendor": "vendor"}, part="vendors", form="suppliers.pair"
    ),
    "pair_supplier_in": Place(
        "Pair it for this currency", "suppliers.page", names={"vendor": "vendor"}, part="vendors", form="suppliers.pair"
    ),
    "unpair_supplier_in": Place("Unpair it in this currency", "suppliers.page", form="suppliers.unpair_currency"),
    "unpair_supplier": Place("Unpair it", "suppliers.page", part="unpair", form="suppliers.unpair"),
    "refuse_vendor": Place("Say that they are not the same", "suppliers.page", form="suppliers.refuse"),
    "create_vendor": Place("Create the vendor", "suppliers.page", part="create", form="suppliers.create"),
    "create_vendor_anyway": Place("Create it all the same", "suppliers.page", part="create", form="suppliers.create"),
    "create_vendor_named": Place(
        "Create it under another name", "suppliers.page", part="create", form="suppliers.create"
    ),
    "leave_supplier": Place("Leave it as it is", "suppliers.page", part="leave", form="suppliers.leave"),
    "show_questions": Place("See what is asked", "suppliers.list_"),
    "answer_question": Place("Answer", "suppliers.page", form="suppliers.answer"),
    "import_suppliers_anyway": Place("To the suppliers", "suppliers.list_", form="suppliers.import_"),
    "list_products": Place("To the products", "products.list_"),
    "pair_product": Place("Pair it", "products.list_", names={"product": "pair"}, form="products.pair"),
    "show_lists": Place("To the lists", "lists.list_"),
    "import_lists": Place("Import the lists", "lists.import_", posts=True),
    "choose_field": Place("Choose the field", "lists.page", names={"list": "name"}, form="lists.field"),
    "pair_entry": Place("Pair it by hand", "lists.list_", form="lists.pair"),
    "list_taxes": Place("To the taxes", "taxes.list_"),
    "match_taxes": Place("Match taxes", "taxes.match_all", posts=True),
    "match_tax": Place("Match it by hand", "taxes.list_", form="taxes.match_one"),
    "map_withholding": Place("Choose the account", "taxes.list_", form="taxes.match_one"),
    "unmatch_tax": Place("Unmatch it", "taxes.list_", form="taxes.unmatch"),
    "create_tax_codes": Place("Create the code", "taxes.list_", form="taxes.create"),
    "add_currency": Place("To the currencies", "currencies.list_", form="currencies.add"),
    "change_setting": Place("Change it", "settings.page", form="settings.save"),
    "choose_line_account": Place("Choose the account", "settings.page", form="settings.save"),
    "choose_payable_account": Place("Choose the account", "settings.page", form="settings.save"),
    "choose_tax_agency": Place("Choose the agency", "settings.page", form="settings.save"),
    "accept_rate_of_one": Place("Say that it is pegged", "settings.page", form="settings.save"),
    "choose_zero_code": Place("Choose the code", "settings.page", form="settings.save"),
    "choose_withholding_code": Place("Choose the code", "settings.page", form="settings.save"),
    "connect_companies": Place("Connect companies", "connecting.page"),
    "connect_legal_entity": Place("Connect it", "connecting.page"),
    "connect_named": Place("Connect under another name", "connecting.page"),
    "list_connections": Place("All connections", "home.overview"),
    "show_connection": Place("The connection", "operations.connection_page"),
    "check_connection": Place("See what is missing", "set_up.page"),
    "retire_webhook": Place("To the address of the events", "set_up.events", form="set_up.retire"),
    "disconnect": Place("Disconnect", "connecting.companies", form="connecting.disconnect"),
    "test_events": Place("Watch an event arrive", "set_up.events"),
    "resume_connection": Place("Let it go on", "operations.resume", posts=True),
    "reconnect": Place("Connect again", "connecting.companies", form="connecting.reconnect"),
    "hand_over_key": Place("Hand the key over", "connecting.companies", form="connecting.key"),
    "refresh_lists": Place("Read both companies again", "set_up.refresh", posts=True),
    "list_tasks": Place("All tasks", "tasks.list_"),
    "list_events": Place("Events", "operations.events"),
    "show_task": Place("See the task", "tasks.page"),
    "cancel_task": Place("Cancel it", "tasks.cancel", posts=True),
    "list_failed_jobs": Place("Failed jobs", "operations.installation"),
    "list_reports": Place("All reports", "tie_out.overview"),
    "list_users": Place("Users", "users.list_"),
    "list_alerts": Place("Alerts", "alerts.page"),
    "list_channels": Place("Channels", "alerts.channels"),
    "test_channel": Place("Channels", "alerts.channels"),
}
"""The place of every act, but for those that are done on the machine and the one that each cause has a button for."""


@dataclass(frozen=True, slots=True)
class Way:
    """One way to carry out a remedy: an address to go to, or a form to send with these fields."""

    label: str
    address: str
    posts: bool
    fields: Mapping[str, str]


def ways(remedy: Remedy, context: Mapping[str, str]) -> list[Way]:
    """Return the ways of a remedy that the person may go; `context` holds arguments that its acts lack, such as the connection."""
    acts = [act for act in remedy.acts if act.name in PLACES and _may(PLACES[act.name])]
    return [way for act in acts if (way := _way(PLACES[act.name], {**context, **act.arguments}))]


def _may(place: Place) -> bool:
    """Say whether the person's role allows a place, and the form by which it is done there."""
    access = current_app.extensions[ACCESS]
    needs = [access[endpoint].needs for endpoint in (place.endpoint, place.form) if endpoint]
    return all(need is None or user().may(need) for need in needs)


def _way(place: Place, arguments: Mapping[str, str]) -> Way | None:
    """Return the way to a place; None when the arguments do not say which page it is."""
    values = {place.names.get(argument, argument): value for argument, value in arguments.items()}
    in_address = next(current_app.url_map.iter_rules(place.endpoint)).arguments
    if not in_address <= values.keys():
        return None
    fields = {name: values[name] for name in place.names.values() if name in values.keys() - in_address}
    named = {name: values[name] for name in in_address}
    query: dict[str, Any] = named if place.posts else named | fields
    return Way(place.label, url_for(place.endpoint, _anchor=place.part, **query), place.posts, fields)
