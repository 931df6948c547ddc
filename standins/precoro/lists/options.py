"""Options of custom fields: each may stand below another of its field."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from standins.precoro.entities import ENTITIES
from standins.precoro.http.forms import BLANK, NOT_VALID, TAKEN, Form, InvalidError, read_values
from standins.precoro.lists.blanks import new_option

if TYPE_CHECKING:
    from standins.precoro.company import CompanyRecords, Record
    from standins.precoro.settings import PrecoroSettings

LEGAL_ENTITY = 1
"""The one `depend_type` that is known."""


def add(company: CompanyRecords, field: Record, form: Form, settings: PrecoroSettings) -> Record:
    """Return a new option of a field, kept; InvalidError when the form is refused."""
    values = _read(form)
    option = new_option(company.next_id("new"), field["id"], values.get("name")) | values
    check(company, option, settings)
    return company.add("options", option)


def change(company: CompanyRecords, option: Record, form: Form, settings: PrecoroSettings) -> None:
    """Lay a form over an option; what it leaves out stays."""
    changed = option | _read(form)
    check(company, changed, settings)
    option.update(changed)


def replace(company: CompanyRecords, option: Record, form: Form, settings: PrecoroSettings) -> None:
    """Replace an option by a form: what it leaves out is emptied, except what `Settings.put_keeps` names."""
    values = _read(form)
    fresh = new_option(option["id"], option["field"], None) | values
    emptied = {name for name in ENTITIES["options"].writable if name not in settings.put_keeps}
    changed = option | {name: fresh[name] for name in {*values, *emptied}}
    check(company, changed, settings)
    option.update(changed)


def check(company: CompanyRecords, option: Record, settings: PrecoroSettings) -> None:
    """Raise InvalidError when an option has no name, or cannot stand where its parent puts it."""
    if not option["name"]:
        raise InvalidError({"name": BLANK})
    above = list(_above(company, option))
    if any(other is None or other["field"] != option["field"] or other["id"] == option["id"] for other in above):
        raise InvalidError({"parent": NOT_VALID})
    if len(above) + _height(company, option["id"]) > settings.option_levels:
        raise InvalidError({"parent": f"The maximum nesting level is {settings.option_levels}."})
    if "options" in settings.unique_names and any(_are_twins(other, option) for other in company.all("options")):
        raise InvalidError({"name": TAKEN})


def depend(company: CompanyRecords, level: str, form: Form, *, add: bool) -> Record:
    """Let an option depend on legal entities, or no longer, and return it."""
    named = f"{level}_custom_field_option_id"
    values = read_values(form, {named: "integer", "depend_type": "integer", "entity_ids": "integers"})
    option = company.by_id("options", values.get(named))
    errors = {} if option and company.by_id(f"{level}customfields", option["field"]) else {named: NOT_VALID}
    errors |= {} if values.get("depend_type") == LEGAL_ENTITY else {"depend_type": NOT_VALID}
    entity_ids = values.get("entity_ids", [])
    if not entity_ids or any(company.by_id("legalentities", entity) is None for entity in entity_ids):
        errors["entity_ids"] = NOT_VALID
    if option is None or errors:
        raise InvalidError(errors)
    kept = [entity for entity in option.get("legalEntities", []) if entity["id"] not in entity_ids]
    option["legalEntities"] = kept + ([{"id": entity} for entity in entity_ids] if add else [])
    return option


def delete(company: CompanyRecords, option: Record) -> None:
    """Delete an option and everything below it; documents keep the names that were chosen."""
    for below in list(_below(company, option["id"])):
        delete(company, below)
    del company.records["options"][option["id"]]


def _read(form: Form) -> dict[str, Any]:
    values = read_values(form, ENTITIES["options"].writable)
    return {**values, "code": values["code"] or ""} if "code" in values else values


def _above(company: CompanyRecords, option: Record) -> Iterator[Mapping[str, Any] | None]:
    """Yield the options above one, nearest first; None where one does not exist."""
    parent, passed = option["parent"], {0}
    while parent and parent["id"] not in passed:
        passed.add(parent["id"])
        above = company.by_id("options", parent["id"])
        yield above
        parent = above["parent"] if above else None


def _below(company: CompanyRecords, identity: int) -> Iterator[Record]:
    return (option for option in company.all("options") if option["parent"] and option["parent"]["id"] == identity)


def _height(company: CompanyRecords, identity: int) -> int:
    return 1 + max((_height(company, below["id"]) for below in _below(company, identity)), default=0)


def _are_twins(option: Record, other: Record) -> bool:
    return option["id"] != other["id"] and all(option[key] == other[key] for key in ("field", "parent", "name"))
