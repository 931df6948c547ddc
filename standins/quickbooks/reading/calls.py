"""Calls that read: a query, changes, an exchange rate, or a single record."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import request

from standins.quickbooks import errors
from standins.quickbooks.company import preferences, rates
from standins.quickbooks.company.records import CompanyBooks
from standins.quickbooks.entities.table import of_path
from standins.quickbooks.errors import QuickBooksFault
from standins.quickbooks.files import attachments
from standins.quickbooks.reading import changes, query

Json = dict[str, Any]


def read(company: CompanyBooks, path: str, body: bytes) -> Json:
    """Answer what the path and query of the request ask for."""
    name, _, rest = path.partition("/")
    if name == "query":
        statement = request.args.get("query") or body.decode(errors="replace")
        return {"QueryResponse": _shown(company, query.answer(company, statement))}
    if name == "cdc":
        return changes.since(company, request.args.get("entities", ""), request.args.get("changedSince", ""))
    if name == "exchangerate":
        code = request.args.get("sourcecurrencycode", "").upper()
        return {"ExchangeRate": rates.on(company, code, request.args.get("asofdate"))}
    entity = of_path(name)
    if "/" in rest:
        raise errors.no_resource(request.path, request.base_url)
    identity = "1" if entity.name in {"CompanyInfo", "Preferences"} else rest
    if not identity.isdecimal():
        raise QuickBooksFault(errors.invalid_id(identity))
    record = company.get(entity.name, identity)
    if record is None:
        raise company.missing(entity, identity)
    return _shown(company, {entity.name: record})


def _shown(company: CompanyBooks, answer: Json) -> Json:
    """Give attachments an address for their file, and leave out preferences that QuickBooks does not list."""
    ways: dict[str, Callable[[Json], Json]] = {
        "Attachable": lambda record: attachments.shown(company, record, request.host_url),
        "Preferences": lambda record: preferences.shown(record, company.settings.preferences_left_out),
    }
    for name, show in ways.items():
        if name in answer:
            records = answer[name]
            shown = [show(record) for record in records] if isinstance(records, list) else show(records)
            answer = {**answer, name: shown}
    return answer
