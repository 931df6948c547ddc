"""`suppliers import`: the vendors of QuickBooks that Precoro does not have become suppliers there, each in its currency.

Every supplier carries `qbo:{realm}:vendor:{id}` in `externalId`; one that may have been made before is looked for by it, so
that nothing is ever made twice.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from mappers.matching.rule import matching_name
from mappers.matching.suggestions import suggest
from mappers.remedies import Act, Remedy
from mappers.suppliers.forms import new_contacts, supplier_form
from mappers.suppliers.profile import Profile, UnreadableProfile, read_supplier, read_vendor
from mappers.suppliers.vendor_creation import SIMILAR
from mappers.write_back import external_id
from outbound.errors import Refused
from outbound.wire import JsonObject
from precoro_client.errors import extra_fields
from store import reference
from store.companies import Connection
from store.records import SUPPLIER
from store.reference import PRECORO, QUICKBOOKS, Entry
from store.tasks import APPLIED, PROBLEM, SKIPPED, UNCHANGED, Change
from workers.reference import pairs, suggestions
from workers.suppliers import cache as supplier_copies
from workers.suppliers import records as supplier_records
from workers.suppliers.refresh import read
from workers.tasks.action import Action, Calls, Planned, Step

NAME = "suppliers import"
ADD, PAIR = "add", "pair"


def plan(
    session: Session, connection: Connection, arguments: Mapping[str, Any], _moment: datetime
) -> Iterator[Planned]:
    """Say what becomes of every vendor; one that may be a supplier already is left to a person, unless asked for `anyway`."""
    suppliers = supplier_copies.all_of(session, PRECORO, connection.precoro_id, "supplier")
    by_external = {str(one.data.get("external_id")): one for one in suppliers if one.data.get("external_id")}
    by_name: dict[str, list[Entry]] = defaultdict(list)
    for one in suppliers:
        by_name[matching_name(one.name)].append(one)
    paired = set(pairs.paired(session, connection, SUPPLIER).values())
    alike = {} if arguments.get("anyway") else _alike(session, connection)
    for vendor in supplier_copies.all_of(session, QUICKBOOKS, connection.qbo_id, "vendor"):
        mark = external_id(connection.qbo.realm, "vendor", vendor.key)
        found = _there(vendor, vendor.key in paired, by_external.get(mark), by_name[matching_name(vendor.name)])
        yield found or _maybe_there(vendor, alike.get(vendor.key, [])) or _new(connection, vendor)


def apply(step: Step, changes: Sequence[Change]) -> None:
    """Make one supplier each, or pair the one that was made before."""
    for change in changes:
        body = change.body
        with step.read() as (session, _):
            twins = reference.paired_with(session, step.connection.id, [body["vendor"]])
        if any(one.kind == SUPPLIER for one in twins):
            with step.finish(change, SKIPPED, "It was paired meanwhile."):
                continue
        row = _made(step, change) if change.what == ADD else None
        with step.finish(change, APPLIED, f"supplier {row['id'] if row else body['supplier']}") as (session, moment):
            _record(session, step, body, row, moment)


def _alike(session: Session, connection: Connection) -> dict[str, list[str]]:
    """Return the suppliers without a vendor that may be a vendor without a supplier, by vendor, as people know them."""
    left, right = pairs.parties(session, connection, SUPPLIER)
    known, never = pairs.paired(session, connection, SUPPLIER), suggestions.refused(session, connection, SUPPLIER)
    ours = {one.key: one for one in left if one.key not in known}
    theirs = [one for one in right if one.key not in known.values()]
    found: dict[str, list[str]] = defaultdict(list)
    for one in suggest(ours.values(), theirs, never):
        if one.score >= SIMILAR:
            found[one.right].append(f"{ours[one.left].names[0]} (id {one.left}, {one.score} %)")
    return found


def _there(vendor: Entry, paired: bool, marked: Entry | None, namesakes: Sequence[Entry]) -> Planned | None:
    """Return the row of a vendor that Precoro surely has, or that is not to be there."""
    subject = f"vendor:{vendor.key}"
    if paired:
        return Planned(UNCHANGED, subject, f"{vendor.name} is paired.")
    if not vendor.active:
        return Planned(UNCHANGED, subject, f"{vendor.name} is inactive in QuickBooks.")
    if marked is not None:
        body = {"vendor": vendor.key, "supplier": marked.key}
        return Planned(PAIR, subject, f"{vendor.name} is supplier {marked.key} already.", body)
    if namesakes:
        named = ", ".join(one.key for one in namesakes)
        remedy = Remedy("Pair them.", (Act("pair_equal_suppliers"),))
        return Planned(PROBLEM, subject, f"Precoro has {vendor.name} already (supplier {named}).", remedy=remedy)
    return None


def _maybe_there(vendor: Entry, similar: Sequence[str]) -> Planned | None:
    """Return the row of a vendor that may be a supplier under another name."""
    if not similar:
        return None
    acts = (
        Act("pair_supplier", {"vendor": vendor.key}),
        Act("refuse_vendor", {"vendor": vendor.key}),
        Act("import_suppliers_anyway"),
    )
    remedy = Remedy("Pair them, say that they are not the same, or import it all the same.", acts)
    sentence = f"{vendor.name} may be supplier {', '.join(similar)}."
    return Planned(PROBLEM, f"vendor:{vendor.key}", sentence, remedy=remedy)


def _new(connection: Connection, vendor: Entry) -> Planned:
    """Return the row of a vendor that becomes a supplier."""
    subject = f"vendor:{vendor.key}"
    try:
        profile = read_vendor(supplier_copies.row_of(vendor) or {})
    except UnreadableProfile as error:
        return Planned(PROBLEM, subject, f"{vendor.name}: {error}")
    return Planned(ADD, subject, f"{vendor.name}, {_currency(profile, connection)}", _body(profile, connection))


def _body(vendor: Profile, connection: Connection) -> dict[str, Any]:
    """Return all that making the supplier needs."""
    form = supplier_form({name: value for name, value in vendor.values.items() if value})
    if vendor.free_address:
        form["legalAddress"] = ", ".join(vendor.free_address.splitlines())
    if vendor.values.get("email"):
        form["contacts"] = new_contacts({}, vendor.values["email"])
    return {"vendor": vendor.id, "currency": _currency(vendor, connection), "form": form}


def _currency(vendor: Profile, connection: Connection) -> str:
    return vendor.currencies[0] if vendor.currencies else connection.qbo.home_currency


def _made(step: Step, change: Change) -> JsonObject:
    """Make a supplier, unless a try before this one did; what Precoro says a form cannot carry is left out."""
    body, client = change.body, step.precoro
    mark = external_id(step.connection.qbo.realm, "vendor", body["vendor"])
    if change.resent:
        for row in client.find("suppliers", [mark]):
            return row
    details = {name: value for name, value in body["form"].items() if name != "name"}
    try:
        return client.create_supplier(body["form"]["name"], [body["currency"]], details, external_id=mark)
    except Refused as refusal:
        left = {name: value for name, value in details.items() if name not in extra_fields(refusal)}
        if len(left) == len(details):
            raise
        return client.create_supplier(body["form"]["name"], [body["currency"]], left, external_id=mark)


def _record(session: Session, step: Step, body: Mapping[str, Any], row: JsonObject | None, moment: datetime) -> None:
    """Pair the supplier with its vendor; one that was just made of it agrees with it already."""
    connection = session.get_one(Connection, step.connection.id)
    key = str(row["id"]) if row else body["supplier"]
    if row is not None:
        supplier_copies.keep_suppliers(session, connection, [row], moment)
    supplier_records.make_pair(session, connection, key, body["vendor"], moment, how="import", who=step.task.who)
    vendor = supplier_copies.row_of(supplier_copies.vendor(session, connection.qbo_id, body["vendor"]))
    if row is not None and vendor is not None:
        mark = external_id(connection.qbo.realm, "vendor", body["vendor"])
        supplier_records.agreed(session, connection, read_supplier(row), read_vendor(vendor), moment, external_id=mark)


ACTION = Action(
    title="Import suppliers from QuickBooks",
    read=read,
    plan=plan,
    apply=apply,
    calls=lambda counts: Calls(precoro=counts[ADD]),
    long_plan=True,
)
