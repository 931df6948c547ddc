"""Calls that read: a query, changes, an exchange rate, or a single record."""

from __future__ import annotations

from typing import Any

from flask import request

from standins.quickbooks import errors
from standins.quickbooks.company import rates
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
        return {"QueryResponse": _with_addresses(company, query.answer(company, statement))}
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
    return _with_addresses(company, {entity.name: record})


def _with_addresses(company: CompanyBooks, answer: Json) -> Json:
    """Give the attachments of an answer addresses for their files."""
    files = answer.get("Attachable")
    if files is None:
        return answer
    base = request.host_url
    if isinstance(files, list):
        return {**answer, "Attachable": [attachments.shown(company, record, base) for record in files]}
    return {**answer, "Attachable": attachments.shown(company, files, base)}
