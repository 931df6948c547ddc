"""`lists import` and `lists update`: lists of QuickBooks mirrored as options of custom fields in Precoro.

    read (lists/refresh) -> plan (mappers/lists) -> one option a call

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

from mappers.lists import plan as list_plan
from mappers.lists.choices import NEW, OFF
from mappers.lists.fields import LIST_KINDS
from outbound.wire import JsonObject
from precoro_client.client import options_of
from store import reference
from store.companies import Connection
from store.reference import PRECORO, Pair
from store.tasks import APPLIED, ENDED, REFUSED, Change, Task
from workers.errors import ListNotOfferedError
from workers.lists import state as list_state
from workers.lists.refresh import read
from workers.lists.state import ListSetup
from workers.lookup import connection_named
from workers.reference import cache, pairs
from workers.runtime import Runtime
from workers.tasks import commands as task_commands
from workers.tasks.action import Action, Calls, Planned, Step

IMPORT, UPDATE = "lists import", "lists update"
BY_SCHEDULE = "schedule"
AN_HOUR = timedelta(hours=1)
"""How long a plan that a person looks at is not replaced by one of the schedule."""


def arguments(runtime: Runtime, slug: str, names: Sequence[str], adds: str) -> dict[str, Any]:
    """Return the arguments of a task: which lists, all if none is named, and what it adds to each.

    `adds` is "all" for an import, "nothing" for an update. Raises ListNotOfferedError when a list that is named is off in QuickBooks.
    """
    with runtime.read() as (session, _):
        setups = list_state.setups(session, connection_named(session, slug))
    for setup in setups:
        if setup.name in names and setup.level is None:
            raise ListNotOfferedError(setup.why or "")
    lists = [setup.name for setup in setups if setup.level and (not names or setup.name in names)]
    return {"lists": dict.fromkeys(lists, adds)}


def update_on_schedule(runtime: Runtime, connection_id: int) -> int | None:
    """Begin the update of the lists that are kept fresh, unless a person is at it; returns the task's number."""
    with runtime.read() as (session, moment):
        connection = session.get_one(Connection, connection_id)
        lists = {
            setup.name: "unseen" if setup.choice.refresh == NEW else "nothing"
            for setup in list_state.setups(session, connection)
            if setup.choice.refresh != OFF and setup.field is not None
        }
        busy = session.scalars(
            select(Task.id).where(
                Task.connection_id == connection_id,
                Task.action.in_((IMPORT, UPDATE)),
                Task.state.notin_(ENDED),
                Task.created_at > moment - AN_HOUR,
            )
        ).first()
        slug = connection.slug
    if not lists or busy is not None:
        return None
    return task_commands.start(runtime, slug, UPDATE, {"lists": lists}, BY_SCHEDULE, confirmed=True)


def are_kept_fresh(connection: Connection) -> bool:
    """Say whether any list of a connection is refreshed on a schedule."""
    return any(list_state.choice_of(connection, kind.kind).refresh != OFF for kind in LIST_KINDS.values())


# Planning


def plan(
    session: Session, connection: Connection, arguments: Mapping[str, Any], _moment: datetime
) -> Iterator[Planned]:
    """Say what is to be done with the lists of a task; a list without a custom field is a problem."""
    for setup in list_state.switched_on(session, connection, arguments["lists"]):
        if setup.field is None:
            yield Planned("problem", f"list:{setup.name}", setup.why or "", remedy=setup.remedy)
            continue
        mirror = list_state.mirror(session, connection, setup)
        for row in list_plan.plan(mirror, arguments["lists"][setup.name]):
            subject = f"{setup.kind.entry}:{row.entry_id}"
            yield Planned(row.what, subject, row.sentence, _body(setup, row), row.remedy)


def _body(setup: ListSetup, row: list_plan.Row) -> dict[str, Any]:
    """Return all that applying a row needs."""
    return {
        "list": setup.name,
        "level": setup.level,
        "field": setup.field.id if setup.field else None,
        "entry": row.entry_id,
        "option": row.option_id,
        "changes": dict(row.changes),
        "takes_over": row.takes_over,
        "again": row.again,
        "spare": row.spare,
    }


def _calls(counts: Counter[str]) -> Calls:
    return Calls(precoro=counts["add"] + counts["update"])


# Applying


def apply(step: Step, changes: Sequence[Change]) -> None:
    """Write one option each; the parent of a new one was written before it."""
    for change in changes:
        if change.what == "add":
            _add(step, change)
        else:
            _change(step, change)


def _add(step: Step, change: Change) -> None:
    """Add an option, unless a try before this one did."""
    body = change.body
    values = body["changes"]
    parent = _parent(step, body)
    if values["parent"] is not None and parent is None:
        with step.finish(change, REFUSED, "What it lies under is not in Precoro, because that was refused."):
            return
    option = _carrying(step, body) if change.resent or body["again"] else None
    if option is None and change.resent:
        option = _untagged(step, body, parent)
    if option is None:
        option = step.precoro.create_option(
            body["level"],
            body["field"],
            values["name"],
            code=values["code"],
            parent_id=parent,
            external_id=values["external_id"],
        )
    written = {"name": values["name"], "code": values["code"], "parent": parent, "externalId": values["external_id"]}
    with step.finish(change, APPLIED, f"Option {option['id']} stands for it.") as (session, moment):
        _keep(session, step, body, {**written, **option}, moment)
        _pair(session, step, body, str(option["id"]), moment)


def _carrying(step: Step, body: Mapping[str, Any]) -> JsonObject | None:
    """Return the option that carries the entry's id: made before, or unknown to our copy."""
    return next(step.precoro.find(options_of(body["level"], body["field"]), [body["changes"]["external_id"]]), None)


def _untagged(step: Step, body: Mapping[str, Any], parent: str | None) -> JsonObject | None:
    """Return the unpaired option of this name and parent that was made before and has no id yet."""
    with step.read() as (session, _):
        paired = set(session.scalars(select(Pair.precoro_key).where(Pair.connection_id == step.connection.id)))
    expected = (body["changes"]["name"], parent, None)
    for row in step.precoro.options(body["level"], body["field"]):
        if str(row["id"]) not in paired and _identity(row) == expected:
            return row
    return None


def _identity(row: JsonObject) -> tuple[Any, ...]:
    """Return by what an option that we made and did not record is recognised."""
    return row.get("name"), cache.parent_of(row), row.get("externalId") or None


def _change(step: Step, change: Change) -> None:
    """Write an option as a whole, because Precoro knows no partial change; then the id that it carries."""
    body = change.body
    values = body["changes"]
    before = _stored(step, body["option"])
    option = {
        "name": values.get("name", before["name"]),
        "code": values.get("code", before["code"]),
        "parent": _parent(step, body) if "parent" in values else before["parent"],
        "enable": values.get("enabled", before["enable"]),
        "externalId": values.get("external_id", before["externalId"]),
    }
    carried = before["externalId"]
    if values.keys() - {"external_id"}:
        carried = _replace(step, body, option, carried)
    if option["externalId"] and carried != option["externalId"]:
        step.precoro.patch_option(body["level"], body["field"], body["option"], external_id=option["externalId"])
    with step.finish(change, APPLIED, "Written.") as (session, moment):
        _keep(session, step, body, {"id": body["option"], **option}, moment)
        if body["takes_over"]:
            _pair(session, step, body, body["option"], moment)
        if "enabled" in values and not body.get("spare"):
            _note_switch(session, step, body)


def _replace(step: Step, body: Mapping[str, Any], option: Mapping[str, Any], carried: str | None) -> str | None:
    """Write an option as a whole, and return the outside id that it carries afterwards."""
    answer = step.precoro.replace_option(
        body["level"],
        body["field"],
        body["option"],
        option["name"],
        code=option["code"],
        parent_id=option["parent"],
        enable=option["enable"],
    )
    external_id: str | None = answer.get("externalId", carried)
    return external_id


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
    """Return the option of the parent entry, if the entry has a parent and that has an option."""
    parent = body["changes"].get("parent")
    if parent is None:
        return None
    kind = LIST_KINDS[body["list"]].kind
    with step.read() as (session, _):
        return list_state.option_for(session, step.connection, kind, body["field"], parent)


def _keep(session: Session, step: Step, body: Mapping[str, Any], option: Mapping[str, Any], moment: datetime) -> None:
    """Keep an option as Precoro has it now."""
    cache.keep_options(session, step.connection.precoro, body["field"], [option], moment)


def _pair(session: Session, step: Step, body: Mapping[str, Any], option: str, moment: datetime) -> None:
    """Pair an option with its entry, and make due what was held for it."""
    connection = session.get_one(Connection, step.connection.id)
    pairs.make(session, connection, LIST_KINDS[body["list"]].kind, {option: body["entry"]}, moment, how="import")


def _note_switch(session: Session, step: Step, body: Mapping[str, Any]) -> None:
    """Remember whether an option is off because of QuickBooks: only then it is switched on again."""
    connection = session.get_one(Connection, step.connection.id, with_for_update=True)
    kind, off = LIST_KINDS[body["list"]].kind, not body["changes"]["enabled"]
    list_state.remember_switch(connection, kind, body["entry"], off=off)


IMPORT_LISTS = Action("Import lists from QuickBooks", read, plan, apply, calls=_calls)
UPDATE_LISTS = Action("Update lists from QuickBooks", read, plan, apply, calls=_calls)
