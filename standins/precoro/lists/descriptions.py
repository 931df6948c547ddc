"""Entries of lists made and changed from the short descriptions that people give.

A person describes an entry by the properties of the API. An option names its "field" and its "parent" (name or id), a
supplier may have "currency" for a single one, a tax its rate as "value".
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import TYPE_CHECKING

from standins.control.body import WrongInputError
from standins.precoro.company import now, stamp
from standins.precoro.http.forms import InvalidError
from standins.precoro.lists import options
from standins.precoro.lists.blanks import (
    new_field,
    new_item,
    new_legal_entity,
    new_location,
    new_option,
    new_supplier,
    new_tax,
    new_term,
)
from standins.precoro.lists.suppliers import begin_approval

if TYPE_CHECKING:
    from standins.precoro.company import CompanyRecords, Record
    from standins.precoro.settings import PrecoroSettings

DELETED = frozenset({"options", "items", "suppliers", "taxes", "itemcustomfields", "documentcustomfields"})


def make(company: CompanyRecords, collection: str, description: Record, settings: PrecoroSettings) -> Record:
    """Return a new entry, not yet kept; WrongInputError when it is not described well enough."""
    if collection not in _BLANKS:
        raise WrongInputError(f"People cannot create {collection} here")
    if not description.get("name"):
        raise WrongInputError(f"A new record of {collection} needs a name")
    described = dict(description)
    record = _BLANKS[collection](company, company.next_id("new"), described)
    if collection == "suppliers":
        begin_approval(record, settings)
    change(company, collection, record, described, settings)
    return record


def change(
    company: CompanyRecords, collection: str, record: Record, changes: Record, settings: PrecoroSettings
) -> None:
    """Lay changes over an entry, or raise WrongInputError."""
    unknown = sorted(set(changes) - set(record))
    if unknown:
        raise WrongInputError(f"There is no {unknown[0]!r}. Known: {', '.join(sorted(record))}")
    changed = {**record, **_understood(company, record, changes)}
    if collection == "options":
        try:
            options.check(company, changed, settings)
        except InvalidError as error:
            raise WrongInputError(" ".join(f"{key}: {text}" for key, text in error.fields.items())) from error
    record.update(changed)


def _understood(company: CompanyRecords, record: Record, changes: Record) -> Record:
    """Return changes as the record keeps them."""
    understood = dict(changes)
    if "parent" in changes:
        understood["parent"] = _parent(company, record, changes["parent"])
    if isinstance(changes.get("currencies"), list):
        understood["currency"] = changes["currencies"][0]
    if "contacts" in changes:
        blank = {"name": None, "email": None, "phone": None}
        understood["contacts"] = [
            {"id": company.next_id("values"), **blank, **contact} for contact in changes["contacts"]
        ]
    return understood


def _parent(company: CompanyRecords, option: Record, named: object) -> object:
    """Return the parent of an option, given by id, {"id"} or name."""
    if named is None or isinstance(named, dict):
        return named
    siblings = (sibling for sibling in company.all("options") if sibling["field"] == option["field"])
    parent = next((sibling for sibling in siblings if named in (sibling["id"], sibling["name"])), None)
    if parent is None:
        raise WrongInputError(f"The field has no option {named!r}")
    return {"id": parent["id"]}


def _supplier(company: CompanyRecords, identity: int, described: Record) -> Record:
    currencies = described.get("currencies") or [described.pop("currency", company.currency)]
    return new_supplier(identity, described["name"], currencies, stamp(now()))


def _option(company: CompanyRecords, identity: int, described: Record) -> Record:
    name = described.pop("field", None)
    field = company.by_name("itemcustomfields", name) or company.by_name("documentcustomfields", name)
    if field is None:
        raise WrongInputError(f"{company.name} has no custom field {name!r}")
    return new_option(identity, field["id"], described["name"])


def _tax(_: CompanyRecords, identity: int, described: Record) -> Record:
    described["value"] = Decimal(str(described.get("value", 0)))
    return new_tax(identity, described["name"], described["value"], stamp(now()))


_BLANKS: Mapping[str, Callable[[CompanyRecords, int, Record], Record]] = {
    "suppliers": _supplier,
    "items": lambda company, identity, described: new_item(identity, described["name"], company.currency, stamp(now())),
    "taxes": _tax,
    "paymentterms": lambda _, identity, described: new_term(
        identity, described["name"], described.get("creditPeriodDays", 0)
    ),
    "locations": lambda _, identity, described: new_location(identity, described["name"]),
    "legalentities": lambda _, identity, described: new_legal_entity(identity, described["name"]),
    "itemcustomfields": lambda _, identity, described: new_field(identity, described["name"], 1),
    "documentcustomfields": lambda _, identity, described: new_field(identity, described["name"], 1),
    "options": _option,
}
"""For every list that people add to: an entry of which no more is known than its name."""
