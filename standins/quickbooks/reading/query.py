"""Queries: what may be asked of which entity, and the answer."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal, InvalidOperation
from functools import lru_cache
from typing import Any

from standins.quickbooks import errors
from standins.quickbooks.company import rates
from standins.quickbooks.company.clock import pacific
from standins.quickbooks.company.records import CompanyBooks
from standins.quickbooks.company.seed import SEEDED
from standins.quickbooks.entities.entity import Entity
from standins.quickbooks.entities.table import ENTITIES
from standins.quickbooks.errors import QuickBooksFault
from standins.quickbooks.reading import letters, properties
from standins.quickbooks.reading.grammar import Condition, Query, read

Json = dict[str, Any]

STAMPS = ("MetaData.CreateTime", "MetaData.LastUpdatedTime")


def answer(company: CompanyBooks, statement: str) -> Json:
    """Return the QueryResponse of a statement."""
    statement = statement.strip()
    letters.check(statement, company.settings.query_letters)
    query = read(statement)
    if query.entity.lower() == "exchangerate":
        return rates.listed(company, [value for condition in query.conditions for value in condition.values])
    entity = _entity(query.entity)
    query = _with_known_names(entity, query)
    rows = [row for row in _candidates(company, entity, query) if _matches(entity, row, query.conditions)]
    if query.counts:
        return {"totalCount": len(rows)}
    rows = _sorted(entity, rows, query)
    page = rows[query.position - 1 : query.position - 1 + query.limit]
    shown = _pseudo_codes(company, entity) + [_projected(row, query.fields) for row in page]
    if not shown:
        return {}
    answered: Json = {entity.name: shown, "startPosition": query.position, "maxResults": len(shown)}
    return {**answered, "totalCount": len(shown)} if "queries" in company.settings.total_counts else answered


def _entity(name: str) -> Entity:
    for entity in ENTITIES.values():
        if entity.name.lower() == name.lower() and "query" in entity.verbs:
            return entity
    raise errors.query_invalid(f"invalid context declaration: {name}")


def _with_known_names(entity: Entity, query: Query) -> Query:
    """Return a query with every property named as the records have it, or refuse a name."""
    conditions = (
        replace(condition, field=properties.path_to_compare(entity, condition.field)) for condition in query.conditions
    )
    return replace(
        query,
        conditions=tuple(conditions),
        order=tuple((properties.path_to_compare(entity, name), descending) for name, descending in query.order),
        fields=tuple(properties.path_to_select(entity, name) for name in query.fields),
    )


def _candidates(company: CompanyBooks, entity: Entity, query: Query) -> Iterable[Json]:
    identity = next((item for item in query.conditions if item.field == "Id" and item.operator in {"=", "in"}), None)
    if identity:
        _check_ids(identity.values)
        records = (company.get(entity.name, value) for value in identity.values)
        rows: Iterable[Json] = [row for row in records if row is not None]
    else:
        rows = company.rows(entity.name)
    if entity.is_name_list and not any(condition.field == "Active" for condition in query.conditions):
        return [row for row in rows if row.get("Active", True)]
    return rows


def _check_ids(identities: tuple[str, ...]) -> None:
    for identity in identities:
        if not identity.isdecimal():
            raise QuickBooksFault(errors.invalid_id(identity))


def _matches(entity: Entity, row: Json, conditions: tuple[Condition, ...]) -> bool:
    return all(_holds(entity, row, condition) for condition in conditions)


def _holds(entity: Entity, row: Json, condition: Condition) -> bool:
    name, _, rest = condition.field.partition(".")
    if isinstance(row.get(name), list):  # AttachableRef.EntityRef.Type: one entry that fits is enough
        return any(_fits(entity, _value(part, rest), condition) for part in row[name])
    return _fits(entity, _value(row, condition.field), condition)


def _fits(entity: Entity, value: Any, condition: Condition) -> bool:
    if isinstance(value, bool):
        value = str(value).lower()
    if condition.operator == "like":
        return value is not None and bool(_like(condition.values[0]).fullmatch(str(value)))
    if value is None:
        return condition.operator == "!=" and condition.values[0] != ""
    own = _comparable(entity, condition.field, value)
    values = [_comparable(entity, condition.field, value) for value in condition.values]
    if condition.operator == "in":
        return own in values
    return OPERATORS[condition.operator](own, values[0])


OPERATORS: dict[str, Callable[[Any, Any], bool]] = {
    "=": lambda left, right: bool(left == right),
    "!=": lambda left, right: bool(left != right),
    "<": lambda left, right: bool(left < right),
    ">": lambda left, right: bool(left > right),
    "<=": lambda left, right: bool(left <= right),
    ">=": lambda left, right: bool(left >= right),
}


def _value(row: Json, path: str) -> Any:
    value: Any = row
    for name in path.split("."):
        value = value.get(name) if isinstance(value, dict) else None
    return value.get("value", value.get("Address")) if isinstance(value, dict) else value


@lru_cache(maxsize=256)
def _like(pattern: str) -> re.Pattern[str]:
    parts = (re.escape(part) for part in pattern.split("%"))
    return re.compile(".*".join(parts), re.IGNORECASE | re.DOTALL)


def _comparable(entity: Entity, name: str, value: Any) -> Any:
    """Turn a value into a time, number or folded text to compare."""
    if name in STAMPS:
        return _moment(str(value))
    field = entity.fields.get(name)
    if name == "Id" or (field and field.kind in {"amount", "number"}):
        try:
            return Decimal(str(value))
        except InvalidOperation as error:
            raise errors.query_invalid(f"value {value} is not a number") from error
    return str(value).casefold()


@lru_cache(maxsize=65536)
def _moment(written: str) -> datetime:
    try:
        moment = datetime.fromisoformat(written)
    except ValueError as error:
        raise errors.query_invalid(f"value {written} is not a date") from error
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _sorted(entity: Entity, rows: list[Json], query: Query) -> list[Json]:
    """Sort as asked; else name lists by code points, transactions newest first [recorded, as a rule inferred]."""
    if not query.order:
        if entity.transaction:
            newest = sorted(rows, key=lambda row: int(row["Id"]), reverse=True)
            return sorted(newest, key=lambda row: _moment(row["MetaData"]["LastUpdatedTime"]), reverse=True)
        return sorted(rows, key=lambda row: str(row.get(entity.order, "")))
    for name, descending in reversed(query.order):
        present = [row for row in rows if _value(row, name) is not None]
        absent = [row for row in rows if _value(row, name) is None]
        present.sort(key=lambda row, name=name: _comparable(entity, name, _value(row, name)), reverse=descending)  # type: ignore[misc]
        rows = present + absent if descending else absent + present
    return rows


def _projected(row: Json, fields: tuple[str, ...]) -> Json:
    if not fields:
        return row
    shown: Json = {}
    for path in fields:
        name, _, rest = path.partition(".")
        if name not in row:
            continue
        if rest and isinstance(row[name], dict):
            shown[name] = {**shown.get(name, {}), rest: row[name].get(rest)}
        else:
            shown[name] = row[name]
    return {**shown, "sparse": True}


def _pseudo_codes(company: CompanyBooks, entity: Entity) -> list[Json]:
    """Return the rows TAX, NON and CustomSalesTax that US companies list outside MAXRESULTS."""
    if entity.name != "TaxCode" or company.country != "US":
        return []
    written = pacific(SEEDED)
    made = {"CreateTime": written, "LastUpdatedTime": written}
    return [
        {
            "Id": code,
            "Name": code,
            "Description": code,
            "Taxable": code != "NON",
            "TaxGroup": in_group,
            "MetaData": made,
        }
        for code, in_group in (("TAX", False), ("NON", False), ("CustomSalesTax", True))
    ]
