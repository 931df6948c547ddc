"""Where the taxes of a connection stand: which are matched with tax codes, and what documents are held because of them.

The sets of taxes that lines carry are not listed by Precoro: each is remembered when a document with it is planned.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from mappers.books import BookEntry, is_us, tax_set
from mappers.documents.document import Document
from mappers.policy import load_policy
from mappers.taxes.matching import Match, PrecoroTax, left, match_all, standing
from store import records, reference
from store.companies import Connection, QboCompany
from store.records import ProblemRow, Record
from store.reference import PRECORO, QUICKBOOKS, Pair
from workers.records.work import Work
from workers.reference import books
from workers.reference import cache as lists

TAX_SET = "tax_set"
KEY_LENGTH = 40
"""How long the name of a set may be to be remembered; a line with more taxes than fit is matched by their rates only."""


@dataclass(frozen=True)
class Withheld:
    """A withholding tax and the liability account that it goes to."""

    tax: PrecoroTax
    account: BookEntry | None


@dataclass(frozen=True)
class Overview:
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
        """Tell whether nothing is left to be matched or mapped."""
        return not left(self.matches) and all(one.account is not None for one in self.withheld)


def overview(session: Session, connection: Connection, day: date) -> Overview:
    """Return where the taxes of a connection stand on a day."""
    taxes, offered = books.taxes(session, connection), agencies(session, connection)
    matched = [] if folded(connection) else matches(session, connection, day)
    return Overview(
        shown=not is_hidden(session, connection),
        sentence=_sentence(connection, taxes, matched),
        agency=chosen_agency(connection, offered),
        agencies=tuple(offered),
        matches=tuple(matched),
        withheld=tuple(withheld(session, connection)),
    )


def chosen_agency(connection: Connection, offered: Sequence[BookEntry]) -> BookEntry | None:
    """Return the agency under which codes are created: the one that is chosen, or the only one there is."""
    wanted = load_policy(connection.policy).tax_agency
    found = [one for one in offered if wanted in {None, one.id}]
    return found[0] if len(found) == 1 else None


def folded(connection: Connection) -> bool:
    """Tell whether tax is part of the line amounts, so that no code is needed: in the United States, and by choice."""
    return is_us(connection.qbo.country) or load_policy(connection.policy).taxes == "folded"


def is_hidden(session: Session, connection: Connection) -> bool:
    """Tell whether nothing can be done about taxes: Precoro has none, or all of them go into the line amounts."""
    known = books.taxes(session, connection)
    return not known or (folded(connection) and not any(tax.withholding for tax in known))


def matches(session: Session, connection: Connection, day: date) -> list[Match]:
    """Return every tax of Precoro, and every set of them that was seen on a line, with its code or its candidates."""
    known = books.tax_books(session, connection, day)
    return match_all(books.taxes(session, connection), sets(session, connection), known)


def sets(session: Session, connection: Connection) -> list[list[int]]:
    """Return the sets of several taxes that were seen on lines."""
    seen = select(reference.Entry.key).where(
        reference.Entry.side == PRECORO,
        reference.Entry.company_id == connection.precoro_id,
        reference.Entry.kind == TAX_SET,
    )
    return [[int(tax_id) for tax_id in key.split("+")] for key in session.scalars(seen.order_by(reference.Entry.key))]


def withheld(session: Session, connection: Connection) -> list[Withheld]:
    """Return every withholding tax with its account, if it has one that exists."""
    taxes = [tax for tax in books.taxes(session, connection) if tax.withholding]
    pairs = reference.pairs(session, connection.id, [("withholding", str(tax.id)) for tax in taxes])
    accounts = {one.id: one for one in entries(session, connection, "account")}
    return [Withheld(tax, accounts.get(pairs.get(("withholding", str(tax.id)), ""))) for tax in taxes]


def agencies(session: Session, connection: Connection) -> list[BookEntry]:
    """Return the tax agencies of QuickBooks."""
    return entries(session, connection, "tax_agency")


def entries(session: Session, connection: Connection, kind: str) -> list[BookEntry]:
    """Return the active rows of a list of QuickBooks, by name."""
    row = reference.Entry
    found = session.scalars(
        select(row)
        .where(row.side == QUICKBOOKS, row.company_id == connection.qbo_id, row.kind == kind, row.active)
        .order_by(row.name, row.id)
    )
    return [books.entry(one) for one in found]


def remember(work: Work, document: Document) -> None:
    """Keep the sets of several taxes that the lines of a document carry, so that they can be matched before the next one."""
    lines = [[tax for tax in line.taxes if not tax.withholding] for line in document.lines]
    found = {tax_set([tax.id for tax in taxes]): taxes for taxes in lines if len(taxes) > 1}
    wanted = {key: taxes for key, taxes in found.items() if len(key) <= KEY_LENGTH}
    if not wanted:
        return
    with work.runtime.read() as (session, _):
        known = reference.entries(session, PRECORO, work.connection.precoro_id, [(TAX_SET, key) for key in wanted])
    fresh = {key: taxes for key, taxes in wanted.items() if (TAX_SET, key) not in known}
    if fresh:
        with work.runtime.write() as (session, moment):
            rows = [_set_row(work, key, [tax.name for tax in taxes], moment) for key, taxes in fresh.items()]
            reference.keep(session, reference.Entry, rows, lists.UNIQUE)


@contextmanager
def releasing(session: Session, company: QboCompany, moment: datetime) -> Iterator[list[str]]:
    """Make due exactly those documents, held for taxes, about which something is decided otherwise after the block.

    Yields a list that holds their names afterwards, such as `invoice:203`.
    """
    before = {one.id: _standings(session, one, moment) for one in company.connections}
    released: list[str] = []
    yield released
    session.flush()
    for connection in company.connections:
        after = _standings(session, connection, moment)
        changed = [subject for subject, stands in after.items() if before[connection.id].get(subject) != stands]
        released += waiting(session, connection, changed)
        lists.release(session, connection, changed, moment)


def waiting(session: Session, connection: Connection, subjects: Sequence[str]) -> list[str]:
    """Name the documents that are held because of these subjects."""
    found = (
        select(Record.kind, Record.idn, Record.precoro_id)
        .join(ProblemRow, ProblemRow.record_id == Record.id)
        .where(Record.connection_id == connection.id, Record.state == records.HELD, ProblemRow.subject.in_(subjects))
        .distinct()
    )
    return sorted(f"{kind}:{idn or precoro_id}" for kind, idn, precoro_id in session.execute(found))


def _standings(session: Session, connection: Connection, moment: datetime) -> dict[str, object]:
    """Return what decides about each subject for which documents are held: its taxes, or the account it goes to."""
    subjects = session.scalars(
        select(ProblemRow.subject)
        .join(Record, Record.id == ProblemRow.record_id)
        .where(Record.connection_id == connection.id, Record.state == records.HELD)
        .distinct()
    ).all()
    known = books.tax_books(session, connection, moment.date())
    found: dict[str, object] = {}
    for subject in subjects:
        kind, _, key = (subject or "").partition(":")
        if kind in {"tax", TAX_SET}:
            found[str(subject)] = standing([int(tax_id) for tax_id in key.split("+")], known)
        elif kind == "withholding":
            found[str(subject)] = _account_of(session, connection, key)
    return found


def _account_of(session: Session, connection: Connection, tax_id: str) -> str | None:
    found: str | None = session.scalar(
        select(Pair.qbo_key).where(
            Pair.connection_id == connection.id, Pair.kind == "withholding", Pair.precoro_key == tax_id
        )
    )
    return found


def _set_row(work: Work, key: str, names: Sequence[str], moment: datetime) -> dict[str, Any]:
    return {
        "side": PRECORO,
        "company_id": work.connection.precoro_id,
        "kind": TAX_SET,
        "key": key,
        "name": " + ".join(names)[:600],
        "active": True,
        "data": {},
        "seen_at": moment,
    }


def _sentence(connection: Connection, taxes: Sequence[PrecoroTax], found: Sequence[Match]) -> str:
    """Say in one sentence how far the step is, or why nothing is to be done."""
    if not taxes:
        return "Precoro uses no taxes; there is nothing to match."
    if not folded(connection):
        matched, open_ = sum(1 for one in found if one.code), len(left(found))
        return f"{matched} of {matched + open_} are matched with tax codes."
    if is_us(connection.qbo.country):
        return "A company of the United States: taxes are added to the line amounts, no tax code is needed."
    return "Taxes are added to the line amounts, as chosen (setting taxes); reclaimable tax becomes cost."
