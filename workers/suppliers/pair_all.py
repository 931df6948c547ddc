"""`suppliers sync`: pair what surely is the same on both sides, and suggest what is less certain.

What Precoro names by `externalId` or `qboId` is adopted when name and currency say so too. Every new pair is looked at soon:
its blanks are filled and its differences asked about.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from mappers.matching.parties import Party, may_be_paired
from mappers.matching.rule import contradicts, equal_names
from mappers.matching.suggestions import ScoredPair
from mappers.write_back import read_external_id
from store.companies import Connection
from store.records import SUPPLIER
from store.tasks import APPLIED, PROBLEM, SKIPPED, UNCHANGED, Change
from workers.reference import suggestions
from workers.suppliers import cache, similar
from workers.suppliers import records as supplier_records
from workers.suppliers.refresh import read
from workers.suppliers.similar import Candidates
from workers.tasks.action import Action, Calls, Planned, Step

NAME = "suppliers sync"
PAIR, SUGGEST = "pair", "suggest"


def plan(
    session: Session, connection: Connection, _arguments: Mapping[str, Any], _moment: datetime
) -> Iterator[Planned]:
    """Say what becomes of every supplier."""
    candidates = similar.load(session, connection)
    for key in candidates.pairs:
        yield Planned(UNCHANGED, f"supplier:{key}", f"{_name(candidates.suppliers, key)} is paired.")
    adopted = dict(candidates.pairs)
    yield from _adopted(session, connection, candidates, adopted)
    candidates = replace(candidates, pairs=adopted)
    by_name = candidates.same_name()
    for key, vendor_key in by_name.items():
        yield _pair(candidates.suppliers[key], candidates.vendors[vendor_key], "name", "the same name")
    yield from _suggested(replace(candidates, pairs={**adopted, **by_name}))


def apply(step: Step, changes: Sequence[Change]) -> None:
    """Make the pairs and store the suggestions; no service is called."""
    for change in changes:
        body = change.body
        with step.read() as (session, _):
            suppliers = supplier_records.suppliers_of(session, step.connection, body["vendor"])
            vendor = supplier_records.vendor_of(session, step.connection, body["supplier"])
        if vendor or suppliers:
            with step.finish(change, SKIPPED, "One of both was paired meanwhile."):
                continue
        with step.finish(change, APPLIED, change.sentence) as (session, moment):
            connection = session.get_one(Connection, step.connection.id)
            if change.what == PAIR:
                supplier_records.make_pair(
                    session, connection, body["supplier"], body["vendor"], moment, how=body["how"], who=step.task.who
                )
            else:
                suggestion = ScoredPair(body["supplier"], body["vendor"], body["score"], tuple(body["evidence"]))
                suggestions.add(session, connection, SUPPLIER, [suggestion], moment)


def _adopted(
    session: Session, connection: Connection, candidates: Candidates, adopted: dict[str, str]
) -> Iterator[Planned]:
    """Pair what Precoro says is paired, and add it to `adopted`; or say what speaks against it."""
    paired = set(adopted.values())
    for entry in cache.suppliers(session, connection):
        supplier = candidates.suppliers[entry.key]
        vendor = _named_vendor(connection, candidates, cache.row_of(entry) or {})
        if entry.key in adopted or vendor is None:
            continue
        if vendor.key in paired or (entry.key, vendor.key) in candidates.refused:
            continue
        if (
            not may_be_paired(supplier, vendor)
            or contradicts(supplier, vendor)
            or not equal_names([supplier], [vendor])
        ):
            doubt = f"Precoro says that {entry.name} is vendor {vendor.key}, {vendor.names[0]}; look whether it is."
            yield Planned(PROBLEM, f"supplier:{entry.key}", doubt)
            continue
        adopted[entry.key] = vendor.key
        paired.add(vendor.key)
        yield _pair(supplier, vendor, "external id", "Precoro names it")


def _named_vendor(connection: Connection, candidates: Candidates, row: Mapping[str, Any]) -> Party | None:
    """Return the only vendor that Precoro's `externalId` and `qboId` name: in our form, or by a bare id."""
    named = set()
    for text in (row.get("externalId"), row.get("qboId")):
        ours = read_external_id(str(text or ""))
        if ours and ours[:2] == (connection.qbo.realm, "vendor"):
            named.add(ours[2])
        elif text and str(text).isdigit():
            named.add(str(text))
    return candidates.vendors.get(named.pop()) if len(named) == 1 else None


def _suggested(candidates: Candidates) -> Iterator[Planned]:
    """Suggest what may belong together of what is left."""
    suppliers, vendors = candidates.suppliers, candidates.vendors
    for likely in candidates.suggestions():
        evidence = ", ".join(likely.evidence)
        sentence = f"{_name(suppliers, likely.left)} may be {_name(vendors, likely.right)} ({likely.score}: {evidence})"
        body = {
            "supplier": likely.left,
            "vendor": likely.right,
            "score": likely.score,
            "evidence": list(likely.evidence),
        }
        yield Planned(SUGGEST, f"supplier:{likely.left}", sentence, body)


def _pair(supplier: Party, vendor: Party, how: str, why: str) -> Planned:
    sentence = f"{supplier.names[0]} is vendor {vendor.key}, {vendor.names[0]}: {why}"
    body = {"supplier": supplier.key, "vendor": vendor.key, "how": how}
    return Planned(PAIR, f"supplier:{supplier.key}", sentence, body)


def _name(parties: Mapping[str, Party], key: str) -> str:
    return parties[key].names[0] if key in parties else key


ACTION = Action(
    title="Sync suppliers",
    read=read,
    plan=plan,
    apply=apply,
    batch=200,
    calls=lambda _counts: Calls(),
    long_plan=True,
)
