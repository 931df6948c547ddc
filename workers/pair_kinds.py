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
    """How entries of one kind come together.

    `equal` finds what has one name and is neither paired nor refused. Of an exclusive kind, both sides belong to one pair
    alone, and a person pairs them where that is guarded: with the commands of suppliers and products.
    """

    equal: Callable[[Session, Connection, str], dict[str, str]]
    make: Make
    is_exclusive: bool = False


OPTIONS = PairKind(equal=lists.equal_options, make=pairs.make)

PAIR_KINDS: Mapping[str, PairKind] = {
    SUPPLIER: PairKind(equal=pairs.equal, make=suppliers.make_pairs, is_exclusive=True),
    "account": OPTIONS,
    "class": OPTIONS,
    "customer": OPTIONS,
    "location": OPTIONS,
    "item": PairKind(equal=products.equal_products, make=products.make_pairs, is_exclusive=True),
    "term": PairKind(equal=pairs.equal, make=pairs.make),
}
SHARED_KINDS = tuple(kind for kind, pair_kind in PAIR_KINDS.items() if not pair_kind.is_exclusive)
"""The kinds whose entries in QuickBooks may belong to several of Precoro."""
