"""`suppliers create`: vendors for all suppliers that have none, thirty a call; what may be there already is left to a person.

No two vendors have one name: what may have been made by a try before this one is looked for by it.
"""

from __future__ import annotations

import uuid
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from mappers.documents.outcomes import Hold
from mappers.matching.rule import equal_names
from mappers.matching.suggestions import suggest
from mappers.remedies import Act, Remedy
from mappers.suppliers.profile import UnreadableProfile, read_supplier, read_vendor
from mappers.suppliers.vendor_creation import SIMILAR, CreateVendor, PairWith, Wish, creation
from outbound.errors import DuplicateName, Landed, RemoteError, Verdict
from outbound.wire import JsonObject
from qbo_client.client import QboClient
from qbo_client.query import select as query
from store import reference
from store.companies import Connection
from store.records import SUPPLIER
from store.reference import PRECORO
from store.tasks import APPLIED, PROBLEM, REFUSED, SKIPPED, UNCHANGED, Change
from workers.reference import pairs, suggestions
from workers.suppliers import cache as supplier_copies
from workers.suppliers import records as supplier_records
from workers.suppliers import vendors
from workers.suppliers.refresh import read_vendors_only
from workers.tasks.action import Action, Calls, Planned, Step

NAME = "suppliers create"
ADD = "add"
BATCH = 30


def plan(
    session: Session, connection: Connection, arguments: Mapping[str, Any], _moment: datetime
) -> Iterator[Planned]:
    """Say what becomes of every supplier that has no vendor, or of those that are named."""
    left, right = pairs.parties(session, connection, SUPPLIER)
    known, never = pairs.paired(session, connection, SUPPLIER), suggestions.refused(session, connection, SUPPLIER)
    twins = equal_names(left, right, paired=known, refused=never)
    there = [one for one in right if one.key not in known.values()]
    names = {one.key: one.names[0] for one in right}
    alike: dict[str, list[str]] = {}
    for one in suggest([one for one in left if one.key not in known], there, never):
        if one.score >= SIMILAR:
            alike.setdefault(one.left, []).append(f"{names[one.right]} (id {one.right}, {one.score} %)")
    wish, wanted = Wish(create=True, anyway=bool(arguments.get("anyway"))), set(arguments.get("suppliers") or ())
    for entry in supplier_copies.all_of(session, PRECORO, connection.precoro_id, SUPPLIER):
        if entry.key not in known and (not wanted or entry.key in wanted):
            twin = PairWith(twins[entry.key], "name") if entry.key in twins else None
            row = supplier_copies.row_of(entry) or {}
            yield from _planned(connection, entry.key, row, wish, twin, alike.get(entry.key, []))


def apply(step: Step, changes: Sequence[Change]) -> None:
    """Create up to thirty vendors with one call, and pair each; what was sent before is looked for first."""
    todo = [change for change in changes if not _settled(step, change)]
    if not todo:
        return
    items = [
        {"bId": str(place), "operation": "create", "Vendor": change.body["vendor"]} for place, change in enumerate(todo)
    ]
    answers = step.quickbooks.batch(items, request_id=uuid.uuid4().hex)
    unclear: RemoteError | None = None
    for place, change in enumerate(todo):
        answer = answers.get(str(place))
        if isinstance(answer, RemoteError) and not _refuse(step, change, answer):
            unclear = answer
        elif answer is not None and not isinstance(answer, RemoteError):
            _record(step, change, answer["Vendor"])
    if unclear is not None:
        raise unclear


def _planned(
    connection: Connection, key: str, row: JsonObject, wish: Wish, twin: PairWith | None, similar: Sequence[str]
) -> Iterator[Planned]:
    """Say what becomes of one supplier: a row, or one for each problem."""
    subject = f"supplier:{key}"
    try:
        supplier = read_supplier(row)
    except UnreadableProfile as error:
        yield Planned(PROBLEM, subject, str(error))
        return
    found = creation(supplier, vendors.company_of(connection), wish, twin=twin, similar=similar)
    if isinstance(found, CreateVendor):
        yield Planned(ADD, subject, found.name, {"supplier": key, "vendor": found.body})
    elif isinstance(found, PairWith):
        sentence = f"{supplier.name} is vendor {found.vendor_id} by its name."
        yield Planned(PROBLEM, subject, sentence, remedy=Remedy("Pair them.", (Act("pair_equal_suppliers"),)))
    elif isinstance(found, Hold):
        yield from (Planned(PROBLEM, subject, problem.sentence, remedy=problem.remedy) for problem in found.problems)
    else:
        yield Planned(UNCHANGED, subject, f"{supplier.name}: {found.reason}")


def _settled(step: Step, change: Change) -> bool:
    """Settle what is paired already, and what a try before this one has made; False when it is still to be made."""
    with step.read() as (session, _):
        known = reference.pairs(session, step.connection.id, [(SUPPLIER, change.body["supplier"])])
    if known:
        with step.finish(change, SKIPPED, "It was paired meanwhile."):
            return True
    return change.resent and _found(step, change)


def _found(step: Step, change: Change) -> bool:
    """Pair the vendor that a try before this one has made, if there is one."""
    row = _named(step.quickbooks, str(change.body["vendor"]["DisplayName"]))
    if row is None:
        return False
    _record(step, change, row)
    return True


def _named(client: QboClient, name: str) -> JsonObject | None:
    rows = client.query(query("Vendor").where("DisplayName", "=", name).limit(1))
    return rows[0] if rows else None


def _refuse(step: Step, change: Change, error: RemoteError) -> bool:
    """End a change that was definitely refused; False when it may have landed, or may go through later."""
    if error.landed is not Landed.NO or error.verdict is not Verdict.HOLD:
        return False
    if isinstance(error, DuplicateName):
        if change.resent and _found(step, change):
            return True
        name = str(change.body["vendor"]["DisplayName"])
        problem = vendors.taken(change.body["supplier"], name, vendors.holder_of(step.quickbooks, name))
        with step.finish(change, REFUSED, problem.sentence, problem.remedy):
            return True
    step.refuse(change, error)
    return True


def _record(step: Step, change: Change, row: JsonObject) -> None:
    """Pair a supplier with its new vendor: both agree."""
    vendor = read_vendor(row)
    with step.finish(change, APPLIED, f"vendor {vendor.id}") as (session, moment):
        connection = session.get_one(Connection, step.connection.id)
        supplier_copies.keep_vendor(session, connection.qbo, row, moment)
        key, who = change.body["supplier"], step.task.who
        supplier_records.make_pair(session, connection, key, vendor.id, moment, how="created", who=who)


def _calls(counts: Counter[str]) -> Calls:
    return Calls(quickbooks=-(-counts[ADD] // BATCH))


ACTION = Action(
    title="Create vendors in QuickBooks",
    read=read_vendors_only,
    plan=plan,
    apply=apply,
    batch=BATCH,
    calls=_calls,
    long_plan=True,
)
