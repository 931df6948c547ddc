"""Lists of QuickBooks mirrored as options of custom fields in Precoro: the long actions `lists import` and `lists update`.

    read (list_reading) -> plan (mappers/lists) -> one option a call

Every option carries the id of its entry in `externalId`; one that may have been made before is looked for by it, so that
nothing is ever doubled.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from mappers.lists.choices import NEW, OFF
from mappers.lists.fields import LISTS
from mappers.lists.plan import ADD, PROBLEM, UPDATE, Row
from mappers.lists.plan import plan as plan_list
from outbound.wire import JsonObject
from precoro_client.client import options_of
from store import reference
from store.companies import Connection
from store.reference import PRECORO, Pair
from store.tasks import APPLIED, ENDED, REFUSED, Change, Task
from workers.errors import ListNotOfferedError
from workers.lists import state as list_mirrors
from workers.lists.refresh import read
from workers.lists.state import Offer
from workers.lookup import connection_named
from workers.reference import cache as copies
from workers.reference import pairs
from workers.runtime import Runtime
from workers.tasks import engine as tasks
from workers.tasks.engine import Action, Calls, Planned, Step

IMPORT, REFRESH = "lists import", "lists update"
BY_SCHEDULE = "schedule"
AN_HOUR = timedelta(hours=1)
"""How long a plan that a person looks at is not replaced by one of the schedule."""


def arguments(runtime: Runtime, slug: str, names: Sequence[str], adds: str) -> dict[str, Any]:
    """Return what a task is told: which lists, all if none is named, and what it adds to each.

    `adds` is "all" for an import, "nothing" for an update. Raises ListNotOfferedError when a list that is named is off in QuickBooks.
    """
    with runtime.read() as (session, _):
        offered = list_mirrors.offers(session, connection_named(session, slug))
    for offer in offered:
        if offer.name in names and offer.level is None:
            raise ListNotOfferedError(offer.why or "")
    wanted = [offer.name for offer in offered if offer.level and (not names or offer.name in names)]
    return {"lists": dict.fromkeys(wanted, adds)}


def refresh(runtime: Runtime, connection_id: int) -> int | None:
    """Begin the scheduled update of the lists that are to be kept fresh, unless a person is at it; returns the task's number."""
    with runtime.read() as (session, moment):
        connection = session.get_one(Connection, connection_id)
        wanted = {
            offer.name: "unseen" if offer.choice.refresh == NEW else "nothing"
            for offer in list_mirrors.offers(session, connection)
            if offer.choice.refresh != OFF and offer.field is not None
        }
        busy = session.scalars(
            select(Task.id).where(
                Task.connection_id == connection_id,
                Task.action.in_((IMPORT, REFRESH)),
                Task.state.notin_(ENDED),
                Task.created_at > moment - AN_HOUR,
            )
        ).first()
        slug = connection.slug
    if not wanted or busy is not None:
        return None
    return tasks.start(runtime, slug, REFRESH, {"lists": wanted}, BY_SCHEDULE, confirmed=True)


def are_kept_fresh(connection: Connection) -> bool:
    """Say whether any list of a connection is refreshed on a schedule."""
    return any(list_mirrors.chosen(connection, kind.kind).refresh != OFF for kind in LISTS.values())


# Planning


def plan(
    session: Session, connection: Connection, arguments: Mapping[str, Any], _moment: datetime
) -> Iterator[Planned]:
    """Say what is to be done with every list that is asked for; a list without a custom field is a problem."""
    for offer in list_mirrors.asked_for(session, connection, arguments["lists"]):
        if offer.field is None:
            yield Planned(PROBLEM, f"list:{offer.name}", offer.why or "")
            continue
        mirror = list_mirrors.mirror(session, connection, offer)
        for row in plan_list(mirror, arguments["lists"][offer.name]):
            yield Planned(row.what, f"{offer.kind.entry}:{row.entry_id}", row.sentence, _body(offer, row))


def _body(offer: Offer, row: Row) -> dict[str, Any]:
    """Return all that applying a row needs."""
    return {
        "list": offer.name,
        "level": offer.level,
        "field": offer.field.id if offer.field else None,
        "entry": row.entry_id,
        "option": row.option_id,
        "changes": dict(row.changes),
        "takes_over": row.takes_over,
        "again": row.again,
    }


def _calls(counts: Counter[str]) -> Calls:
    return Calls(precoro=counts[ADD] + counts[UPDATE])


# Applying


def apply(step: Step, changes: Sequence[Change]) -> None:
    """Write one option each; the parent of a new one was written before it."""
    for change in changes:
        if change.what == ADD:
            _add(step, change)
        else:
            _change(step, change)


def _add(step: Step, change: Change) -> None:
    """Add an option, unless a try before this one did."""
    body = change.body
    wanted = body["changes"]
    parent = _parent(step, body)
    if wanted["parent"] is not None and parent is None:
        with step.settle(change, REFUSED, "What it lies under is not in Precoro, because that was refused."):
            return
    option = _carrying(step, body) if change.resent or body["again"] else None
    if option is None and change.resent:
        option = _untagged(step, body, parent)
    if option is None:
        option = step.precoro.create_option(
            body["level"],
            body["field"],
            wanted["name"],
            code=wanted["code"],
            parent_id=parent,
            external_id=wanted["external_id"],
        )
    shown = {"name": wanted["name"], "code": wanted["code"], "parent": parent, "externalId": wanted["external_id"]}
    with step.settle(change, APPLIED, f"Option {option['id']} stands for it.") as (session, moment):
        _keep(session, step, body, {**shown, **option}, moment)
        _pair(session, step, body, str(option["id"]), moment)


def _carrying(step: Step, body: Mapping[str, Any]) -> JsonObject | None:
    """Return the option that carries the id of the entry: made before, or there although our copy did not show it."""
    return next(step.precoro.find(options_of(body["level"], body["field"]), [body["changes"]["external_id"]]), None)


def _untagged(step: Step, body: Mapping[str, Any], parent: str | None) -> JsonObject | None:
    """Return the option that was made before and did not yet get its id: of this name, in this place, and nobody's."""
    with step.read() as (session, _):
        paired = set(session.scalars(select(Pair.precoro_key).where(Pair.connection_id == step.connection.id)))
    wanted = (body["changes"]["name"], parent, None)
    for row in step.precoro.options(body["level"], body["field"]):
        if (
            str(row["id"]) not in paired
            and (row.get("name"), copies.above(row), row.get("externalId") or None) == wanted
        ):
            return row
    return None


def _change(step: Step, change: Change) -> None:
    """Write what an option must say from now on, as a whole, because Precoro knows no partial change; then the id it carries."""
    body = change.body
    wanted = body["changes"]
    before = _stored(step, body["option"])
    said = {
        "name": wanted.get("name", before["name"]),
        "code": wanted.get("code", before["code"]),
        "parent": _parent(step, body) if "parent" in wanted else before["parent"],
        "enable": wanted.get("enabled", before["enable"]),
        "externalId": wanted.get("external_id", before["externalId"]),
    }
    carried = before["externalId"]
    if wanted.keys() - {"external_id"}:
        carried = _replace(step, body, said, carried)
    if said["externalId"] and carried != said["externalId"]:
        step.precoro.patch_option(body["level"], body["field"], body["option"], external_id=said["externalId"])
    with step.settle(change, APPLIED, "Written.") as (session, moment):
        _keep(session, step, body, {"id": body["option"], **said}, moment)
        if body["takes_over"]:
            _pair(session, step, body, body["option"], moment)
        if "enabled" in wanted:
            _note_switch(session, step, body)


def _replace(step: Step, body: Mapping[str, Any], said: Mapping[str, Any], carried: str | None) -> str | None:
    """Write an option as a whole, and return the outside id that it carries afterwards."""
    answer = step.precoro.replace_option(
        body["level"],
        body["field"],
        body["option"],
        said["name"],
        code=said["code"],
        parent_id=said["parent"],
        enable=said["enable"],
    )
    told: str | None = answer.get("externalId", carried)
    return told


def _stored(step: Step, option: str) -> dict[str, Any]:
    """Return an option as we last read it."""
    with step.read() as (session, _):
        row = reference.entries(session, PRECORO, step.connection.precoro_id, [("option", option)])["option", option]
        data = row.data
    return {
        "name": row.name,
        "code": data.get("code"),
        "parent": data.get("parent"),
        "enable": row.active,
        "externalId": data.get("external_id"),
    }


def _parent(step: Step, body: Mapping[str, Any]) -> str | None:
    """Return the option that stands for the entry above, if there is one above and it has one."""
    above = body["changes"].get("parent")
    if above is None:
        return None
    kind = LISTS[body["list"]].kind
    with step.read() as (session, _):
        return list_mirrors.option_for(session, step.connection, kind, body["field"], above)


def _keep(session: Session, step: Step, body: Mapping[str, Any], option: Mapping[str, Any], moment: datetime) -> None:
    """Keep an option as Precoro has it now."""
    copies.keep_options(session, step.connection.precoro, body["field"], [option], moment)


def _pair(session: Session, step: Step, body: Mapping[str, Any], option: str, moment: datetime) -> None:
    """Pair an option with its entry; what was held for it goes out."""
    connection = session.get_one(Connection, step.connection.id)
    pairs.make(session, connection, LISTS[body["list"]].kind, {option: body["entry"]}, moment, how="import")


def _note_switch(session: Session, step: Step, body: Mapping[str, Any]) -> None:
    """Remember whether an option is off because of QuickBooks: only then it is switched on again."""
    connection = session.get_one(Connection, step.connection.id, with_for_update=True)
    kind, off = LISTS[body["list"]].kind, not body["changes"]["enabled"]
    list_mirrors.remember_switch(connection, kind, body["entry"], off=off)


IMPORT_LISTS = Action("Import lists from QuickBooks", read, plan, apply, calls=_calls)
UPDATE_LISTS = Action("Update lists from QuickBooks", read, plan, apply, calls=_calls)
