"""What people do with records: create, change, pay, void, delete, merge, make inactive."""

from __future__ import annotations

from decimal import Decimal, InvalidOperation
from typing import Any

from standins.control.body import WrongInputError
from standins.quickbooks.company import preferences
from standins.quickbooks.company.clock import day_of_people
from standins.quickbooks.company.draft import Caller, EntityDraft
from standins.quickbooks.company.records import FIRST_TRANSACTION, CompanyBooks
from standins.quickbooks.entities.entity import Entity
from standins.quickbooks.entities.table import ENTITIES
from standins.quickbooks.lists import merge as merging
from standins.quickbooks.payments import rules as payments
from standins.quickbooks.writing.engine import Engine

Json = dict[str, Any]

PERSON = Caller(person=True, allow_duplicates=True)


def create(company: CompanyBooks, entity: Entity, described: Json) -> Json:
    """Create a record as a person would, projects ("IsProject": true) included."""
    made = Engine(company, PERSON).write(entity, described)
    if entity.name == "Customer" and described.get("IsProject"):
        if not described.get("ParentRef") or company.preference("OtherPrefs", "ProjectsEnabled") is not True:
            raise WrongInputError("A project needs its customer (ParentRef), and projects switched on")
        return company.put(entity, {**made, "IsProject": True}, "")
    return made


def act(company: CompanyBooks, entity: Entity, identity: str, order: Json) -> Json:
    """Carry out {"set": {...}} or {"do": ...} on a record; return what it has become."""
    if company.get(entity.name, identity) is None:
        raise WrongInputError(f"There is no {entity.name} {identity}")
    if "set" in order:
        if not isinstance(order["set"], dict):
            raise WrongInputError("set takes a JSON object")
        return _set(company, entity, identity, order["set"])
    acts = {
        "pay": _pay,
        "apply": _apply,
        "invoice": _invoice,
        "void": _void,
        "delete": _delete,
        "deactivate": _deactivate,
        "activate": _activate,
        "merge": _merge,
        "flatten": _flatten,
    }
    if order.get("do") not in acts:
        raise WrongInputError(f"Unknown act {order.get('do')!r}. Known: {', '.join(acts)}, or set")
    return acts[order["do"]](company, entity, identity, order)


def _set(company: CompanyBooks, entity: Entity, identity: str, values: Json) -> Json:
    if entity.name == "Preferences" and "OtherPrefs" not in values:
        return company.put(entity, preferences.changed(company.preferences, values))
    return Engine(company, PERSON).write(entity, {**values, "Id": identity, "sparse": True})


def _pay(company: CompanyBooks, entity: Entity, identity: str, order: Json) -> Json:
    bill = company.tables[entity.name][identity]
    if entity.name != "Bill":
        raise WrongInputError(f"Only a bill can be paid, not a {entity.name}")
    try:
        amount = Decimal(str(order.get("amount", bill["Balance"])))
    except InvalidOperation as error:
        raise WrongInputError(f"{order.get('amount')!r} is no amount") from error
    if not any(row["AccountType"] == "Bank" for row in company.rows("Account")):
        raise WrongInputError("The company has no bank account to pay from")
    payment = payments.pay(company, bill, amount, order.get("date") or day_of_people())
    return Engine(company, PERSON).write(ENTITIES["BillPayment"], payment)


def _apply(company: CompanyBooks, entity: Entity, identity: str, order: Json) -> Json:
    """Pay a bill by what is not modelled: {"type": "JournalEntry", "amount": ..., "id": of an earlier one; amount 0 undoes it}."""
    bill = company.tables[entity.name][identity]
    if entity.name != "Bill":
        raise WrongInputError(f"Only a bill can be paid, not a {entity.name}")
    draft = EntityDraft(company, entity, PERSON, {}, bill, record=bill)
    journal = str(order.get("id") or company.new_id(entity))
    payments.apply(
        draft, order.get("type", "JournalEntry"), journal, Decimal(str(order.get("amount", bill["Balance"])))
    )
    return {**company.tables[entity.name][identity], "AppliedBy": journal}


def _invoice(company: CompanyBooks, entity: Entity, identity: str, _: Json) -> Json:
    """Bill the customers for the billable lines: those lines are billed, and linked to a charge."""
    bill = company.tables[entity.name][identity]
    lines: list[Json] = []
    links = list(bill.get("LinkedTxn", []))
    for line in bill.get("Line", []):
        kind = line["DetailType"]
        if line.get(kind, {}).get("BillableStatus") == "Billable":
            link = {"TxnId": company.next_id("transactions", FIRST_TRANSACTION), "TxnType": "ReimburseCharge"}
            line = {**line, kind: {**line[kind], "BillableStatus": "HasBeenBilled"}}  # noqa: PLW2901
            line["LinkedTxn"] = [*line.get("LinkedTxn", []), link]
            links.append(link)
        lines.append(line)
    company.touch(entity, identity, Line=lines, LinkedTxn=links or None)
    return company.tables[entity.name][identity]


def _void(company: CompanyBooks, entity: Entity, identity: str, _: Json) -> Json:
    return Engine(company, PERSON).void(entity, {"Id": identity})


def _delete(company: CompanyBooks, entity: Entity, identity: str, _: Json) -> Json:
    return Engine(company, PERSON).delete(entity, {"Id": identity})


def _deactivate(company: CompanyBooks, entity: Entity, identity: str, _: Json) -> Json:
    return _set(company, entity, identity, {"Active": False})


def _activate(company: CompanyBooks, entity: Entity, identity: str, _: Json) -> Json:
    return _set(company, entity, identity, {"Active": True})


def _merge(company: CompanyBooks, entity: Entity, identity: str, order: Json) -> Json:
    return merging.merge(company, entity, identity, str(order.get("into", "")))


def _flatten(company: CompanyBooks, entity: Entity, identity: str, _: Json) -> Json:
    """Save the address of an entry from a transaction: it comes back as lines, without city and postal code (docs/reference/quickbooks.md, Vendors)."""
    record = company.tables[entity.name][identity]
    address = record.get("BillAddr")
    if not address:
        raise WrongInputError(f"{entity.name} {identity} has no address")
    place = " ".join(str(address[name]) for name in ("CountrySubDivisionCode", "PostalCode") if address.get(name))
    city = ", ".join(part for part in (str(address.get("City", "")), place) if part)
    street = [str(address[f"Line{number}"]) for number in range(1, 6) if address.get(f"Line{number}")]
    names = [record["DisplayName"], *street, city, str(address.get("Country", ""))]
    lines = {f"Line{number}": text for number, text in enumerate(list(filter(None, names))[:5], 1)}
    flat = {"Id": company.next_id("addresses", 9001), **lines}
    return company.put(entity, {**record, "BillAddr": flat})
