"""`suppliers sync`: pair what both sides have, by the strict rule; suggest with score and evidence what is less certain.

What Precoro names by `externalId` or `qboId` is adopted when name and currency say so too. Every new pair is looked at soon:
its blanks are filled and its differences asked about.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from mappers.matching.parties import Party, may_be_paired
from mappers.matching.rule import contradicts, equal_names
from mappers.matching.suggestions import ScoredPair, suggest
from mappers.write_back import read_external_id
from store import reference
from store.companies import Connection
from store.records import SUPPLIER
from store.reference import PRECORO
from store.tasks import APPLIED, PROBLEM, SKIPPED, UNCHANGED, Change
from workers.reference import pairs, suggestions
from workers.suppliers import cache as supplier_copies
from workers.suppliers import records as supplier_records
from workers.suppliers.refresh import read
from workers.tasks.action import Action, Calls, Planned, Step

NAME = "suppliers sync"
PAIR, SUGGEST = "pair", "suggest"


def plan(
    session: Session, connection: Connection, _arguments: Mapping[str, Any], _moment: datetime
) -> Iterator[Planned]:
    """Say what becomes of every supplier."""
    left, right = pairs.parties(session, connection, SUPPLIER)
    known, never = pairs.paired(session, connection, SUPPLIER), suggestions.refused(session, connection, SUPPLIER)
    ours, theirs = {one.key: one for one in left}, {one.key: one for one in right}
    for key in known:
        yield Planned(UNCHANGED, f"supplier:{key}", f"{_name(ours, key)} is paired.")
    found = dict(known)
    yield from _adopted(session, connection, ours, theirs, found, never)
    for key, twin in equal_names(left, right, paired=found, refused=never).items():
        found[key] = twin
        yield _pair(ours[key], theirs[twin], "name", "the same name")
    yield from _suggested(ours, theirs, found, never)


def apply(step: Step, changes: Sequence[Change]) -> None:
    """Make the pairs and store the suggestions; no service is called."""
    for change in changes:
        body = change.body
        with step.read() as (session, _):
            twins = reference.paired_with(session, step.connection.id, [body["vendor"]])
            known = reference.pairs(session, step.connection.id, [(SUPPLIER, body["supplier"])])
        if known or any(one.kind == SUPPLIER for one in twins):
            with step.finish(change, SKIPPED, "One of both was paired meanwhile."):
                continue
        with step.finish(change, APPLIED, change.sentence) as (session, moment):
            connection = session.get_one(Connection, step.connection.id)
            if change.what == PAIR:
                supplier, vendor = body["supplier"], body["vendor"]
                supplier_records.make_pair(
                    session, connection, supplier, vendor, moment, how=body["how"], who=step.task.who
                )
            else:
                one = ScoredPair(body["supplier"], body["vendor"], body["score"], tuple(body["evidence"]))
                suggestions.add(session, connection, SUPPLIER, [one], moment)


def _adopted(
    session: Session,
    connection: Connection,
    ours: Mapping[str, Party],
    theirs: Mapping[str, Party],
    found: dict[str, str],
    never: frozenset[tuple[str, str]],
) -> Iterator[Planned]:
    """Pair what Precoro says is paired, when nothing speaks against it; otherwise say what does."""
    for entry in supplier_copies.all_of(session, PRECORO, connection.precoro_id, SUPPLIER):
        named = _named_vendors(connection, supplier_copies.row_of(entry) or {})
        if entry.key in found or not named:
            continue
        vendor = theirs.get(next(iter(named))) if len(named) == 1 else None
        if vendor is None or vendor.key in found.values() or (entry.key, vendor.key) in never:
            continue
        one = ours[entry.key]
        if not may_be_paired(one, vendor) or contradicts(one, vendor) or not equal_names([one], [vendor]):
            told = f"Precoro says that {entry.name} is vendor {vendor.key}, {vendor.names[0]}; look whether it is."
            yield Planned(PROBLEM, f"supplier:{entry.key}", told)
            continue
        found[entry.key] = vendor.key
        yield _pair(one, vendor, "external id", "Precoro names it")


def _named_vendors(connection: Connection, row: Mapping[str, Any]) -> set[str]:
    """Return the vendors that Precoro's `externalId` and `qboId` name: ours for this company, or a bare id."""
    found = set()
    for text in (row.get("externalId"), row.get("qboId")):
        ours = read_external_id(str(text or ""))
        if ours and ours[:2] == (connection.qbo.realm, "vendor"):
            found.add(ours[2])
        elif text and str(text).isdigit():
            found.add(str(text))
    return found


def _suggested(
    ours: Mapping[str, Party], theirs: Mapping[str, Party], found: Mapping[str, str], never: frozenset[tuple[str, str]]
) -> Iterator[Planned]:
    """Suggest what may belong together of what is left."""
    taken = set(found.values())
    left = [one for one in ours.values() if one.key not in found]
    right = [one for one in theirs.values() if one.key not in taken]
    for one in suggest(left, right, never):
        sentence = f"{_name(ours, one.left)} may be {_name(theirs, one.right)} ({one.score}: {', '.join(one.evidence)})"
        body = {"supplier": one.left, "vendor": one.right, "score": one.score, "evidence": list(one.evidence)}
        yield Planned(SUGGEST, f"supplier:{one.left}", sentence, body)


def _pair(left: Party, right: Party, how: str, why: str) -> Planned:
    body = {"supplier": left.key, "vendor": right.key, "how": how}
    return Planned(
        PAIR, f"supplier:{left.key}", f"{left.names[0]} is vendor {right.key}, {right.names[0]}: {why}", body
    )


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
