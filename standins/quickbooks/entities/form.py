"""Check the form of what was sent against the entity table."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

from standins import wire
from standins.quickbooks import errors
from standins.quickbooks.entities.entity import Entity
from standins.quickbooks.entities.fields import FieldSpec
from standins.quickbooks.entities.table import ALWAYS
from standins.quickbooks.errors import FaultEntry, QuickBooksFault

Json = dict[str, Any]

INTEGER_DIGITS = 15
EMAIL = re.compile(r"[^@\s,;]+@[^@\s]+\.[^@\s.,;]+")
CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f]")


CLASSES = {
    "EmailAddr": "EmailAddress",
    "POEmail": "EmailAddress",
    "Addr": "PhysicalAddress",
    "Phone": "TelephoneNumber",
    "Mobile": "TelephoneNumber",
    "Fax": "TelephoneNumber",
    "Ref": "ReferenceType",
}
"""Classes by the ending of a property's name; others are called like the property."""


def checked(entity: Entity, sent: Json) -> Json:
    """Return what was sent in normal form, or one fault with every problem."""
    problems: list[FaultEntry] = []
    own = {name: value for name, value in sent.items() if name not in ALWAYS}
    clean = _object(entity.name, entity.fields, own, problems)
    _check_identity(sent, problems)
    if problems:
        raise QuickBooksFault(*problems)
    return clean


def _check_identity(sent: Json, problems: list[FaultEntry]) -> None:
    for name in ("Id", "SyncToken"):
        value = sent.get(name)
        if value not in (None, "") and not str(value).lstrip("-").isdecimal():
            problems.append(errors.invalid_id(value))


def _object(owner: str, fields: Mapping[str, FieldSpec], sent: Json, problems: list[FaultEntry]) -> Json:
    clean: Json = {}
    for name, value in sent.items():
        if name not in fields:
            problems.append(errors.unknown_property(name, class_of(owner), fields))
        elif value is None:
            clean[name] = None
        elif not fields[name].computed:
            clean[name] = _value(fields[name], name, value, problems)
    return clean


def class_of(name: str) -> str:
    """Return the class of QuickBooks' schema that a property holds."""
    return next((kind for ending, kind in CLASSES.items() if name.endswith(ending)), name)


def _value(field: FieldSpec, name: str, value: Any, problems: list[FaultEntry]) -> Any:
    try:
        return READERS[field.kind](field, name, value, problems)
    except QuickBooksFault as fault:
        problems.extend(fault.problems)
        return None


def _text(field: FieldSpec, name: str, value: Any, _: list[FaultEntry]) -> str:
    if isinstance(value, dict | list):
        raise QuickBooksFault(errors.wrong_value(2040, "String", name, value))
    written = str(value) if not isinstance(value, bool) else str(value).lower()
    if len(written) > field.longest:
        raise QuickBooksFault(errors.wrong_length(name, written, field.longest))
    if CONTROL.search(written) or any(character in written for character in field.forbidden):
        raise QuickBooksFault(errors.invalid_string(name, written))
    return written


def _email(field: FieldSpec, name: str, value: Any, problems: list[FaultEntry]) -> str:
    written = _text(field, name, value, problems)
    if written and not all(EMAIL.fullmatch(part.strip()) for part in written.split(",")):
        raise QuickBooksFault(errors.wrong_value(2210, "Email Address format", name, written))
    return written


def _flag(_: FieldSpec, name: str, value: Any, __: list[FaultEntry]) -> bool:
    if isinstance(value, bool):
        return value
    if str(value).lower() in {"true", "false"}:
        return str(value).lower() == "true"
    raise QuickBooksFault(errors.wrong_value(2230, "Boolean", name, value))


def _choice(field: FieldSpec, name: str, value: Any, _: list[FaultEntry]) -> str | None:
    if value == "":
        return None  # as python-quickbooks sends what nobody chose
    if value in field.choices:
        return str(value)
    raise QuickBooksFault(errors.wrong_value(2170, "Enumeration", name, value))


def _date(_: FieldSpec, name: str, value: Any, __: list[FaultEntry]) -> str | None:
    written = str(value)
    if not written:
        return None  # as python-quickbooks sends a date that nobody set
    if not re.match(r"\d{4}-\d{1,2}-\d{1,2}", written):
        raise QuickBooksFault(errors.wrong_value(2060, "Date format", name, value))
    try:
        year, month, day = (int(part) for part in re.split(r"[-T+Z]", written)[:3])
        return date(year, month, day).isoformat()
    except ValueError as error:
        raise QuickBooksFault(errors.wrong_value(2070, "Date", name, value)) from error


def _decimal(name: str, value: Any) -> Decimal:
    if isinstance(value, bool | dict | list):
        raise QuickBooksFault(errors.wrong_value(2080, "Number format", name, value))
    try:
        number = Decimal(str(value))
    except InvalidOperation as error:
        raise QuickBooksFault(errors.wrong_value(2080, "Number format", name, value)) from error
    if not number.is_finite() or number.adjusted() >= INTEGER_DIGITS:
        raise QuickBooksFault(errors.wrong_value(2090, "Number", name, value))
    return number


def _number(_: FieldSpec, name: str, value: Any, __: list[FaultEntry]) -> Decimal | int:
    return wire.plain(_decimal(name, value))


def _amount(_: FieldSpec, name: str, value: Any, __: list[FaultEntry]) -> Decimal | int:
    return wire.money(_decimal(name, value))


def _ref(_: FieldSpec, name: str, value: Any, __: list[FaultEntry]) -> Json | None:
    if not isinstance(value, dict):
        raise QuickBooksFault(errors.wrong_value(2030, "Reference", name, value))
    identity = value.get("value")
    if identity in (None, ""):
        return None
    if isinstance(identity, dict | list | bool):
        raise QuickBooksFault(errors.invalid_id(identity))
    return {"value": str(identity)}


def _parts(field: FieldSpec, name: str, value: Any, problems: list[FaultEntry]) -> Json:
    if not isinstance(value, dict):
        raise QuickBooksFault(errors.unsupported_property(name))
    clean = _object(name, field.parts, value, problems)
    return {key: part for key, part in clean.items() if part is not None}


def _list(field: FieldSpec, name: str, value: Any, problems: list[FaultEntry]) -> list[Any]:
    if not isinstance(value, list):
        raise QuickBooksFault(errors.unsupported_property(name))
    return [_parts(field.parts[""], name, part, problems) for part in value]


def _any(_: FieldSpec, __: str, value: Any, ___: list[FaultEntry]) -> Any:
    return value


READERS = {
    "text": _text,
    "email": _email,
    "flag": _flag,
    "choice": _choice,
    "date": _date,
    "number": _number,
    "amount": _amount,
    "ref": _ref,
    "parts": _parts,
    "list": _list,
    "any": _any,
}


def references(fields: Mapping[str, FieldSpec], record: Json) -> list[tuple[str, FieldSpec, Json]]:
    """Find every reference within a record in normal form, as (property, field, {"value": id})."""
    matches: list[tuple[str, FieldSpec, Json]] = []
    for name, value in record.items():
        field = fields.get(name)
        if field is None or value is None:
            continue
        if field.kind == "ref":
            matches.append((name, field, value))
        elif field.kind == "parts":
            matches += references(field.parts, value)
        elif field.kind == "list" and not field.computed:
            for part in value:
                matches += references(field.parts[""].parts, part)
    return matches
