"""The table of pairs: for each kind, which entries are equal by name, and the one way to make a pair of them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from sqlalchemy.orm import Session

from store.companies import Connection
from store.records import SUPPLIER
from workers.lists import state as lists
from workers.products import cache as products
from workers.reference import pairs
from workers.suppliers import records as suppliers


class Make(Protocol):
    """Stores pairs (Precoro key -> QuickBooks key) with all that goes with it; returns how many documents that releases."""

    def __call__(
        self,
        session: Session,
        connection: Connection,
        kind: str,
        twins: Mapping[str, str],
        moment: datetime,
        *,
        how: str,
        who: str | None = None,
    ) -> int:
        """Store the pairs."""


@dataclass(frozen=True)
class PairKind:
    """How entries of one kind come together: `equal` finds what has one name and is neither paired nor refused."""

    equal: Callable[[Session, Connection, str], dict[str, str]]
    make: Make


OPTIONS = PairKind(equal=lists.equal_options, make=pairs.make)

PAIR_KINDS: Mapping[str, PairKind] = {
    SUPPLIER: PairKind(equal=pairs.equal, make=suppliers.make_pairs),
    "account": OPTIONS,
    "class": OPTIONS,
    "customer": OPTIONS,
    "location": OPTIONS,
    "item": PairKind(equal=products.equal_products, make=products.make_pairs),
    "term": PairKind(equal=pairs.equal, make=pairs.make),
}
