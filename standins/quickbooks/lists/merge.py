"""Merge two entries of a name list, as only a person can."""

from __future__ import annotations

from copy import deepcopy
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from standins.control.body import WrongInputError
from standins.quickbooks.company.records import CompanyBooks
from standins.quickbooks.entities.entity import Entity
from standins.quickbooks.entities.form import references
from standins.quickbooks.entities.table import ENTITIES
from standins.wire import money

Json = dict[str, Any]

ALIKE = {"CurrencyRef": "currency", "AccountType": "account type", "AccountSubType": "detail type", "Type": "type"}
"""What QuickBooks wants two entries to share before it merges them."""
MERGED = frozenset({"Vendor", "Customer", "Account", "Class", "Department", "Item"})


def merge(company: CompanyBooks, entity: Entity, gone: str, kept: str) -> Json:
    """Merge the entry `gone` into `kept` and return it, or raise WrongInputError."""
    loser, winner = company.tables[entity.name][gone], company.get(entity.name, kept)
    if entity.name not in MERGED:
        raise WrongInputError(f"Entries of {entity.name} cannot be merged")
    if winner is None or gone == kept:
        raise WrongInputError(f"There is no other {entity.name} {kept!r} to merge into")
    for name, what in ALIKE.items():
        if loser.get(name) != winner.get(name):
            raise WrongInputError(f"Only entries of one {what} can be merged")
    for other in ENTITIES.values():
        for record in list(company.rows(other.name)):
            _move(company, other, record, (entity, loser, winner))
    _move_children(company, entity, loser, winner)
    company.forget(entity, gone)
    if company.settings.merge_leaves == "deleted":
        company.tombstones.append((entity.name, gone, int(datetime.now(UTC).timestamp())))
    changes: Json = {name: _sum(loser, winner, name) for name in ("Balance", "CurrentBalance") if name in winner}
    merged = company.put(entity, {**company.tables[entity.name][kept], **changes}, "")
    company.emit(company.realm, entity.name, kept, "Merge", datetime.now(UTC), gone)
    return merged


def _move(company: CompanyBooks, other: Entity, record: Json, merged: tuple[Entity, Json, Json]) -> None:
    entity, loser, winner = merged
    if not _pointing(other, record, entity, loser["Id"]):
        return
    changed = deepcopy(record)
    for reference in _pointing(other, changed, entity, loser["Id"]):
        reference["value"] = winner["Id"]
        if "name" in reference:
            reference["name"] = winner.get("DisplayName") or winner.get("FullyQualifiedName") or winner["Name"]
    company.put(other, changed, "")


def _move_children(company: CompanyBooks, entity: Entity, loser: Json, winner: Json) -> None:
    """Give everything below the entry that goes the path of the one that stays."""
    before = f"{loser.get('FullyQualifiedName')}:"
    for record in list(company.rows(entity.name)):
        path = str(record.get("FullyQualifiedName", ""))
        if path.startswith(before):
            company.touch(
                entity, record["Id"], FullyQualifiedName=f"{winner['FullyQualifiedName']}:{path[len(before) :]}"
            )


def _pointing(other: Entity, record: Json, entity: Entity, identity: str) -> list[Json]:
    """Find the references of a record to an entry, those that name their type themselves included."""
    pointing = [
        reference
        for _, spec, reference in references(other.fields, record)
        if entity.name in spec.targets and reference.get("value") == identity
    ]
    links = [link.get("EntityRef", {}) for link in record.get("AttachableRef", [])]
    typed = (
        reference
        for reference in (record.get("EntityRef", {}), *links)
        if str(reference.get("type", "")).lower() == entity.key
    )
    return pointing + [reference for reference in typed if reference.get("value") == identity]


def _sum(loser: Json, winner: Json, name: str) -> Decimal | int:
    return money(Decimal(loser.get(name, 0)) + Decimal(winner[name]))
