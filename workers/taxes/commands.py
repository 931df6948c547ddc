"""What people do with taxes: undo a match, and say that a tax and a code are not the same."""

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
from workers.taxes import state as tax_state
from workers.taxes.match import by_hand, tax_key
from workers.taxes.state import TAX_SET

TAX_KINDS = ("tax", TAX_SET, "withholding")
"""How a match is kept: with the rate of a tax, with a code chosen by hand, or with a liability account."""


def refuse(runtime: Runtime, slug: str, tax: str, code: str, who: str) -> None:
    """Keep for good that taxes and a code are not the same: it is neither suggested for them nor matched by itself.

    Both are named by id or name. Raises StillMatchedError and IsWithheldError, and what `by_hand` raises.
    """
    arguments = by_hand(runtime, slug, tax, code)
    key, code_id = arguments["taxes"], arguments["twin"]
    with runtime.write() as (session, moment):
        connection = connection_named(session, slug)
        match = tax_state.match_of(session, connection, key, moment.date())
        if match is None:
            raise IsWithheldError(tax)
        if match.code is not None and match.code.id == code_id:
            raise StillMatchedError(match.name, match.code.name, slug)
        suggestions.refuse(session, connection, TAX_SET, key, code_id, who, moment)
        history.note(session, moment, who, "not the same", f"tax_set:{key}", after=code_id, connection=slug)


def unmatch(runtime: Runtime, slug: str, tax: str, who: str) -> None:
    """Undo the match of taxes for good, and take back its id from the tax in Precoro; what was sent stays as it is.

    Documents that were held for these taxes are looked at again. Where Precoro could not be reached, doing it again takes
    the id back. Raises NotMatchedError and NoSuchEntryError.
    """
    key = tax_key(runtime, slug, tax)
    with runtime.write() as (session, moment):
        connection = connection_named(session, slug)
        twins = reference.pairs(session, connection.id, [(kind, key) for kind in TAX_KINDS])
        is_marked = _is_marked(session, connection, key)
        if not twins and not is_marked:
            raise NotMatchedError(tax, slug)
        if twins:
            _drop(session, connection, key, twins, moment, who)
        company = connection.precoro
    runtime.dispatch()
    if is_marked:
        _take_back(runtime, company, key)


def _drop(
    session: Session, connection: Connection, key: str, twins: Mapping[PairKey, str], moment: datetime, who: str
) -> None:
    """Drop the pairs of a match, refuse its code for good, and make due what is held for it."""
    match = tax_state.match_of(session, connection, key, moment.date())
    with tax_state.releasing(session, connection.qbo, moment) as released:
        for kind, _ in twins:
            pairs.unpair(session, connection, kind, key, moment)
        if match is not None and match.code is not None:
            suggestions.refuse(session, connection, TAX_SET, key, match.code.id, who, moment)
    before = {f"{kind}:{key}": twin for (kind, _), twin in twins.items()}
    history.note(session, moment, who, "unmatch taxes", connection.slug, before=before, waiting=released)


def _is_marked(session: Session, connection: Connection, key: str) -> bool:
    """Say whether the tax in Precoro carries the id of a code of this company."""
    entries = reference.entries(session, reference.PRECORO, connection.precoro_id, [("tax", key)])
    prefix = external_id(connection.qbo.realm, "taxcode", "")
    return any(str(entry.data.get("external_id") or "").startswith(prefix) for entry in entries.values())


def _take_back(runtime: Runtime, company: PrecoroCompany, key: str) -> None:
    """Clear the external id of a tax in Precoro, so that people can edit it again, and in our copy."""
    clients.precoro_for_set_up(runtime, company).patch("taxes", key, external_id="")
    with runtime.write() as (session, _):
        for entry in reference.entries(session, reference.PRECORO, company.id, [("tax", key)]).values():
            entry.data = {**entry.data, "external_id": ""}
