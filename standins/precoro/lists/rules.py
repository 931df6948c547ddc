"""Suppliers, items, taxes, terms and locations by form: made new, replaced whole, or refused by field.

PUT replaces: what a form leaves out is emptied, except what `Settings.put_keeps` names.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from standins.precoro.company import now, stamp
from standins.precoro.entities import ENTITIES
from standins.precoro.http.forms import BLANK, NOT_VALID, TAKEN, Form, InvalidError, read_values
from standins.precoro.lists.blanks import new_item, new_location, new_supplier, new_tax, new_term
from standins.precoro.lists.suppliers import begin_approval

if TYPE_CHECKING:
    from standins.precoro.company import CompanyRecords, Record
    from standins.precoro.settings import PrecoroSettings

WRITTEN = ("suppliers", "items", "taxes", "paymentterms", "locations")
STORED_AS = {"supplierLegalEntityIds": "supplierLegalEntities"}
"""Properties that a form calls otherwise than the record does."""


def make(company: CompanyRecords, collection: str, form: Form, settings: PrecoroSettings) -> Record:
    """Return a new record of a form, kept; InvalidError when the form is refused."""
    values = read(company, collection, form, settings, None)
    record = _new(company, collection, company.next_id("new"), values)
    if collection == "suppliers":
        begin_approval(record, settings)
    record.update(_stored(company, collection, values))
    return company.add(collection, record)


def replace(company: CompanyRecords, collection: str, record: Record, form: Form, settings: PrecoroSettings) -> None:
    """Replace a record by a form; InvalidError when the form is refused."""
    values = read(company, collection, form, settings, record)
    fresh = _new(company, collection, record["id"], values) | _stored(company, collection, values)
    for name in ENTITIES[collection].writable:
        if name in values or name not in settings.put_keeps:
            record[STORED_AS.get(name, name)] = fresh[STORED_AS.get(name, name)]
    if collection == "suppliers" and ("currencies" in values or "currencies" not in settings.put_keeps):
        record["currency"] = fresh["currency"]


def read(
    company: CompanyRecords, collection: str, form: Form, settings: PrecoroSettings, record: Record | None
) -> dict[str, Any]:
    """Return the values of a form that nothing speaks against; `record` is what they would replace."""
    entity = ENTITIES[collection]
    values = read_values(form, _known(collection, settings), entity.longest)
    if collection == "taxes":
        _both_rates(values, settings)
    errors = {name: BLANK for name in _required(collection, settings) if values.get(name) in (None, [])}
    errors |= _repeated(company, collection, values, settings, record)
    for check in CHECKS.get(collection, ()):
        errors |= check(company, values, settings)
    if errors:
        raise InvalidError(errors)
    if values.get("currencies") == []:
        values["currencies"] = [company.currency]
    return values


def _required(collection: str, settings: PrecoroSettings) -> tuple[str, ...]:
    required = ENTITIES[collection].required
    return (*required, "currencies") if collection == "suppliers" and settings.currencies_required else required


def _known(collection: str, settings: PrecoroSettings) -> Mapping[str, Any]:
    lacking = {name.partition(".")[2] for name in settings.form_lacks if name.startswith(f"{collection}.")}
    return {name: kind for name, kind in ENTITIES[collection].writable.items() if name not in lacking}


def _repeated(
    company: CompanyRecords, collection: str, values: dict[str, Any], settings: PrecoroSettings, record: Record | None
) -> dict[str, str]:
    """Refuse codes, and where settings want that names, of another record."""
    unique = (*ENTITIES[collection].codes, *(["name"] if collection in settings.unique_names else []))
    others = [other for other in company.all(collection) if other is not record] if any(map(values.get, unique)) else []
    return {
        name: TAKEN
        for name in unique
        if values.get(name) and any(_same(other.get(name), values[name]) for other in others)
    }


def _same(value: object, other_value: object) -> bool:
    return str(value or "").casefold() == str(other_value).casefold()


def _check_supplier(company: CompanyRecords, values: dict[str, Any], settings: PrecoroSettings) -> dict[str, str]:
    errors = {}
    if settings.currencies and set(values.get("currencies", ())) - set(settings.currencies):
        errors["currencies"] = NOT_VALID
    if any(company.by_id("legalentities", entity) is None for entity in values.get("supplierLegalEntityIds", ())):
        errors["supplierLegalEntityIds"] = NOT_VALID
    return errors


def _check_item(company: CompanyRecords, values: dict[str, Any], _: PrecoroSettings) -> dict[str, str]:
    supplier = values.get("supplier")
    return {"supplier": NOT_VALID} if supplier and company.by_id("suppliers", supplier["id"]) is None else {}


def _check_tax(_: CompanyRecords, values: dict[str, Any], __: PrecoroSettings) -> dict[str, str]:
    return {"value": NOT_VALID} if values.get("value") is not None and not 0 <= values["value"] <= 100 else {}  # noqa: PLR2004 percent


Check = Callable[["CompanyRecords", dict[str, Any], "PrecoroSettings"], dict[str, str]]
CHECKS: Mapping[str, tuple[Check, ...]] = {
    "suppliers": (_check_supplier,),
    "items": (_check_item,),
    "taxes": (_check_tax,),
}


def _both_rates(values: dict[str, Any], settings: PrecoroSettings) -> None:
    """Let `percent` and `value` stand for each other where one is missing."""
    rate, other = ("value", "percent") if settings.tax_rate_in == "value" else ("percent", "value")
    sent, beside = values.get(rate), values.get(other)
    values["value"] = beside if sent is None else sent
    values["percent"] = values["value"] if beside is None else beside


def _new(company: CompanyRecords, collection: str, identity: int, values: dict[str, Any]) -> Record:
    moment, name = stamp(now()), values["name"]
    match collection:
        case "suppliers":
            return new_supplier(identity, name, values.get("currencies") or [company.currency], moment)
        case "items":
            return new_item(identity, name, company.currency, moment)
        case "paymentterms":
            return new_term(identity, name, 0)
        case "taxes":
            return new_tax(identity, name, values["value"], moment)
    return new_location(identity, name)


def _stored(company: CompanyRecords, collection: str, values: dict[str, Any]) -> dict[str, Any]:
    """Return the values of a form as the record keeps them."""
    if collection != "suppliers":
        return values
    kept = {STORED_AS.get(name, name): value for name, value in values.items()}
    if "supplierLegalEntityIds" in values:
        kept["supplierLegalEntities"] = [{"id": entity} for entity in values["supplierLegalEntityIds"]]
    if "contacts" in values:
        kept["contacts"] = [{"id": company.next_id("values"), **contact} for contact in values["contacts"]]
    if values.get("currencies"):
        kept["currency"] = values["currencies"][0]
    return kept
