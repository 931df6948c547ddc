"""What a report gathers while both readings are walked through: equations, counts, and what the second walk needs of the first."""

from __future__ import annotations

import hashlib
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Final, Literal, NamedTuple, Self, TypeAlias, get_args

import simplejson
from sqlalchemy.orm import Session

from mappers.tie_out.buckets import Bucket
from mappers.tie_out.equation import Equation, Equations, Posting
from mappers.tie_out.period import Period
from store import tie_out
from store.tie_out import Report
from workers.records.list_rows import parse_time
from workers.tie_out.reading import Cursor
from workers.tie_out.scope import connection_of, period_of

Basis: TypeAlias = Literal["date", "approval"]
"""By what a document counts in the period: the date of the document, or the day of its approval."""
BASES: Final[tuple[Basis, ...]] = get_args(Basis)
Twin: TypeAlias = tuple[str, str]
"""The type and the id of an entity."""


class Original(NamedTuple):
    """A document of Precoro that an entity may have been entered again for."""

    name: str
    numbers: tuple[str, ...]
    type: str
    currency: str
    amount: Decimal
    dated: date | None
    bucket: Bucket


@dataclass
class ReportDraft:
    """A report that is being put together.

    Args:
        last_look: what changed after it was not read again
        read_until: until when Tieout has caught up with each kind of document
        compared: the entities that stand for a document, and whether that was approved in the period
        marked: the entities that carry the mark of a document and are linked with none, by kind and id of the document
        vendors: those of the entities that are linked with no document
        originals: the documents of each of these vendors
        received: the orders of which goods have come
    """

    report_id: int
    connection_id: int
    slug: str
    precoro_id: int
    qbo_id: int
    home_currency: str
    period: Period
    last_look: datetime
    read_until: Mapping[str, datetime | None]
    received: Collection[str] = ()
    equations: dict[Basis, Equations] = field(default_factory=lambda: {basis: Equations() for basis in BASES})
    counts: Counter[str] = field(default_factory=Counter)
    names: dict[str, str] = field(default_factory=dict)
    compared: dict[Twin, bool] = field(default_factory=dict)
    marked: dict[tuple[str, str], Twin] = field(default_factory=dict)
    vendors: set[str] = field(default_factory=set)
    originals: dict[str, list[Original]] = field(default_factory=lambda: defaultdict(list))
    gaps: list[str] = field(default_factory=list)
    digests: list[bytes] = field(default_factory=list)

    @classmethod
    def of(cls, session: Session, report: Report, cursor: Cursor) -> Self:
        """Begin to put a report together."""
        connection = connection_of(session, report)
        return cls(
            report_id=report.id,
            connection_id=connection.id,
            slug=connection.slug,
            precoro_id=connection.precoro_id,
            qbo_id=connection.qbo_id,
            home_currency=connection.qbo.home_currency,
            period=period_of(report),
            last_look=datetime.fromisoformat(cursor["last_look"]),
            read_until={kind: parse_time(until) for kind, until in connection.precoro.modified_read_until.items()},
            received=tie_out.received_orders(session, report.id),
        )

    def note_reading(self, what: str, key: str, shown: Mapping[str, Any]) -> None:
        """Take what was read into the digest of the report."""
        text = simplejson.dumps([what, key, shown], use_decimal=True, sort_keys=True)
        self.digests.append(hashlib.sha256(text.encode()).digest())

    def post(self, basis: Basis, moved: Iterable[Posting]) -> None:
        """Add what a document or an entity moves on one basis."""
        self.equations[basis].post(moved)

    def digest(self) -> str:
        """Return the SHA-256 of all that was read, in whatever order it was."""
        return hashlib.sha256(b"".join(sorted(self.digests))).hexdigest()

    @property
    def closes(self) -> bool:
        """Tell whether every equation closes on both bases."""
        return all(equations.close for equations in self.equations.values())

    def totals(self) -> dict[str, list[dict[str, Any]]]:
        """Return the equation of each ledger and currency, on each basis."""
        return {
            basis: [
                {"ledger": ledger, "currency": currency, **_shown(equation)}
                for (ledger, currency), equation in equations.totals().items()
            ]
            for basis, equations in self.equations.items()
        }

    def account_rows(self) -> list[dict[str, Any]]:
        """Return the equations of all suppliers and vendors, as they are stored."""
        return [
            {
                "basis": basis,
                **account._asdict(),
                "supplier": self.names.get(account.party, account.party),
                **_shown(equation),
            }
            for basis, equations in self.equations.items()
            for account, equation in equations.accounts.items()
        ]


def _shown(equation: Equation) -> dict[str, Any]:
    return {
        "approved": equation.approved,
        "effects": dict(equation.explained()),
        "quickbooks": equation.quickbooks,
        "residual": equation.residual,
    }
