"""`taxes create`: create tax codes in QuickBooks for taxes of Precoro that have none there.

An unmatched 0 % rate is the usual case. The tax service refuses a repeated request because of the name, and only reading
shows its codes: so the lists are read after each creation, and before it when an earlier answer was never seen. A code of
the planned name that is there by then was made by us, if it has the rates of the taxes.
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
from mappers.remedies import Act, Remedy
from mappers.taxes.codes import NewCode, missing, new_code, refusal
from mappers.taxes.matching import Match, TaxBooks, pairs_of
from outbound.errors import DuplicateName
from store.companies import Connection
from store.tasks import APPLIED, PROBLEM, REFUSED, UNCHANGED, Change
from workers.reference import books
from workers.tasks.action import Action, Calls, Planned, Step
from workers.taxes import match as tax_match
from workers.taxes import refresh
from workers.taxes import state as tax_state
from workers.taxes.match import MARK, titled
from workers.taxes.state import TaxOverview

NAME = "taxes create"
ADD = "add"


def read(step: Step) -> None:
    """Read the lists of QuickBooks, so that every name in use is known."""
    refresh.read_quickbooks(step)


def plan(session: Session, connection: Connection, arguments: Mapping[str, Any], moment: datetime) -> Iterator[Planned]:
    """Say which codes are created under which agency; the argument `taxes` names those that a person asks for."""
    overview = tax_state.overview(session, connection, moment.date())
    without_code = missing(overview.matches, arguments.get("taxes") or ())
    if not without_code:
        yield Planned(UNCHANGED, "taxes", f"No tax code is missing. {overview.sentence}")
        return
    if overview.agency is None:
        yield _no_agency(overview)
        return
    tax_books = books.tax_books(session, connection, moment.date())
    for match in without_code:
        subject, reason = f"tax_set:{match.key}", refusal(match)
        if reason:
            yield Planned(PROBLEM, subject, reason)
            continue
        new = new_code(match, tax_books)
        sentence = f"Create tax code {new.name} for {titled(match)} under {overview.agency.name}."
        body = {"do": ADD, "taxes": match.key, "name": new.name, "agency": overview.agency.id}
        yield Planned(ADD, subject, sentence, body)
        yield from tax_match.marks(connection, match, new.name)


def _no_agency(overview: TaxOverview) -> Planned:
    """Say how to choose the agency."""
    if not overview.agencies:
        remedy = Remedy("Set up tax in QuickBooks (Taxes), then run this again.")
        return Planned(PROBLEM, "tax_agency", "QuickBooks has no tax agency.", remedy=remedy)
    names = ", ".join(f"{agency.name} (id {agency.id})" for agency in overview.agencies)
    remedy = Remedy("Choose under which agency codes are created.", (Act("choose_tax_agency"),))
    return Planned(PROBLEM, "tax_agency", f"There are several tax agencies: {names}.", remedy=remedy)


def apply(step: Step, changes: Sequence[Change]) -> None:
    """Create each code, unless a try before this one did, and match its taxes with it; or write one id in Precoro."""
    for change in changes:
        if change.body["do"] == MARK:
            tax_match.mark(step, change)
        else:
            _add(step, change)


def _add(step: Step, change: Change) -> None:
    """Create a code and match its taxes with it; one that an earlier try has made is found by its name."""
    if change.resent:
        refresh.read_quickbooks(step)
    match, tax_books = _load(step, change)
    code = _made(match, change, tax_books) if change.resent else None
    if code is None:
        _create(step, change, new_code(match, tax_books))
        match, tax_books = _load(step, change)
        code = _made(match, change, tax_books)
    if code is None:
        why = f"QuickBooks has another tax code or rate named {change.body['name']}. Rename it there, or match by hand."
        with step.finish(change, REFUSED, why):
            return
    kept, dropped = pairs_of(match, code, tax_books)
    with step.finish(change, APPLIED, f"{code.name} stands for it.") as (session, moment):
        tax_match.keep(session, step, kept, sorted(dropped), moment)


def _create(step: Step, change: Change, new: NewCode) -> None:
    """Create the code under the planned name, and read the codes again, also when the name is taken."""
    details = new.details(change.body["agency"])
    with suppress(DuplicateName):
        step.quickbooks.create_tax_code(change.body["name"], details, request_id=change.id)
    refresh.read_quickbooks(step)


def _load(step: Step, change: Change) -> tuple[Match, TaxBooks]:
    """Return the taxes of a change and the tax books as they are now."""
    with step.read() as (session, moment):
        connection = session.get_one(Connection, step.connection.id)
        tax_books = books.tax_books(session, connection, moment.date())
        matches = tax_state.matches(session, connection, moment.date())
    return next(match for match in matches if match.key == change.body["taxes"]), tax_books


def _made(match: Match, change: Change, tax_books: TaxBooks) -> TaxCode | None:
    """Return the active code of the planned name, if its rates are those of the taxes."""
    name = matching_name(change.body["name"])
    return next(
        (
            code
            for code in tax_books.codes.values()
            if code.active and matching_name(code.name) == name and tax_books.percents(code) == match.percents
        ),
        None,
    )


def calls(counts: Counter[str]) -> Calls:
    """Return what a plan costs: each creation is followed by a reading."""
    return Calls(precoro=counts[MARK], quickbooks=counts[ADD] * (1 + refresh.READS))


ACTION = Action("Create missing tax codes in QuickBooks", read, plan, apply, calls=calls)
