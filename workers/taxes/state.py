"""The taxes of a connection: which are matched with tax codes, and which documents are held because of them.

Precoro does not list the sets of taxes that lines carry: each is remembered when a document with it is planned.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from mappers.books import BookEntry, is_us, tax_set
from mappers.documents.document import Document
from mappers.policy import load_policy
from mappers.taxes.matching import Match, PrecoroTax, decision_basis, left, match_all
from store import observations, records, reference
from store.companies import Connection, QboCompany
from store.records import ProblemRow, Record
from store.reference import QUICKBOOKS
from workers.records.work import Work
from workers.reference import books, cache

TAX_SET = "tax_set"
KEY_LENGTH = 40
"""How long the name of a set may be to be remembered; a line with more taxes than fit is matched by their rates only."""


@dataclass(frozen=True)
class Withheld:
    """A withholding tax and the liability account that it goes to."""

    tax: PrecoroTax
    account: BookEntry | None


@dataclass(frozen=True)
class TaxOverview:
    """The step "Taxes" of set-up.

    Args:
        shown: whether there is anything to see or do
        sentence: how many are matched, or why nothing has to be
        agency: the agency of codes that are created: the one chosen, or the only one
        agencies: the agencies that can be chosen
        matches: every tax and every set of taxes seen on a line, where lines carry tax codes
        withheld: every withholding tax
    """

    shown: bool
    sentence: str
    agency: BookEntry | None
    agencies: tuple[BookEntry, ...]
    matches: tuple[Match, ...]
    withheld: tuple[Withheld, ...]

    @property
    def is_done(self) -> bool:
        """Say whether nothing is left to be matched or mapped."""
        return not left(self.matches) and all(tax.account is not None for tax in self.withheld)


def overview(session: Session, connection: Connection, day: date) -> TaxOverview:
    """Return the taxes of a connection with their codes on a day."""
    taxes, agencies = books.taxes(session, connection), entries(session, connection, "tax_agency")
    matched = [] if is_folded(connection) else matches(session, connection, day)
    return TaxOverview(
        shown=not is_hidden(session, connection),
        sentence=_sentence(connection, taxes, matched),
        agency=_chosen_agency(connection, agencies),
        agencies=tuple(agencies),
        matches=tuple(matched),
        withheld=tuple(withheld(session, connection)),
    )


def _chosen_agency(connection: Connection, agencies: Sequence[BookEntry]) -> BookEntry | None:
    """Return the agency under which codes are created: the one that is chosen, or the only one there is."""
    chosen_id = load_policy(connection.policy).tax_agency
    eligible = [agency for agency in agencies if chosen_id in {None, agency.id}]
    return eligible[0] if len(eligible) == 1 else None


def is_folded(connection: Connection) -> bool:
    """Say whether tax is part of the line amounts, without codes: in the United States, and by choice."""
    return is_us(connection.qbo.country) or load_policy(connection.policy).taxes == "folded"


def is_hidden(session: Session, connection: Connection) -> bool:
    """Say whether nothing can be done about taxes: Precoro has none, or all of them go into the line amounts."""
    taxes = books.taxes(session, connection)
    return not taxes or (is_folded(connection) and not any(tax.withholding for tax in taxes))


def matches(session: Session, connection: Connection, day: date) -> list[Match]:
    """Return every tax, and every set of taxes that was seen on a line, with its code or its candidates."""
    tax_books = books.tax_books(session, connection, day)
    return match_all(books.taxes(session, connection), _sets(session, connection), tax_books)


def match_of(session: Session, connection: Connection, key: str, day: date) -> Match | None:
    """Return one tax or set of taxes with its code or its candidates; None for a withholding tax."""
    return next((match for match in matches(session, connection, day) if match.key == key), None)


def _sets(session: Session, connection: Connection) -> list[list[int]]:
    """Return the sets of several taxes that were seen on lines."""
    keys = observations.tax_sets(session, connection.precoro_id)
    return [[int(tax_id) for tax_id in key.split("+")] for key in keys]


def withheld(session: Session, connection: Connection) -> list[Withheld]:
    """Return every withholding tax with its account, if it has one that exists."""
    taxes = [tax for tax in books.taxes(session, connection) if tax.withholding]
    pairs = reference.pairs(session, connection.id, [("withholding", str(tax.id)) for tax in taxes])
    paired = [("account", key) for key in pairs.values()]
    rows = reference.entries(session, QUICKBOOKS, connection.qbo_id, paired).values()
    accounts = {row.key: books.entry(row) for row in rows if row.active}
    return [Withheld(tax, accounts.get(pairs.get(("withholding", str(tax.id)), ""))) for tax in taxes]


def entries(session: Session, connection: Connection, kind: str) -> list[BookEntry]:
    """Return the active rows of a list of QuickBooks, by name."""
    row = reference.Entry
    rows = session.scalars(
        select(row)
        .where(row.side == QUICKBOOKS, row.company_id == connection.qbo_id, row.kind == kind, row.active)
        .order_by(row.name, row.id)
    )
    return [books.entry(row) for row in rows]


def remember(work: Work, document: Document) -> None:
    """Keep the sets of several taxes on the lines of a document, so that people can match them."""
    lines = [[tax for tax in line.taxes if not tax.withholding] for line in document.lines]
    of_lines = {tax_set([tax.id for tax in taxes]): taxes for taxes in lines if len(taxes) > 1}
    sets = {key: taxes for key, taxes in of_lines.items() if len(key) <= KEY_LENGTH}
    if not sets:
        return
    precoro_id = work.connection.precoro_id
    with work.runtime.read() as (session, _):
        stored = observations.tax_sets(session, precoro_id)
    names = {key: " + ".join(tax.name for tax in taxes) for key, taxes in sets.items() if key not in stored}
    if names:
        with work.runtime.write() as (session, moment):
            observations.add_tax_sets(session, precoro_id, names, moment)


@contextmanager
def releasing(session: Session, company: QboCompany, moment: datetime) -> Iterator[list[str]]:
    """Make due exactly the documents held for taxes whose code or account the block changes.

    Yields a list that holds their names afterwards, such as `invoice:203`.
    """
    before = {connection.id: _decisions(session, connection, moment) for connection in company.connections}
    released: list[str] = []
    yield released
    session.flush()
    for connection in company.connections:
        after = _decisions(session, connection, moment)
        changed = [subject for subject, decision in after.items() if before[connection.id].get(subject) != decision]
        released += held_for(session, connection, changed)
        cache.note_changed(session, connection, changed, moment)


def held_for(session: Session, connection: Connection, subjects: Sequence[str]) -> list[str]:
    """Name the documents that are held because of these subjects."""
    documents = (
        select(Record.kind, Record.idn, Record.precoro_id)
        .join(ProblemRow, ProblemRow.record_id == Record.id)
        .where(Record.connection_id == connection.id, Record.state == records.HELD, ProblemRow.subject.in_(subjects))
        .distinct()
    )
    return sorted(f"{kind}:{idn or precoro_id}" for kind, idn, precoro_id in session.execute(documents))


def _decisions(session: Session, connection: Connection, moment: datetime) -> dict[str, object]:
    """Return what decides about each tax, set or withholding tax for which documents are held."""
    subjects = session.scalars(
        select(ProblemRow.subject)
        .join(Record, Record.id == ProblemRow.record_id)
        .where(Record.connection_id == connection.id, Record.state == records.HELD)
        .distinct()
    ).all()
    tax_books = books.tax_books(session, connection, moment.date())
    decisions: dict[str, object] = {}
    for subject in subjects:
        kind, _, key = (subject or "").partition(":")
        if kind in {"tax", TAX_SET}:
            decisions[str(subject)] = decision_basis([int(tax_id) for tax_id in key.split("+")], tax_books)
        elif kind == "withholding":
            decisions[str(subject)] = reference.pairs(session, connection.id, [(kind, key)]).get((kind, key))
    return decisions


def _sentence(connection: Connection, taxes: Sequence[PrecoroTax], matches: Sequence[Match]) -> str:
    """Say in one sentence how far the step is, or why nothing is to be done."""
    if not taxes:
        return "Precoro uses no taxes; there is nothing to match."
    if not is_folded(connection):
        matched, unmatched = sum(1 for match in matches if match.code), len(left(matches))
        return f"{matched} of {matched + unmatched} are matched with tax codes."
    if is_us(connection.qbo.country):
        return "A company of the United States: taxes are added to the line amounts, no tax code is needed."
    return "Taxes are added to the line amounts, as chosen (setting taxes); reclaimable tax becomes cost."
