"""What people do with matched and suggested taxes: undo a match, and say that a tax and a code are not the same."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy.orm import Session

from mappers.taxes.matching import PairKey
from mappers.write_back import external_id
from store import history, reference
from store.companies import Connection, PrecoroCompany
from workers import clients
from workers.errors import IsWithheldError, NotMatchedError, StillMatchedError
from workers.lookup import connection_named
from workers.reference import pairs, suggestions
from workers.runtime import Runtime
from workers.taxes import state as taxes
from workers.taxes.match import chosen, tax_named

KINDS = ("tax", taxes.TAX_SET, "withholding")
"""How a match is kept: with the rate of a tax, with a code chosen by hand, or with a liability account."""


def refuse(runtime: Runtime, slug: str, tax: str, code: str, who: str) -> None:
    """Keep for good that taxes and a code are not the same: it is neither suggested for them nor matched by itself.

    Both are named by id or exact name. Raises StillMatchedError and IsWithheldError, and what `tax_matching.chosen` raises.
    """
    asked = chosen(runtime, slug, tax, code)
    key, code_id = asked["taxes"], asked["twin"]
    with runtime.write() as (session, moment):
        connection = connection_named(session, slug)
        found = next((one for one in taxes.matches(session, connection, moment.date()) if one.key == key), None)
        if found is None:
            raise IsWithheldError(tax)
        if found.code is not None and found.code.id == code_id:
            raise StillMatchedError(found.name, found.code.name, slug)
        suggestions.refuse(session, connection, taxes.TAX_SET, key, code_id, who, moment)
        history.note(session, moment, who, "not the same", f"tax_set:{key}", after=code_id, connection=slug)


def unmatch(runtime: Runtime, slug: str, tax: str, who: str) -> None:
    """Undo the match of taxes for good, and take back its id from the tax in Precoro; what was sent stays as it is.

    Documents that were held for these taxes are looked at anew. Where Precoro could not be reached, doing it again takes
    the id back. Raises NotMatchedError and NoSuchEntryError.
    """
    key = tax_named(runtime, slug, tax)
    with runtime.write() as (session, moment):
        connection = connection_named(session, slug)
        had = _pairs(session, connection, key)
        marked = _is_marked(session, connection, key)
        if not had and not marked:
            raise NotMatchedError(tax, slug)
        if had:
            _drop(session, connection, key, had, moment, who)
        company = connection.precoro
    runtime.dispatch()
    if marked:
        _take_back(runtime, company, key)


def _pairs(session: Session, connection: Connection, key: str) -> dict[PairKey, str]:
    return reference.pairs(session, connection.id, [(kind, key) for kind in KINDS])


def _drop(
    session: Session, connection: Connection, key: str, had: Mapping[PairKey, str], moment: datetime, who: str
) -> None:
    """Drop the pairs of a match, refuse its code for good, and look anew at what is held for it."""
    found = next((one for one in taxes.matches(session, connection, moment.date()) if one.key == key), None)
    with taxes.releasing(session, connection.qbo, moment) as released:
        for kind, _ in had:
            pairs.unpair(session, connection, kind, key)
        if found is not None and found.code is not None:
            suggestions.refuse(session, connection, taxes.TAX_SET, key, found.code.id, who, moment)
    before = {f"{kind}:{key}": twin for (kind, _), twin in had.items()}
    history.note(session, moment, who, "unmatch taxes", connection.slug, before=before, waiting=released)


def _is_marked(session: Session, connection: Connection, key: str) -> bool:
    """Tell whether the tax in Precoro carries the id of a code of this company."""
    kept = reference.entries(session, reference.PRECORO, connection.precoro_id, [("tax", key)])
    ours = external_id(connection.qbo.realm, "taxcode", "")
    return any(str(one.data.get("external_id") or "").startswith(ours) for one in kept.values())


def _take_back(runtime: Runtime, company: PrecoroCompany, key: str) -> None:
    """Clear the external id of a tax in Precoro, so that people can edit it again, and in our copy."""
    clients.precoro_for_set_up(runtime, company).patch("taxes", key, external_id="")
    with runtime.write() as (session, _):
        for entry in reference.entries(session, reference.PRECORO, company.id, [("tax", key)]).values():
            entry.data = {**entry.data, "external_id": ""}
