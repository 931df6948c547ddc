"""Calls that write: one entity, a batch, an upload, an exchange rate or a tax code."""

from __future__ import annotations

from typing import Any

from flask import g, request

from standins import wire
from standins.quickbooks import errors
from standins.quickbooks.company import rates
from standins.quickbooks.company.draft import Caller
from standins.quickbooks.company.records import CompanyBooks
from standins.quickbooks.entities.table import of_path
from standins.quickbooks.errors import QuickBooksFault
from standins.quickbooks.taxes import codes
from standins.quickbooks.writing import batch, upload, verbs
from standins.quickbooks.writing.engine import Engine

Json = dict[str, Any]


def write(company: CompanyBooks, path: str, body: bytes, strike: batch.Strike) -> Json:
    """Carry out a request; `strike` tells which items of a batch shall fail."""
    if path == "upload":
        return upload.upload(Engine(company), request.headers.get("Content-Type", ""), body, request.host_url)
    sent = _parsed(body)
    allow = "allowduplicatedocnum" in request.args.get("include", "").split(",")
    engine = Engine(company, Caller(allow_duplicates=allow))
    if path == "batch":
        items = batch.items_of(engine, sent, request.args.get("requestid"))
        g.metered = any("Query" in item for item in items)
        return batch.answer(engine, items, strike)
    if path == "exchangerate":
        return {"ExchangeRate": rates.put(company, sent)}
    if path.lower() == "taxservice/taxcode":
        return codes.create(company, sent)
    operation = verbs.named(request.args.get("operation", ""), request.args.get("include", ""))
    entity = of_path(path)
    return {entity.name: verbs.carry_out(engine, entity, operation, sent)}


def _parsed(body: bytes) -> Json:
    media = (request.mimetype or "").lower()
    if media not in {"application/json", ""}:
        detail = f"Content type {media} is not supported"
        raise QuickBooksFault(errors.FaultEntry(1050, "Invalid content type", detail))
    try:
        sent = wire.loads(body)
    except ValueError as error:
        raise QuickBooksFault(errors.unsupported_property("Can not read the request body")) from error
    if not isinstance(sent, dict):
        raise QuickBooksFault(errors.unsupported_property("Can not read the request body"))
    return sent
