"""Names of properties in queries: written in any case, answered as the record has them."""

from __future__ import annotations

from collections.abc import Mapping

from standins.quickbooks import errors
from standins.quickbooks.entities.entity import Entity
from standins.quickbooks.entities.fields import FieldSpec, computed, parts

BESIDES: Mapping[str, FieldSpec] = {
    "Id": computed("text", queryable=True),
    "SyncToken": computed("text", queryable=True),
    "sparse": computed("flag", queryable=True),
    "domain": computed("text", queryable=True),
    "MetaData": parts(CreateTime=computed("text", queryable=True), LastUpdatedTime=computed("text", queryable=True)),
}
"""What every entity has besides the fields of the table."""
INSIDE_REFERENCE = {"value": computed("text", queryable=True), "name": computed("text", queryable=True)}


def path_to_select(entity: Entity, written: str) -> str:
    """Return the path of a property that a query selects, or refuse an unknown one."""
    return _path_and_field(entity, written)[0]


def path_to_compare(entity: Entity, written: str) -> str:
    """Return the path of a property to compare or sort by, or refuse one that cannot be asked for."""
    path, field = _path_and_field(entity, written)
    if not field.queryable and not path.startswith("MetaData."):
        raise errors.query_invalid(f"property '{written}' is not queryable")
    return path


def _path_and_field(entity: Entity, written: str) -> tuple[str, FieldSpec]:
    """Return the path as the record has it, and the field that its first name stands for."""
    unknown = errors.query_invalid(f"Property {written} not found for Entity {entity.name}")
    fields: Mapping[str, FieldSpec] = {**entity.fields, **BESIDES}
    path: list[str] = []
    first: FieldSpec | None = None
    for part in written.split("."):
        name = next((name for name in fields if name.lower() == part.lower()), None)
        if name is None:
            raise unknown
        path.append(name)
        first = first or fields[name]
        fields = _inside(fields[name])
    if first is None:
        raise unknown
    return ".".join(path), first


def _inside(field: FieldSpec) -> Mapping[str, FieldSpec]:
    match field.kind:
        case "ref":
            return INSIDE_REFERENCE
        case "list":
            return field.parts[""].parts if "" in field.parts else {}
    return field.parts
