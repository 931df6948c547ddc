"""Options of custom fields that somebody chose on a document or on a line."""

from __future__ import annotations

from typing import TYPE_CHECKING

from standins.control.body import WrongInputError

if TYPE_CHECKING:
    from standins.precoro.company import CompanyRecords, Record


def named(company: CompanyRecords, collection: str, name: object) -> Record:
    """Return a record by its id, name, SKU or code, or raise WrongInputError."""
    record = company.by_name(collection, name)
    if record is None:
        raise WrongInputError(f"{company.name} has no {name!r} in {collection}")
    return record


def choose(company: CompanyRecords, document: Record, field_name: str, name: object) -> None:
    """Choose the option of one field of the whole document, or none."""
    field = named(company, "documentcustomfields", field_name)
    others = [value for value in document["dataDocumentCustomFields"] if value["field"] != field["id"]]
    document["dataDocumentCustomFields"] = [*others, *([value_of(company, field, name)] if name else [])]


def value_of(company: CompanyRecords, field: Record, name: object) -> Record:
    """Return the value of a field: an option by id, name or code."""
    option = next((option for option in company.all("options") if _is_option(option, field, name)), None)
    if option is None:
        raise WrongInputError(f"{field['name']} has no option {name!r}")
    return {
        "id": company.next_id("values"),
        "value": option["name"],
        "type": "select",
        "field": field["id"],
        "option": option["id"],
    }


def _is_option(option: Record, field: Record, name: object) -> bool:
    return option["field"] == field["id"] and name in (option["id"], option["name"], option["code"])
