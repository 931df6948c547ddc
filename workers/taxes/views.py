"""What people look at of taxes: each tax with its code or the likely ones, and what is withheld."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from mappers.taxes.matching import Match, percent_text
from workers.lookup import connection_named
from workers.runtime import Runtime
from workers.taxes import state as tax_state
from workers.taxes.state import TaxOverview, Withheld


@dataclass(frozen=True, slots=True)
class LikelyCode:
    """A tax code that a tax may be matched with, with the score and what speaks for it."""

    code: str
    name: str
    score: int
    evidence: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class TaxRow:
    """A tax, or several taxes of one line: its rates, the code in use or the likely ones, and what is to be done."""

    tax: str
    name: str
    rates: tuple[Decimal | None, ...]
    percent: str
    state: str
    code: str | None
    code_name: str | None
    candidates: tuple[LikelyCode, ...]
    sentence: str


@dataclass(frozen=True, slots=True)
class WithholdingRow:
    """A tax that is withheld, and the liability account that it goes to."""

    tax: str
    name: str
    rate: Decimal | None
    percent: str
    account: str | None
    account_name: str | None


@dataclass(frozen=True, slots=True)
class TaxAgency:
    """A tax agency of QuickBooks."""

    id: str
    name: str


@dataclass(frozen=True, slots=True)
class Taxes:
    """The taxes of a connection, and how far the step "Taxes" of set-up is.

    Args:
        shown: whether there is anything to see or do
        done: whether nothing is left to be matched or mapped
        sentence: how many are matched, or why nothing has to be
        agency: id of the agency of codes that are created: the one chosen, or the only one
    """

    shown: bool
    done: bool
    sentence: str
    agency: str | None
    agencies: tuple[TaxAgency, ...]
    taxes: tuple[TaxRow, ...]
    withholding: tuple[WithholdingRow, ...]

    @property
    def agency_name(self) -> str | None:
        """The name of the agency of codes that are created."""
        return next((agency.name for agency in self.agencies if agency.id == self.agency), None)


def taxes(runtime: Runtime, slug: str) -> Taxes:
    """Return the taxes of a connection today, as both sides were last read. Raises NoSuchConnectionError."""
    with runtime.read() as (session, moment):
        overview = tax_state.overview(session, connection_named(session, slug), moment.date())
    return _taxes(overview)


def are_shown(runtime: Runtime, slug: str) -> bool:
    """Say whether there is anything to see or do about the taxes of a connection. Raises NoSuchConnectionError."""
    with runtime.read() as (session, _):
        return not tax_state.is_hidden(session, connection_named(session, slug))


def _taxes(overview: TaxOverview) -> Taxes:
    return Taxes(
        overview.shown,
        overview.is_done,
        overview.sentence,
        overview.agency.id if overview.agency else None,
        tuple(TaxAgency(agency.id, agency.name) for agency in overview.agencies),
        tuple(_tax(match) for match in overview.matches),
        tuple(_withholding(withheld) for withheld in overview.withheld),
    )


def _tax(match: Match) -> TaxRow:
    return TaxRow(
        match.key,
        match.name,
        tuple(tax.percent for tax in match.taxes),
        percent_text(match),
        match.state,
        match.code.id if match.code else None,
        match.code.name if match.code else None,
        tuple(
            LikelyCode(candidate.code.id, candidate.code.name, candidate.score, candidate.evidence)
            for candidate in match.candidates
        ),
        match.sentence,
    )


def _withholding(withheld: Withheld) -> WithholdingRow:
    tax, account = withheld.tax, withheld.account
    return WithholdingRow(
        str(tax.id),
        tax.name,
        tax.percent,
        percent_text(Match((tax,), "")),
        account.id if account else None,
        account.name if account else None,
    )
