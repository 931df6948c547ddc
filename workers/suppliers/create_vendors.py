"""`suppliers create`: vendors for the suppliers that have none, thirty a call; near-duplicates are left to a person.

No two vendors have one name: what an earlier try may have made is looked for by its name.
"""

from __future__ import annotations

import uuid
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from mappers.documents.outcomes import Hold
from mappers.remedies import Act, Remedy
from mappers.suppliers.profile import UnreadableProfile, read_supplier, read_vendor
from mappers.suppliers.vendor_creation import CreateVendor, PairWith, Wish, creation
from outbound.errors import DuplicateName, Landed, RemoteError, Verdict
from outbound.wire import JsonObject
from store.companies import Connection
from store.tasks import APPLIED, PROBLEM, REFUSED, SKIPPED, UNCHANGED, Change
from workers.suppliers import cache, similar, vendors
from workers.suppliers import records as supplier_records
from workers.suppliers.refresh import read_vendors_only
from workers.tasks.action import Action, Calls, Planned, Step

NAME = "suppliers create"
ADD = "add"
BATCH = 30


def plan(
    session: Session, connection: Connection, arguments: Mapping[str, Any], _moment: datetime
) -> Iterator[Planned]:
    """Say what becomes of every supplier that has no vendor, or of those that are named."""
    candidates = similar.load(session, connection)
    same_name = candidates.same_name()
    similar_vendors = candidates.similar_vendors()
    wish, wanted = Wish(create=True, anyway=bool(arguments.get("anyway"))), set(arguments.get("suppliers") or ())
    for entry in cache.suppliers(session, connection):
        if entry.key not in candidates.pairs and (not wanted or entry.key in wanted):
            own = PairWith(same_name[entry.key], "name") if entry.key in same_name else None
            row, likely = cache.row_of(entry) or {}, similar_vendors.get(entry.key, [])
            yield from _planned(connection, entry.key, row, wish, own, likely)


def apply(step: Step, changes: Sequence[Change]) -> None:
    """Create up to thirty vendors with one call, and pair each; what was sent before is looked for first."""
    new = [change for change in changes if not _is_done(step, change)]
    if not new:
        return
    items = [
        {"bId": str(place), "operation": "create", "Vendor": change.body["vendor"]} for place, change in enumerate(new)
    ]
    answers = step.quickbooks.batch(items, request_id=uuid.uuid4().hex)
    unclear: RemoteError | None = None
    for place, change in enumerate(new):
        answer = answers.get(str(place))
        if isinstance(answer, RemoteError) and not _refuse(step, change, answer):
            unclear = answer
        elif answer is not None and not isinstance(answer, RemoteError):
            _record(step, change, answer["Vendor"])
    if unclear is not None:
        raise unclear


def _planned(
    connection: Connection, key: str, row: JsonObject, wish: Wish, own: PairWith | None, likely: Sequence[str]
) -> Iterator[Planned]:
    """Say what becomes of one supplier: a row, or one for each problem."""
    subject = f"supplier:{key}"
    try:
        supplier = read_supplier(row)
    except UnreadableProfile as error:
        yield Planned(PROBLEM, subject, str(error))
        return
    decision = creation(supplier, vendors.company_of(connection), wish, twin=own, similar=likely)
    if isinstance(decision, CreateVendor):
        yield Planned(ADD, subject, decision.name, {"supplier": key, "vendor": decision.body})
    elif isinstance(decision, PairWith):
        sentence = f"{supplier.name} is vendor {decision.vendor_id} by its name."
        yield Planned(PROBLEM, subject, sentence, remedy=Remedy("Pair them.", (Act("pair_equal_suppliers"),)))
    elif isinstance(decision, Hold):
        yield from (Planned(PROBLEM, subject, problem.sentence, remedy=problem.remedy) for problem in decision.problems)
    else:
        yield Planned(UNCHANGED, subject, f"{supplier.name}: {decision.reason}")


def _is_done(step: Step, change: Change) -> bool:
    """Say whether a change needs no call: its supplier is paired by now, or an earlier try made the vendor."""
    with step.read() as (session, _):
        vendor_id = supplier_records.vendor_of(session, step.connection, change.body["supplier"])
    if vendor_id is not None:
        with step.finish(change, SKIPPED, "It was paired meanwhile."):
            return True
    return change.resent and _pair_with_made(step, change)


def _pair_with_made(step: Step, change: Change) -> bool:
    """Pair the vendor that an earlier try has made; False when there is none."""
    row = vendors.named(step.quickbooks, "Vendor", str(change.body["vendor"]["DisplayName"]))
    if row is None:
        return False
    _record(step, change, row)
    return True


def _refuse(step: Step, change: Change, error: RemoteError) -> bool:
    """End a change that was definitely refused; False when it may have landed, or may go through later."""
    if error.landed is not Landed.NO or error.verdict is not Verdict.HOLD:
        return False
    if isinstance(error, DuplicateName):
        if change.resent and _pair_with_made(step, change):
            return True
        name = str(change.body["vendor"]["DisplayName"])
        problem = vendors.name_taken(change.body["supplier"], name, vendors.holder_of(step.quickbooks, name))
        with step.finish(change, REFUSED, problem.sentence, problem.remedy):
            return True
    step.refuse(change, error)
    return True


def _record(step: Step, change: Change, row: Mapping[str, Any]) -> None:
    """Pair a supplier with its new vendor."""
    vendor = read_vendor(row)
    with step.finish(change, APPLIED, f"vendor {vendor.id}") as (session, moment):
        connection = session.get_one(Connection, step.connection.id)
        cache.keep_vendor(session, connection.qbo, row, moment)
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
