"""Change data capture: everything that changed since a moment, for several entities in one answer."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from standins.quickbooks import errors
from standins.quickbooks.company.clock import pacific
from standins.quickbooks.company.records import CompanyBooks
from standins.quickbooks.entities.entity import Entity
from standins.quickbooks.entities.table import BY_KEY
from standins.quickbooks.errors import QuickBooksFault

Json = dict[str, Any]


def since(company: CompanyBooks, entities: str, changed_since: str) -> Json:
    """Return the CDCResponse: one QueryResponse an entity, at most 1000 objects in all, no paging."""
    asked_for = [_entity(name.strip()) for name in entities.split(",") if name.strip()]
    if not asked_for:
        raise QuickBooksFault(errors.required("entities"))
    stamp = int(_moment(company, changed_since).timestamp())
    left = company.settings.changes_max
    responses: list[Json] = []
    response: Json
    for entity in asked_for:
        rows = _changed(company, entity, stamp)[:left]
        left -= len(rows)
        response = {entity.name: rows, "startPosition": 1, "maxResults": len(rows)}
        if "changes" in company.settings.total_counts:
            response["totalCount"] = len(rows)
        responses.append(response if rows else {})
    return {"CDCResponse": [{"QueryResponse": responses}]}


def _entity(name: str) -> Entity:
    entity = BY_KEY.get(name.lower())
    if entity is None or "changes" not in entity.verbs:
        raise errors.unsupported_operation(f"cdc {name}")
    return entity


def _moment(company: CompanyBooks, written: str) -> datetime:
    try:
        moment = datetime.fromisoformat(written.replace(" ", "+"))  # an unescaped + of an offset arrives as a space
    except ValueError as error:
        raise QuickBooksFault(errors.wrong_value(2060, "Date format", "changedSince", written)) from error
    moment = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    days = company.settings.changes_days
    if moment < datetime.now(UTC) - timedelta(days=days):
        detail = f"The changedSince date must be within the last {days} days"
        raise QuickBooksFault(errors.FaultEntry(2030, "Invalid changedSince", detail, "changedSince"))
    return moment


def _changed(company: CompanyBooks, entity: Entity, stamp: int) -> list[Json]:
    stamps = company.stamps[entity.name]
    live = sorted((when, int(identity)) for identity, when in stamps.items() if when >= stamp)
    rows = [company.tables[entity.name][str(identity)] for _, identity in live]
    return rows + [
        {
            "domain": "QBO",
            "status": "Deleted",
            "Id": identity,
            "MetaData": {"LastUpdatedTime": pacific(datetime.fromtimestamp(when, UTC))},
        }
        for name, identity, when in company.tombstones
        if name == entity.name and when >= stamp
    ]
