"""`suppliers import`: the vendors that only QuickBooks has become suppliers in Precoro, each in its currency.

Every new supplier carries `qbo:{realm}:vendor:{id}` in `externalId`; what an earlier try may have made is looked for by it, so
that nothing is ever made twice.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from mappers.matching.rule import matching_name
from mappers.remedies import Act, Remedy
from mappers.suppliers.forms import new_contacts, supplier_form
from mappers.suppliers.profile import Profile, UnreadableProfile, read_supplier, read_vendor
from mappers.write_back import external_id
from outbound.errors import Refused
from outbound.wire import JsonObject
from precoro_client.errors import extra_fields
from store.companies import Connection
from store.reference import Entry
from store.tasks import APPLIED, PROBLEM, SKIPPED, UNCHANGED, Change
from workers.suppliers import cache, similar
from workers.suppliers import records as supplier_records
from workers.suppliers.refresh import read
from workers.tasks.action import Action, Calls, Planned, Step

NAME = "suppliers import"
ADD, PAIR = "add", "pair"


def plan(
    session: Session, connection: Connection, arguments: Mapping[str, Any], _moment: datetime
) -> Iterator[Planned]:
    """Say what becomes of every vendor; one that may be a supplier is left to a person, unless asked for `anyway`."""
    suppliers = cache.suppliers(session, connection)
    by_external_id = {str(entry.data["external_id"]): entry for entry in suppliers if entry.data.get("external_id")}
    by_name: dict[str, list[Entry]] = defaultdict(list)
    for entry in suppliers:
        by_name[matching_name(entry.name)].append(entry)
    candidates = similar.load(session, connection)
    paired = set(candidates.pairs.values())
    similar_suppliers = {} if arguments.get("anyway") else candidates.similar_suppliers()
    for vendor in cache.vendors(session, connection):
        marked = by_external_id.get(external_id(connection.qbo.realm, "vendor", vendor.key))
        namesakes = by_name[matching_name(vendor.name)]
        yield (
            _existing(vendor, vendor.key in paired, marked, namesakes)
            or _similar(vendor, similar_suppliers.get(vendor.key, []))
            or _new(connection, vendor)
        )


def apply(step: Step, changes: Sequence[Change]) -> None:
    """Make one supplier each, or pair the one that was made before."""
    for change in changes:
        body = change.body
        with step.read() as (session, _):
            is_paired = bool(supplier_records.suppliers_of(session, step.connection, body["vendor"]))
        if is_paired:
            with step.finish(change, SKIPPED, "It was paired meanwhile."):
                continue
        row = _make(step, change) if change.what == ADD else None
        with step.finish(change, APPLIED, f"supplier {row['id'] if row else body['supplier']}") as (session, moment):
            _record(session, step, body, row, moment)


def _existing(vendor: Entry, paired: bool, marked: Entry | None, namesakes: Sequence[Entry]) -> Planned | None:
    """Return the row of a vendor that Precoro surely has, or that is inactive."""
    subject = f"vendor:{vendor.key}"
    if paired:
        return Planned(UNCHANGED, subject, f"{vendor.name} is paired.")
    if not vendor.active:
        return Planned(UNCHANGED, subject, f"{vendor.name} is inactive in QuickBooks.")
    if marked is not None:
        body = {"vendor": vendor.key, "supplier": marked.key}
        return Planned(PAIR, subject, f"{vendor.name} is supplier {marked.key} already.", body)
    if namesakes:
        keys = ", ".join(supplier.key for supplier in namesakes)
        remedy = Remedy("Pair them.", (Act("pair_equal_suppliers"),))
        return Planned(PROBLEM, subject, f"Precoro has {vendor.name} already (supplier {keys}).", remedy=remedy)
    return None


def _similar(vendor: Entry, likely: Sequence[str]) -> Planned | None:
    """Return the row of a vendor that may be a supplier under another name."""
    if not likely:
        return None
    acts = (
        Act("pair_supplier", {"vendor": vendor.key}),
        Act("refuse_vendor", {"vendor": vendor.key}),
        Act("import_suppliers_anyway"),
    )
    remedy = Remedy("Pair them, say that they are not the same, or import it all the same.", acts)
    sentence = f"{vendor.name} may be supplier {', '.join(likely)}."
    return Planned(PROBLEM, f"vendor:{vendor.key}", sentence, remedy=remedy)


def _new(connection: Connection, vendor: Entry) -> Planned:
    """Return the row of a vendor that becomes a supplier."""
    subject = f"vendor:{vendor.key}"
    try:
        profile = read_vendor(cache.row_of(vendor) or {})
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


def _make(step: Step, change: Change) -> JsonObject:
    """Make a supplier, unless an earlier try did; what Precoro says a form cannot carry is left out."""
    body, client = change.body, step.precoro
    mark = external_id(step.connection.qbo.realm, "vendor", body["vendor"])
    if change.resent:
        for row in client.find("suppliers", [mark]):
            return row
    details = {name: value for name, value in body["form"].items() if name != "name"}
    try:
        return client.create_supplier(body["form"]["name"], [body["currency"]], details, external_id=mark)
    except Refused as refusal:
        accepted = {name: value for name, value in details.items() if name not in extra_fields(refusal)}
        if len(accepted) == len(details):
            raise
        return client.create_supplier(body["form"]["name"], [body["currency"]], accepted, external_id=mark)


def _record(session: Session, step: Step, body: Mapping[str, Any], row: JsonObject | None, moment: datetime) -> None:
    """Pair the supplier with its vendor; one that was just made from the vendor agrees with it already."""
    connection = session.get_one(Connection, step.connection.id)
    key = str(row["id"]) if row else body["supplier"]
    if row is not None:
        cache.keep_suppliers(session, connection, [row], moment)
    supplier_records.make_pair(session, connection, key, body["vendor"], moment, how="import", who=step.task.who)
    vendor = cache.row_of(cache.vendor(session, connection.qbo_id, body["vendor"]))
    if row is not None and vendor is not None:
        mark = external_id(connection.qbo.realm, "vendor", body["vendor"])
        supplier_records.record_agreed(
            session, connection, read_supplier(row), read_vendor(vendor), moment, external_id=mark
        )


ACTION = Action(
    title="Import suppliers from QuickBooks",
    read=read,
    plan=plan,
    apply=apply,
    calls=lambda counts: Calls(precoro=counts[ADD]),
    long_plan=True,
)
