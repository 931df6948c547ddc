"""Creating tax codes in QuickBooks for taxes of Precoro that have none there: the long action `taxes create`.

An unmatched 0 % rate is the usual case. The tax service answers the same request once more with a refusal of the name, and
nothing tells of its codes but reading them: so the lists are read after each creation, and first of all when an answer was
never seen. A code that is there by then is the one that was asked for, if its rates are.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from mappers.books import TaxCode
from mappers.matching.rule import matching_name
from mappers.taxes.codes import NewCode, missing, new_code, refusal
from mappers.taxes.matching import Match, TaxBooks, pairs_of
from outbound.errors import DuplicateName
from store.companies import Connection
from store.tasks import APPLIED, PROBLEM, REFUSED, UNCHANGED, Change
from workers.reference import books
from workers.tasks.engine import Action, Calls, Planned, Step
from workers.taxes import match as tax_matching
from workers.taxes import refresh as tax_reading
from workers.taxes import state as taxes
from workers.taxes.match import MARK, titled

CREATE = "taxes create"
ADD = "add"


def read(step: Step) -> None:
    """Read the lists of QuickBooks, so that no name is taken by what we do not know."""
    tax_reading.read_quickbooks(step)


def plan(session: Session, connection: Connection, arguments: Mapping[str, Any], moment: datetime) -> Iterator[Planned]:
    """Say which codes are created under which agency; `taxes` names those that are wanted even if others are likely."""
    found = taxes.overview(session, connection, moment.date())
    wanted = missing(found.matches, arguments.get("taxes") or ())
    if not wanted:
        yield Planned(UNCHANGED, "taxes", f"No tax code is missing. {found.sentence}")
        return
    if found.agency is None:
        yield Planned(PROBLEM, "tax_agency", _no_agency(found, connection))
        return
    known = books.tax_books(session, connection, moment.date())
    for one in wanted:
        refused = refusal(one)
        if refused:
            yield Planned(PROBLEM, f"tax_set:{one.key}", refused)
            continue
        new = new_code(one, known)
        sentence = f"Create tax code {new.name} for {titled(one)} under {found.agency.name}."
        body = {"do": ADD, "taxes": one.key, "name": new.name, "agency": found.agency.id}
        yield Planned(ADD, f"tax_set:{one.key}", sentence, body)
        yield from tax_matching.marks(connection, one, new.name)


def _no_agency(found: taxes.Overview, connection: Connection) -> str:
    """Say how the agency gets known."""
    if not found.agencies:
        return "QuickBooks has no tax agency. Set up tax in QuickBooks (Taxes), then run this again."
    names = ", ".join(f"{one.name} (id {one.id})" for one in found.agencies)
    return f"Choose under which agency codes are created: tieout settings set {connection.slug} tax_agency=ID. There are: {names}."


def apply(step: Step, changes: Sequence[Change]) -> None:
    """Create each code, unless a try before this one did, and match its taxes with it; or write one id in Precoro."""
    for change in changes:
        if change.body["do"] == MARK:
            tax_matching.mark(step, change)
        else:
            _add(step, change)


def _add(step: Step, change: Change) -> None:
    if change.resent:
        tax_reading.read_quickbooks(step)
    found, known = _standing(step, change)
    code = _made(found, change, known) if change.resent else None
    if code is None:
        _create(step, change, new_code(found, known))
        found, known = _standing(step, change)
        code = _made(found, change, known)
    if code is None:
        why = f"QuickBooks has another tax code or rate named {change.body['name']}. Rename it there, or match by hand."
        with step.settle(change, REFUSED, why):
            return
    kept, dropped = pairs_of(found, code, known)
    with step.settle(change, APPLIED, f"{code.name} stands for it.") as (session, moment):
        tax_matching.keep(session, step, kept, sorted(dropped), moment)


def _create(step: Step, change: Change, new: NewCode) -> None:
    """Make the code under the name that was shown, and read what is there now, also when the name is taken."""
    details = new.details(change.body["agency"])
    with suppress(DuplicateName):
        step.quickbooks.create_tax_code(change.body["name"], details, request_id=change.id)
    tax_reading.read_quickbooks(step)


def _standing(step: Step, change: Change) -> tuple[Match, TaxBooks]:
    """Return the taxes and the books as they are now."""
    with step.read() as (session, moment):
        connection = session.get_one(Connection, step.connection.id)
        known = books.tax_books(session, connection, moment.date())
        found = taxes.matches(session, connection, moment.date())
    return next(one for one in found if one.key == change.body["taxes"]), known


def _made(found: Match, change: Change, known: TaxBooks) -> TaxCode | None:
    """Return the active code of the name that was asked for, if its rates are those of the taxes."""
    wanted = matching_name(change.body["name"])
    return next(
        (
            code
            for code in known.codes.values()
            if code.active and matching_name(code.name) == wanted and known.percents(code) == found.percents
        ),
        None,
    )


def calls(counts: Counter[str]) -> Calls:
    """Return what a plan costs: each creation is followed by a reading."""
    return Calls(precoro=counts[MARK], quickbooks=counts[ADD] * (1 + tax_reading.READS))


CREATE_TAX_CODES = Action("Create missing tax codes in QuickBooks", read, plan, apply, calls=calls)
